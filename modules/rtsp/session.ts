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

export class Session {
	readonly id: string;
	readonly #timeout: number;
	#lastSeen: number;
	#state: SessionState = "init";
	#peer: Peer | undefined;
	#delivery: Delivery | undefined;
	#subscription: Subscription | undefined;
	#trackURL = "";

	constructor({ id, timeout, now }: SessionOptions) {
		this.id = id;
		this.#timeout = timeout;
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

	/** Whether the last SETUP arrived on this connection. */
	isOn(peer: Peer): boolean {
		return this.#peer === peer;
	}

	/** Whether the media goes through this connection, so that it ends with it. */
	isInterleavedOn(peer: Peer): boolean {
		const delivery = this.#delivery;
		return delivery !== undefined && delivery.kind === "interleaved" && delivery.peer === peer;
	}

	/** Begins the session, or changes its transport: not while it plays.
	 *  @param peer the connection that SETUP arrived on */
	setup(peer: Peer, delivery: Delivery, subscription: Subscription, trackURL: string): void {
		const previous = this.#subscription;
		this.#peer = peer;
		this.#delivery = delivery;
		this.#subscription = subscription;
		this.#trackURL = trackURL;
		this.#state = "ready";
		previous?.close();
	}

	/** @returns where delivery starts; undefined when it plays already, or there is nothing to play */
	play(): PlayPoint | undefined {
		if (this.#state !== "ready")
			return undefined;
		this.#state = "playing";
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
		return now - this.#lastSeen > this.#timeout;
	}

	/** Ends the session; closing twice is harmless. */
	close(): void {
		const subscription = this.#subscription;
		this.#state = "init";
		this.#delivery = undefined;
		this.#subscription = undefined;
		subscription?.close();
	}
}
