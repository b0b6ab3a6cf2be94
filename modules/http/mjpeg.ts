// SPDX-License-Identifier: MIT
/**
 * A viewer of the picture stream: parts of multipart/x-mixed-replace (modules/http/core/multipart.h), from the same
 * frames as RTP.
 *
 * A slow viewer skips whole frames. A part that was begun is finished: if the hub takes the frame back in the middle of
 * it, the rest is filled up with EOI markers. The viewer sees a picture whose lower part is missing, and the stream
 * stays valid.
 */

import { ASIDE, DIRECT, IDLE, type Route } from "fanout";
import Picture, { BOUNDARY } from "pictureburst";
import { LinkMeter } from "../rtp/linkmeter";
import type { CameraAccess } from "../stream/access";
import type { ConsumerClient, FrameConsumer, FrameProvider, Lease, Outcome } from "../stream/consumer";
import { ConsumerMeter } from "../stream/consumermeter";
import { FAILED, WAITING } from "../stream/sink";
import type { Answer, HTTPExchange, Watcher } from "./types";

export interface MJPEGViewerOptions {
	readonly camera: CameraAccess;
	readonly exchange: HTTPExchange;
	/** Highest frame rate for this viewer, frames per second; Infinity for every frame. */
	readonly frameRate: number;
	/** Seconds that the client may take no data while some is waiting; Infinity for no limit. */
	readonly stallTimeout: number;
}

/** Head of the response. The boundary line of the first part follows it at once: clients wait for it, and some give up
 *  if it comes with the first frame only. */
export const STREAM_HEAD: Answer = Object.freeze({
	status: 200,
	type: `multipart/x-mixed-replace;boundary=${BOUNDARY}`,
	headers: "Cache-Control: no-store\r\nPragma: no-cache\r\n",
});
const FIRST_BOUNDARY = `--${BOUNDARY}\r\n`;

export class MJPEGViewer implements FrameConsumer, Watcher {
	/** Measures how well the link keeps up. */
	readonly link = new LinkMeter(false);
	// the engine searches members in order: those that every frame needs come first
	/** The frame being sent; undefined also while its rest is padded. */
	#lease: Lease | undefined;
	readonly #picture = new Picture();
	readonly #hub: FrameProvider;
	readonly #camera: CameraAccess;
	readonly #exchange: HTTPExchange;
	#playing = false;
	/** Distance between frames, microseconds; 0 for every frame. */
	readonly #interval: number;
	/** Capture time from which the next frame is sent, microseconds. */
	#earliest = -Infinity;
	/** When the frame was taken, microseconds. */
	#leaseTime = 0;
	/** The socket has no room. */
	#blocked = false;
	readonly #stallTimeout: number;
	/** Octet count and time (microseconds) of the last progress: the count changed, or nothing was waiting. */
	#progress = 0;
	#progressTime: number;
	readonly client: ConsumerClient;
	readonly meter = new ConsumerMeter();
	/** An HTTP client reports nothing. */
	readonly reception = undefined;
	/** Times that a frame waited for room in the socket. */
	waitCount = 0;
	/** Frames left out, or not sent whole, because the client was slow. */
	skippedCount = 0;
	/** Frames sent whole, besides those of the route. */
	#sentCount = 0;
	/** The hub sends frames there while nothing else is to be done. */
	readonly route: Route | undefined;
	#mode = IDLE;
	/** Frames of the route that `link` has counted. */
	#counted = 0;

