// SPDX-License-Identifier: MIT
/**
 * A request as the parser delivers it (RFC 2326 sections 4 to 6).
 */

import { LENGTH_MASK, METHOD, METHOD_SHIFT, URL, VERSION, decimalOf, isPart, isValue, partOf, scanHead, tableFor,
	valueOf } from "./head";
import { listOf } from "../octets/octets";
import { parseDecimal } from "./text";

/** The header fields that this server reads. Others are checked and skipped. */
export const ACCEPT = 0, AUTHORIZATION = 1, BLOCKSIZE = 2, CONNECTION = 3, CONTENT_LENGTH = 4, CONTENT_TYPE = 5,
	CSEQ = 6, EXPECT = 7, HOST = 8, ORIGIN = 9, RANGE = 10, REQUIRE = 11, SCALE = 12, SEC_FETCH_DEST = 13,
	SEC_FETCH_MODE = 14, SEC_FETCH_SITE = 15, SESSION = 16, SPEED = 17, TIMESTAMP = 18, TRANSFER_ENCODING = 19,
	TRANSPORT = 20, X_SESSIONCOOKIE = 21, ACCEPT_ENCODING = 22, IF_NONE_MATCH = 23, USER_AGENT = 24;

/** Names of these fields, in this order. */
const NAMES = listOf(["accept", "authorization", "blocksize", "connection", "content-length", "content-type", "cseq",
	"expect", "host", "origin", "range", "require", "scale", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site",
	"session", "speed", "timestamp", "transfer-encoding", "transport", "x-sessioncookie", "accept-encoding",
	"if-none-match", "user-agent"]);

/** Methods that take no memory. */
const METHODS: readonly string[] = Object.freeze(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE", "GET_PARAMETER",
	"SET_PARAMETER", "TEARDOWN", "GET", "POST", "HEAD", "PATCH"]);
const METHOD_LIST = listOf(METHODS);

/** Result of `decimalOf`. */
const SEVERAL_LINES = -2;
const SEMICOLON = 0x3b;
/** Default limit of header lines. */
export const HEADER_LIMIT = 64;

const EMPTY = new Uint8Array(0);

/** A request, valid during the event that delivers it. Its head stays as received: values become text when they are
 *  asked for. One instance serves all connections of a server, one after the other. */
export class Request {
	/** A bit for each field that is present, `1 << NAME`, and those of the version: IS_RTSP_1_0, IS_HTTP. */
	flags = 0;
	/** As written: methods are case-sensitive. At most 32 characters. */
	method = "";
	/** `CSeq`; -1 if it is missing or not a number (RFC 2326 section 12.17). */
	cseq = -1;
	body: Uint8Array = EMPTY;
	#octets: Uint8Array = EMPTY;
	#begin = 0;
	readonly #table: ArrayBuffer;
	/** The first element of the table. */
	readonly #flags: Uint32Array;

	/** @param headerCount maximum number of header lines */
	constructor(headerCount = HEADER_LIMIT) {
		this.#table = tableFor(headerCount);
		this.#flags = new Uint32Array(this.#table, 0, 1);
	}

	/** For the parser: scans a head that begins at `begin`.
	 *  @param limit longest head, bytes
	 *  @param checked bytes of the same head that an earlier, incomplete scan has had
	 *  @param strict whether HTTP's stricter rules apply
	 *  @returns its length; 0 if it is incomplete; the negative status of an error */
	scan(octets: Uint8Array, begin: number, end: number, limit: number, checked = 0, strict = false): number {
		const table = this.#table;
		const result = scanHead(octets, begin, end, table, limit, checked, METHOD_LIST, NAMES, strict);
		this.#octets = octets;
		this.#begin = begin;
		this.flags = this.#flags[0]!;
		if (result === 0)
			return 0;
		this.cseq = this.decimal(CSEQ);
		if (result < 0)
			return result;
		this.method = METHODS[result >> METHOD_SHIFT] ?? partOf(octets, begin, table, METHOD);
		return result & LENGTH_MASK;
	}

	/** For the parser: frees what the request refers to. */
	release(): void {
		this.#octets = this.body = EMPTY;
	}

	/** As written, not yet parsed: visible ASCII, 1 to 1,024 characters. */
	get url(): string {
		return partOf(this.#octets, this.#begin, this.#table, URL);
	}

	/** Whether `url` is this text. */
	hasURL(text: string): boolean {
		return isPart(this.#octets, this.#begin, this.#table, URL, text);
	}

	/** `RTSP/1.0`. Other versions and `HTTP/x.y` are passed on. Empty before the end of the request line. */
	get version(): string {
		return partOf(this.#octets, this.#begin, this.#table, VERSION);
	}

	has(name: number): boolean {
		return (this.flags & 1 << name) !== 0;
	}

	/** @returns all values joined with commas, so that a repeated single-value field fails to parse */
	header(name: number): string | undefined {
		return this.flags & 1 << name ? valueOf(this.#octets, this.#begin, this.#table, name) : undefined;
	}

	/** @returns the field's value if it is a number of one to ten digits; -1 if it is not, or the field is missing */
	decimal(name: number): number {
		if ((this.flags & 1 << name) === 0)
			return -1;
		const number = decimalOf(this.#octets, this.#begin, this.#table, name);
		return number === SEVERAL_LINES ? parseDecimal(this.header(name)!) ?? -1 : number;
	}

	/** Whether the field's value is this text. */
	isHeader(name: number, text: string): boolean {
		return isValue(this.#octets, this.#begin, this.#table, name, text, 0) ?? this.header(name) === text;
	}

	/** Whether the field's value is this text. A semicolon and what follows it do not count. */
	hasValue(name: number, text: string): boolean {
		return isValue(this.#octets, this.#begin, this.#table, name, text, SEMICOLON)
			?? untilSemicolon(this.header(name)) === text;
	}
}

function untilSemicolon(text: string | undefined): string | undefined {
	const semicolon = text?.indexOf(";") ?? -1;
	return semicolon < 0 ? text : text!.slice(0, semicolon).trimEnd();
}
