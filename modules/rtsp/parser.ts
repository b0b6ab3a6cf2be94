/**
 * Incremental parser of what a client sends: RTSP requests (RFC 2326 section 6) and interleaved binary data (section 10.12).
 *
 * Bytes come in pieces of any size; the events are the same however they are cut. What is *incomplete* waits for more;
 * what is *invalid* is reported once, and nothing after it is looked at: where the next message begins is unknown then.
 */

import { isHTTP } from "./http";
import { HeaderFields, type Request } from "./message";
import { isToken, parseDecimal, textFromBytes } from "./text";

export interface ParserLimits {
	/** Request line and headers together, bytes. */
	readonly headBytes?: number | undefined;
	/** Header fields of a request. */
	readonly headerCount?: number | undefined;
	/** Body of a request, bytes. */
	readonly bodyBytes?: number | undefined;
	/** Interleaved data, bytes; a longer frame is skipped and reported without its bytes. */
	readonly frameBytes?: number | undefined;
}

export interface ParseError {
	/** The response that the client deserves: 400, 413 or 414. */
	readonly status: number;
	/** `CSeq` of the request, if it was read before the error. */
	readonly cseq: number | undefined;
	/** Whether the request had said that it is HTTP. */
	readonly http: boolean;
}

/** Who owns a parser, and what it is told. The parser keeps the object: methods cost nothing where closures would cost each connection
 *  half a kilobyte. */
export interface ParserOwner {
	/** The body of the request is valid during the call, as the bytes below: often a view of the piece that was received. */
	onRequest(request: Request): void;
	onInterleaved(channel: number, bytes: Uint8Array): void;
	onError(error: ParseError): void;
	/** Gets what follows the head of an HTTP request, piece by piece: it begins a tunnel, and no other message follows. */
	onTunnelled?(bytes: Uint8Array): void;
	/** A piece has ended inside of a message: `kept` tells what is remembered of it. The last that is done with the piece. */
	onKept?(): void;
	readonly limits?: ParserLimits | undefined;
}

/** Limits of who is told none. */
export const HEAD_BYTES = 4096, BODY_BYTES = 4096;

const LF = 0x0a, CR = 0x0d, TAB = 0x09, DOLLAR = 0x24;

/** Between messages; inside request line and headers; inside a body; and so on. */
const BETWEEN = 0, HEAD = 1, BODY = 2, FRAME_HEAD = 3, FRAME = 4, SKIP = 5, CLOSED = 6, TUNNEL = 7;

const EMPTY = new Uint8Array(0);
/** What a header field takes besides its text, bytes: two elements of arrays, two strings' own headers. */
const FIELD_BYTES = 48;

export class Parser {
	readonly #owner: ParserOwner;
	readonly #headBytes: number;
	readonly #headerCount: number;
	readonly #bodyBytes: number;
	readonly #frameBytes: number;

	#state = BETWEEN;

	/** HEAD: bytes of the head so far, and the line begun. */
	#headLength = 0;
	#line = "";
	#method = "";
	#url = "";
	#version = "";
	#headers = new HeaderFields();

	/** What is being collected, how much of it is there, how much is to come. FRAME_HEAD and SKIP use only the counts. */
	#block: Uint8Array = EMPTY;
	#filled = 0;
	#remaining = 0;

	#channel = 0;

	constructor(owner: ParserOwner) {
		const { limits = {} } = owner;
		this.#owner = owner;
		this.#headBytes = limits.headBytes ?? HEAD_BYTES;
		this.#headerCount = limits.headerCount ?? 64;
		this.#bodyBytes = limits.bodyBytes ?? BODY_BYTES;
		this.#frameBytes = limits.frameBytes ?? 2048;
	}

	/** Bytes that are remembered of a message that is not whole yet. */
	get kept(): number {
		switch (this.#state) {
			case HEAD: return this.#headLength + this.#headers.count * FIELD_BYTES;
			case BODY: return this.#headLength + this.#headers.count * FIELD_BYTES + this.#block.byteLength;
			case FRAME: return this.#block.byteLength;
			default: return 0;
		}
	}

