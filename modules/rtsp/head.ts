// SPDX-License-Identifier: MIT
/**
 * Scanning of a message's head in C: one call for the whole head, and one for each value that is asked for. In Node,
 * tests/unit/natives.mjs stands in for the C.
 *
 * `octets` holds the head from `begin` on. `table` holds where things are in it. Lists of words are made by `listOf` of
 * octets/.
 */

import type { Octets } from "../octets/octets";

/** Parts of a request line. */
export const METHOD = 0, URL = 1, VERSION = 2;

/** Bits in the first 32-bit element of a table, above one bit for each name that is present: the version is `RTSP/1.0`;
 *  the protocol is HTTP. */
export const IS_RTSP_1_0 = 1 << 29, IS_HTTP = 1 << 30;

/** Table for a head with at most this many header lines. */
export function tableFor(lines: number): ArrayBuffer {
	return new ArrayBuffer(40 + 12 * lines);
}

/** The positive result of a scan: the head's length, bytes, and above it the method's index, 255 for an unknown one, or
 *  a reply's status code. */
export const FIRST_SHIFT = 20, LENGTH_MASK = (1 << FIRST_SHIFT) - 1;

/** Scans a head.
 *  @param end end of the received octets
 *  @param limit longest head, bytes, at most 65,536
 *  @param checked bytes of the same head that an earlier, incomplete scan has had
 *  @param strict whether folded lines and blanks after names are errors
 *  @param reply whether the head begins with a status line
 *  @returns 0 if the head is incomplete; the negative status of an error: -400, -413 or -414; otherwise length, and
 *  method or status code */
export function scanHead(
	this: void,
	octets: Octets,
	begin: number,
	end: number,
	table: ArrayBuffer,
	limit: number,
	checked: number,
	methods: string,
	names: string,
	strict: boolean,
	reply: boolean,
): number {
	return native("xs_rtsp_head_scan").call(this, octets, begin, end, table, limit, checked, methods, names, strict,
		reply);
}

/** Text of a part of the request line. */
export function partOf(this: void, octets: Octets, begin: number, table: ArrayBuffer, part: number): string {
	return native("xs_rtsp_head_part").call(this, octets, begin, table, part);
}

/** Whether a part of the request line is this text. Makes no text of it. */
export function isPart(
	this: void,
	octets: Octets,
	begin: number,
	table: ArrayBuffer,
	part: number,
	text: string,
): boolean {
	return native("xs_rtsp_head_isPart").call(this, octets, begin, table, part, text);
}

/** A field's value: all its lines joined with commas, so that a repeated single-value field fails to parse. */
export function valueOf(this: void, octets: Octets, begin: number, table: ArrayBuffer, name: number): string {
	return native("xs_rtsp_head_value").call(this, octets, begin, table, name);
}

/** A field's value as a decimal number of one to ten digits.
 *  @returns -1 for any other value; -2 if the field has several lines, or none: see `valueOf` */
export function decimalOf(this: void, octets: Octets, begin: number, table: ArrayBuffer, name: number): number {
	return native("xs_rtsp_head_decimal").call(this, octets, begin, table, name);
}

/** Whether a field's value is this text. Makes no text of it.
 *  @param end value of an octet: that octet and what follows it do not count, nor blanks before it. 0: all counts
 *  @returns undefined if the field has several lines, or none: see `valueOf` */
export function isValue(
	this: void,
	octets: Octets,
	begin: number,
	table: ArrayBuffer,
	name: number,
	text: string,
	end: number,
): boolean | undefined {
	return native("xs_rtsp_head_isValue").call(this, octets, begin, table, name, text, end);
}
