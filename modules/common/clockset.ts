// SPDX-License-Identifier: MIT
/** Whether wall-clock time is known. A board's clock counts from 1970 until a time server has set it. */

/** Earliest credible time, milliseconds since 1970: the start of 2025. */
const EARLIEST = 1_735_689_600_000;

/** @param time of a wall clock, milliseconds since 1970 */
export function isClockSet(time: number): boolean {
	return time >= EARLIEST;
}
