// SPDX-License-Identifier: MIT
/**
 * RTSP over HTTP: two connections that carry one conversation, found to belong together by their `x-sessioncookie` and
 * by coming from one address, so that nobody else can put requests into a tunnel whose cookie he has seen.
 *
 * The GET connection *is* the RTSP connection: replies and packets go out on it, sessions hang on it. POST's bytes are
 * decoded and handed to it as if they had come there. A client may close its POST and open another: QuickTime does so
 * between requests.
 */

import { copy } from "../octets/octets";
import { Base64Decoder } from "./base64";

/** A connection that is one half of a tunnel. Methods never throw. */
export interface TunnelEnd {
	/** Whether the client has shown a password that is right, or has a session. */
	readonly granted: boolean;
	/** What the client says, decoded: only the GET half is told. The bytes are not kept. */
	receiveTunnelled(bytes: Uint8Array): void;
	/** What the client says cannot be decoded: only the GET half is told, and ends. */
	refuseTunnelled(): void;
	/** The other half is gone. Closing twice is harmless. */
	close(): void;
}

export interface TunnelTableOptions {
	/** Halves that wait for their other half at most. */
	readonly limit: number;
	/** How long they wait, milliseconds. */
	readonly timeout: number;
}

/** Bytes of base64 decoded at a time, what a connection reads at once, and room for what they make. */
const PIECE = 512, BLOCK = 384;
/** What a client may say, decoded, before its GET is there: the largest requests of a player have half of it. */
const EARLY_LIMIT = 1024;

/** Made by `TunnelTable.join`. */
export class Tunnel {
	readonly cookie: string;
	readonly address: string;
	/** When the first half came, milliseconds. */
	readonly begun: number;
	#get: TunnelEnd | undefined;
	#post: TunnelEnd | undefined;
	#complete = false;
	#decoder = new Base64Decoder();
	readonly #block = new Uint8Array(BLOCK);
	/** What POST has brought before GET came. */
	#early: Uint8Array | undefined;
	#earlyLength = 0;

	constructor(cookie: string, address: string, begun: number) {
		this.cookie = cookie;
		this.address = address;
		this.begun = begun;
	}

	get get(): TunnelEnd | undefined {
		return this.#get;
	}

	/** undefined before it has come, and between two. */
	get post(): TunnelEnd | undefined {
		return this.#post;
	}

	/** Whether both halves have come. */
	get complete(): boolean {
		return this.#complete;
	}

	join(kind: "get" | "post", end: TunnelEnd): void {
		if (kind === "get")
			this.#get = end;
		else {
			const before = this.#post;
			this.#post = end;
			if (before !== undefined) {
				this.#decoder = new Base64Decoder();
				before.close();
			}
		}
		this.#complete ||= this.#get !== undefined && this.#post !== undefined;
	}

	/** POST is closed, and may come again. */
	losePost(): void {
		this.#post = undefined;
		this.#decoder = new Base64Decoder();
	}

	/** The next piece of POST's body.
	 *  @returns false when it cannot be used: the tunnel is to end */
	receive(bytes: Uint8Array): boolean {
		for (let offset = 0; offset < bytes.byteLength; offset += PIECE) {
			const length = this.#decoder.decode(bytes.subarray(offset, offset + PIECE), this.#block);
			if (length > 0 && !this.#pass(this.#block.subarray(0, length)))
				return false;
			if (this.#decoder.broken) {
				this.get?.refuseTunnelled();
				return false;
			}
		}
		return true;
	}

	/** GET has answered: what POST brought before goes on. */
	begin(): void {
		const early = this.#early;
		this.#early = undefined;
		if (early !== undefined)
			this.get?.receiveTunnelled(early.subarray(0, this.#earlyLength));
	}

	#pass(bytes: Uint8Array): boolean {
		if (this.get !== undefined) {
			this.get.receiveTunnelled(bytes);
			return true;
		}
		if (this.#earlyLength + bytes.byteLength > EARLY_LIMIT)
			return false;
		this.#early ??= new Uint8Array(EARLY_LIMIT);
		copy(bytes, 0, bytes.byteLength, this.#early, this.#earlyLength);
		this.#earlyLength += bytes.byteLength;
		return true;
	}
}

export class TunnelTable {
	readonly #limit: number;
	readonly #timeout: number;
	readonly #tunnels: Tunnel[] = [];

	constructor({ limit, timeout }: TunnelTableOptions) {
		this.#limit = limit;
		this.#timeout = timeout;
	}

	/** A half has come: it finds its other half, or waits for it.
	 *  @param address IP literal that it comes from
	 *  @param now milliseconds, monotonic
	 *  @returns "taken" when the tunnel has such a half already, "busy" when too many wait */
	join(
		kind: "get" | "post",
		cookie: string,
		address: string,
		end: TunnelEnd,
		now: number,
	): Tunnel | "taken" | "busy" {
		let tunnel: Tunnel | undefined, waiting = 0;
		for (let i = 0; i < this.#tunnels.length; i++) {
			const candidate = this.#tunnels[i]!;
			if (candidate.cookie === cookie && candidate.address === address)
				tunnel = candidate;
			if (!candidate.complete)
				waiting += 1;
		}
		if (tunnel === undefined) {
			if (waiting >= this.#limit && !this.#makeRoom(address))
				return "busy";
			tunnel = new Tunnel(cookie, address, now);
			this.#tunnels.push(tunnel);
		}
		// a POST that comes again may be there before the end of the one before
		if (tunnel[kind] !== undefined && (kind === "get" || !tunnel.complete))
			return "taken";
		tunnel.join(kind, end);
		return tunnel;
	}

	/** Nobody keeps others out: of whoever has most halves waiting, the oldest goes, for an address that has fewer.
	 *  @returns whether there is room now */
	#makeRoom(address: string): boolean {
		let most = this.#waitingOf(address) + 1, oldest: Tunnel | undefined;
		for (let i = 0; i < this.#tunnels.length; i++) {
			const tunnel = this.#tunnels[i]!, waiting = tunnel.complete ? 0 : this.#waitingOf(tunnel.address);
			if (waiting > most) {
				most = waiting;
				oldest = tunnel;
			}
		}
		if (oldest === undefined)
			return false;
		this.end(oldest);
		return true;
	}

	#waitingOf(address: string): number {
		let count = 0;
		for (let i = 0; i < this.#tunnels.length; i++) {
			const tunnel = this.#tunnels[i]!;
			if (!tunnel.complete && tunnel.address === address)
				count += 1;
		}
		return count;
	}

	/** One half is gone: with GET everything is, with a POST that is not there yet or has come again nothing. */
	leave(tunnel: Tunnel, end: TunnelEnd): void {
		if (end === tunnel.get || !tunnel.complete)
			this.end(tunnel);
		else if (end === tunnel.post)
			tunnel.losePost();
	}

	/** Both halves shall go. Ending twice is harmless. */
	end(tunnel: Tunnel): void {
		const index = this.#tunnels.indexOf(tunnel);
		if (index < 0)
			return;
		this.#tunnels.splice(index, 1);
		tunnel.post?.close();
		tunnel.get?.close();
	}

	endExpired(now: number): void {
		for (let i = this.#tunnels.length - 1; i >= 0; i--) {
			const tunnel = this.#tunnels[i]!;
			if (!tunnel.complete && now - tunnel.begun > this.#timeout)
				this.end(tunnel);
		}
	}
}
