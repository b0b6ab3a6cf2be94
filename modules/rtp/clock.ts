// SPDX-License-Identifier: MIT
/**
 * The clocks of RTP: the 90 kHz media clock and NTP wall-clock time. Plain functions of numbers: nothing is allocated.
 */

/** Seconds from 1900-01-01 (NTP, RFC 3550 section 4) to 1970-01-01 (Unix). */
const NTP_UNIX_OFFSET = 2208988800;

/** Capture instant on the 90 kHz RTP clock (RFC 2435 section 3).
 *  Exact for every whole `captureTime` up to 2^53 (285 years): no product is rounded.
 *  @param captureTime monotonic, microseconds since boot; not negative
 *  @param offset 32-bit random initial value (RFC 3550 section 5.1)
 *  @returns unsigned 32-bit, wrapping; the same for every packet of a frame */
export function rtpTimestamp(captureTime: number, offset: number): number {
	// 90 kHz is 9 ticks per 100 µs. captureTime * 9 would pass 2^53, and captureTime / 100 would round up just below
	// a whole number; the remainder and the division of a multiple are exact.
	const time = Math.floor(captureTime);
	const remainder = time % 100;
	const ticks = ((time - remainder) / 100) * 9 + Math.floor((remainder * 9) / 100);
	return (ticks + offset) >>> 0;
}

/** Most significant word of an NTP timestamp (RFC 3550 section 4).
 *  @param unixTime milliseconds since 1970-01-01, fractions allowed
 *  @returns unsigned 32-bit; wraps in February 2036, as NTP does */
export function ntpSeconds(unixTime: number): number {
	return (Math.floor(unixTime / 1000) + NTP_UNIX_OFFSET) >>> 0;
}

/** Least significant word of an NTP timestamp: the fraction of a second, in units of 2^-32 s.
 *  @param unixTime milliseconds since 1970-01-01, fractions allowed */
export function ntpFraction(unixTime: number): number {
	return Math.floor((unixTime - Math.floor(unixTime / 1000) * 1000) * 4294967.296) >>> 0;
}

/** The middle 32 bits of an NTP timestamp, in units of 2^-16 s: the value of LSR (RFC 3550 section 6.4.1).
 *  @param seconds from `ntpSeconds`
 *  @param fraction from `ntpFraction` */
export function ntpMiddle(seconds: number, fraction: number): number {
	return (seconds % 65536) * 65536 + (fraction >>> 16);
}

/** Round-trip time from a report block, A - LSR - DLSR (RFC 3550 section 6.4.1).
 *  @param arrival when the block arrived, from `ntpMiddle`
 *  @param lastSR LSR of the block
 *  @param delaySinceLastSR DLSR of the block
 *  @returns milliseconds; 0 if clock granularity makes it negative; undefined if the receiver has no SR yet */
export function roundTripTime(arrival: number, lastSR: number, delaySinceLastSR: number): number | undefined {
	if (lastSR === 0)
		return undefined;
	const difference = (arrival - lastSR - delaySinceLastSR) | 0;
	return difference < 0 ? 0 : (difference * 1000) / 65536;
}
