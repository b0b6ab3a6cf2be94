// SPDX-License-Identifier: MIT
/**
 * Scanning of header text: small functions, linear in the length of their input. They avoid indices into strings: XS
 * keeps strings in UTF-8 and walks them from the start (`charAt`, `charCodeAt`), and even `length` and `trim` look at
 * every byte.
 */

import { DIGIT, SEPARATOR, SPACE, TOKEN, bytesOf, classesOf, find, text as textOf, visible,
	type Octets } from "../octets/octets";

const QUOTE = 0x22;

/** Parses a decimal number of one to ten digits.
 *  @returns undefined for any other text */
export function parseDecimal(text: string): number | undefined {
	return classesOf(text) === DIGIT && text.length <= 10 ? Number(text) : undefined;
}

/** Whether the text is a token (RFC 2326 section 15.1): visible ASCII without separators. */
export function isToken(text: string): boolean {
	return text !== "" && (classesOf(text) & ~TOKEN) === 0;
}

/** Maximum number of separators and quoted strings in a list. Clients send two dozen. A head full of commas would
 *  become two thousand strings, half of a device's memory. */
const MOST_STEPS = 48;

/** Finds the parts of a list, between separators outside quoted strings.
 *  @param part called with the range of each part
 *  @returns false if a quoted string does not end, or there are too many separators and quoted strings */
function walkList(bytes: Octets, separator: number, part: (begin: number, end: number) => void): boolean {
	const { byteLength } = bytes;
	let begin = 0, at = 0, next = -1, quote = -1;
	for (let count = 0; count < MOST_STEPS; count++) {
		// each search continues where the last one for the same octet ended, so it looks at every byte only once
		if (next < at)
			next = find(bytes, separator, at, byteLength);
		if (quote < at)
			quote = find(bytes, QUOTE, at, byteLength);
		if (quote < next) {
			at = find(bytes, QUOTE, quote + 1, byteLength) + 1;
			if (at > byteLength)
				return false;
		}
		else {
			part(begin, next);
			if (next === byteLength)
				return true;
			begin = at = next + 1;
		}
	}
	return false;
}

/** Splits a list at separators outside quoted strings. Parts are trimmed, and empty ones left out (RFC 2068 section
 *  2.1).
 *  @param separator one character
 *  @returns undefined if a quoted string does not end, or there are more than 48 parts and quoted strings */
export function splitList(text: string, separator: string): string[] | undefined {
	const bytes = bytesOf(text), parts: string[] = [];
	const whole = walkList(bytes, separator.charCodeAt(0), (begin, end) => {
		const part = textOf(bytes, begin, end);
		if (part !== "")
			parts.push(part);
	});
	return whole ? parts : undefined;
}

/** The content of a quoted string; any other text unchanged. */
export function unquote(text: string): string {
	return text.startsWith("\"") && text.endsWith("\"") && text !== "\"" ? text.slice(1, -1) : text;
}

/** The text with every character but visible ASCII and spaces replaced by `?`. */
export function toVisible(text: string): string {
	return classesOf(text) & ~(TOKEN | SEPARATOR | SPACE) ? visible(text) : text;
}

/** Eight lower-case hexadecimal digits of an unsigned 32-bit number. */
export function toHex32(value: number): string {
	return (0x100000000 + value).toString(16).slice(1);
}
