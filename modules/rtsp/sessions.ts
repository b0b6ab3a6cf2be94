/**
 * All sessions of a server: found by id, counted, limited, expired.
 *
 * An array, walked by index: there are few, and unlike an iterator that allocates nothing, which matters where every second
 * and every packet from a client comes by.
 */

import type { Peer } from "./types";
import { Session } from "./session";
import { toHex32 } from "./text";

export interface SessionTableOptions {
	/** Sessions at most. */
	readonly limit: number;
	/** Seconds of silence that end a session. */
	readonly timeout: number;
	/** Unsigned 32-bit random number, good enough for a secret. */
	readonly random32: () => number;
}

export class SessionTable {
	/** Seconds, as the Session header announces. */
	readonly timeout: number;
	readonly #limit: number;
	readonly #random32: () => number;
	readonly #sessions: Session[] = [];

	constructor({ limit, timeout, random32 }: SessionTableOptions) {
		this.timeout = timeout;
		this.#limit = limit;
		this.#random32 = random32;
	}

	get count(): number {
		return this.#sessions.length;
	}

	get playingCount(): number {
		let count = 0;
		for (let i = 0; i < this.#sessions.length; i++) {
			if (this.#sessions[i]!.state === "playing")
				count += 1;
		}
		return count;
	}

	get full(): boolean {
		return this.#sessions.length >= this.#limit;
	}

	find(id: string): Session | undefined {
		for (let i = 0; i < this.#sessions.length; i++) {
			const session = this.#sessions[i]!;
			if (session.id === id)
				return session;
		}
		return undefined;
	}

	/** A session in Init; it is not in the table until `add`. */
	create(now: number): Session {
		// 128 bits: nobody guesses one, and no two are the same
		let id = "";
		for (let i = 0; i < 4; i++)
			id += toHex32(this.#random32() >>> 0);
		return new Session({ id, timeout: this.timeout * 1000, now });
	}

	/** Adding one that is there changes nothing. */
	add(session: Session): void {
		if (!this.#sessions.includes(session))
			this.#sessions.push(session);
	}

	end(session: Session): void {
		const index = this.#sessions.indexOf(session);
		if (index >= 0)
			this.#sessions.splice(index, 1);
		session.close();
	}

	endExpired(now: number): void {
		for (let i = this.#sessions.length - 1; i >= 0; i--) {
			const session = this.#sessions[i]!;
			if (session.expired(now))
				this.end(session);
		}
	}

	endAll(): void {
		while (this.#sessions.length)
			this.end(this.#sessions[0]!);
	}

	/** The connection is gone: its interleaved sessions go with it, the others outlive it. */
	endInterleavedOn(peer: Peer): void {
		for (let i = this.#sessions.length - 1; i >= 0; i--) {
			const session = this.#sessions[i]!;
			if (session.isInterleavedOn(peer))
				this.end(session);
		}
	}

	/** The client at this connection has shown itself: for all sessions that were set up there. */
	aliveOn(peer: Peer, now: number): void {
		for (let i = 0; i < this.#sessions.length; i++) {
			const session = this.#sessions[i]!;
			if (session.isOn(peer))
				session.alive(now);
		}
	}

	hasSessionOn(peer: Peer): boolean {
		for (let i = 0; i < this.#sessions.length; i++) {
			const session = this.#sessions[i]!;
			if (session.isOn(peer))
				return true;
		}
		return false;
	}

	receiveInterleaved(peer: Peer, channel: number, bytes: Uint8Array): void {
		for (let i = 0; i < this.#sessions.length; i++) {
			const session = this.#sessions[i]!;
			if (session.isInterleavedOn(peer))
				session.receive(channel, bytes);
		}
	}

	/** A pair of interleaved channels that no other session has on this connection.
	 *  @param wanted the first of the pair that the client asks for; another is given when that one is taken
	 *  @param except the session that asks
	 *  @returns the first of the pair; undefined when all are taken */
	freeChannel(peer: Peer, wanted: number | undefined, except: Session): number | undefined {
		if (wanted !== undefined && !this.#isTaken(peer, wanted, except))
			return wanted;
		for (let channel = 0; channel < 256; channel += 2) {
			if (!this.#isTaken(peer, channel, except))
				return channel;
		}
		return undefined;
	}

	#isTaken(peer: Peer, channel: number, except: Session): boolean {
		for (let i = 0; i < this.#sessions.length; i++) {
			const session = this.#sessions[i]!;
			const delivery = session.delivery;
			if (session !== except && delivery?.kind === "interleaved" && delivery.peer === peer && delivery.rtpChannel === channel)
				return true;
		}
		return false;
	}
}
