// SPDX-License-Identifier: MIT
/**
 * Scanning of received octets in C, in one pass: on XS a loop over octets costs 640 instructions for each, and an index
 * into a string walks it from its start. In Node, tests/unit/natives.mjs stands in for the C.
 *
 * A range is from `begin` up to, not including, `end`. All throw RangeError for a range outside the buffer.
 */

export type Octets = Uint8Array | ArrayBufferLike;

/** Classes of octets (RFC 2326 section 15.1), each octet in one. CONTROL: without tab, line feed and carriage return.
 *  SEPARATOR: `( ) < > @ , ; : \ " / [ ] ? = { }`. LETTER: everything else that is visible. HIGH: 0x80 and above. */
export const CONTROL = 1, LINE_END = 2, TAB = 4, SPACE = 8, SEPARATOR = 16, DIGIT = 32, LETTER = 64, HIGH = 128;
/** Of a token: RFC 2326 section 15.1. */
export const TOKEN = 96;

/** @returns the classes of all octets of the range together */
export function classify(this: void, octets: Octets, begin: number, end: number): number {
	return native("xs_octets_classify").call(this, octets, begin, end);
}

/** @returns index of the first octet that has none of the classes; `end` when all have */
export function span(this: void, octets: Octets, classes: number, begin: number, end: number): number {
	return native("xs_octets_span").call(this, octets, classes, begin, end);
}

/** @returns index of the first octet of this value; `end` when there is none */
export function find(this: void, octets: Octets, value: number, begin: number, end: number): number {
	return native("xs_octets_find").call(this, octets, value, begin, end);
}

/** @returns index behind the last octet of this value; `begin` when there is none */
export function findLast(this: void, octets: Octets, value: number, begin: number, end: number): number {
	return native("xs_octets_findLast").call(this, octets, value, begin, end);
}

/** @returns index of the first octet of another value; `end` when there is none */
export function skip(this: void, octets: Octets, value: number, begin: number, end: number): number {
	return native("xs_octets_skip").call(this, octets, value, begin, end);
}

/** @returns index behind the last octet of another value; `begin` when there is none */
export function trim(this: void, octets: Octets, value: number, begin: number, end: number): number {
	return native("xs_octets_trim").call(this, octets, value, begin, end);
}

/** Copies the range to `target`, from its index `offset` on. `Uint8Array.prototype.set` costs 400 instructions an
 *  octet.
 *  @throws RangeError when it has no room there */
export function copy(this: void, octets: Octets, begin: number, end: number, target: Uint8Array, offset: number): void {
	native("xs_octets_copy").call(this, octets, begin, end, target, offset);
}

/** Text of UTF-8, without spaces and tabs around it. Controls other than tab, and octets that are not UTF-8, become
 *  `?`: a text has at most as many bytes as it was received in. */
export function text(this: void, octets: Octets, begin: number, end: number): string {
	return native("xs_octets_text").call(this, octets, begin, end);
}

/** @returns the classes of a text's octets in UTF-8; U+0080 to U+009F are CONTROL too */
export function classesOf(this: void, text: string): number {
	return native("xs_octets_classesOf").call(this, text);
}

/** The text with every character but visible ASCII and spaces replaced by `?`. */
export function visible(this: void, text: string): string {
	return native("xs_octets_visible").call(this, text);
}

/** UTF-8. */
export function bytesOf(this: void, text: string): ArrayBuffer {
	return native("xs_octets_bytesOf").call(this, text);
}

/** Decodes a piece of base64 (octet_base64.h).
 *  @param target takes three octets for every four of the piece, rounded up
 *  @param state lower 10 bits of the previous result; 0 at first. Bit 9: something was not base64, nothing is decoded
 *  any more
 *  @returns 1024 times the octets written, plus the state */
export function decodeBase64(this: void, piece: Octets, target: Uint8Array, state: number): number {
	return native("xs_octets_decodeBase64").call(this, piece, target, state);
}
