// SPDX-License-Identifier: MIT
/**
 * Incremental parser of client data: RTSP requests (RFC 2326 section 6) and interleaved binary data (section 10.12).
 *
 * Bytes arrive in pieces of any size; the events are the same however the stream is cut. The parser waits for the rest
 * of *incomplete* data. It reports *invalid* data once and then stops, because it cannot know where the next message
 * begins.
 *
 * Bytes are checked before they become text, and a text never takes more memory than its bytes. A request line is
 * ASCII. Header fields are UTF-8 (section 15.1: TEXT is ISO 10646 in UTF-8; clients write user names that way); invalid
 * bytes become `?`.
 */

import { CONTROL, HIGH, LINE_END, SPACE, TAB, TOKEN, classify, copy, find, span, text } from "../octets/octets";
import { isHTTP } from "./http";
import { HeaderFields, LONGEST_NAME, isHeaderName, type Request } from "./message";
import { parseDecimal } from "./text";

export interface ParserLimits {
	/** Request line and headers together, bytes. */
	readonly headBytes?: number | undefined;
	/** Header lines of a request. */
	readonly headerCount?: number | undefined;
	/** Body of a request, bytes. */
	readonly bodyBytes?: number | undefined;
	/** Interleaved data, bytes. A longer frame is skipped and reported without its bytes. */
	readonly frameBytes?: number | undefined;
}

export interface ParseError {
	/** Status of the response: 400, 413 or 414. */
	readonly status: number;
	/** `CSeq` of the request, if it was read before the error. */
	readonly cseq: number | undefined;
	/** Whether the request line names HTTP as its protocol. */
	readonly http: boolean;
}

/** The owner of a parser, which receives its events. Methods of an object cost nothing; closures would cost each
 *  connection half a kilobyte. */
export interface ParserOwner {
	/** A request is complete. Its body, like the bytes of the other events, is valid during the call only: it is often
	 *  a view of the received piece. */
	onRequest(request: Request): void;
	onInterleaved(channel: number, bytes: Uint8Array): void;
	onError(error: ParseError): void;
	/** Data after the head of an HTTP request, piece by piece. It belongs to a tunnel, and no other message follows. */
	onTunnelled?(bytes: Uint8Array): void;
	/** A piece has ended inside a message, part of which is kept: `kept` is its size. No other event follows for this
	 *  piece. */
	onKept?(): void;
	readonly limits?: ParserLimits | undefined;
}

/** Default limits. */
export const HEAD_LIMIT = 4096, BODY_LIMIT = 2048, HEADER_LIMIT = 64;
const FRAME_LIMIT = 512;

/** Limits within a request line, bytes. The longest method has 13 characters; `rtsp://` and a host name have up to
 *  260. */
const METHOD_BYTES = 32, URL_BYTES = 1024, VERSION_BYTES = 16;
const REQUEST_LINE_BYTES = METHOD_BYTES + URL_BYTES + VERSION_BYTES + 4;

const LF = 0x0a, CR = 0x0d, BLANK = 0x20, HORIZONTAL_TAB = 0x09, DOLLAR = 0x24, COLON = 0x3a;

/** States: between messages; in the request line or headers; in a body; and so on. */
const BETWEEN = 0, HEAD = 1, BODY = 2, FRAME_HEAD = 3, FRAME = 4, SKIP = 5, CLOSED = 6, TUNNEL = 7;

/** Octets of `$`, channel and length. */
const FRAME_HEAD_BYTES = 4;
/** Octets of a tunnel passed on at once: base64 of five of the shortest requests. Each call costs 35,000
 *  instructions. */
const TUNNEL_BYTES = 256;

const EMPTY = new Uint8Array(0), NO_FIELDS = new HeaderFields();
/** Smallest buffer of a line that arrives in pieces, bytes. */
const SHORT_LINE = 128;

export class Parser {
	readonly #owner: ParserOwner;
	readonly #headBytes: number;
	readonly #headerCount: number;
	readonly #bodyBytes: number;
	readonly #frameBytes: number;

