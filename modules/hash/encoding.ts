/**
 * Bytes and text. "Byte text" has one character a byte, 0 to 255, as the RTSP parser hands out header values.
 */

/** UTF-8 as byte text. By iterator: XS counts a character beyond 16 bits as one, Node as two. */
export function utf8(text: string): string {
	let result = "";
	for (const character of text) {
		const code = character.codePointAt(0)!;
		if (code < 0x80)
			result += character;
		else if (code < 0x800)
			result += String.fromCharCode(0xc0 | code >> 6, 0x80 | (code & 63));
		else if (code < 0x10000)
			result += String.fromCharCode(0xe0 | code >> 12, 0x80 | (code >> 6 & 63), 0x80 | (code & 63));
		else
			result += String.fromCharCode(0xf0 | code >> 18, 0x80 | (code >> 12 & 63), 0x80 | (code >> 6 & 63), 0x80 | (code & 63));
	}
	return result;
}

/** @param text byte text */
export function bytesFromText(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++)
		bytes[i] = text.charCodeAt(i);
	return bytes;
}

/** Two lower-case digits a byte. */
export function hexFromBytes(bytes: Uint8Array): string {
	let text = "";
	for (let i = 0; i < bytes.byteLength; i++)
		text += (0x100 + bytes[i]!).toString(16).slice(1);
	return text;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 with padding (RFC 4648 section 4). */
export function base64FromBytes(bytes: Uint8Array): string {
	const byteLength = bytes.byteLength;
	let text = "";
	for (let i = 0; i < byteLength; i += 3) {
		const word = bytes[i]! << 16 | (bytes[i + 1] ?? 0) << 8 | (bytes[i + 2] ?? 0);
		text += BASE64.charAt(word >> 18) + BASE64.charAt(word >> 12 & 63)
			+ (i + 1 < byteLength ? BASE64.charAt(word >> 6 & 63) : "=") + (i + 2 < byteLength ? BASE64.charAt(word & 63) : "=");
	}
	return text;
}

/** Compares in a time that does not tell how much of `secret` was right; it tells the length of `given`, which is the sender's own.
 *  @param secret not empty */
export function equalInConstantTime(given: string, secret: string): boolean {
	let difference = given.length ^ secret.length;
	for (let i = 0; i < given.length; i++)
		difference |= given.charCodeAt(i) ^ secret.charCodeAt(i % secret.length);
	return difference === 0;
}
