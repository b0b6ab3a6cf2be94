/**
 * The frame hub: one capture for everybody, the latest frame wins.
 *
 * It leases at most one frame fewer than the camera owns, so that the camera always has memory to capture into. Who is still
 * busy with an older frame skips the new one, whole. When slow subscribers hold every lease, the oldest frame is taken from
 * them: nobody delays the camera, or anybody else.
 */

import Scan from "jpeg/scan";
import type { Subscriber } from "./subscriber";
import type { Frame, FrameSource } from "./types";

/** A captured frame, parsed once, and how many are still sending it. Objects are pooled. */
export interface Lease {
	frame: Frame | undefined;
	readonly scan: Scan;
	captureTime: number;
	references: number;
}

/** Counts since the start. */
export interface HubStatistics {
	/** Frames read from the camera. */
	captured: number;
	/** Frames left out to keep the frame rate cap. */
	capped: number;
	/** Frames that RTP/JPEG cannot carry. */
	refused: number;
	/** Frames sent whole, counted for each subscriber. */
	sent: number;
	/** Frames that a busy subscriber skipped. */
	skipped: number;
	/** Frames taken back from a subscriber before they were sent whole. */
	abandoned: number;
	/** Frames that a sink failed to send whole. */
	failed: number;
}

export interface FrameHubOptions {
	/** Opens the camera; the hub owns it. `onReadable` says that a frame is there to be read. */
	readonly openSource: (onReadable: () => void) => FrameSource;
	/** Frames a second sent at most; Infinity: as many as are captured. */
	readonly maxFrameRate?: number;
	/** How long a subscriber may hold a frame, milliseconds. */
	readonly leaseDeadline?: number;
	/** Something that the user should know, once each time it begins. */
	readonly onNotice?: (message: string) => void;
}

export class FrameHub {
	readonly statistics: HubStatistics = { captured: 0, capped: 0, refused: 0, sent: 0, skipped: 0, abandoned: 0, failed: 0 };
	readonly #source: FrameSource;
	readonly #leases: Lease[] = [];
	readonly #subscribers: Subscriber[] = [];
	readonly #interval: number;
	readonly #deadline: number;
	readonly #onNotice: (message: string) => void;
	/** Capture time from which the next frame is due, microseconds. */
	#due = 0;
	#playing = 0;
	/** The last refusal that was told. */
	#refusal = 0;
	#octetsGone = 0;

	constructor({ openSource, maxFrameRate = Infinity, leaseDeadline = 1000, onNotice = () => undefined }: FrameHubOptions) {
		this.#interval = 1_000_000 / maxFrameRate;
		this.#deadline = leaseDeadline * 1000;
		this.#onNotice = onNotice;
		this.#source = openSource(() => this.#capture());
		for (let i = 1; i < this.#source.bufferCount; i++)
			this.#leases.push({ frame: undefined, scan: new Scan(), captureTime: 0, references: 0 });
	}

	get width(): number {
		return this.#source.width;
	}

	get height(): number {
		return this.#source.height;
	}

	/** Subscribers that play. */
	get playing(): number {
		return this.#playing;
	}

	/** RTP payload octets sent in all, by everybody. */
	get octetCount(): number {
		let count = this.#octetsGone;
		for (let i = 0; i < this.#subscribers.length; i++)
			count += this.#subscribers[i]!.octetCount;
		return count;
	}

	/** The camera's clock, microseconds. */
	now(): number {
		return this.#source.now();
	}

	add(subscriber: Subscriber): void {
		this.#subscribers.push(subscriber);
	}

	remove(subscriber: Subscriber): void {
		const index = this.#subscribers.indexOf(subscriber);
		if (index < 0)
			return;
		this.#octetsGone += subscriber.octetCount;
		this.#subscribers.splice(index, 1);
	}

	/** The camera runs while somebody watches. */
	startedPlaying(): void {
		this.#playing += 1;
		if (this.#playing === 1)
			this.#source.start();
	}

	stoppedPlaying(): void {
		this.#playing -= 1;
		if (this.#playing === 0)
			this.#source.stop();
	}

	/** One holder less. */
	release(lease: Lease): void {
		lease.references -= 1;
		if (lease.references === 0) {
			lease.frame!.close();
			lease.frame = undefined;
		}
	}

	/** Once a second. */
	tick(): void {
		for (let i = 0; i < this.#subscribers.length; i++)
			this.#subscribers[i]!.tick();
	}

	close(): void {
		for (let i = this.#subscribers.length - 1; i >= 0; i--)
			this.#subscribers[i]!.close();
		this.#source.close();
	}

	#capture(): void {
		const lease = this.#claimLease();
		const frame = this.#source.read();
		if (!frame)
			return;
		const { statistics } = this;
		const { captureTime } = frame;
		statistics.captured += 1;
		if (captureTime < this.#due - this.#interval / 4) {
			statistics.capped += 1;
			frame.close();
			return;
		}
		this.#due = this.#nextDue(captureTime);
		const problem = lease.scan.parse(frame);
		if (problem !== 0) {
			frame.close();
			this.#refuse(problem);
			return;
		}
		this.#refusal = 0;
		lease.frame = frame;
		lease.captureTime = captureTime;
		// the hub is a holder too, until everybody has had the offer
		lease.references = 1;
		const subscribers = this.#subscribers;
		for (let i = 0; i < subscribers.length; i++) {
			const subscriber = subscribers[i]!;
			if (subscriber.playing && !subscriber.offer(lease))
				statistics.skipped += 1;
		}
		this.release(lease);
	}

	/** The cap keeps a rhythm: a frame that comes late does not put off the next one, whose place in it stays. */
	#nextDue(captureTime: number): number {
		if (this.#due === 0)
			return captureTime + this.#interval;
		const earliest = captureTime - this.#interval;
		return (this.#due > earliest ? this.#due : earliest) + this.#interval;
	}

	/** A free lease; those that are held too long, and when none is free the oldest, are taken back. */
	#claimLease(): Lease {
		const leases = this.#leases;
		const limit = this.#source.now() - this.#deadline;
		let free: Lease | undefined, oldest: Lease = leases[0]!;
		for (let i = 0; i < leases.length; i++) {
			const lease = leases[i]!;
			if (lease.frame && lease.captureTime < limit)
				this.#revoke(lease);
			if (!lease.frame)
				free ??= lease;
			else if (lease.captureTime < oldest.captureTime)
				oldest = lease;
		}
		if (free)
			return free;
		this.#revoke(oldest);
		return oldest;
	}

	#revoke(lease: Lease): void {
		for (let i = 0; i < this.#subscribers.length; i++) {
			const subscriber = this.#subscribers[i]!;
			if (subscriber.lease === lease)
				subscriber.abandon();
		}
	}

	#refuse(problem: number): void {
		this.statistics.refused += 1;
		if (problem !== this.#refusal) {
			this.#refusal = problem;
			this.#onNotice(`the camera's frames cannot be sent: ${Scan.errorName(problem)}`);
		}
	}
}
