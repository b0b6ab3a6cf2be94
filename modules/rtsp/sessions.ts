// SPDX-License-Identifier: MIT
/**
 * All sessions of a server: lookup by identifier and by connection, limits, and expiry.
 *
 * Lists are arrays, walked by index: unlike iterators, that allocates nothing, and this code runs every second and for
 * every packet from a client. What runs for each connection or packet costs the same for any number of sessions.
 */

import type { Delivery, Peer, Subscription } from "./types";
import { remove, removeAt, removeKey } from "../common/list";
import { ORPHAN_TIMEOUT, Session, destinationOf } from "./session";
import { SESSION, type Request } from "./message";
import { toHex32 } from "./text";

export interface SessionTableOptions {
	/** Maximum number of sessions: in all, per connection, per address. */
	readonly limit: number;
	readonly connectionLimit: number;
	readonly addressLimit: number;
	/** Number of an address's streams that are no sessions, and count as such. */
	readonly streamsOf: (address: string) => number;
	/** Seconds of silence after which a session ends. */
	readonly timeout: number;
	/** Unsigned 32-bit random number, good enough for a secret. */
	readonly random32: () => number;
}

/** Age after which a session that has not played gives way to a new one, milliseconds. */
const TIME_TO_PLAY = 5000;

const NONE: readonly Session[] = Object.freeze([]);

export class SessionTable {
	/** Seconds, as announced in the Session header. */
	readonly timeout: number;
	readonly #limit: number;
	readonly #connectionLimit: number;
	readonly #addressLimit: number;
	readonly #streamsOf: (address: string) => number;
	readonly #random32: () => number;
	/** In the order of their first SETUP. */
	readonly #sessions: Session[] = [];
	/** The sessions of each connection, and of each address. */
	readonly #byPeer = new Map<Peer, Session[]>();
	readonly #byAddress = new Map<string, Session[]>();
	/** The session that is sent to a destination of UDP. There is only one: see `leaving`. */
	readonly #byDestination = new Map<string, Session>();
	/** Silence that no session need end for, milliseconds. */
	readonly #harmlessSilence: number;

	constructor({ limit, connectionLimit, addressLimit, streamsOf, timeout, random32 }: SessionTableOptions) {
		this.timeout = timeout;
		this.#limit = limit;
		this.#connectionLimit = connectionLimit;
		this.#addressLimit = addressLimit;
		this.#streamsOf = streamsOf;
		this.#random32 = random32;
		this.#harmlessSilence = Math.min(timeout * 1000, ORPHAN_TIMEOUT);
	}

	get count(): number {
		return this.#sessions.length;
	}

	/** Number of an address's sessions. */
	countOf(address: string): number {
		return this.#byAddress.get(address)?.length ?? 0;
	}

