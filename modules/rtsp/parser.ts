// SPDX-License-Identifier: MIT
/**
 * Incremental parser of a connection's data: RTSP requests (RFC 2326 section 6) and interleaved binary data (section
 * 10.12); or the requests of an HTTP server (RFC 9112), which have the same form; or, for a client, RTSP replies
 * (section 7) and interleaved data.
 *
 * Bytes arrive in pieces of any size; the events are the same however the stream is cut. The parser waits for the rest
 * of *incomplete* data. It reports *invalid* data once and then stops, because it cannot know where the next message
 * begins.
 *
 * A head is scanned in one native call where it lies (head.ts), in the piece in most cases. An unfinished head is kept,
 * and scanned again when more of it arrives. A request line is ASCII. Header fields are UTF-8 (section 15.1: TEXT is
 * ISO 10646 in UTF-8; clients write user names that way); invalid bytes become `?`.
 */

import { LINE_END, copy, span } from "../octets/octets";
import { IS_HTTP } from "./head";
import { CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HEADER_LIMIT, Request, TRANSFER_ENCODING } from "./message";
import type { MessageHead } from "./messagehead";

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
	/** Status of the response: 400, 413 or 414; of HTTP also 411, 417, 431 and 501. */
	readonly status: number;
	/** `CSeq` of the request; -1 if none was read before the error. */
	readonly cseq: number;
	/** Whether the request line names HTTP as its protocol. */
	readonly http: boolean;
}

/** The owner of a parser, which receives its events. Methods of an object cost nothing; closures would cost each
 *  connection half a kilobyte. */
export interface ParserOwner<Message extends MessageHead = Request> {
	/** A request is complete, or a client's reply. Its body, like the bytes of the other events, is valid during the
	 *  call only: it is often a view of the received piece. */
	onRequest(request: Message): void;
	onInterleaved(channel: number, bytes: Uint8Array): void;
	onError(error: ParseError): void;
	/** Data after the head of an HTTP request, piece by piece. It belongs to a tunnel, and no other message follows. */
	onTunnelled?(bytes: Uint8Array): void;
	/** Whether requests are HTTP's and nothing else: no tunnel, no interleaved data, and stricter rules. */
	readonly strict?: boolean | undefined;
	/** A piece has ended inside a message, part of which is kept: `kept` is its size. No other event follows for this
	 *  piece. */
	onKept?(): void;
	readonly limits?: ParserLimits | undefined;
	/** The message that parsers of the same owner fill, one after the other. Default: a request of the parser's own. */
	readonly request?: Message;
}

/** Default limits. */
export const HEAD_LIMIT = 4096, BODY_LIMIT = 4096;
const FRAME_LIMIT = 512;

const DOLLAR = 0x24;

/** The only expectation that RFC 9110 knows. */
const CONTINUE = "100-continue";

/** States: between messages; in an unfinished head; in a body; and so on. */
const BETWEEN = 0, HEAD = 1, BODY = 2, FRAME_HEAD = 3, FRAME = 4, SKIP = 5, CLOSED = 6, TUNNEL = 7;

/** Octets of `$`, channel and length. */
const FRAME_HEAD_BYTES = 4;
/** Octets of a tunnel passed on at once: base64 of five of the shortest requests. Each call costs 35,000
 *  instructions. */
const TUNNEL_BYTES = 256;

const HAS_LENGTH = 1 << CONTENT_LENGTH;

const EMPTY = new Uint8Array(0);
/** Smallest buffer of a head that arrives in pieces, bytes. */
const SHORT_HEAD = 128;

export class Parser<Message extends MessageHead = Request> {
	readonly #owner: ParserOwner<Message>;
	readonly #request: Message;
	readonly #headBytes: number;
	readonly #bodyBytes: number;
	readonly #frameBytes: number;
	readonly #strict: boolean;

	#state = BETWEEN;

	/** An unfinished head, or the head of an unfinished body: its first `#headLength` bytes. */
	#head: Uint8Array = EMPTY;
	#headLength = 0;

	/** The block being collected, its bytes so far, and those to come. FRAME_HEAD and SKIP use only the counts. */
	#block: Uint8Array = EMPTY;
	#filled = 0;
	#remaining = 0;

	#channel = 0;

	constructor(owner: ParserOwner<Message>) {
		const { limits = {}, strict = false } = owner;
		this.#strict = strict;
		this.#owner = owner;
		// an owner of another kind of message has one
		this.#request = owner.request ?? new Request(limits.headerCount ?? HEADER_LIMIT) as MessageHead as Message;
		this.#headBytes = limits.headBytes ?? HEAD_LIMIT;
		this.#bodyBytes = limits.bodyBytes ?? BODY_LIMIT;
		this.#frameBytes = limits.frameBytes ?? FRAME_LIMIT;
	}

	/** Bytes kept of an unfinished message. */
	get kept(): number {
		return this.#head.byteLength + this.#block.byteLength;
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
					offset = this.continueHead(bytes, offset);
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
		this.#head = this.#block = EMPTY;
	}

