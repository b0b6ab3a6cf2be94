/** The chip: counts its restarts. On a board this is a native function, which a timer cannot call itself: it has to be called from
 *  JavaScript, and so without a timer as its argument. */

export const restarted = { count: 0 };

export function restart(...values: unknown[]): void {
	if (values.length)
		throw new TypeError("call: not a function");
	restarted.count += 1;
}
