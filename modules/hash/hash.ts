// SPDX-License-Identifier: MIT
/**
 * Hashes of texts, as UTF-8, in hexadecimal digits in lower case. In C: on XS, MD5 in JavaScript costs 3,900
 * instructions an octet and SHA-256 12,600, and everybody who asks is answered with a nonce. In Node,
 * tests/unit/natives.mjs stands in for the C.
 */

/** A hash function, of a whole text. */
export type Hash = (this: void, text: string) => string;

/** MD5 (RFC 1321). Broken as a signature; what Digest authentication of RTSP clients speaks. */
export function md5(this: void, text: string): string {
	return native("xs_hash_md5").call(this, text);
}

/** SHA-256 (FIPS 180-4). */
export function sha256(this: void, text: string): string {
	return native("xs_hash_sha256").call(this, text);
}

/** HMAC-SHA-256 (RFC 2104): only the owner of the key can make it. */
export function hmac(this: void, key: string, text: string): string {
	return native("xs_hash_hmac").call(this, key, text);
}

/** Compares in a time that does not tell how much of `secret` was right; it tells the length of `given`, which is the
 *  sender's own. */
export function equalInConstantTime(this: void, given: string, secret: string): boolean {
	return native("xs_hash_equal").call(this, given, secret);
}