	private begin(bytes: Uint8Array, begin: number): number {
		// skip empty lines before a request (RFC 2068 section 4.1)
		const offset = span(bytes, LINE_END, begin, bytes.byteLength);
		if (offset === bytes.byteLength)
			return offset;
		if (bytes[offset] === DOLLAR && !this.#strict) {
			this.#state = FRAME_HEAD;
			this.#filled = 0;
			return this.readFrameHead(bytes, offset);
		}
		const length = this.#request.scan(bytes, offset, bytes.byteLength, this.#headBytes, 0, this.#strict);
		if (length > 0)
			return this.endHead(bytes, offset, length, offset + length);
		if (length < 0)
			return this.failHead(-length, bytes.byteLength);
		this.#state = HEAD;
		this.keepHead(bytes, offset, bytes.byteLength);
		return bytes.byteLength;
	}

	/** Keeps a part of a head. */
	private keepHead(bytes: Uint8Array, begin: number, end: number): void {
		const headLength = this.#headLength + end - begin;
		if (headLength > this.#head.byteLength) {
			// doubling keeps the total cost of copying linear
			const head = new Uint8Array(
				Math.min(this.#headBytes + 1, Math.max(SHORT_HEAD, headLength, 2 * this.#headLength)),
			);
			copy(this.#head, 0, this.#headLength, head, 0);
			this.#head = head;
		}
		copy(bytes, begin, end, this.#head, this.#headLength);
		this.#headLength = headLength;
	}

	private continueHead(bytes: Uint8Array, begin: number): number {
		const before = this.#headLength;
		// one byte more than allowed shows that the head is too long
		this.keepHead(bytes, begin, Math.min(bytes.byteLength, begin + this.#headBytes + 1 - before));
		const length = this.#request.scan(this.#head, 0, this.#headLength, this.#headBytes, before, this.#strict);
		if (length < 0)
			return this.failHead(-length, bytes.byteLength);
		if (length === 0)
			return bytes.byteLength;
		return this.endHead(this.#head, 0, length, begin + length - before);
	}

	/** A head is complete.
	 *  @param length of the head, at `begin` of `head`
	 *  @param offset of the byte after it, in the received piece
	 *  @returns `offset` */
	private endHead(head: Uint8Array, begin: number, length: number, offset: number): number {
		const request = this.#request;
		if (this.#strict) {
			const status = refuseFraming(request);
			if (status !== 0)
				return this.fail(status, offset);
		}
		else if (request.flags & IS_HTTP) {
			// Content-Length is nominal: a tunnel's POST has no end
			this.#state = TUNNEL;
			this.handOut(EMPTY);
			return offset;
		}
		const bodyLength = request.flags & HAS_LENGTH ? request.decimal(CONTENT_LENGTH) : 0;
		if (bodyLength === 0) {
			this.#state = BETWEEN;
			this.handOut(EMPTY);
			return offset;
		}
		if (bodyLength < 0)
			return this.fail(400, offset);
		if (bodyLength > this.#bodyBytes)
			return this.fail(413, offset);
		if (head !== this.#head)
			this.keepHead(head, begin, begin + length);
		this.#headLength = length;
		this.collect(BODY, bodyLength);
		return offset;
	}

	/** Delivers the request, and keeps nothing of it. */
	private handOut(body: Uint8Array): void {
		const request = this.#request;
		this.#head = EMPTY;
		this.#headLength = 0;
		request.body = body;
		this.#owner.onRequest(request);
		request.release();
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
		if (state === BODY) {
			// other connections have used the request in the meantime
			this.#request.scan(this.#head, 0, this.#headLength, this.#headBytes, this.#headLength);
			this.handOut(block);
		}
		else
			this.#owner.onInterleaved(this.#channel, state === SKIP ? EMPTY : block);
	}

	private failHead(status: number, offset: number): number {
		// HTTP has a status of its own for header fields that are too large (RFC 6585 section 5)
		return this.fail(this.#strict && status === 413 ? 431 : status, offset);
	}

	private fail(status: number, offset: number): number {
		const { cseq, flags } = this.#request;
		this.close();
		this.#request.release();
		this.#owner.onError({ status, cseq, http: (flags & IS_HTTP) !== 0 });
		return offset;
	}
}

/** Checks how a request of HTTP says where it ends (RFC 9112 section 6). What two programs could read in two ways is
 *  refused: a proxy in front of this server might take the rest for another client's request.
 *  @returns 0, or the status of the error */
function refuseFraming(request: MessageHead): number {
	if (!(request.flags & IS_HTTP))
		return 400;
	const hasLength = request.has(CONTENT_LENGTH);
	if (request.has(TRANSFER_ENCODING))
		return hasLength || request.version === "HTTP/1.0" ? 400 : 501;
	if (request.has(EXPECT)
		&& (request.header(EXPECT)!.toLowerCase() !== CONTINUE || (hasLength && request.decimal(CONTENT_LENGTH) !== 0)))
		return 417;
	// a body is announced, but not its length
	return !hasLength && request.has(CONTENT_TYPE) ? 411 : 0;
}
