// SPDX-License-Identifier: MIT
/** The head of a message as the parser delivers it (RFC 2326 section 4): what requests and replies have in common. */

import { VERSION, decimalOf, isValue, partOf, tableFor, valueOf } from "./head";
import { parseDecimal } from "./text";

/** Names that the parser reads: they have the same index among the names of requests and of replies. */
export const CONTENT_LENGTH = 4, CONTENT_TYPE = 5, CSEQ = 6;

/** Result of `decimalOf`. */
const SEVERAL_LINES = -2;
const SEMICOLON = 0x3b;
/** Default limit of header lines. */
export const HEADER_LIMIT = 64;

const EMPTY = new Uint8Array(0);

/** A message, valid during the event that delivers it. Its head stays as received: values become text when they are
 *  asked for. One instance serves many connections, one after the other. */
export abstract class MessageHead {
	/** A bit for each field that is present, `1 << NAME`, and those of the version: IS_RTSP_1_0, IS_HTTP. */
	flags = 0;
	/** `CSeq`; -1 if it is missing or not a number (RFC 2326 section 12.17). */
	cseq = -1;
	body: Uint8Array = EMPTY;
	protected octets: Uint8Array = EMPTY;
	protected begin = 0;
	protected readonly table: ArrayBuffer;
	/** The first element of the table. */
	protected readonly bits: Uint32Array;

	/** @param headerCount maximum number of header lines */
	constructor(headerCount = HEADER_LIMIT) {
		this.table = tableFor(headerCount);
		this.bits = new Uint32Array(this.table, 0, 1);
	}

	/** For the parser: scans a head that begins at `begin`. Subclasses have all of it, for a call costs every request
	 *  a thousand instructions.
	 *  @param limit longest head, bytes
	 *  @param checked bytes of the same head that an earlier, incomplete scan has had
	 *  @param strict whether HTTP's stricter rules apply
	 *  @returns its length; 0 if it is incomplete; the negative status of an error */
	abstract scan(
		octets: Uint8Array,
		begin: number,
		end: number,
		limit: number,
		checked?: number,
		strict?: boolean,
	): number;

	/** For the parser: frees what the message refers to. */
	release(): void {
		this.octets = this.body = EMPTY;
	}

	/** `RTSP/1.0`. Other versions and `HTTP/x.y` are passed on. Empty before the end of the first line. */
	get version(): string {
		return partOf(this.octets, this.begin, this.table, VERSION);
	}

	has(name: number): boolean {
		return (this.flags & 1 << name) !== 0;
	}

	/** @returns all values joined with commas, so that a repeated single-value field fails to parse */
	header(name: number): string | undefined {
		return this.flags & 1 << name ? valueOf(this.octets, this.begin, this.table, name) : undefined;
	}

	/** @returns the field's value if it is a number of one to ten digits; -1 if it is not, or the field is missing */
	decimal(name: number): number {
		if ((this.flags & 1 << name) === 0)
			return -1;
		const number = decimalOf(this.octets, this.begin, this.table, name);
		return number === SEVERAL_LINES ? parseDecimal(this.header(name)!) ?? -1 : number;
	}

	/** Whether the field's value is this text. */
	isHeader(name: number, text: string): boolean {
		return isValue(this.octets, this.begin, this.table, name, text, 0) ?? this.header(name) === text;
	}

	/** Whether the field's value is this text. A semicolon and what follows it do not count. */
	hasValue(name: number, text: string): boolean {
		return isValue(this.octets, this.begin, this.table, name, text, SEMICOLON)
			?? untilSemicolon(this.header(name)) === text;
	}
}

/** The text up to a semicolon, without the blanks before it. */
export function untilSemicolon(text: string | undefined): string | undefined {
	const semicolon = text?.indexOf(";") ?? -1;
	return semicolon < 0 ? text : text!.slice(0, semicolon).trimEnd();
}
