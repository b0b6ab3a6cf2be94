// SPDX-License-Identifier: MIT
/**
 * Scanning of header text: small functions, linear in the length of their input. An index into a string is not: XS
 * keeps strings in UTF-8 and walks them from the start (`charAt`, `charCodeAt`), and even `length` and `trim` look at
 * every byte.
 */

import { DIGIT, SEPARATOR, SPACE, TAB, TOKEN, bytesOf, classesOf, find, findLast, span, text as textOf, visible,
	type Octets } from "../octets/octets";

const QUOTE = 0x22, EQUALS = 0x3d;

/** A decimal number of one to ten digits, nothing else. */
export function parseDecimal(text: string): number | undefined {
	return classesOf(text) === DIGIT && text.length <= 10 ? Number(text) : undefined;
}

/** Whether the text is a token (RFC 2326 section 15.1): visible ASCII without separators. */
export function isToken(text: string): boolean {
	return text !== "" && (classesOf(text) & ~TOKEN) === 0;
}

/** Separators and quoted strings of a list at most. Clients send two dozen; a head full of commas would be two thousand
 *  strings, half of a device's memory. */
const MOST_STEPS = 48;

/** Tells where the parts of a list are: what is between separators that stand outside quoted strings.
 *  @param part gets each
 *  @returns false when a quoted string does not end, or there are too many of either */
function walkList(bytes: Octets, separator: number, part: (begin: number, end: number) => void): boolean {
	const { byteLength } = bytes;
	let begin = 0, at = 0, next = -1, quote = -1;
	for (let count = 0; count < MOST_STEPS; count++) {
		// each search goes on where the last one of its kind has ended: every byte is looked at once for each kind
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

/** Splits at a separator outside quoted strings. The parts are trimmed, and empty ones left out (RFC 2068 section 2.1).
 *  @param separator one character
 *  @returns undefined when a quoted string does not end, or there are more than 48 parts and quoted strings */
export function splitList(text: string, separator: string): string[] | undefined {
	const bytes = bytesOf(text), parts: string[] = [];
	const whole = walkList(bytes, separator.charCodeAt(0), (begin, end) => {
		const part = textOf(bytes, begin, end);
		if (part !== "")
			parts.push(part);
	});
	return whole ? parts : undefined;
}

/** A part `name=value` of a list; the value is undefined without `=`. */
export interface ListParameter {
	/** In lower case; empty when it is longer than any that is known. */
	readonly name: string;
	/** Without the quotes around it. */
	readonly value: string | undefined;
}

/** Longest name of a parameter: Digest's `algorithm`, Transport's `client_port`; bytes. */
const NAME_BYTES = 24;

/** From here on it costs less to look at the bytes than to cut a text. */
const LONG_VALUE = 64;

/** Splits a list of parameters; as `splitList`. */
export function splitParameters(text: string, separator: string): ListParameter[] | undefined {
	const bytes = new Uint8Array(bytesOf(text)), parameters: ListParameter[] = [];
	const whole = walkList(bytes, separator.charCodeAt(0), (begin, end) => {
		const equals = find(bytes, EQUALS, begin, end);
		const name = equals - begin > NAME_BYTES ? "" : textOf(bytes, begin, equals).toLowerCase();
		if (equals < end)
			parameters.push({ name, value: valueOf(bytes, equals + 1, end) });
		else if (name !== "")
			parameters.push({ name, value: undefined });
	});
	return whole ? parameters : undefined;
}

/** `unquote` of the range's text; a long one is not made twice. */
function valueOf(bytes: Uint8Array, begin: number, end: number): string {
	if (end - begin < LONG_VALUE)
		return unquote(textOf(bytes, begin, end));
	const open = span(bytes, SPACE | TAB, begin, end), close = findLast(bytes, QUOTE, open, end) - 1;
	const isQuoted = close > open && bytes[open] === QUOTE && span(bytes, SPACE | TAB, close + 1, end) === end;
	// blanks inside belong to the string; `text` takes them away
	if (isQuoted && span(bytes, SPACE | TAB, open + 1, close) === open + 1 && !isBlank(bytes[close - 1]!))
		return textOf(bytes, open + 1, close);
	return unquote(textOf(bytes, begin, end));
}

function isBlank(octet: number): boolean {
	return octet === 0x20 || octet === 0x09;
}

/** The content of a quoted string; text that is not quoted as it is. */
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
