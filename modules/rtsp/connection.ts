// SPDX-License-Identifier: MIT
/**
 * One client's connection: bytes in, responses out. Nothing that it receives makes it throw.
 *
 * It may turn out to be one half of an HTTP tunnel. The GET half is an RTSP connection like any other, except that its
 * requests arrive on the POST half. The POST half only passes on its data.
 */

import type { Peer } from "./types";
import type { Standing } from "./authenticator";
import { check } from "./checks";
import type { Exchange, Service } from "./exchange";
import { bytesOf } from "../octets/octets";
import { IS_HTTP } from "./head";
import { formatHTTPRefusal, formatTunnelHead, readTunnelRequest } from "./http";
import { CONNECTION, TIMESTAMP, type Request } from "./message";
import { handle, RETRY_AFTER } from "./methods";
import { Parser, type ParseError, type ParserLimits, type ParserOwner } from "./parser";
import type { PlaceHolder } from "./places";
import type { Response } from "./response";
import type { Tunnel, TunnelEnd } from "./tunnel";

/** Longest `Timestamp` that is returned, characters. It holds two numbers (RFC 2326 section 12.38). */
const LONGEST_TIMESTAMP = 64;

/** The only value of `Connection` with an effect. */
const CLOSE = "close";
const HAS_ECHOED = 1 << TIMESTAMP | 1 << CONNECTION;

/** A connection as the owner of its socket sees it. */
export interface ServerConnection {
	/** Whether the client has shown the right password or has a session. */
	readonly granted: boolean;
	/** Takes the next piece of data from the client. Never throws. The bytes are not kept. */
	receive(bytes: Uint8Array): void;
	/** Takes data from `offset` on, up to the end of one message. Otherwise like `receive`.
	 *  @returns the offset to continue at; the length of the piece if all of it is consumed */
	receiveNext(bytes: Uint8Array, offset: number): number;
	/** The connection is lost: its interleaved sessions end at once. Not called after `Peer.close`. */
	closed(): void;
}

/** What all connections of a server share. */
export interface ConnectionOwner {
	readonly service: Service;
	/** The request, its response and the exchange of both, one after the other for all connections. */
	readonly request: Request;
	readonly response: Response;
	readonly exchange: Exchange;
	readonly limits: ParserLimits;
	readonly serverName: string | undefined;
	/** Reports an unexpected exception. Never throws. */
	onError(error: unknown): void;
	/** A connection keeps part of an unfinished message: `kept` is its size. */
	onKept(): void;
	/** The connection has ended, from either side. */
	onEnd(connection: Connection): void;
}

export class Connection implements ServerConnection, TunnelEnd, ParserOwner, PlaceHolder {
	/** Instant of the last complete message, or of the connection's begin, milliseconds. */
	lastSeen: number;
	readonly #owner: ConnectionOwner;
	readonly #service: Service;
	readonly #peer: Peer;
	readonly #parser: Parser;
	/** GET half: parses the data that arrives through the tunnel. */
	#tunnelParser: Parser | undefined;
	#tunnel: Tunnel | undefined;
	/** Whether an RTSP message has arrived. HTTP is accepted only before the first one. */
	#begun = false;
	readonly #standing: Standing = { granted: false, nonce: undefined };
	readonly #begin: number;
	#heard = false;
	#open = true;

	constructor(owner: ConnectionOwner, peer: Peer) {
		this.#owner = owner;
		this.#service = owner.service;
		this.#peer = peer;
		this.#begin = this.lastSeen = owner.service.now();
		this.#parser = new Parser(this);
	}

	receive(bytes: Uint8Array): void {
		for (let offset = 0; offset < bytes.byteLength;)
			offset = this.receiveNext(bytes, offset);
	}

	receiveNext(bytes: Uint8Array, offset: number): number {
		try {
			return this.#parser.receiveNext(bytes, offset);
		}
		catch (error) {
			this.fail(error);
			return bytes.byteLength;
		}
	}

	receiveTunnelled(bytes: Uint8Array): void {
		try {
			this.#tunnelParser?.receive(bytes);
		}
		catch (error) {
			this.fail(error);
		}
	}

	refuseTunnelled(): void {
		this.onError({ status: 400, cseq: -1, http: false });
	}

	closed(): void {
		this.end();
	}

	/** Closes the connection from this side, once queued data has been sent. */
	close(): void {
		if (!this.end())
			return;
		try {
			this.#peer.close();
		}
		catch (error) {
			this.#owner.onError(error);
		}
	}

	/** Sends a response without a request, and closes the connection.
	 *  @param retryAfter seconds */
	refuse(status: number, retryAfter?: number): void {
		try {
			const response = this.#owner.response.begin(status, -1);
			if (retryAfter !== undefined)
				response.header("Retry-After: ", retryAfter);
			this.send(response.closing());
		}
		catch (error) {
			this.#owner.onError(error);
		}
		this.close();
	}

	/** Ends the connection because memory is short. */
	refuseBusy(): void {
		this.refuse(503, RETRY_AFTER);
	}

	/** The POST half of a tunnel is granted when its GET half is. */
	get granted(): boolean {
		const tunnel = this.#tunnel;
		if (tunnel !== undefined && tunnel.post === this)
			return tunnel.get?.granted ?? false;
		return this.#standing.granted || this.#service.sessions.hasSessionOn(this.#peer);
	}

	/** Its streams are sessions, which are counted as such. */
	get isStream(): boolean {
		return false;
	}

