// SPDX-License-Identifier: MIT
/** Wall-clock time, once it is known. A board's clock counts from 1970 until a time server has set it. */

/** Earliest credible time, milliseconds since 1970. */
const CREDIBLE = Date.UTC(2024, 0);

/** @param time milliseconds since 1970
 *  @returns undefined while the clock is not set */
export function credibleDate(time: number): Date | undefined {
	return time >= CREDIBLE ? new Date(time) : undefined;
}

/** The field of a response (RFC 9110 section 6.6.1).
 *  @param time the present, milliseconds since 1970
 *  @returns with its CRLF; "" while the clock is not set: such an origin server must not send it */
export function dateLine(time: number): string {
	const date = credibleDate(time);
	return date ? `Date: ${date.toUTCString()}\r\n` : "";
}
