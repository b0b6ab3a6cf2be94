// SPDX-License-Identifier: MIT
/**
 * A snapshot: one frame, no older than the request or two frame intervals. If nobody watches, the camera is started for
 * it and stopped after it.
 *
 * A snapshot of another size or quality borrows the camera for one frame, if nobody watches.
 *
 * The frame is sent from the camera's memory. If the hub takes it back before the client has all of it, a copy takes
 * its place: a snapshot may take longer than a client may hold a frame.
 */

import Picture from "pictureburst";
import Image from "../camera/image";
import { findSize, type FrameSize } from "../camera/sizes";
import type { Frame } from "../camera/source";
import type { Loan } from "../camera/watched";
import type { ConsumerClient, FrameConsumer, FrameProvider, Lease, Outcome } from "../stream/consumer";
import { ConsumerMeter } from "../stream/consumermeter";
import { FAILED, WAITING } from "../stream/sink";
import { credibleDate } from "./date";
import { matchesETag } from "./request";
import type { Answer, HTTPExchange, Watcher } from "./types";

/** The hub, as a snapshot sees it. */
export interface SnapshotHub extends FrameProvider {
	lend(loan: Loan): boolean;
	takeBack(loan: Loan): void;
}

/** What the snapshots of a server share. */
export interface SnapshotOwner {
	readonly hub: SnapshotHub;
	/** Greatest age of a frame at the time of the request, microseconds: two frame intervals. */
	readonly greatestAge: number;
	/** Seconds that the client may take no data while some is waiting; Infinity for no limit. */
	readonly stallTimeout: number;
	/** Distinguishes the frames of this run of the program in `ETag`. */
	readonly run: string;
	/** Number of copies; there are at most `COPIES`. */
	copyCount: number;
	/** Wall-clock time of an instant on the hub's clock: milliseconds since 1970. */
	unixTime(time: number): number;
}

/** Copies of frames at a time: each takes a frame buffer's memory. */
const COPIES = 2;
/** Microseconds without a frame after which the client is told so, at least. A slow camera may take two intervals. */
const PATIENCE = 5_000_000;
/** Microseconds after which new values act, at most. */
const LONGEST_SETTLING = 1_000_000;

/** The refusal of another size or quality. */
export const DISTURBS: Answer = Object.freeze({
	status: 409,
	type: "text/plain",
	body: "Somebody watches: set size and quality for all viewers, or leave them out.\r\n",
});

export class Snapshot implements FrameConsumer, Watcher {
	readonly link = undefined;
	readonly client: ConsumerClient;
	readonly meter = new ConsumerMeter();
	readonly packetCount = 0;
	readonly sentCount = 0;
	readonly skippedCount = 0;
	readonly waitCount = 0;
	readonly reception = undefined;
	readonly #owner: SnapshotOwner;
	readonly #exchange: HTTPExchange;
	readonly #ifNoneMatch: string | undefined;
	readonly #isDownload: boolean;
	readonly #picture = new Picture();
	/** Waits for a frame. */
	#playing = false;
	#lease: Lease | undefined;
	#leaseTime = 0;
	#copy: Image | undefined;
	#open = true;
	readonly #begun: number;
	/** Capture time of the oldest frame that is new enough, microseconds. */
	#earliest: number;
	#loan: Loan | undefined;
	/** The borrowed size, pixels; 0 for any. */
	#width = 0;
	#height = 0;
	#progress = 0;
	#progressTime = 0;

	/** @param ifNoneMatch value of the header
	 *  @param isDownload browsers are to save the picture instead of showing it */
	constructor(owner: SnapshotOwner, exchange: HTTPExchange, ifNoneMatch: string | undefined, isDownload: boolean) {
		this.#owner = owner;
		this.#exchange = exchange;
		this.client = { kind: "snapshot", address: exchange.peer.remoteAddress };
		this.#ifNoneMatch = ifNoneMatch;
		this.#isDownload = isDownload;
		this.#begun = owner.hub.now();
		this.#earliest = this.#begun - owner.greatestAge;
	}

	/** Borrows the camera for another size or quality. To be called before `take`, when the hub has the snapshot.
	 *  @returns whether it is lent: nobody watches
	 *  @throws if the camera cannot do it */
	borrow(size: FrameSize | undefined, quality: number | undefined): boolean {
		const owner = this.#owner, loan = { size, quality, ended: () => this.interrupt() };
		if (size !== undefined) {
			const { width, height } = findSize({ size });
			this.#width = width;
			this.#height = height;
		}
		// new values act after one or two frames
		this.#earliest = this.#begun + Math.min(owner.greatestAge, LONGEST_SETTLING);
		if (!owner.hub.lend(loan))
			return false;
		this.#loan = loan;
		return true;
	}

	/** Answers with the newest frame, or the next. To be called once, when the hub has it and it watches the
	 *  connection. */
	take(): void {
		const { hub } = this.#owner, { newest } = hub;
		if (newest && this.isFresh(newest))
			this.answer(newest);
		else {
			this.#playing = true;
			hub.startedPlaying();
		}
	}

