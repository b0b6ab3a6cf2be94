// SPDX-License-Identifier: MIT
/**
 * Base64 of bytes.
 */

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 with padding (RFC 4648 section 4). For short texts of our own, because it walks the bytes one by one. */
export function base64FromBytes(bytes: Uint8Array): string {
	const byteLength = bytes.byteLength;
	let text = "";
	for (let i = 0; i < byteLength; i += 3) {
		const word = bytes[i]! << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
		text += BASE64.charAt(word >> 18) + BASE64.charAt(word >> 12 & 63)
			+ (i + 1 < byteLength ? BASE64.charAt(word >> 6 & 63) : "=")
			+ (i + 2 < byteLength ? BASE64.charAt(word & 63) : "=");
	}
	return text;
}
