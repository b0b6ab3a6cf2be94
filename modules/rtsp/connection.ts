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
import { Exchange, type Service } from "./exchange";
import { formatHTTPRefusal, formatTunnelHead, isHTTP, readTunnelRequest } from "./http";
import { Response, type Request } from "./message";
import { handle, RETRY_AFTER } from "./methods";
import { Parser, type ParseError, type ParserLimits, type ParserOwner } from "./parser";
import type { Tunnel, TunnelEnd } from "./tunnel";
import { formatResponse, type GeneralHeaders } from "./writer";

/** Longest `Timestamp` that is returned, characters. It holds two numbers (RFC 2326 section 12.38). */
const LONGEST_TIMESTAMP = 64;

/** The only value of `Connection` with an effect. */
const CLOSE = "close";

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
	readonly limits: ParserLimits;
	readonly serverName: string | undefined;
	/** Reports an unexpected exception. Never throws. */
	onError(error: unknown): void;
	/** A connection keeps part of an unfinished message: `kept` is its size. */
	onKept(): void;
	/** The connection has ended, from either side. */
	onEnd(connection: Connection): void;
}

export class Connection implements ServerConnection, TunnelEnd, ParserOwner {
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
	#lastSeen: number;
	#heard = false;
	#open = true;

	constructor(owner: ConnectionOwner, peer: Peer) {
		this.#owner = owner;
		this.#service = owner.service;
		this.#peer = peer;
		this.#begin = this.#lastSeen = owner.service.now();
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
		this.onError({ status: 400, cseq: undefined, http: false });
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

	/** Sends a response without a request, and closes the connection. */
	refuse(response: Response): void {
		try {
			this.send(response.closing(), undefined);
		}
		catch (error) {
			this.#owner.onError(error);
		}
		this.close();
	}

	/** The POST half of a tunnel is granted when its GET half is. */
	get granted(): boolean {
		const tunnel = this.#tunnel;
		if (tunnel !== undefined && tunnel.post === this)
			return tunnel.get?.granted ?? false;
		return this.#standing.granted || this.#service.sessions.hasSessionOn(this.#peer);
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
			: now - this.#lastSeen;
	}

	/** Ends the connection because it is idle. */
	expire(): void {
		if (this.#heard)
			this.close();
		else
			this.refuse(new Response(408));
	}

	/* ---- events of the parsers ---- */

	get limits(): ParserLimits {
		return this.#owner.limits;
	}

	onRequest(request: Request): void {
		if (isHTTP(request.version))
			this.answerHTTP(request);
		else
			this.answer(request);
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
			this.send(new Response(status).closing(), cseq);
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
		this.#lastSeen = now();
		this.#heard = true;
		const tunnel = tunnels.join(kind, cookie, this.#peer.remoteAddress, this, this.#lastSeen);
		if (tunnel === "taken" || tunnel === "busy") {
			this.refuseHTTP(tunnel === "busy" ? 503 : 400);
			return;
		}
		this.#tunnel = tunnel;
		if (kind === "get") {
			this.#tunnelParser = new Parser(this);
			this.#peer.send(formatTunnelHead(this.general(undefined)));
			tunnel.begin();
		}
	}

	private refuseHTTP(status: number): void {
		if (this.#open)
			this.#peer.send(formatHTTPRefusal(status, RETRY_AFTER, this.general(undefined)));
		this.close();
	}

	private answer(request: Request): void {
		this.alive();
		const cseq = request.headers.cseq;
		let response: Response;
		try {
			const exchange = new Exchange(this.#service, this.#peer, request, this.#standing);
			response = check(exchange) ?? handle(exchange);
		}
		catch (error) {
			this.#owner.onError(error);
			response = new Response(500);
		}
		const timestamp = request.headers.get("timestamp");
		if (timestamp !== undefined && timestamp.length <= LONGEST_TIMESTAMP)
			response.header("Timestamp", timestamp);
		const connection = request.headers.get("connection");
		if (connection?.length === CLOSE.length && connection.toLowerCase() === CLOSE)
			response.closing();
		this.send(response, cseq);
		if (response.last)
			this.close();
	}

	/** Only complete messages are a sign of life: a client that dribbles a request forever counts as idle. */
	private alive(): void {
		this.#begun = true;
		this.#heard = true;
		this.#lastSeen = this.#service.now();
		this.#service.sessions.aliveOn(this.#peer, this.#lastSeen);
	}

	private send(response: Response, cseq: number | undefined): void {
		if (this.#open)
			this.#peer.send(formatResponse(response, this.general(cseq)));
	}

	private general(cseq: number | undefined): GeneralHeaders {
		const owner = this.#owner;
		return { cseq, serverName: owner.serverName };
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
