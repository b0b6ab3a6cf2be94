// SPDX-License-Identifier: MIT
/**
 * Hashes of texts in UTF-8, or of octets, as lower-case hexadecimal digits. They are in C: on XS, MD5 in JavaScript
 * costs 3,900 instructions an octet and SHA-256 12,600, and any client can ask for a nonce. In Node,
 * tests/unit/natives.mjs stands in for the C.
 */

/** A function that hashes a whole text. */
export type Hash = (this: void, text: string) => string;

/** MD5 (RFC 1321). Broken for signatures, but RTSP clients use it for Digest authentication. */
export function md5(this: void, text: string): string {
	return native("xs_hash_md5").call(this, text);
}

/** SHA-256 (FIPS 180-4). */
export function sha256(this: void, text: string): string {
	return native("xs_hash_sha256").call(this, text);
}

/** SHA-1 (RFC 3174) of octets. Broken for signatures, but WS-Security's password digest is made with it. */
export function sha1(this: void, octets: Uint8Array | ArrayBufferLike): string {
	return native("xs_hash_sha1").call(this, octets);
}

/** HMAC-SHA-256 (RFC 2104). Only an owner of the key can make it. */
export function hmac(this: void, key: string, text: string): string {
	return native("xs_hash_hmac").call(this, key, text);
}

/** Compares in a time that depends only on the length of `given`, which its sender knows anyway: nothing about `secret`
 *  can be measured. */
export function equalInConstantTime(this: void, given: string, secret: string): boolean {
	return native("xs_hash_equal").call(this, given, secret);
}
