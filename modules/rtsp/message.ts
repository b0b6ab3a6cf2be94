/**
 * A request as the parser hands it out, a response as a method makes it (RFC 2326 sections 4 to 7).
 */

import { parseDecimal, toVisible } from "./text";

/** The header fields of one message. Lookup ignores case; fields that repeat are one list (RFC 2068 section 4.2). */
export class HeaderFields {
	readonly #names: string[] = [];
	readonly #values: string[] = [];

	get count(): number {
		return this.#names.length;
	}

	add(name: string, value: string): void {
		this.#names.push(name.toLowerCase());
		this.#values.push(value);
	}

	/** Continues the last value: a folded line.
	 *  @returns false when there is none */
	fold(text: string): boolean {
		const last = this.#values.length - 1;
		if (last < 0)
			return false;
		this.#values[last] = `${this.#values[last]!} ${text}`.trim();
		return true;
	}

	/** @param name in lower case
	 *  @returns all values joined with a comma, so that a repeated field that must be single fails to parse */
	get(name: string): string | undefined {
		let result: string | undefined;
		for (let i = 0; i < this.#names.length; i++) {
			if (this.#names[i] === name)
				result = result === undefined ? this.#values[i] : `${result}, ${this.#values[i]!}`;
		}
		return result;
	}

	/** `CSeq`, undefined when it is missing or is not a number (RFC 2326 section 12.17). */
	get cseq(): number | undefined {
		const text = this.get("cseq");
		return text === undefined ? undefined : parseDecimal(text);
	}
}

export interface Request {
	/** As written: methods are case-sensitive. */
	readonly method: string;
	/** As written: not yet looked at. No control characters, no spaces. */
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