	/** Client's address, an IP literal. */
	get address(): string {
		return this.#peer.remoteAddress;
	}

	/** Milliseconds since the client connected. */
	age(now: number): number {
		return now - this.#begin;
	}

	/** Whether a complete message has arrived. */
	get heard(): boolean {
		return this.#heard;
	}

	/** Bytes kept of unfinished messages. */
	get kept(): number {
		return this.#parser.kept + (this.#tunnelParser?.kept ?? 0);
	}

	/** Milliseconds that the connection has been idle; 0 while it has a session, and for a POST half, which lives as
	 *  long as its GET half. */
	silence(now: number): number {
		return this.#tunnel?.post === this || this.#service.sessions.hasSessionOn(this.#peer)
			? 0
			: now - this.lastSeen;
	}

	/** Ends the connection because it is idle. */
	expire(): void {
		if (this.#heard)
			this.close();
		else
			this.refuse(408);
	}

	/* ---- events of the parsers ---- */

	get limits(): ParserLimits {
		return this.#owner.limits;
	}

	get request(): Request {
		return this.#owner.request;
	}

	onRequest(request: Request): void {
		if (request.flags & IS_HTTP) {
			this.answerHTTP(request);
			return;
		}
		const now = this.alive();
		const { exchange } = this.#owner;
		let response: Response;
		try {
			exchange.begin(this.#peer, this.#standing, now);
			response = check(exchange) ?? handle(exchange);
		}
		catch (error) {
			this.#owner.onError(error);
			response = exchange.respond(500);
		}
		exchange.end();
		if (request.flags & HAS_ECHOED)
			this.echo(request, response);
		const { last } = response;
		this.send(response);
		if (last)
			this.close();
	}

	/** Interleaved data is no sign of life by itself. A report that names a session's stream is, for that session. */
	onInterleaved(channel: number, bytes: Uint8Array): void {
		this.#begun = true;
		this.#service.sessions.receiveInterleaved(this.#peer, channel, bytes);
	}

	onError({ status, cseq, http }: ParseError): void {
		if (http && !this.#begun)
			this.refuseHTTP(status);
		else {
			this.send(this.#owner.response.begin(status, cseq).closing());
			this.close();
		}
	}

	onKept(): void {
		this.#owner.onKept();
	}

	/** Data after the head of an HTTP request. After a POST it is the tunnel's; after a GET it is ignored. */
	onTunnelled(bytes: Uint8Array): void {
		const tunnel = this.#tunnel;
		if (tunnel !== undefined && tunnel.post === this && !tunnel.receive(bytes))
			this.close();
	}

	/* ---- requests ---- */

	private fail(error: unknown): void {
		this.#owner.onError(error);
		this.close();
	}

	/** Joins this connection to a tunnel. */
	private answerHTTP(request: Request): void {
		const { tunnels, path, now } = this.#service;
		const wanted = this.#begun || this.#tunnel !== undefined ? 400 : readTunnelRequest(request, path);
		if (typeof wanted === "number") {
			this.refuseHTTP(wanted);
			return;
		}
		const { kind, cookie } = wanted;
		this.lastSeen = now();
		this.#heard = true;
		const tunnel = tunnels.join(kind, cookie, this.#peer.remoteAddress, this, this.lastSeen);
		if (tunnel === "taken" || tunnel === "busy") {
			this.refuseHTTP(tunnel === "busy" ? 503 : 400);
			return;
		}
		this.#tunnel = tunnel;
		if (kind === "get") {
			this.#tunnelParser = new Parser(this);
			this.sendText(formatTunnelHead(this.#owner.serverName));
			tunnel.begin();
		}
	}

	private refuseHTTP(status: number): void {
		if (this.#open)
			this.sendText(formatHTTPRefusal(status, RETRY_AFTER, this.#owner.serverName));
		this.close();
	}

	/** What a response repeats of its request. */
	private echo(request: Request, response: Response): void {
		const timestamp = request.header(TIMESTAMP), connection = request.header(CONNECTION);
		if (timestamp !== undefined && timestamp.length <= LONGEST_TIMESTAMP)
			response.header("Timestamp: ", timestamp);
		if (connection?.length === CLOSE.length && connection.toLowerCase() === CLOSE)
			response.closing();
	}

	/** Only complete messages are a sign of life: a client that dribbles a request forever counts as idle.
	 *  @returns the instant, milliseconds */
	private alive(): number {
		const service = this.#service, now = service.now();
		this.#begun = true;
		this.#heard = true;
		this.lastSeen = now;
		service.sessions.aliveOn(this.#peer, now);
		return now;
	}

	private send(response: Response): void {
		if (!this.#open)
			return;
		this.#peer.send(response.end());
		if (response.isLarge)
			response.shrink();
	}

	private sendText(text: string): void {
		this.#peer.send(new Uint8Array(bytesOf(text)));
	}

	/** Allocates nothing: a connection that needs too much memory ends here.
	 *  @returns false if the connection had already ended */
	private end(): boolean {
		if (!this.#open)
			return false;
		this.#open = false;
		this.#parser.close();
		this.#tunnelParser?.close();
		try {
			if (this.#tunnel !== undefined)
				this.#service.tunnels.leave(this.#tunnel, this);
		}
		catch (error) {
			this.#owner.onError(error);
		}
		try {
			this.#service.sessions.leave(this.#peer, this.#service.now());
		}
		catch (error) {
			this.#owner.onError(error);
		}
		this.#owner.onEnd(this);
		return true;
	}
}
