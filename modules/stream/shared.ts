// SPDX-License-Identifier: MIT
/**
 * One RTP stream for many sessions, as multicast needs it: one SSRC, one row of sequence numbers, one send per packet.
 *
 * The stream begins with the first PLAY of any session. It ends with a BYE when the last session that has played is
 * gone. While all sessions pause, the stream pauses without a BYE. A stream that begins after a BYE is a new source
 * with its own SSRC (RFC 3550 section 8.2).
 */

import type { PlayPoint, Subscription } from "../rtsp/types";
import { readCount } from "./figures";
import type { Subscriber } from "./subscriber";

const NOTHING_SENT = Object.freeze({ packetCount: 0, octetCount: 0 });

export class SharedStream {
	readonly #open: () => Subscriber;
	#subscriber: Subscriber | undefined;
	/** Number of members that have played and are not gone, and of those that are playing. */
	#members = 0;
	#playing = 0;
	/** Report blocks about streams that have ended. */
	#reportsGone = 0;

	/** @param open makes the shared subscriber and adds it to the hub */
	constructor(open: () => Subscriber) {
		this.#open = open;
	}

	/** SSRC of the running stream, or 0. */
	get ssrc(): number {
		return this.#subscriber?.ssrc ?? 0;
	}

	/** Number of report blocks received about this stream and its predecessors. */
	get reportCount(): number {
		return this.#reportsGone + (this.#subscriber?.reportCount ?? 0);
	}

	/** Reads a count of what was sent to the group. Receivers' reports belong to no single session. */
	readParameter(name: string): string | undefined {
		return readCount(name, this.#subscriber ?? NOTHING_SENT);
	}

	/** Makes one session's subscription to the stream. */
	join(): Subscription {
		return new Member(this);
	}

	/** @param first whether this member plays for the first time */
	play(first: boolean): PlayPoint {
		const subscriber = this.#subscriber ??= this.#open();
		if (first)
			this.#members += 1;
		this.#playing += 1;
		return subscriber.play();
	}

	pause(): void {
		this.#playing -= 1;
		if (this.#playing === 0)
			this.#subscriber?.pause();
	}

	/** Removes a member that has played and does not play any more. */
	leave(): void {
		this.#members -= 1;
		if (this.#members > 0)
			return;
		this.#reportsGone += this.#subscriber?.reportCount ?? 0;
		this.#subscriber?.close();
		this.#subscriber = undefined;
	}
}

class Member implements Subscription {
	readonly blocksize = undefined;
	/** 0: the Transport reply for a group does not name the ports that packets come from. */
	readonly serverRTPPort = 0;
	readonly serverRTCPPort = 0;
	readonly #stream: SharedStream;
	#playing = false;
	#played = false;
	#closed = false;
	#point: PlayPoint = { sequenceNumber: 0, timestamp: undefined };

	constructor(stream: SharedStream) {
		this.#stream = stream;
	}

	get ssrc(): number {
		return this.#stream.ssrc;
	}

	play(): PlayPoint {
		if (!this.#playing && !this.#closed) {
			this.#point = this.#stream.play(!this.#played);
			this.#playing = this.#played = true;
		}
		return this.#point;
	}

	pause(): void {
		if (!this.#playing)
			return;
		this.#playing = false;
		this.#stream.pause();
	}

	readParameter(name: string): string | undefined {
		return this.#stream.readParameter(name);
	}

	/** Does nothing: reports arrive over UDP, at the group's port. */
	receiveRTCP(): void {
	}

	close(): void {
		if (this.#closed)
			return;
		this.#closed = true;
		this.pause();
		if (this.#played)
			this.#stream.leave();
	}
}
