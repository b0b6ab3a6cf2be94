// SPDX-License-Identifier: MIT
/**
 * A request as the parser delivers it, and a response as a method builds it (RFC 2326 sections 4 to 7).
 */

import { parseDecimal, toVisible } from "./text";

/** The header fields that this server reads. Others are skipped and take no memory. */
export type HeaderName =
	| "accept"
	| "authorization"
	| "blocksize"
	| "connection"
	| "content-length"
	| "content-type"
	| "cseq"
	| "expect"
	| "host"
	| "origin"
	| "range"
	| "require"
	| "scale"
	| "sec-fetch-dest"
	| "sec-fetch-mode"
	| "sec-fetch-site"
	| "session"
	| "speed"
	| "timestamp"
	| "transfer-encoding"
	| "transport"
	| "x-sessioncookie";

/** Length of the longest name, characters. */
export const LONGEST_NAME = 17;

/** Longest value, characters. Digest credentials with the longest URL and every other part at its longest have
 *  2,000. */
const LONGEST_VALUE = 2048;

/** Memory of a field besides its text, bytes: two array elements, and the header of a string. */
const FIELD_BYTES = 48;

/** The header fields of one message. Repeated fields are joined into one list (RFC 2068 section 4.2). */
export class HeaderFields {
	readonly #names: HeaderName[] = [];
	readonly #values: string[] = [];
	/** Index of the last field, which a folded line continues. -1: none, or a skipped one. */
	#last = -1;
	#kept = 0;

	/** Memory of the fields, bytes, approximately. */
	get kept(): number {
		return this.#kept;
	}

	/** Begins a skipped field: folded lines after it belong to it. */
	passOver(): void {
		this.#last = -1;
	}

	/** Whether the last field is skipped. */
	get passedOver(): boolean {
		return this.#last < 0;
	}

	/** @returns false if the value is too long */
	add(name: HeaderName, value: string): boolean {
		this.#last = this.#names.indexOf(name);
		if (this.#last >= 0)
			return this.#extend(`, ${value}`);
		const { length } = value;
		this.#last = this.#names.push(name) - 1;
		this.#values.push(value);
		this.#kept += FIELD_BYTES + length;
		return length <= LONGEST_VALUE;
	}

	/** Continues the last value with a folded line. The last field must not be a skipped one.
	 *  @returns false if the value is too long */
	fold(text: string): boolean {
		return text === "" || this.#extend(this.#values[this.#last] === "" ? text : ` ${text}`);
	}

	#extend(text: string): boolean {
		const value = `${this.#values[this.#last]!}${text}`;
		if (value.length > LONGEST_VALUE)
			return false;
		this.#values[this.#last] = value;
		this.#kept += text.length;
		return true;
	}

	/** @returns all values joined with commas, so that a repeated single-value field fails to parse */
	get(name: HeaderName): string | undefined {
		for (let i = 0; i < this.#names.length; i++) {
			if (this.#names[i] === name)
				return this.#values[i];
		}
		return undefined;
	}

	/** `CSeq`; undefined if it is missing or not a number (RFC 2326 section 12.17). */
	get cseq(): number | undefined {
		const text = this.get("cseq");
		return text === undefined ? undefined : parseDecimal(text);
	}
}

/** @param name in lower case */
export function isHeaderName(name: string): name is HeaderName {
	switch (name as HeaderName) {
		case "accept":
		case "authorization":
		case "blocksize":
		case "connection":
		case "content-length":
		case "content-type":
		case "cseq":
		case "expect":
		case "host":
		case "origin":
		case "range":
		case "require":
		case "scale":
		case "sec-fetch-dest":
		case "sec-fetch-mode":
		case "sec-fetch-site":
		case "session":
		case "speed":
		case "timestamp":
		case "transfer-encoding":
		case "transport":
		case "x-sessioncookie":
			return true;
		default:
			return false;
	}
}

export interface Request {
	/** As written: methods are case-sensitive. At most 32 characters. */
	readonly method: string;
	/** As written, not yet parsed: visible ASCII, 1 to 1,024 characters. */
	readonly url: string;
	/** `RTSP/1.0`. Other versions and `HTTP/x.y` are passed on. */
	readonly version: string;
	readonly headers: HeaderFields;
	readonly body: Uint8Array;
}

/** A response that is being built; `writer` formats it. */
export class Response {
	readonly status: number;
	#lines = "";
	#body = "";
	#last = false;

	constructor(status: number) {
		this.status = status;
	}

	/** The header lines so far, each with its line end. */
	get lines(): string {
		return this.#lines;
	}

	get body(): string {
		return this.#body;
	}

	/** Whether the connection is closed after this response. */
	get last(): boolean {
		return this.#last;
	}

	/** Closes the connection after this response. */
	closing(): this {
		if (this.#last)
			return this;
		this.#last = true;
		return this.header("Connection", "close");
	}

	/** Adds a header, named as the RFC writes it. In the value, `?` replaces all but visible ASCII and spaces, so a
	 *  client cannot inject lines. */
	header(name: string, value: string | number): this {
		this.#lines += `${name}: ${toVisible(String(value))}\r\n`;
		return this;
	}

	/** @param text ASCII */
	content(type: string, text: string): this {
		this.#body = text;
		return this.header("Content-Type", type).header("Content-Length", text.length);
	}
}
