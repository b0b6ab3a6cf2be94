// SPDX-License-Identifier: MIT
/**
 * One RTSP session (RFC 2326 appendix A.2): its state, its delivery, and whether its client is still there.
 *
 *    Init  --SETUP-->  Ready  --PLAY-->  Playing
 *                      Ready <--PAUSE--  Playing       TEARDOWN, silence, a lost connection: the end, from any state
 */

import type { Delivery, Peer, PlayPoint, Subscription } from "./types";

export type SessionState = "init" | "ready" | "playing";

export interface SessionOptions {
	/** Opaque, unguessable, never beginning with `-`. */
	readonly id: string;
	/** Silence that ends it, milliseconds. */
	readonly timeout: number;
	/** Milliseconds, monotonic. */
	readonly now: number;
}

/** Silence that ends a session whose connection is gone, milliseconds: two receiver reports are missing then. A player
 *  that has crashed says no TEARDOWN, and must not be sent to for as long as one that is only silent. */
const ORPHAN_TIMEOUT = 15_000;

export class Session {
	readonly id: string;
	readonly #timeout: number;
	readonly #begun: number;
	#lastSeen: number;
	#state: SessionState = "init";
	#peer: Peer | undefined;
	#address = "";
	#played = false;
	#delivery: Delivery | undefined;
	#subscription: Subscription | undefined;
	#trackURL = "";

	constructor({ id, timeout, now }: SessionOptions) {
		this.id = id;
		this.#timeout = timeout;
		this.#begun = now;
		this.#lastSeen = now;
	}

	get state(): SessionState {
		return this.#state;
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

	/** The connection that it belongs to; undefined before SETUP, and when it is gone. */
	get peer(): Peer | undefined {
		return this.#peer;
	}

	/** Of the client: IP literal. */
	get address(): string {
		return this.#address;
	}

	/** Whether it has ever played. */
	get played(): boolean {
		return this.#played;
	}

	/** Whether its connection is gone: RFC 2326 section 1.1 lets it go on without. */
	get orphaned(): boolean {
		return this.#state !== "init" && this.#peer === undefined;
	}

	/** Milliseconds since it was set up first. */
	age(now: number): number {
		return now - this.#begun;
	}

	/** Milliseconds since its client has shown itself. */
	silence(now: number): number {
		return now - this.#lastSeen;
	}

	isOn(peer: Peer): boolean {
		return this.#peer === peer;
	}

	/** Whether the media goes through this connection, so that it ends with it. */
	isInterleavedOn(peer: Peer): boolean {
		const delivery = this.#delivery;
		return delivery !== undefined && delivery.kind === "interleaved" && delivery.peer === peer;
	}

	/** Whether it has this interleaved channel. */
	hasChannel(channel: number): boolean {
		const delivery = this.#delivery;
		return delivery !== undefined && delivery.kind === "interleaved"
			&& (delivery.rtpChannel === channel || delivery.rtcpChannel === channel);
	}

	/** Whether RTP goes to the same address and port as with `delivery`. */
	isServedAt(delivery: Delivery): boolean {
		const own = this.#delivery;
		return own !== undefined && own.kind === "udp" && delivery.kind === "udp" && own.rtpPort === delivery.rtpPort
			&& own.address === delivery.address;
	}

	/** Begins the session, or changes its transport: not while it plays.
	 *  @param peer the connection that SETUP arrived on */
	setup(peer: Peer, delivery: Delivery, subscription: Subscription, trackURL: string): void {
		const previous = this.#subscription, quietly = this.isServedAt(delivery);
		this.#peer = peer;
		this.#address = peer.remoteAddress;
		this.#delivery = delivery;
		this.#subscription = subscription;
		this.#trackURL = trackURL;
		this.#state = "ready";
		previous?.close(quietly);
	}

	/** Its connection is gone. */
	leave(now: number): void {
		this.#peer = undefined;
		this.#lastSeen = now;
	}

	/** It belongs to another connection now. */
	adopt(peer: Peer): void {
		this.#peer = peer;
	}

	/** @returns where delivery starts; undefined when it plays already, or there is nothing to play */
	play(): PlayPoint | undefined {
		if (this.#state !== "ready")
			return undefined;
		this.#state = "playing";
		this.#played = true;
		return this.#subscription?.play();
	}

	pause(): void {
		this.#state = "ready";
		this.#subscription?.pause();
	}

	/** Interleaved data from the client. */
	receive(channel: number, bytes: Uint8Array): void {
		const delivery = this.#delivery;
		if (delivery !== undefined && delivery.kind === "interleaved" && delivery.rtcpChannel === channel)
			this.#subscription?.receiveRTCP(bytes);
	}

	/** The client has shown itself. */
	alive(now: number): void {
		this.#lastSeen = now;
	}

	expired(now: number): boolean {
		return this.silence(now) > (this.orphaned ? Math.min(this.#timeout, ORPHAN_TIMEOUT) : this.#timeout);
	}

	/** Ends the session; closing twice is harmless.
	 *  @param quietly no BYE is sent */
	close(quietly = false): void {
		const subscription = this.#subscription;
		this.#state = "init";
		this.#peer = undefined;
		this.#delivery = undefined;
		this.#subscription = undefined;
		subscription?.close(quietly);
	}
}
