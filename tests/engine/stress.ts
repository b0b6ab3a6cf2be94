// SPDX-License-Identifier: MIT
/** Makes the engine collect garbage at every allocation, for some time. No effect unless the engine is built for it
 *  (the variant sanitize).
 *  @param milliseconds processor time, below 1000; 0: off */
export function stress(milliseconds: number): void {
	native("xs_stress").call(undefined, milliseconds);
}
