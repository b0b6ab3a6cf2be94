// SPDX-License-Identifier: MIT
/**
 * A response (RFC 2326 section 7), written into one buffer that serves all requests: a response takes no memory of its
 * own.
 */

import { reasonPhrase } from "../common/reasonphrase";
import { writeLine, writeText } from "../octets/octets";

/** Initial size and largest size of the buffer, bytes. A response to the largest GET_PARAMETER has 9,000. */
const ROOM = 512, MOST_ROOM = 32_768;

const OK = "RTSP/1.0 200 OK\r\n";

export class Response {
	readonly #buffer: ArrayBuffer;
	/** As long as the buffer, whatever its size. */
	readonly #bytes: Uint8Array;
	/** What follows the number of CSeq; what follows a status line without one. */
	readonly #afterCSeq: string;
	readonly #afterStatus: string;
	#length = 0;
	#body = "";
	/** Whether the connection is closed after this response. */
	last = false;
	/** Whether the ended response has made the buffer larger: call `shrink` once it is sent. */
	isLarge = false;

	/** @param serverName visible ASCII */
	constructor(serverName?: string) {
		this.#buffer = new ArrayBuffer(ROOM, { maxByteLength: MOST_ROOM });
		this.#bytes = new Uint8Array(this.#buffer);
		this.#afterStatus = serverName === undefined ? "" : `Server: ${serverName}\r\n`;
		this.#afterCSeq = `\r\n${this.#afterStatus}`;
	}

	/** Begins a response, with the headers that every response has.
	 *  @param cseq of the request; -1 if it had none that could be read */
	begin(status: number, cseq: number): this {
		const statusLine = status === 200 ? OK : `RTSP/1.0 ${status} ${reasonPhrase(status)}\r\n`;
		this.#buffer.resize(ROOM);
		// go2rtc finds this header only in this spelling
		this.#length = cseq < 0
			? writeText(this.#bytes, 0, statusLine, this.#afterStatus)
			: writeText(this.#bytes, 0, statusLine, "CSeq: ", cseq, this.#afterCSeq);
		this.#body = "";
		this.last = false;
		return this;
	}

	/** Closes the connection after this response. */
	closing(): this {
		if (this.last)
			return this;
		this.last = true;
		return this.header("Connection: ", "close");
	}

	/** Adds a header. In the values, which follow each other, `?` replaces all but visible ASCII and spaces, so a
	 *  client cannot inject lines.
	 *  @param name as the RFC writes it, with `: ` */
	header(name: string, value: string | number, second?: string | number, third?: string | number): this {
		let end: number;
		while ((end = writeLine(this.#bytes, this.#length, name, value, second, third)) < 0)
			this.#grow();
		this.#length = end;
		return this;
	}

	/** @param text ASCII */
	content(type: string, text: string): this {
		this.#body = text;
		return this.header("Content-Type: ", type).header("Content-Length: ", text.length);
	}

	/** Ends the response.
	 *  @returns all of it. The bytes are valid until the next `begin` */
	end(): Uint8Array {
		let end: number;
		while ((end = writeText(this.#bytes, this.#length, "\r\n", this.#body)) < 0)
			this.#grow();
		this.#body = "";
		this.isLarge = end > ROOM;
		this.#buffer.resize(end);
		return this.#bytes;
	}

	shrink(): void {
		this.#buffer.resize(ROOM);
	}

	#grow(): void {
		this.#buffer.resize(2 * this.#buffer.byteLength);
	}
}