	/** Takes the next piece of the stream. The callbacks are called before it returns. */
	receive(bytes: Uint8Array): void {
		const byteLength = bytes.byteLength;
		let offset = 0;
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
				case TUNNEL:
					this.#owner.onTunnelled?.(offset === 0 ? bytes : bytes.subarray(offset));
					return;
				default:
					offset = this.readBlock(bytes, offset);
			}
		}
		if (this.#state === HEAD || this.#state === BODY || this.#state === FRAME)
			this.#owner.onKept?.();
	}

	/** Ignores everything from now on; allowed inside a callback. */
	close(): void {
		this.#state = CLOSED;
		this.#line = "";
		this.#block = EMPTY;
	}

	private begin(bytes: Uint8Array, offset: number): number {
		switch (bytes[offset]) {
			case CR:
			case LF:
				// empty lines before a request (RFC 2068 section 4.1)
				return offset + 1;
			case DOLLAR:
				this.#state = FRAME_HEAD;
				this.#filled = 0;
				return offset + 1;
			default:
				this.#state = HEAD;
				this.#headLength = 0;
				this.#line = this.#method = this.#version = "";
				this.#headers = new HeaderFields();
				return offset;
		}
	}

	/** Reads up to the end of a line, of the piece, or of what a head may have. */
	private readLine(bytes: Uint8Array, begin: number): number {
		const limit = Math.min(bytes.byteLength, begin + this.#headBytes - this.#headLength);
		let end = begin;
		while (end < limit) {
			const byte = bytes[end]!;
			if (byte === LF)
				break;
			if ((byte < 0x20 && byte !== TAB && byte !== CR) || byte === 0x7f)
				return this.fail(400, end);
			end += 1;
		}
		if (end >= limit && limit < bytes.byteLength)
			return this.fail(this.#method === "" ? 414 : 413, end);

		this.#line += textFromBytes(bytes, begin, end);
		this.#headLength += end - begin;
		if (end >= limit)
			return end;
		this.#headLength += 1;
		let line = this.#line;
		this.#line = "";
		if (line.endsWith("\r"))
			line = line.slice(0, -1);
		if (line.includes("\r"))
			return this.fail(400, end);
		const status = this.#method === "" ? this.readRequestLine(line) : this.readHeaderLine(line);
		if (status !== 0)
			this.fail(status, end);
		return end + 1;
	}

	/** @returns 0, or the status of the error */
	private readRequestLine(line: string): number {
		const first = line.indexOf(" "), last = line.lastIndexOf(" ");
		const method = line.slice(0, Math.max(first, 0));
		const url = line.slice(first + 1, last);
		const version = line.slice(last + 1);
		if (!isToken(method) || url === "" || url.includes(" ") || url.includes("\t") || !isVersion(version))
			return 400;
		this.#method = method;
		this.#url = url;
		this.#version = version;
		return 0;
	}

	private readHeaderLine(line: string): number {
		if (line === "")
			return this.endHead();
		if (line.startsWith(" ") || line.startsWith("\t"))
			return this.#headers.fold(line.trim()) ? 0 : 400;
		const colon = line.indexOf(":");
		const name = line.slice(0, Math.max(colon, 0)).trim();
		if (!isToken(name))
			return 400;
		if (this.#headers.count >= this.#headerCount)
			return 413;
		this.#headers.add(name, line.slice(colon + 1).trim());
		return 0;
	}

	private endHead(): number {
		if (isHTTP(this.#version)) {
			// Content-Length is nominal: a tunnel's POST has no end
			this.#state = TUNNEL;
			this.#owner.onRequest({ method: this.#method, url: this.#url, version: this.#version, headers: this.#headers, body: EMPTY });
			return 0;
		}
		const text = this.#headers.get("content-length");
		const length = text === undefined ? 0 : parseDecimal(text);
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
		const headers = this.#headers;
		this.#state = BETWEEN;
		this.#headers = new HeaderFields();
		this.#owner.onRequest({ method: this.#method, url: this.#url, version: this.#version, headers, body });
	}

	// RFC 2326 section 10.12
	//    0                   1                   2                   3
	//    |   "$" = 0x24  |    channel    |            length             |
	private readFrameHead(bytes: Uint8Array, offset: number): number {
		const byte = bytes[offset]!;
		switch (this.#filled++) {
			case 0:
				this.#channel = byte;
				break;
			case 1:
				this.#remaining = byte << 8;
				break;
			default:
				this.beginFrame(this.#remaining | byte);
		}
		return offset + 1;
	}

	private beginFrame(length: number): void {
		if (length === 0) {
			this.#state = BETWEEN;
			this.#owner.onInterleaved(this.#channel, EMPTY);
		}
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
			const part = bytes.subarray(offset, offset + taken);
			if (this.#filled === 0 && taken === this.#remaining)
				this.#block = part;
			else {
				// only what comes in several pieces gets memory
				if (this.#filled === 0)
					this.#block = new Uint8Array(this.#remaining);
				this.#block.set(part, this.#filled);
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

/** `RTSP/1.0`, and what looks like it: other versions get an answer of their own. */
function isVersion(text: string): boolean {
	const digits = text.startsWith("RTSP/") || text.startsWith("HTTP/") ? text.slice(5) : "";
	const dot = digits.indexOf(".");
	return dot > 0 && parseDecimal(digits.slice(0, dot)) !== undefined && parseDecimal(digits.slice(dot + 1)) !== undefined;
}
