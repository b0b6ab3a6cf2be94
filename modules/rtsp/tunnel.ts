// SPDX-License-Identifier: MIT
/**
 * RTSP over HTTP: two connections that carry one conversation. They belong together if they have the same
 * `x-sessioncookie` and come from the same address, so a host that has seen the cookie of another's tunnel cannot send
 * requests into it.
 *
 * The GET connection *is* the RTSP connection: replies and packets leave on it, and sessions belong to it. The POST's
 * bytes are decoded and passed to it as if they had arrived there. A client may close its POST and open another;
 * QuickTime does so between requests.
 */

import { removeAt } from "../common/list";
import { copy } from "../octets/octets";
import { Base64Decoder } from "./base64";

/** A connection that is one half of a tunnel. Methods never throw. */
export interface TunnelEnd {
	/** Whether the client has shown the right password or has a session. */
	readonly granted: boolean;
	/** Takes decoded data from the client. Called for the GET half only. The bytes are not kept. */
	receiveTunnelled(bytes: Uint8Array): void;
	/** The client's data cannot be decoded: the connection ends. Called for the GET half only. */
	refuseTunnelled(): void;
	/** Closes the connection, because the other half is gone. Closing twice is harmless. */
	close(): void;
}

export interface TunnelTableOptions {
	/** Maximum number of halves that wait for their other half. */
	readonly limit: number;
	/** How long they wait, milliseconds. */
	readonly timeout: number;
}

/** Base64 decoded at a time, as much as a connection reads at once, and the room for the result, bytes. */
const PIECE = 512, BLOCK = 384;
/** Decoded bytes that a client may send before its GET arrives. A player's largest requests have half of that. */
const EARLY_LIMIT = 1024;

/** A GET and a POST connection that belong together. Made by `TunnelTable.join`. */
export class Tunnel {
	readonly cookie: string;
	readonly address: string;
	/** Instant at which the first half arrived, milliseconds. */
	readonly begun: number;
	#get: TunnelEnd | undefined;
	#post: TunnelEnd | undefined;
	#complete = false;
	#decoder = new Base64Decoder();
	readonly #block = new Uint8Array(BLOCK);
	/** Data from a POST that arrived before its GET. */
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

	/** undefined before it arrives, and between two POSTs. */
	get post(): TunnelEnd | undefined {
		return this.#post;
	}

	/** Whether both halves have arrived. */
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

	/** The POST has closed. The client may open another. */
	losePost(): void {
		this.#post = undefined;
		this.#decoder = new Base64Decoder();
	}

	/** Takes the next piece of the POST's body.
	 *  @returns false if it cannot be used: the tunnel must end */
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

	/** The GET has been answered: passes on the data that the POST sent before. */
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

	/** Joins a half to its other half, or lets it wait for that.
	 *  @param address IP literal that the half comes from
	 *  @param now milliseconds, monotonic
	 *  @returns "taken" if the tunnel already has that half, "busy" if too many halves are waiting */
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
		// a new POST may arrive before the end of the previous one
		if (tunnel[kind] !== undefined && (kind === "get" || !tunnel.complete))
			return "taken";
		tunnel.join(kind, end);
		return tunnel;
	}

	/** Shares the waiting places fairly: the address with the most waiting halves loses its oldest one to an address
	 *  that has fewer.
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

	/** One half is gone. The tunnel ends with its GET, or if the other half never arrived. Without its POST, a complete
	 *  tunnel waits for another one; the end of a replaced POST changes nothing. */
	leave(tunnel: Tunnel, end: TunnelEnd): void {
		if (end === tunnel.get || !tunnel.complete)
			this.end(tunnel);
		else if (end === tunnel.post)
			tunnel.losePost();
	}

	/** Closes both halves. Ending twice is harmless. */
	end(tunnel: Tunnel): void {
		const index = this.#tunnels.indexOf(tunnel);
		if (index < 0)
			return;
		removeAt(this.#tunnels, index);
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
