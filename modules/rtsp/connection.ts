/**
 * One client's connection: bytes in, responses out. Nothing it receives makes it throw.
 */

import type { Peer } from "./types";
import type { Standing } from "./authenticator";
import { check } from "./checks";
import { Exchange, type Service } from "./exchange";
import { Response, type Request } from "./message";
import { handle } from "./methods";
import { Parser, type ParserLimits } from "./parser";
import { formatResponse } from "./writer";

/** What the owner of the socket calls. */
export interface ServerConnection {
	/** The next piece of what the client sent. Never throws. The bytes are not kept. */
	receive(bytes: Uint8Array): void;
	/** The connection is lost: its interleaved sessions end at once. Not called after `Peer.close`. */
	closed(): void;
}

export interface ConnectionOptions {
	readonly service: Service;
	readonly peer: Peer;
	readonly limits: ParserLimits;
	readonly serverName: string | undefined;
	readonly date: () => string | undefined;
	/** Reports an exception that should not have been. Never throws. */
	readonly onError: (error: unknown) => void;
	/** The connection has ended, on whichever side. */
	readonly onEnd: (connection: Connection) => void;
}

export class Connection implements ServerConnection {
	readonly #service: Service;
	readonly #peer: Peer;
	readonly #serverName: string | undefined;
	readonly #date: () => string | undefined;
	readonly #onError: (error: unknown) => void;
	readonly #onEnd: (connection: Connection) => void;
	readonly #parser: Parser;
	readonly #standing: Standing = { granted: false, nonce: undefined };
	#lastSeen: number;
	#heard = false;
	#open = true;

	constructor({ service, peer, limits, serverName, date, onError, onEnd }: ConnectionOptions) {
		this.#service = service;
		this.#peer = peer;
		this.#serverName = serverName;
		this.#date = date;
		this.#onError = onError;
		this.#onEnd = onEnd;
		this.#lastSeen = service.now();
		this.#parser = new Parser({
			onRequest: request => this.#answer(request),
			onInterleaved: (channel, bytes) => this.#receiveInterleaved(channel, bytes),
			onError: ({ status, cseq }) => {
				this.#send(new Response(status).closing(), cseq);
				this.close();
			},
			limits,
		});
	}

	receive(bytes: Uint8Array): void {
		try {
			this.#parser.receive(bytes);
		}
		catch (error) {
			this.#onError(error);
			this.close();
		}
	}

	closed(): void {
		this.#end();
	}

	/** Ends the connection from this side, once what has been sent is out. */
	close(): void {
		if (this.#end())
			this.#attempt(() => this.#peer.close());
	}

	/** Sends a response that answers no request, and closes. */
	refuse(response: Response): void {
		this.#attempt(() => this.#send(response.closing(), undefined));
		this.close();
	}

	/** Whether anything whole has ever come. */
	get heard(): boolean {
		return this.#heard;
	}

	/** How long it has only taken up room, milliseconds; 0 while a session is on it. */
	silence(now: number): number {
		return this.#service.sessions.hasSessionOn(this.#peer) ? 0 : now - this.#lastSeen;
	}

	/** Ends it because of its silence. */
	expire(): void {
		if (this.#heard)
			this.close();
		else
			this.refuse(new Response(408));
	}

	#answer(request: Request): void {
		this.#alive();
		const cseq = request.headers.cseq;
		let response: Response;
		try {
			const exchange = new Exchange(this.#service, this.#peer, request, this.#standing);
			response = check(exchange) ?? handle(exchange);
		}
		catch (error) {
			this.#onError(error);
			response = new Response(500);
		}
		const timestamp = request.headers.get("timestamp");
		if (timestamp !== undefined)
			response.header("Timestamp", timestamp);
		if (request.headers.get("connection")?.toLowerCase() === "close")
			response.closing();
		this.#send(response, cseq);
		if (response.last)
			this.close();
	}

	#receiveInterleaved(channel: number, bytes: Uint8Array): void {
		this.#alive();
		this.#service.sessions.receiveInterleaved(this.#peer, channel, bytes);
	}

	/** Whole messages only: a client that dribbles a request for ever is silent. */
	#alive(): void {
		this.#heard = true;
		this.#lastSeen = this.#service.now();
		this.#service.sessions.aliveOn(this.#peer, this.#lastSeen);
	}

	#send(response: Response, cseq: number | undefined): void {
		if (this.#open)
			this.#peer.send(formatResponse(response, { cseq, serverName: this.#serverName, date: this.#date() }));
	}

	/** @returns false when it had ended before */
	#end(): boolean {
		if (!this.#open)
			return false;
		this.#open = false;
		this.#parser.close();
		this.#attempt(() => this.#service.sessions.endInterleavedOn(this.#peer));
		this.#onEnd(this);
		return true;
	}

	#attempt(body: () => void): void {
		try {
			body();
		}
		catch (error) {
			this.#onError(error);
		}
	}
}
