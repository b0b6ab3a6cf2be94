// SPDX-License-Identifier: MIT
/** A server's reply as the parser delivers it to a client (RFC 2326 section 7). */

import { FIRST_SHIFT, LENGTH_MASK, scanHead } from "./head";
import { CSEQ, MessageHead } from "./messagehead";
import { listOf } from "../octets/octets";

/** The header fields that a client reads, besides those that the parser reads. Others are checked and skipped. */
export const LOCATION = 0, PUBLIC = 1, SESSION = 2, TRANSPORT = 3, WWW_AUTHENTICATE = 7;

/** Names of all of them, in this order. */
const NAMES = listOf(["location", "public", "session", "transport", "content-length", "content-type", "cseq",
	"www-authenticate"]);

const NO_METHODS = listOf([]);

export class Reply extends MessageHead {
	/** 100 to 999. */
	status = 0;

	scan(octets: Uint8Array, begin: number, end: number, limit: number, checked = 0, strict = false): number {
		const result = scanHead(octets, begin, end, this.table, limit, checked, NO_METHODS, NAMES, strict, true);
		this.octets = octets;
		this.begin = begin;
		this.flags = this.bits[0]!;
		if (result === 0)
			return 0;
		this.cseq = this.decimal(CSEQ);
		if (result < 0)
			return result;
		this.status = result >> FIRST_SHIFT;
		return result & LENGTH_MASK;
	}
}
