// SPDX-License-Identifier: MIT
/**
 * One client's connection to the HTTP server: bytes in, responses out (RFC 9112). Nothing that it receives makes it
 * throw.
 *
 * A connection serves one request after another. While a request is being answered, nothing is read from the client.
 * A stream has no length, so the connection ends with it.
 */

import type { Standing } from "../rtsp/authenticator";
import { CONNECTION, HOST, type Request } from "../rtsp/message";
import { Parser, type ParseError, type ParserLimits, type ParserOwner } from "../rtsp/parser";
import type { PlaceHolder } from "../rtsp/places";
import { reasonPhrase } from "../common/reasonphrase";
import { bytesOf } from "../octets/octets";
import { dateLine } from "./date";
import type { Answer, HTTPExchange, HTTPPeer, Watcher } from "./types";

/** What all connections of a server share. */
export interface HTTPConnectionOwner {
	readonly limits: ParserLimits;
	/** All connections' parsers fill it, one after the other. */
	readonly request: Request;
	/** `Server` header. */
	readonly serverName: string;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	/** Milliseconds that a new connection has for its first request. */
	readonly requestTimeout: number;
	/** Answers a request whose version and Host are valid, or begins to.
	 *  @returns undefined if the answer follows */
	answer(request: Request, connection: HTTPConnection): Answer | undefined;
	/** Reports an unexpected exception. Never throws. */
	onError(error: unknown): void;
	/** A connection keeps part of an unfinished request. */
	onKept(): void;
	/** The connection has ended, from either side. */
	onEnd(connection: HTTPConnection): void;
}

/** Milliseconds after which a connection without a request is closed. A browser opens another one at once. */
const KEEP_ALIVE = 15_000;
/** Milliseconds for which the rest of a refused request is read. Without it, the client's system could drop the
 *  refusal. */
const DRAIN = 1000;
/** Milliseconds that a client may take for an answer, and least bytes per millisecond beyond them. A slower client has
 *  no use of the page or of a picture, and keeps its memory from others. */
const TIME_TO_READ = 10_000, LEAST_RATE = 4;
/** Bodies up to this length are sent together with their head, characters. */
const SHORT_BODY = 1024;
/** `Retry-After` of a 503, seconds. */
const RETRY_AFTER = 5;

/** States: waiting for a request; a handler has it; its answer is being sent; a stream; the rest of a refused request
 *  is read; ended. */
const READING = 0, HANDLING = 1, SENDING = 2, STREAMING = 3, DRAINING = 4, ENDED = 5;

export class HTTPConnection implements HTTPExchange, ParserOwner, PlaceHolder {
	readonly strict = true;
	readonly peer: HTTPPeer;
	/** Authentication state. */
	readonly standing: Standing = { granted: false, nonce: undefined };
	/** Header lines of every response to the present request, each with its CRLF. */
	generalLines = "";
	/** Whether it arrived at the stream port. */
	readonly isStreamPort: boolean;
	readonly #owner: HTTPConnectionOwner;
	readonly #parser: Parser;
	readonly #begun: number;
	#lastSeen: number;
	#heard = false;
	#state = READING;
	#headOnly = false;
	/** The connection stays open after the answer. */
	#persists = false;
	/** The client speaks HTTP/1.0. */
	#isOld = false;
	#watcher: Watcher | undefined;
	/** Length of the body that is being sent; 0 for none. */
	#byteLength = 0;

	constructor(owner: HTTPConnectionOwner, peer: HTTPPeer, isStreamPort = false) {
		this.#owner = owner;
		this.peer = peer;
		this.isStreamPort = isStreamPort;
		this.#begun = this.#lastSeen = owner.now();
		this.#parser = new Parser(this);
	}

	/* ---- the socket's events ---- */

