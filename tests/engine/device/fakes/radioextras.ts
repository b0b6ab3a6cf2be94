// SPDX-License-Identifier: MIT
/** Fake of the radio's native half, which logs its calls. */

export const log: string[] = [];

export function watch(): void {}

export function reason(): number {
	return 15;
}

export function clearReason(): void {}

export function powerSave(on: boolean): void {
	log.push(`power save ${on}`);
}

export function openAccessPoint(name: string, password: string): void {
	log.push(`open ${name} ${password}`);
}

export function closeAccessPoint(): void {
	log.push("close");
}
