/** The chip: counts its restarts. */

export const restarted = { count: 0 };

export function restart(): void {
	restarted.count += 1;
}
