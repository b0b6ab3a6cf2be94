/**
 * Scanning of header text: small functions without regular expressions, linear in the length of their input.
 */

/** A decimal number of one to ten digits, nothing else. */
export function parseDecimal(text: string): number | undefined {
	const length = text.length;
	if (length < 1 || length > 10)
		return undefined;
	let value = 0;
	for (let i = 0; i < length; i++) {
		const digit = text.charCodeAt(i) - 0x30;
		if (digit < 0 || digit > 9)
			return undefined;
		value = value * 10 + digit;
	}
	return value;
}

/** Whether the text is a token (RFC 2326 section 15.1): visible ASCII without separators. */
export function isToken(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code <= 0x20 || code >= 0x7f || "()<>@,;:\\\"/[]?={}".includes(text.charAt(i)))
			return false;
	}
	return text.length > 0;
}

/** Parts of a list at most. Clients send a dozen; a head full of commas would be two thousand strings, half of a device's memory. */
const MOST_PARTS = 32;

/** Splits at a separator outside quoted strings. The parts are trimmed, and empty ones left out (RFC 2068 section 2.1).
 *  @param separator one character
 *  @returns undefined when a quoted string does not end, or there are more than 32 parts */
export function splitList(text: string, separator: string): string[] | undefined {
	const parts: string[] = [];
	let quoted = false, begin = 0;
	for (let i = 0; i <= text.length; i++) {
		const character = text.charAt(i);
		if (character === "\"")
			quoted = !quoted;
		else if (i === text.length || (character === separator && !quoted)) {
			const part = text.slice(begin, i).trim();
			if (part !== "" && parts.push(part) > MOST_PARTS)
				return undefined;
			begin = i + 1;
		}
	}
	return quoted ? undefined : parts;
}

/** The content of a quoted string; text that is not quoted as it is. */
export function unquote(text: string): string {
	return text.length >= 2 && text.startsWith("\"") && text.endsWith("\"") ? text.slice(1, -1) : text;
}

/** Text of bytes, one character a byte: header text is ASCII, and nothing here depends on how other bytes are meant.
 *  `apply` takes few enough arguments for a device's stack. */
export function textFromBytes(bytes: Uint8Array, begin: number, end: number): string {
	let text = "";
	for (let i = begin; i < end; i += 32) {
		const part = bytes.subarray(i, Math.min(i + 32, end));
		text += String.fromCharCode.apply(null, part as unknown as number[]);
	}
	return text;
}

/** The text with everything but visible ASCII and spaces replaced by `?`. */
export function toVisible(text: string): string {
	let result = "", begin = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 0x20 || code > 0x7e) {
			result += `${text.slice(begin, i)}?`;
			begin = i + 1;
		}
	}
	return begin === 0 ? text : result + text.slice(begin);
}

/** Eight lower-case hexadecimal digits of an unsigned 32-bit number. */
export function toHex32(value: number): string {
	return (0x100000000 + value).toString(16).slice(1);
}
