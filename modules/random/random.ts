// SPDX-License-Identifier: MIT
/** 32 random bits from the system's (on the device, the radio's) generator: unguessable, for session identifiers,
 *  SSRCs, nonces.
 *  @returns 0 to 2^32 - 1 */
export default function random32(this: void): number {
	return native("xs_random32").call(this);
}