	constructor({ camera, exchange, frameRate, stallTimeout }: MJPEGViewerOptions) {
		const { hub } = camera;
		this.#camera = camera;
		this.#hub = hub;
		this.#exchange = exchange;
		this.#interval = 1_000_000 / frameRate;
		this.#stallTimeout = stallTimeout * 1_000_000;
		this.#progressTime = hub.now();
		this.client = { kind: "mjpeg", address: exchange.peer.remoteAddress };
		this.route = exchange.peer.openRoute(this.#picture);
	}

	/** Frames sent whole. */
	get sentCount(): number {
		return this.#sentCount + (this.route?.frameCount ?? 0);
	}

	/** Sends the head, and from the next frame on pictures. To be called once, when the hub has it. */
	play(): void {
		this.#exchange.watch(this);
		if (!this.#exchange.begin(STREAM_HEAD, FIRST_BOUNDARY))
			return;
		this.#playing = true;
		this.updateMode();
		this.#camera.viewerCount += 1;
		this.#hub.startedPlaying();
	}

	private updateMode(): void {
		const { route } = this;
		if (!route)
			return;
		const isFree = this.#interval === 0 && !this.#picture.inProgress;
		const mode = !this.#playing ? IDLE : isFree ? DIRECT : ASIDE;
		if (mode !== this.#mode)
			route.mode = this.#mode = mode;
	}

	/** @returns false if it skips the frame */
	offer(lease: Lease): boolean {
		if (!this.#playing)
			return true;
		if (this.route?.interrupted) {
			this.link.offeredCount += 1;
			this.hold(lease);
			this.send();
			return true;
		}
		const { captureTime } = lease;
		// a frame may come an eighth of an interval early
		if (captureTime < this.#earliest - this.#interval / 8)
			return true;
		this.link.offeredCount += 1;
		if (this.#picture.inProgress) {
			this.miss();
			return false;
		}
		this.take(lease);
		return true;
	}

	skip(): void {
		this.link.offeredCount += 1;
		this.miss();
	}

	private take(lease: Lease): void {
		const { captureTime } = lease, next = this.#earliest + this.#interval;
		// frames stay on the grid; after a pause a new one begins
		this.#earliest = captureTime < next ? next : captureTime + this.#interval;
		this.hold(lease);
		this.#picture.begin(lease.scan, captureTime);
		this.send();
	}

	private hold(lease: Lease): void {
		this.#lease = lease;
		this.#leaseTime = lease.captureTime;
		this.#hub.retain(lease);
	}

	private send(): void {
		const lease = this.#lease, result = this.#exchange.peer.sendPicture(this.#picture, lease?.frame);
		this.#blocked = result === WAITING;
		this.updateMode();
		if (this.#blocked)
			this.waitCount += 1;
		else if (result === FAILED)
			this.fail(lease);
		else if (lease) {
			this.#sentCount += 1;
			this.release(lease, "sent");
		}
	}

	/** The socket is failing, memory is short, or the frame has no image. The rest of a part that was begun is padded.
	 *  If that fails, the connection ends. */
	private fail(lease: Lease | undefined): void {
		if (!lease) {
			this.#exchange.peer.drop();
			return;
		}
		this.miss();
		this.#picture.pad();
		this.release(lease, "failed");
		if (this.#picture.inProgress)
			this.send();
	}

	private miss(): void {
		this.skippedCount += 1;
		this.link.missed();
	}

	private release(lease: Lease, outcome: Outcome): void {
		this.#lease = undefined;
		this.#hub.release(lease, outcome);
		this.updateMode();
	}

	get playing(): boolean {
		return this.#playing;
	}

	get lease(): Lease | undefined {
		return this.#lease;
	}

	/** Also while it has no frame, and the rest of a part is padded. */
	get busy(): boolean {
		return this.#picture.inProgress;
	}

	/** Parts sent whole. */
	get packetCount(): number {
		return this.sentCount;
	}

	get octetCount(): number {
		return this.#picture.octetCount;
	}

	/** Continues after the socket had no room. A frame not yet begun is replaced by the newest one. */
	resume(): void {
		if (!this.#picture.inProgress)
			return;
		const lease = this.#lease, { newest } = this.#hub;
		if (lease && newest && newest !== lease && !this.#picture.begun) {
			this.miss();
			this.#picture.pad();
			this.release(lease, "skipped");
			this.take(newest);
		}
		else
			this.send();
	}

	expire(time: number): void {
		if (this.#leaseTime < time)
			this.abandon();
	}

	/** Gives the frame back. The rest of a part that was begun is padded, as the socket has room. */
	abandon(): void {
		const lease = this.#lease;
		if (!lease)
			return;
		this.miss();
		this.#picture.pad();
		this.release(lease, "abandoned");
	}

	tick(now: number): void {
		if (this.route) {
			const { frameCount } = this.route;
			this.link.offeredCount += (frameCount - this.#counted) >>> 0;
			this.#counted = frameCount;
		}
		const { octetCount } = this.#picture;
		if (!this.#blocked || octetCount !== this.#progress) {
			this.#progress = octetCount;
			this.#progressTime = now;
		}
		else if (now - this.#progressTime >= this.#stallTimeout)
			this.#exchange.peer.stalled();
	}

	/** The connection has ended. */
	closed(): void {
		this.leave();
	}

	/** The hub closes: the stream ends. */
	close(): void {
		this.leave();
		this.#exchange.end();
	}

	private leave(): void {
		if (this.#playing) {
			this.#playing = false;
			this.#camera.viewerCount -= 1;
			this.updateMode();
			this.abandon();
			this.#hub.stoppedPlaying();
		}
		this.#hub.remove(this);
	}
}
