// SPDX-License-Identifier: MIT
/** Values computed by a preloaded module are in the shared machine, like values in a device's ROM. */

const parts = ["com", "puted"];

export const text = parts.join("") + " at preload";
export const list = Object.freeze([parts.join("-"), `${parts.length} parts`]);
export const big = BigInt(parts.length) * 0x1_0000_0000_0000_0000n;
export const pattern = new RegExp(`${parts[0]}(\\w+)`, "g");

/** Its function gets its name from a key of the shared machine. */
export function makeClosure(value: number) {
	const closureNamedByAPreloadedModule = () => value;
	return closureNamedByAPreloadedModule;
}

export let count = 0;
export function increment(): number {
	return count += 1;
}
