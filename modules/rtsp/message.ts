// SPDX-License-Identifier: MIT
/**
 * A request as the parser delivers it (RFC 2326 sections 4 to 6).
 */

import { FIRST_SHIFT, LENGTH_MASK, METHOD, URL, isPart, partOf, scanHead } from "./head";
import { CSEQ, MessageHead } from "./messagehead";
import { listOf } from "../octets/octets";

export { CONTENT_LENGTH, CONTENT_TYPE, CSEQ, HEADER_LIMIT } from "./messagehead";

/** The header fields that this server reads. Others are checked and skipped. */
export const ACCEPT = 0, AUTHORIZATION = 1, BLOCKSIZE = 2, CONNECTION = 3, EXPECT = 7, HOST = 8, ORIGIN = 9, RANGE = 10,
	REQUIRE = 11, SCALE = 12, SEC_FETCH_DEST = 13, SEC_FETCH_MODE = 14, SEC_FETCH_SITE = 15, SESSION = 16, SPEED = 17,
	TIMESTAMP = 18, TRANSFER_ENCODING = 19, TRANSPORT = 20, X_SESSIONCOOKIE = 21, ACCEPT_ENCODING = 22,
	IF_NONE_MATCH = 23, USER_AGENT = 24, REFERER = 25;

/** Names of these fields, in this order. */
const NAMES = listOf(["accept", "authorization", "blocksize", "connection", "content-length", "content-type", "cseq",
	"expect", "host", "origin", "range", "require", "scale", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site",
	"session", "speed", "timestamp", "transfer-encoding", "transport", "x-sessioncookie", "accept-encoding",
	"if-none-match", "user-agent", "referer"]);

/** Methods that take no memory. */
const METHODS: readonly string[] = Object.freeze(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE", "GET_PARAMETER",
	"SET_PARAMETER", "TEARDOWN", "GET", "POST", "HEAD", "PATCH"]);
const METHOD_LIST = listOf(METHODS);

export class Request extends MessageHead {
	/** As written: methods are case-sensitive. At most 32 characters. */
	method = "";

	scan(octets: Uint8Array, begin: number, end: number, limit: number, checked = 0, strict = false): number {
		const { table } = this;
		const result = scanHead(octets, begin, end, table, limit, checked, METHOD_LIST, NAMES, strict, false);
		this.octets = octets;
		this.begin = begin;
		this.flags = this.bits[0]!;
		if (result === 0)
			return 0;
		this.cseq = this.decimal(CSEQ);
		if (result < 0)
			return result;
		this.method = METHODS[result >> FIRST_SHIFT] ?? partOf(octets, begin, table, METHOD);
		return result & LENGTH_MASK;
	}

	/** As written, not yet parsed: visible ASCII, 1 to 1,024 characters. */
	get url(): string {
		return partOf(this.octets, this.begin, this.table, URL);
	}

	/** Whether `url` is this text. */
	hasURL(text: string): boolean {
		return isPart(this.octets, this.begin, this.table, URL, text);
	}
}
