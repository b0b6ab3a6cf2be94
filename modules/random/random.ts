// SPDX-License-Identifier: MIT
/** 32 unpredictable random bits from the generator of the system, or of the radio on the device. For session
 *  identifiers, SSRCs and nonces.
 *  @returns 0 to 2^32 - 1 */
export default function random32(this: void): number {
	return native("xs_random32").call(this);
}