	/** Takes data from `offset` on, up to the end of one request. Never throws. The bytes are not kept.
	 *  @returns the offset to continue at; the length of the piece if all of it is consumed */
	receiveNext(bytes: Uint8Array, offset: number): number {
		// after a stream has begun, and after a refusal, the client's data has no meaning
		if (this.#state !== READING)
			return bytes.byteLength;
		try {
			return this.#parser.receiveNext(bytes, offset);
		}
		catch (error) {
			this.fail(error);
			return bytes.byteLength;
		}
	}

	/** All that was queued has been sent, and the socket has room. */
	resume(): void {
		if (this.#state === SENDING)
			this.proceed();
		else
			this.#watcher?.resume();
	}

	/** The connection is lost. */
	closed(): void {
		this.leave();
	}

	/* ---- its place ---- */

	get address(): string {
		return this.peer.remoteAddress;
	}

	get granted(): boolean {
		return this.standing.granted || this.#state === STREAMING;
	}

	get isStream(): boolean {
		return this.#state === STREAMING;
	}

	get kept(): number {
		return this.#parser.kept;
	}

	age(now: number): number {
		return now - this.#begun;
	}

	silence(now: number): number {
		return this.#state === READING || this.#state === DRAINING ? now - this.#lastSeen : 0;
	}

	expire(): void {
		if (this.#state === READING && !this.#heard)
			this.refuse({ status: 408 });
		if (this.#state === SENDING || this.#byteLength !== 0)
			this.drop();
		else
			this.close();
	}

	refuseBusy(): void {
		this.refuse(busyAnswer());
		this.close();
	}

	/** To be called once a second. */
	tick(now: number): void {
		if (this.#byteLength !== 0 && now - this.#lastSeen > TIME_TO_READ + this.#byteLength / LEAST_RATE) {
			this.drop();
			return;
		}
		const limit = this.#state === DRAINING ? DRAIN : this.#heard ? KEEP_ALIVE : this.#owner.requestTimeout;
		if (this.silence(now) > limit)
			this.expire();
	}

	/** Closes the connection from this side, once queued data has been sent. */
	close(): void {
		if (this.leave())
			this.peer.close();
	}

	/** Sends a response without a request, or instead of the rest of one. The rest is read for a while. */
	refuse(answer: Answer): void {
		if (this.#state !== READING)
			return;
		this.#persists = false;
		this.#headOnly = false;
		this.#parser.close();
		this.#state = DRAINING;
		this.#lastSeen = this.#owner.now();
		this.writeAnswer(answer);
	}

	/* ---- events of the parser ---- */

	get limits(): ParserLimits {
		return this.#owner.limits;
	}

	get request(): Request {
		return this.#owner.request;
	}

	onRequest(request: Request): void {
		const { method, version } = request;
		this.#lastSeen = this.#owner.now();
		this.#heard = true;
		this.#headOnly = method === "HEAD";
		this.#isOld = version === "HTTP/1.0";
		this.#persists = this.persists(request.header(CONNECTION));
		this.#state = HANDLING;
		this.generalLines = "";
		let answer: Answer | undefined;
		try {
			if (version !== "HTTP/1.0" && version !== "HTTP/1.1")
				answer = { status: 505 };
			else if (!isHost(request.header(HOST), this.#isOld))
				answer = { status: 400 };
			else
				answer = this.#owner.answer(request, this);
		}
		catch (error) {
			this.#owner.onError(error);
			answer = this.giveUp();
		}
		if (answer)
			this.respond(answer);
		if (this.#state === HANDLING || this.#state === SENDING)
			this.peer.hold(true);
	}

	onInterleaved(): void {
		// a strict parser has none
	}

	onError({ status }: ParseError): void {
		this.refuse({ status });
	}

	onKept(): void {
		this.#owner.onKept();
	}

	/* ---- the exchange ---- */

	get headOnly(): boolean {
		return this.#headOnly;
	}

	respond(answer: Answer): void {
		if (this.#state !== HANDLING)
			return;
		this.#watcher = undefined;
		this.#state = SENDING;
		try {
			this.writeAnswer(answer);
			this.proceed();
		}
		catch (error) {
			this.fail(error);
		}
	}

	begin(head: Answer, first = ""): boolean {
		if (this.#state !== HANDLING)
			return false;
		this.#persists = false;
		this.#parser.close();
		this.#state = STREAMING;
		try {
			this.peer.hold(false);
			this.peer.sendText(`${this.head(head, undefined)}${this.#headOnly ? "" : first}`);
		}
		catch (error) {
			this.fail(error);
			return false;
		}
		if (this.#headOnly)
			this.end();
		return true;
	}

	beginBody(head: Answer, byteLength: number): void {
		if (this.#state !== HANDLING)
			return;
		this.beginSending(byteLength);
		try {
			this.peer.sendText(this.head(head, byteLength));
		}
		catch (error) {
			this.fail(error);
		}
	}

	write(text: string): boolean {
		return this.#state === STREAMING && this.peer.sendIfRoom(text);
	}

	finish(): void {
		if (this.#state !== HANDLING)
			return;
		this.#watcher = undefined;
		this.#state = SENDING;
		this.proceed();
	}

	end(): void {
		this.#watcher = undefined;
		this.close();
	}

	watch(watcher: Watcher): void {
		if (this.#state === HANDLING || this.#state === STREAMING)
			this.#watcher = watcher;
	}

	onClose(callback: () => void): void {
		this.watch({ resume: () => undefined, closed: callback });
	}

	/* ---- */

	/** A handler has thrown: what it has begun ends.
	 *  @returns the answer, if the client can still have one */
	private giveUp(): Answer | undefined {
		const watcher = this.#watcher;
		this.#watcher = undefined;
		watcher?.closed();
		if (this.#state === HANDLING)
			return { status: 500 };
		if (this.#state === STREAMING)
			this.close();
		return undefined;
	}

	/** Waits for the next request once the answer has been given to the socket. */
	private proceed(): void {
		if (!this.peer.idle)
			return;
		this.#lastSeen = this.#owner.now();
		this.#byteLength = 0;
		if (this.#persists) {
			this.#state = READING;
			this.peer.hold(false);
		}
		else
			this.close();
	}

	private persists(connection: string | undefined): boolean {
		const options = connection === undefined || connection.length > LONGEST_OPTIONS ? "" : connection.toLowerCase();
		return this.#isOld ? options.includes("keep-alive") : !options.includes("close");
	}

	private writeAnswer({ status, type, body, headers }: Answer): void {
		const content = body ?? (status < 300 || status === 304 ? "" : `${status} ${reason(status)}\r\n`);
		const head = { status, headers, type: body === undefined && content !== "" ? "text/plain" : type };
		if (typeof content === "string" && content.length <= SHORT_BODY) {
			const { byteLength } = bytesOf(content);
			this.peer.sendText(`${this.head(head, byteLength)}${this.#headOnly ? "" : content}`);
			return;
		}
		const isText = typeof content === "string";
		const bytes = content instanceof Uint8Array ? content : new Uint8Array(isText ? bytesOf(content) : content);
		this.beginSending(bytes.byteLength);
		this.peer.sendText(this.head(head, bytes.byteLength));
		if (!this.#headOnly)
			this.peer.sendBody(bytes, isText);
	}

	private beginSending(byteLength: number): void {
		this.#byteLength = this.#headOnly ? 0 : byteLength;
		this.#lastSeen = this.#owner.now();
	}

	/** Ends the connection at once: the client has not read its answer. */
	private drop(): void {
		this.leave();
		this.peer.drop();
	}

	/** @param byteLength of the body; undefined if it ends with the connection */
	private head({ status, type, headers = "" }: Answer, byteLength: number | undefined): string {
		const { serverName } = this.#owner;
		let text = `HTTP/1.1 ${status} ${reason(status)}\r\n${dateLine(Date.now())}Server: ${serverName}\r\n`;
		if (type !== undefined)
			text += `Content-Type: ${type}\r\n`;
		// 204 and 304 have no body
		if (byteLength !== undefined && status !== 204 && status !== 304)
			text += `Content-Length: ${byteLength}\r\n`;
		if (!headers.includes("Cache-Control:"))
			text += "Cache-Control: no-store\r\n";
		if (status === 503 && !headers.includes("Retry-After:"))
			text += `Retry-After: ${RETRY_AFTER}\r\n`;
		if (!this.#persists)
			text += "Connection: close\r\n";
		else if (this.#isOld)
			text += "Connection: keep-alive\r\n";
		return `${text}X-Content-Type-Options: nosniff\r\n${this.generalLines}${headers}\r\n`;
	}

	/** Without memory for an answer, the connection ends: it would keep its place for ever. */
	private fail(error: unknown): void {
		this.#owner.onError(error);
		this.close();
	}

	/** Allocates nothing: a connection that needs too much memory ends here.
	 *  @returns false if the connection had already ended */
	private leave(): boolean {
		if (this.#state === ENDED)
			return false;
		this.#state = ENDED;
		this.#parser.close();
		const watcher = this.#watcher;
		this.#watcher = undefined;
		watcher?.closed();
		this.#owner.onEnd(this);
		return true;
	}
}

/** Longest `Connection` that is read, characters. */
const LONGEST_OPTIONS = 64;

/** All places are taken, or memory is short. */
export function busyAnswer(): Answer {
	return { status: 503 };
}

/** HTTP's words where they differ from RTSP's. */
function reason(status: number): string {
	switch (status) {
		case 408:
			return "Request Timeout";
		case 413:
			return "Content Too Large";
		case 414:
			return "URI Too Long";
		case 505:
			return "HTTP Version Not Supported";
		default:
			return reasonPhrase(status);
	}
}

/** Whether there is one host (RFC 9112 section 3.2). HTTP/1.0 needs none. Repeated fields are joined by commas. */
function isHost(host: string | undefined, isOld: boolean): boolean {
	return host === undefined ? isOld : !host.includes(",") && !host.includes(" ");
}
