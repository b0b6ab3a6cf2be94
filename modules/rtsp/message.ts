// SPDX-License-Identifier: MIT
/**
 * A request as the parser hands it out, a response as a method makes it (RFC 2326 sections 4 to 7).
 */

import { parseDecimal, toVisible } from "./text";

/** The header fields that anything here asks for. Others are passed over, and take no memory. */
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

/** Of the longest name, characters. */
export const LONGEST_NAME = 17;

/** Longest value, characters: Digest credentials with the longest URL and every other part at its longest have
 *  2,000. */
const LONGEST_VALUE = 2048;

/** What a field takes besides its text, bytes: two elements of arrays, a string's own header. */
const FIELD_BYTES = 48;

/** The header fields of one message. Lookup ignores case; fields that repeat are one list (RFC 2068 section 4.2). */
export class HeaderFields {
	readonly #names: HeaderName[] = [];
	readonly #values: string[] = [];
	/** Index of the last field: a folded line continues it. -1: none, or one that is passed over. */
	#last = -1;
	#kept = 0;

	/** Bytes that they take, about. */
	get kept(): number {
		return this.#kept;
	}

	/** Begins a field that nothing asks for: the folded lines behind it are its own. */
	passOver(): void {
		this.#last = -1;
	}

	/** Whether the last field is passed over. */
	get passedOver(): boolean {
		return this.#last < 0;
	}

	/** @returns false when the value is too long */
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

	/** Continues the last value, of a field that is not passed over: a folded line.
	 *  @returns as `add` */
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

	/** @returns all values joined with a comma, so that a repeated field that must be single fails to parse */
	get(name: HeaderName): string | undefined {
		for (let i = 0; i < this.#names.length; i++) {
			if (this.#names[i] === name)
				return this.#values[i];
		}
		return undefined;
	}

	/** `CSeq`, undefined when it is missing or is not a number (RFC 2326 section 12.17). */
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
	/** As written, not yet looked at: visible ASCII, 1 to 1,024 characters. */
	readonly url: string;
	/** `RTSP/1.0`; any other version and `HTTP/x.y` come through. */
	readonly version: string;
	readonly headers: HeaderFields;
	readonly body: Uint8Array;
}

/** A response in the making; `writer` gives it its text. */
export class Response {
	readonly status: number;
	#lines = "";
	#body = "";
	#last = false;

	constructor(status: number) {
		this.status = status;
	}

	/** The header lines so far, each ended. */
	get lines(): string {
		return this.#lines;
	}

	get body(): string {
		return this.#body;
	}

	/** Whether the connection ends with it. */
	get last(): boolean {
		return this.#last;
	}

	/** The connection ends with it. */
	closing(): this {
		if (this.#last)
			return this;
		this.#last = true;
		return this.header("Connection", "close");
	}

	/** Adds a header, named as the RFC writes it. Nothing that a client wrote can end a line or leave ASCII. */
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