	#state = BETWEEN;

	/** HEAD: bytes of the head so far, its header lines so far, and the unfinished line: its first `#lineLength`
	 *  bytes. */
	#headLength = 0;
	#lineCount = 0;
	#line: Uint8Array = EMPTY;
	#lineLength = 0;
	#method = "";
	#url = "";
	#version = "";
	#headers = NO_FIELDS;

	/** The block being collected, its bytes so far, and those to come. FRAME_HEAD and SKIP use only the counts. */
	#block: Uint8Array = EMPTY;
	#filled = 0;
	#remaining = 0;

	#channel = 0;

	constructor(owner: ParserOwner) {
		const { limits = {} } = owner;
		this.#owner = owner;
		this.#headBytes = limits.headBytes ?? HEAD_LIMIT;
		this.#headerCount = limits.headerCount ?? HEADER_LIMIT;
		this.#bodyBytes = limits.bodyBytes ?? BODY_LIMIT;
		this.#frameBytes = limits.frameBytes ?? FRAME_LIMIT;
	}

	/** Bytes kept of an unfinished message. */
	get kept(): number {
		switch (this.#state) {
			case HEAD:
				return this.#url.length + this.#headers.kept + this.#line.byteLength;
			case BODY:
				return this.#url.length + this.#headers.kept + this.#block.byteLength;
			case FRAME:
				return this.#block.byteLength;
			default:
				return 0;
		}
	}

	/** Takes the next piece of the stream. All events are delivered before it returns. */
	receive(bytes: Uint8Array): void {
		for (let offset = 0; offset < bytes.byteLength;)
			offset = this.receiveNext(bytes, offset);
	}

