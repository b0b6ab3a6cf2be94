// SPDX-License-Identifier: MIT
/**
 * Scanning of received octets in C, in one pass: on XS, a loop costs 640 instructions per octet, and an index into a
 * string walks it from its start. In Node, tests/unit/natives.mjs stands in for the C.
 *
 * A range begins at `begin` and ends before `end`. A range outside the buffer throws RangeError.
 */

export type Octets = Uint8Array | ArrayBufferLike;

/** Classes of octets (RFC 2326 section 15.1). Each octet has exactly one. CONTROL: without tab, line feed and carriage
 *  return. SEPARATOR: `( ) < > @ , ; : \ " / [ ] ? = { }`. LETTER: all other visible characters. HIGH: 0x80 and
 *  above. */
export const CONTROL = 1, LINE_END = 2, TAB = 4, SPACE = 8, SEPARATOR = 16, DIGIT = 32, LETTER = 64, HIGH = 128;
/** The classes that a token may contain (RFC 2326 section 15.1). */
export const TOKEN = 96;

/** @returns the union of the classes of all octets in the range */
export function classify(this: void, octets: Octets, begin: number, end: number): number {
	return native("xs_octets_classify").call(this, octets, begin, end);
}

/** @returns index of the first octet with none of the classes; `end` if all have one */
export function span(this: void, octets: Octets, classes: number, begin: number, end: number): number {
	return native("xs_octets_span").call(this, octets, classes, begin, end);
}

/** @returns index of the first octet with this value; `end` if there is none */
export function find(this: void, octets: Octets, value: number, begin: number, end: number): number {
	return native("xs_octets_find").call(this, octets, value, begin, end);
}

/** @returns index after the last octet with this value; `begin` if there is none */
export function findLast(this: void, octets: Octets, value: number, begin: number, end: number): number {
	return native("xs_octets_findLast").call(this, octets, value, begin, end);
}

/** @returns index of the first octet with another value; `end` if there is none */
export function skip(this: void, octets: Octets, value: number, begin: number, end: number): number {
	return native("xs_octets_skip").call(this, octets, value, begin, end);
}

/** @returns index after the last octet with another value; `begin` if there is none */
export function trim(this: void, octets: Octets, value: number, begin: number, end: number): number {
	return native("xs_octets_trim").call(this, octets, value, begin, end);
}

/** Copies the range to `target`, from index `offset` on. `Uint8Array.prototype.set` costs 400 instructions per octet.
 *  @throws RangeError if `target` has no room there */
export function copy(this: void, octets: Octets, begin: number, end: number, target: Uint8Array, offset: number): void {
	native("xs_octets_copy").call(this, octets, begin, end, target, offset);
}

/** Decodes UTF-8, without leading and trailing spaces and tabs. Control characters other than tab, and invalid octets,
 *  become `?`. The text has at most as many bytes as the range. */
export function text(this: void, octets: Octets, begin: number, end: number): string {
	return native("xs_octets_text").call(this, octets, begin, end);
}

/** @returns the union of the classes of the text's octets in UTF-8; U+0080 to U+009F also count as CONTROL */
export function classesOf(this: void, text: string): number {
	return native("xs_octets_classesOf").call(this, text);
}

/** The text with every character but visible ASCII and spaces replaced by `?`. */
export function visible(this: void, text: string): string {
	return native("xs_octets_visible").call(this, text);
}

/** Encodes a text in UTF-8. */
export function bytesOf(this: void, text: string): ArrayBuffer {
	return native("xs_octets_bytesOf").call(this, text);
}

/** A list of words for the C, each preceded by its length. */
export function listOf(words: readonly string[]): string {
	let list = "";
	for (const word of words)
		list += String.fromCharCode(word.length) + word;
	return list;
}

/** Flags of `findParameters` above a bit for each known name that is present: a name occurs twice; a name has no
 *  value. */
export const REPEATED = 1 << 24, BARE = 1 << 25;

/** Finds the parameters of a list: `name=value`, `name="value"`, or `name`.
 *  @param separator value of the octet between parameters; inside a quoted string it separates nothing
 *  @param names known names, made by `listOf`, in lower case, at most 24
 *  @param table room for 8 bytes for each name, for `parameterOf`
 *  @returns flags; -1 if a quoted string does not end, or there are more than 48 parameters and quoted strings */
export function findParameters(
	this: void,
	octets: Octets,
	begin: number,
	end: number,
	separator: number,
	names: string,
	table: ArrayBuffer,
): number {
	return native("xs_octets_findParameters").call(this, octets, begin, end, separator, names, table);
}

/** Text of a parameter's last value, without the quotes around it, as `findParameters` has found it.
 *  @param begin as given to `findParameters`
 *  @param name index in the list of names. The parameter must be present */
export function parameterOf(this: void, octets: Octets, begin: number, table: ArrayBuffer, name: number): string {
	return native("xs_octets_parameterOf").call(this, octets, begin, table, name);
}

/** Writes up to four pieces of a header line, and its end, to `target` from index `offset` on. A number is written in
 *  decimal; other characters than visible ASCII and spaces become `?`. Allocates nothing.
 *  @returns index after the line; -1 if there is no room for it */
export function writeLine(
	this: void,
	target: Uint8Array,
	offset: number,
	a: string | number,
	b?: string | number,
	c?: string | number,
	d?: string | number,
): number {
	return native("xs_octets_writeLine").call(this, target, offset, a, b, c, d);
}

/** As `writeLine`, but writes texts as they are, in UTF-8, and no line end. */
export function writeText(
	this: void,
	target: Uint8Array,
	offset: number,
	a: string | number,
	b?: string | number,
	c?: string | number,
	d?: string | number,
): number {
	return native("xs_octets_writeText").call(this, target, offset, a, b, c, d);
}

/** Decodes a piece of base64 (octet_base64.h).
 *  @param target has room for three octets per four of the piece, rounded up
 *  @param state lower 10 bits of the previous result; 0 at first. Bit 9: the input was not base64, and nothing more is
 *  decoded
 *  @returns 1024 times the octets written, plus the state
 *  @throws RangeError if `target` is too small, or the piece is longer than 1 MiB */
export function decodeBase64(this: void, piece: Octets, target: Uint8Array, state: number): number {
	return native("xs_octets_decodeBase64").call(this, piece, target, state);
}
