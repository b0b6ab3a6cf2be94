// SPDX-License-Identifier: MIT
/**
 * One RTP stream for many sessions, as multicast needs it: one SSRC, one row of sequence numbers, one send a packet.
 *
 * The stream begins with the first PLAY of anybody, and ends, with BYE, when the last of those who have played has
 * gone. While all of them pause it pauses too: nothing is sent, and nobody is told that it has ended. A stream that
 * begins after a BYE is a new source, with an SSRC of its own (RFC 3550 section 8.2).
 */

import type { PlayPoint, Subscription } from "../rtsp/types";
import { readCount } from "./figures";
import type { Subscriber } from "./subscriber";

const NOTHING_SENT = Object.freeze({ packetCount: 0, octetCount: 0 });

export class SharedStream {
	readonly #open: () => Subscriber;
	#subscriber: Subscriber | undefined;
	/** Members that have played and are not gone, and those of them that play. */
	#members = 0;
	#playing = 0;
	/** Receiver reports of streams that have ended. */
	#reportsGone = 0;

	/** @param open makes the subscriber that all share, and adds it to the hub */
	constructor(open: () => Subscriber) {
		this.#open = open;
	}

	/** SSRC of the stream that runs, or 0. */
	get ssrc(): number {
		return this.#subscriber?.ssrc ?? 0;
	}

	/** Report blocks about this stream that receivers have sent. */
	get reportCount(): number {
		return this.#reportsGone + (this.#subscriber?.reportCount ?? 0);
	}

	/** What was sent to all; what receivers report is nobody's own. */
	readParameter(name: string): string | undefined {
		return readCount(name, this.#subscriber ?? NOTHING_SENT);
	}

	/** One session's part in it. */
	join(): Subscription {
		return new Member(this);
	}

	/** @param first whether this member has not played before */
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

	/** A member that has played, and does not any more, is gone. */
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
	/** Where packets come from is the group's affair: no Transport reply names it. */
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

	/** Reports come by UDP, to the group. */
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