	/** Takes data from `offset` on, up to the end of one message, so that a client that sends many in a row takes turns
	 *  with others.
	 *  @returns the offset to continue at; the length of the piece if all of it is consumed */
	receiveNext(bytes: Uint8Array, offset: number): number {
		const { byteLength } = bytes;
		while (offset < byteLength && this.#state !== CLOSED) {
			switch (this.#state) {
				case BETWEEN:
					offset = this.begin(bytes, offset);
					break;
				case HEAD:
					offset = this.readLine(bytes, offset);
					break;
				case FRAME_HEAD:
					offset = this.readFrameHead(bytes, offset);
					break;
				case TUNNEL: {
					const end = Math.min(offset + TUNNEL_BYTES, byteLength);
					this.#owner.onTunnelled?.(bytes.subarray(offset, end));
					return end;
				}
				default:
					offset = this.readBlock(bytes, offset);
			}
			if (this.#state === BETWEEN)
				return offset;
		}
		if (this.#state === CLOSED)
			return byteLength;
		if (this.#state === HEAD || this.#state === BODY || this.#state === FRAME)
			this.#owner.onKept?.();
		return offset;
	}

	/** Ignores all further data. May be called during an event. */
	close(): void {
		this.#state = CLOSED;
		this.#line = this.#block = EMPTY;
	}

	private begin(bytes: Uint8Array, begin: number): number {
		// skip empty lines before a request (RFC 2068 section 4.1)
		const offset = span(bytes, LINE_END, begin, bytes.byteLength);
		if (offset === bytes.byteLength)
			return offset;
		if (bytes[offset] === DOLLAR) {
			this.#state = FRAME_HEAD;
			this.#filled = 0;
			return this.readFrameHead(bytes, offset);
		}
		this.#state = HEAD;
		this.#headLength = 0;
		this.#lineCount = 0;
		this.#lineLength = 0;
		this.#method = "";
		this.#url = "";
		this.#version = "";
		this.#headers = new HeaderFields();
		return offset;
	}

	/** Reads up to the end of the line, of the piece, or of the space left for the head. */
	private readLine(bytes: Uint8Array, begin: number): number {
		const isFirst = this.#method === "";
		const room = isFirst && this.#headBytes > REQUEST_LINE_BYTES ? REQUEST_LINE_BYTES : this.#headBytes;
		const limit = Math.min(bytes.byteLength, begin + room - this.#headLength);
		const end = find(bytes, LF, begin, limit);
		if (classify(bytes, begin, end) & (isFirst ? CONTROL | HIGH : CONTROL))
			return this.fail(400, end);
		this.#headLength += end - begin;
		if (end === limit) {
			if (limit < bytes.byteLength)
				return this.fail(isFirst ? 414 : 413, end);
			this.keepLine(bytes, begin, end);
			return end;
		}
		this.#headLength += 1;
		let status: number;
		if (this.#lineLength === 0)
			status = this.endLine(bytes, begin, end);
		else {
			this.keepLine(bytes, begin, end);
			const line = this.#line, lineLength = this.#lineLength;
			this.#line = EMPTY;
			this.#lineLength = 0;
			status = this.endLine(line, 0, lineLength);
		}
		if (status !== 0)
			this.fail(status, end);
		return end + 1;
	}

	/** Keeps a part of a line that arrives in several pieces. */
	private keepLine(bytes: Uint8Array, begin: number, end: number): void {
		const lineLength = this.#lineLength + end - begin;
		if (lineLength > this.#line.byteLength) {
			// doubling keeps the total cost of copying linear
			const line = new Uint8Array(
				Math.min(this.#headBytes, Math.max(SHORT_LINE, lineLength, 2 * this.#lineLength)),
			);
			copy(this.#line, 0, this.#lineLength, line, 0);
			this.#line = line;
		}
		copy(bytes, begin, end, this.#line, this.#lineLength);
		this.#lineLength = lineLength;
	}

	/** @returns 0, or the status of the error */
	private endLine(line: Uint8Array, begin: number, lineEnd: number): number {
		const end = lineEnd > begin && line[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
		// no carriage return is allowed inside a line
		if (find(line, CR, begin, end) < end)
			return 400;
		return this.#method === "" ? this.readRequestLine(line, begin, end) : this.readHeaderLine(line, begin, end);
	}

	private readRequestLine(line: Uint8Array, begin: number, end: number): number {
		const methodEnd = find(line, BLANK, begin, end), url = Math.min(methodEnd + 1, end);
		const urlEnd = find(line, BLANK, url, end), version = Math.min(urlEnd + 1, end);
		if (urlEnd - url > URL_BYTES)
			return 414;
		if (methodEnd === begin || methodEnd - begin > METHOD_BYTES || urlEnd === url || end - version > VERSION_BYTES)
			return 400;
		const versionText = text(line, version, end);
		if (classify(line, begin, methodEnd) & ~TOKEN || find(line, HORIZONTAL_TAB, url, urlEnd) < urlEnd
			|| !isVersion(versionText))
			return 400;
		this.#method = text(line, begin, methodEnd);
		this.#url = text(line, url, urlEnd);
		this.#version = versionText;
		return 0;
	}

	private readHeaderLine(line: Uint8Array, begin: number, end: number): number {
		if (begin === end)
			return this.endHead();
		const isFolded = line[begin] === BLANK || line[begin] === HORIZONTAL_TAB;
		if (isFolded && this.#lineCount === 0)
			return 400;
		if (this.#lineCount === this.#headerCount)
			return 413;
		this.#lineCount += 1;
		if (isFolded)
			return this.#headers.passedOver || this.#headers.fold(text(line, begin, end)) ? 0 : 413;
		const colon = find(line, COLON, begin, end), nameEnd = span(line, TOKEN, begin, colon);
		if (colon === end || nameEnd === begin || span(line, SPACE | TAB, nameEnd, colon) < colon)
			return 400;
		const name = nameEnd - begin > LONGEST_NAME ? "" : text(line, begin, nameEnd).toLowerCase();
		if (isHeaderName(name))
			return this.#headers.add(name, text(line, colon + 1, end)) ? 0 : 413;
		this.#headers.passOver();
		return 0;
	}

	private endHead(): number {
		if (isHTTP(this.#version)) {
			// Content-Length is nominal: a tunnel's POST has no end
			this.#state = TUNNEL;
			this.handOut(EMPTY);
			return 0;
		}
		const lengthText = this.#headers.get("content-length");
		const length = lengthText === undefined ? 0 : parseDecimal(lengthText);
		if (length === undefined)
			return 400;
		if (length > this.#bodyBytes)
			return 413;
		if (length === 0)
			this.endRequest(EMPTY);
		else
			this.collect(BODY, length);
		return 0;
	}

	private endRequest(body: Uint8Array): void {
		this.#state = BETWEEN;
		this.handOut(body);
	}

	/** Delivers the request, and keeps nothing of it. */
	private handOut(body: Uint8Array): void {
		const request = { method: this.#method, url: this.#url, version: this.#version, headers: this.#headers, body };
		this.#url = "";
		this.#headers = NO_FIELDS;
		this.#owner.onRequest(request);
	}

	// RFC 2326 section 10.12
	//    0                   1                   2                   3
	//    |   "$" = 0x24  |    channel    |            length             |
	private readFrameHead(bytes: Uint8Array, offset: number): number {
		if (this.#filled === 0 && offset + FRAME_HEAD_BYTES <= bytes.byteLength) {
			this.#channel = bytes[offset + 1]!;
			this.beginFrame(bytes[offset + 2]! << 8 | bytes[offset + 3]!);
			return offset + FRAME_HEAD_BYTES;
		}
		const byte = bytes[offset]!;
		switch (this.#filled++) {
			case 0:
				break;
			case 1:
				this.#channel = byte;
				break;
			case 2:
				this.#remaining = byte << 8;
				break;
			default:
				this.beginFrame(this.#remaining | byte);
		}
		return offset + 1;
	}

	private beginFrame(length: number): void {
		// ignore an empty frame
		if (length === 0)
			this.#state = BETWEEN;
		else
			this.collect(length > this.#frameBytes ? SKIP : FRAME, length);
	}

	private collect(state: number, length: number): void {
		this.#state = state;
		this.#block = EMPTY;
		this.#filled = 0;
		this.#remaining = length;
	}

	private readBlock(bytes: Uint8Array, offset: number): number {
		const taken = Math.min(bytes.byteLength - offset, this.#remaining);
		if (this.#state !== SKIP) {
			if (this.#filled === 0 && taken === this.#remaining)
				this.#block = bytes.subarray(offset, offset + taken);
			else {
				// only a block that arrives in several pieces is copied
				if (this.#filled === 0)
					this.#block = new Uint8Array(this.#remaining);
				copy(bytes, offset, offset + taken, this.#block, this.#filled);
				this.#filled += taken;
			}
		}
		this.#remaining -= taken;
		if (this.#remaining === 0)
			this.endBlock();
		return offset + taken;
	}

	private endBlock(): void {
		const block = this.#block, state = this.#state;
		this.#block = EMPTY;
		this.#state = BETWEEN;
		if (state === BODY)
			this.endRequest(block);
		else
			this.#owner.onInterleaved(this.#channel, state === SKIP ? EMPTY : block);
	}

	private fail(status: number, offset: number): number {
		const { cseq } = this.#headers;
		this.close();
		this.#owner.onError({ status, cseq, http: isHTTP(this.#version) });
		return offset;
	}
}

/** Whether the text has the form of `RTSP/1.0` or `HTTP/1.0`. Unsupported versions get a response of their own. */
function isVersion(version: string): boolean {
	const digits = version.startsWith("RTSP/") || version.startsWith("HTTP/") ? version.slice(5) : "";
	const dot = digits.indexOf(".");
	return dot > 0 && parseDecimal(digits.slice(0, dot)) !== undefined
		&& parseDecimal(digits.slice(dot + 1)) !== undefined;
}
