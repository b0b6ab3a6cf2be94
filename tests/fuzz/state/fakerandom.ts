// SPDX-License-Identifier: MIT
/** @returns a number that differs from all earlier ones and is the same in every run */
export default function random32(this: void): number {
	return globalThis.world.nextRandom();
}
