// SPDX-License-Identifier: MIT
/** Like no other before it, and the same in every run. */
export default function random32(this: void): number {
	return globalThis.world.nextRandom();
}
