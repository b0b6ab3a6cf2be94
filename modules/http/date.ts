// SPDX-License-Identifier: MIT
/** Dates in responses, once the wall clock is set. */

import { isClockSet } from "../common/clockset";

/** @param time milliseconds since 1970
 *  @returns undefined while the clock is not set */
export function credibleDate(time: number): Date | undefined {
	return isClockSet(time) ? new Date(time) : undefined;
}

/** The field of a response (RFC 9110 section 6.6.1).
 *  @param time the present, milliseconds since 1970
 *  @returns with its CRLF; "" while the clock is not set: such an origin server must not send it */
export function dateLine(time: number): string {
	const date = credibleDate(time);
	return date ? `Date: ${date.toUTCString()}\r\n` : "";
}