	get playingCount(): number {
		let count = 0;
		for (let i = 0; i < this.#sessions.length; i++) {
			if (this.#sessions[i]!.state === "playing")
				count += 1;
		}
		return count;
	}

	/** The session that a request names. Some clients send back the timeout together with the identifier.
	 *  @param peer the request's connection, whose sessions are tried first */
	named(request: Request, peer: Peer): Session | undefined {
		const own = this.#byPeer.get(peer);
		return (own && find(own, request)) ?? find(this.#sessions, request);
	}

	/** Creates a session in Init. `setUp` adds it to the table. */
	create(now: number): Session {
		// 128 bits: unguessable and unique
		let id = "";
		for (let i = 0; i < 4; i++)
			id += toHex32(this.#random32() >>> 0);
		return new Session({ id, timeout: this.timeout * 1000, now });
	}

	/** The sessions that a SETUP ends. None of them ends here: the SETUP may still be refused.
	 *
	 *  These end: sessions sent to the same ports before, since their player was started again. When places are short,
	 *  one more gives way, first: sessions over UDP whose connection is gone, longest silent first; sessions that never
	 *  played, oldest first.
	 *  @param session that is set up: one in Init needs a place
	 *  @param peer the connection that SETUP arrived on
	 *  @returns undefined when there is no place */
	leaving(session: Session, peer: Peer, delivery: Delivery, now: number): readonly Session[] | undefined {
		const leaving: Session[] = [];
		const served = delivery.kind === "udp" ? this.#byDestination.get(destinationOf(delivery)) : undefined;
		if (served !== undefined && served !== session)
			leaving.push(served);
		const hasPlace = session.state !== "init"
			|| (findPlace(this.#on(peer), this.#connectionLimit, leaving, now)
				&& this.#hasShare(peer.remoteAddress, leaving, now)
				&& findPlace(this.#sessions, this.#limit, leaving, now));
		return hasPlace ? leaving : undefined;
	}

	/** Ends those that `leaving` gave. One sent to the same ports gets no BYE: the new receiver would take it for its
	 *  own stream's. */
	giveWay(leaving: readonly Session[], delivery: Delivery): void {
		for (let i = 0; i < leaving.length; i++) {
			const session = leaving[i]!;
			this.end(session, session.isServedAt(delivery));
		}
	}

	/** Begins a session or changes its transport. Not allowed while it plays.
	 *  @param peer the connection that SETUP arrived on */
	setUp(session: Session, peer: Peer, delivery: Delivery, subscription: Subscription, trackURL: string): void {
		if (session.state === "init")
			this.#sessions.push(session);
		else
			this.#forgetPlace(session);
		session.destination = delivery.kind === "udp" ? destinationOf(delivery) : undefined;
		this.#move(session, peer);
		session.setup(peer, delivery, subscription, trackURL);
		addTo(this.#byAddress, session.address, session);
		if (session.destination !== undefined)
			this.#byDestination.set(session.destination, session);
	}

	/** A request names the session, which keeps it alive. An orphan moves to the request's connection. */
	touch(session: Session, peer: Peer, now: number): void {
		session.lastSeen = now;
		if (session.peer === undefined) {
			this.#move(session, peer);
			session.adopt(peer);
		}
	}

	/** @param quietly send no BYE */
	end(session: Session, quietly = false): void {
		const index = this.#sessions.indexOf(session);
		if (index >= 0)
			removeAt(this.#sessions, index);
		this.#forgetPlace(session);
		this.#move(session, undefined);
		session.close(quietly);
	}

	endExpired(now: number): void {
		for (let i = this.#sessions.length - 1; i >= 0; i--) {
			const session = this.#sessions[i]!;
			if (now - session.lastSeen > this.#harmlessSilence && session.expired(now))
				this.end(session);
		}
	}

	endAll(): void {
		while (this.#sessions.length)
			this.end(this.#sessions[0]!);
	}

	/** The connection is gone. Its interleaved sessions end. The others become orphans, which live on while their
	 *  clients give signs of life. */
	leave(peer: Peer, now: number): void {
		const sessions = this.#on(peer);
		for (let i = sessions.length - 1; i >= 0; i--) {
			const session = sessions[i]!;
			if (session.isInterleavedOn(peer))
				this.end(session);
			else {
				this.#move(session, undefined);
				session.leave(now);
			}
		}
	}

	/** The client on this connection has given a sign of life, which counts for all of its sessions. */
	aliveOn(peer: Peer, now: number): void {
		const sessions = this.#byPeer.get(peer);
		if (sessions === undefined)
			return;
		for (let i = 0; i < sessions.length; i++)
			sessions[i]!.lastSeen = now;
	}

	hasSessionOn(peer: Peer): boolean {
		return this.#byPeer.has(peer);
	}

	receiveInterleaved(peer: Peer, channel: number, bytes: Uint8Array): void {
		const sessions = this.#on(peer);
		for (let i = 0; i < sessions.length; i++)
			sessions[i]!.receive(channel, bytes);
	}

	/** Finds a pair of interleaved channels that no other session on this connection uses.
	 *  @param wanted the pair that the client asks for; if either is taken, another pair is returned
	 *  @param except the session that asks
	 *  @returns undefined if all are taken */
	freeChannels(peer: Peer, wanted: ChannelPair | undefined, except: Session): ChannelPair | undefined {
		if (wanted !== undefined && !this.#isTaken(peer, wanted, except))
			return wanted;
		for (let rtpChannel = 0; rtpChannel < 256; rtpChannel += 2) {
			const pair = { rtpChannel, rtcpChannel: rtpChannel + 1 };
			if (!this.#isTaken(peer, pair, except))
				return pair;
		}
		return undefined;
	}

	#isTaken(peer: Peer, pair: ChannelPair, except: Session): boolean {
		const sessions = this.#on(peer);
		for (let i = 0; i < sessions.length; i++) {
			const session = sessions[i]!;
			if (session !== except && (session.hasChannel(pair.rtpChannel) || session.hasChannel(pair.rtcpChannel)))
				return true;
		}
		return false;
	}

	#hasShare(address: string, leaving: Session[], now: number): boolean {
		if (this.#addressLimit === Infinity)
			return true;
		const limit = this.#addressLimit - this.#streamsOf(address);
		return limit > 0 && findPlace(this.#byAddress.get(address) ?? NONE, limit, leaving, now);
	}

	#on(peer: Peer): readonly Session[] {
		return this.#byPeer.get(peer) ?? NONE;
	}

	#forgetPlace(session: Session): void {
		const { address, destination } = session;
		removeFrom(this.#byAddress, address, session);
		if (destination !== undefined && this.#byDestination.get(destination) === session)
			removeKey(this.#byDestination, destination);
	}

	/** Moves the session from its connection's list to that of another connection, if any. */
	#move(session: Session, peer: Peer | undefined): void {
		const before = session.peer;
		if (before !== undefined)
			removeFrom(this.#byPeer, before, session);
		if (peer !== undefined)
			addTo(this.#byPeer, peer, session);
	}
}

function addTo<K>(lists: Map<K, Session[]>, key: K, session: Session): void {
	const sessions = lists.get(key);
	if (sessions === undefined)
		lists.set(key, [session]);
	else
		sessions.push(session);
}

function removeFrom<K>(lists: Map<K, Session[]>, key: K, session: Session): void {
	const sessions = lists.get(key);
	if (sessions !== undefined && remove(sessions, session) && sessions.length === 0)
		removeKey(lists, key);
}

/** Adds to `leaving` the one of the sessions that goes first, when `limit` of them would stay.
 *  @returns whether there is a place */
function findPlace(sessions: readonly Session[], limit: number, leaving: Session[], now: number): boolean {
	const { length } = sessions;
	if (length < limit)
		return true;
	let count = 0, orphan: Session | undefined, unplayed: Session | undefined;
	for (let i = 0; i < length; i++) {
		const session = sessions[i]!;
		if (leaving.length !== 0 && leaving.includes(session))
			continue;
		count += 1;
		if (session.peer === undefined) {
			if (orphan === undefined || session.lastSeen < orphan.lastSeen)
				orphan = session;
		}
		else if (unplayed === undefined && !session.played && now - session.begun > TIME_TO_PLAY)
			unplayed = session;
	}
	if (count < limit)
		return true;
	const least = orphan ?? unplayed;
	if (least !== undefined)
		leaving.push(least);
	return least !== undefined;
}

function find(sessions: readonly Session[], request: Request): Session | undefined {
	for (let i = 0; i < sessions.length; i++) {
		const session = sessions[i]!;
		if (request.hasValue(SESSION, session.id))
			return session;
	}
	return undefined;
}

/** Interleaved channels, 0 to 255. */
export interface ChannelPair {
	readonly rtpChannel: number;
	readonly rtcpChannel: number;
}