	offer(lease: Lease): boolean {
		if (this.#playing && this.isFresh(lease))
			this.answer(lease);
		return true;
	}

	skip(): void {
		// it has the frame that it wants
	}

	/** A repetition makes a frame no newer. */
	private isFresh({ originalTime, scan }: Lease): boolean {
		return originalTime >= this.#earliest
			&& (this.#width === 0 || (scan.width === this.#width && scan.height === this.#height));
	}

	/** Somebody else needs the camera. */
	private interrupt(): void {
		this.#loan = undefined;
		if (!this.#playing)
			return;
		this.leave("failed");
		this.#exchange.respond(DISTURBS);
	}

	/** Without memory, the connection ends. */
	private answer(lease: Lease): void {
		try {
			this.begin(lease);
		}
		catch {
			this.leave("failed");
			this.#exchange.peer.drop();
		}
	}

	private begin(lease: Lease): void {
		const owner = this.#owner, { hub } = owner, { originalTime } = lease;
		this.#lease = lease;
		this.#leaseTime = this.#progressTime = hub.now();
		hub.retain(lease);
		this.stop();
		const etag = `"${owner.run}-${Math.floor(originalTime).toString(36)}"`;
		const date = credibleDate(owner.unixTime(originalTime));
		let headers = `ETag: ${etag}\r\nCache-Control: private, no-cache\r\n`;
		if (date)
			headers += `Last-Modified: ${date.toUTCString()}\r\n`;
		if (matchesETag(this.#ifNoneMatch, etag)) {
			this.leave("sent");
			this.#exchange.respond({ status: 304, headers });
			return;
		}
		if (this.#isDownload)
			headers += `Content-Disposition: attachment; filename="${fileName(date, originalTime)}"\r\n`;
		headers += `X-Timestamp: ${(originalTime / 1_000_000).toFixed(6)}\r\n`;
		this.#exchange.beginBody({ status: 200, type: "image/jpeg", headers }, this.#picture.beginSingle(lease.scan));
		if (this.#exchange.headOnly)
			this.complete();
		else
			this.send();
	}

	private send(): void {
		const result = this.#exchange.peer.sendPicture(this.#picture, this.source);
		if (result === WAITING)
			return;
		if (result === FAILED) {
			// the picture would have another length than announced
			this.leave("failed");
			this.#exchange.peer.drop();
		}
		else
			this.complete();
	}

	private get source(): Frame | undefined {
		return this.#lease ? this.#lease.frame : this.#copy;
	}

	private complete(): void {
		this.leave("sent");
		this.#exchange.finish();
	}

	get playing(): boolean {
		return this.#playing;
	}

	get lease(): Lease | undefined {
		return this.#lease;
	}

	get busy(): boolean {
		return this.#lease !== undefined;
	}

	get octetCount(): number {
		return this.#picture.octetCount;
	}

	resume(): void {
		if (this.source)
			this.send();
	}

	expire(time: number): void {
		if (this.#leaseTime < time)
			this.abandon();
	}

	/** Gives the frame back. A copy takes its place; without memory for one, the connection ends: the picture would
	 *  have another length than announced. */
	abandon(): void {
		const lease = this.#lease, owner = this.#owner;
		if (!lease)
			return;
		try {
			if (owner.copyCount < COPIES) {
				const copy = new Image();
				copy.assign(lease.frame);
				this.#copy = copy;
				owner.copyCount += 1;
			}
		}
		catch {
			// no memory
		}
		this.#lease = undefined;
		owner.hub.release(lease, this.#copy ? "sent" : "abandoned");
		if (!this.#copy)
			this.#exchange.peer.drop();
	}

	tick(now: number): void {
		const { octetCount } = this.#picture, owner = this.#owner;
		if (this.#playing) {
			if (now - this.#begun >= Math.max(PATIENCE, owner.greatestAge)) {
				this.leave("failed");
				this.#exchange.respond({ status: 503, type: "text/plain",
					body: "The camera delivers no picture.\r\n" });
			}
		}
		else if (octetCount !== this.#progress) {
			this.#progress = octetCount;
			this.#progressTime = now;
		}
		else if (now - this.#progressTime >= owner.stallTimeout * 1_000_000)
			this.#exchange.peer.stalled();
	}

	/** The connection has ended, or the snapshot is not to be taken. */
	closed(): void {
		this.leave("failed");
	}

	/** The hub closes. */
	close(): void {
		this.leave("failed");
		this.#exchange.peer.drop();
	}

	/** Lets the camera stop, if nobody else watches, and gives it back as it was. */
	private stop(): void {
		const loan = this.#loan;
		this.#loan = undefined;
		if (loan)
			this.#owner.hub.takeBack(loan);
		if (!this.#playing)
			return;
		this.#playing = false;
		this.#owner.hub.stoppedPlaying();
	}

	/** Gives everything back. */
	private leave(outcome: Outcome): void {
		if (!this.#open)
			return;
		this.#open = false;
		this.stop();
		const lease = this.#lease, { hub } = this.#owner;
		this.#lease = undefined;
		if (lease)
			hub.release(lease, outcome);
		if (this.#copy)
			this.#owner.copyCount -= 1;
		this.#copy = undefined;
		hub.remove(this);
	}
}

/** @param date undefined while the clock is not set
 *  @returns "camera-20260131-235959.jpg", or a name from the capture time */
function fileName(date: Date | undefined, captureTime: number): string {
	const digits = date?.toISOString().slice(0, 19).replaceAll("-", "").replaceAll(":", "").replace("T", "-");
	return `camera-${digits ?? Math.floor(captureTime / 1000)}.jpg`;
}
