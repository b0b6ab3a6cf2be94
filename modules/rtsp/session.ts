// SPDX-License-Identifier: MIT
/**
 * One RTSP session (RFC 2326 appendix A.2): its state, its delivery, and whether its client is still there.
 *
 *    Init  --SETUP-->  Ready  --PLAY-->  Playing
 *                      Ready <--PAUSE--  Playing       TEARDOWN, silence or a lost connection: the end, from any state
 */

import type { Delivery, Peer, PlayPoint, Subscription, UDPDelivery } from "./types";

export type SessionState = "init" | "ready" | "playing";

export interface SessionOptions {
	/** Opaque, unguessable, never beginning with `-`. */
	readonly id: string;
	/** Silence after which the session ends, milliseconds. */
	readonly timeout: number;
	/** Milliseconds, monotonic. */
	readonly now: number;
}

/** Name of a destination of UDP. */
export function destinationOf({ address, rtpPort }: UDPDelivery): string {
	return `${rtpPort} ${address}`;
}

/** Silence after which an orphaned session ends, milliseconds: two receiver reports are missing then. A crashed player
 *  sends no TEARDOWN, and must not receive packets for as long as a player that is only silent. */
export const ORPHAN_TIMEOUT = 15_000;

export class Session {
	readonly id: string;
	// plain fields are cheaper than accessors, and the table looks at those of every session
	/** Instant of the client's last sign of life, milliseconds. */
	lastSeen: number;
	/** The session's connection; undefined before SETUP, and for an orphan. */
	peer: Peer | undefined;
	state: SessionState = "init";
	/** Whether the session has ever played. */
	played = false;
	/** Instant of the first SETUP, milliseconds. */
	readonly begun: number;
	/** Name of its destination, for UDP. Kept because making it takes memory, which may be short at the end. */
	destination: string | undefined;
	readonly #timeout: number;
	#address = "";
	#delivery: Delivery | undefined;
	#subscription: Subscription | undefined;
	#trackURL = "";

	constructor({ id, timeout, now }: SessionOptions) {
		this.id = id;
		this.#timeout = timeout;
		this.begun = now;
		this.lastSeen = now;
	}

	get delivery(): Delivery | undefined {
		return this.#delivery;
	}

	get subscription(): Subscription | undefined {
		return this.#subscription;
	}

	/** URL of the track, as `RTP-Info` names it. */
	get trackURL(): string {
		return this.#trackURL;
	}

	/** Client's address, an IP literal. */
	get address(): string {
		return this.#address;
	}

	/** Whether the connection is gone. RFC 2326 section 1.1 lets the session continue without one. */
	get orphaned(): boolean {
		return this.state !== "init" && this.peer === undefined;
	}

	/** Milliseconds since the client's last sign of life. */
	silence(now: number): number {
		return now - this.lastSeen;
	}

	/** Whether the media goes through this connection, so that the session ends with it. */
	isInterleavedOn(peer: Peer): boolean {
		const delivery = this.#delivery;
		return delivery !== undefined && delivery.kind === "interleaved" && delivery.peer === peer;
	}

	/** Whether the session uses this interleaved channel. */
	hasChannel(channel: number): boolean {
		const delivery = this.#delivery;
		return delivery !== undefined && delivery.kind === "interleaved"
			&& (delivery.rtpChannel === channel || delivery.rtcpChannel === channel);
	}

	/** Whether this session sends RTP to the address and port of `delivery`. */
	isServedAt(delivery: Delivery): boolean {
		const own = this.#delivery;
		return own !== undefined && own.kind === "udp" && delivery.kind === "udp" && own.rtpPort === delivery.rtpPort
			&& own.address === delivery.address;
	}

	/** Begins the session or changes its transport. Not allowed while it plays.
	 *  @param peer the connection that SETUP arrived on */
	setup(peer: Peer, delivery: Delivery, subscription: Subscription, trackURL: string): void {
		const previous = this.#subscription, quietly = this.isServedAt(delivery);
		this.peer = peer;
		this.#address = peer.remoteAddress;
		this.#delivery = delivery;
		this.#subscription = subscription;
		this.#trackURL = trackURL;
		this.state = "ready";
		previous?.close(quietly);
	}

	/** The session has lost its connection. */
	leave(now: number): void {
		this.peer = undefined;
		this.lastSeen = now;
	}

	/** Moves the session to another connection. */
	adopt(peer: Peer): void {
		this.peer = peer;
	}

	/** @returns where delivery starts; undefined if the session already plays or has nothing to play */
	play(): PlayPoint | undefined {
		if (this.state !== "ready")
			return undefined;
		this.state = "playing";
		this.played = true;
		return this.#subscription?.play();
	}

	pause(): void {
		this.state = "ready";
		this.#subscription?.pause();
	}

	/** Interleaved data from the client. */
	receive(channel: number, bytes: Uint8Array): void {
		const delivery = this.#delivery;
		if (delivery !== undefined && delivery.kind === "interleaved" && delivery.rtcpChannel === channel)
			this.#subscription?.receiveRTCP(bytes);
	}

	/** The client has given a sign of life. */
	alive(now: number): void {
		this.lastSeen = now;
	}

	expired(now: number): boolean {
		return this.silence(now) > (this.orphaned ? Math.min(this.#timeout, ORPHAN_TIMEOUT) : this.#timeout);
	}

	/** Ends the session; closing twice is harmless.
	 *  @param quietly send no BYE */
	close(quietly = false): void {
		const subscription = this.#subscription;
		this.state = "init";
		this.peer = undefined;
		this.#delivery = undefined;
		this.#subscription = undefined;
		subscription?.close(quietly);
	}
}
