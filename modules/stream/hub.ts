// SPDX-License-Identifier: MIT
/**
 * The frame hub: one capture for all subscribers; the latest frame wins.
 *
 * It keeps at most one frame fewer than the camera owns, so that the camera always has memory to capture into. A
 * subscriber that is still busy with an older frame skips the new one completely. When slow consumers hold every
 * lease, the hub takes back the oldest frame for a consumer that is free. If none is, it leaves out the new frame, so
 * that what was begun becomes complete. No consumer delays the camera or another consumer.
 *
 * Players leave a stream that is silent for 5 seconds. So the hub keeps the newest frame and repeats it, with the
 * present time, while the camera delivers none. It releases that frame when a newer one arrives. A camera with two
 * buffers has none to spare: a sensor would miss frames while one buffer is kept. For such a camera nothing is
 * repeated.
 */

import { FREED, Fanout, KEEP, type Route } from "fanout";
import Scan from "jpeg/scan";
import Image from "../camera/image";
import type { Frame, FrameSource } from "../camera/source";
import { WatchedCamera, type CameraOwner, type Loan } from "../camera/watched";
import { Uptime } from "../common/uptime";
import type { RateControlOptions } from "../rtp/ratecontrol";
import { Adaptation } from "./adaptation";
import type { FrameConsumer, FrameProvider, Lease, Outcome } from "./consumer";
import { Consumers } from "./consumers";
import { Pacing } from "./pacing";
import type { HubStatistics } from "./statistics";

/** A lease with the hub's own fields. */
interface HubLease extends Lease {
	/** Its index among the hub's leases. */
	readonly index: number;
	frame: Frame | undefined;
	captureTime: number;
	originalTime: number;
	/** Number of consumers that hold it. The hub holds the newest frame. */
	references: number;
}

export interface FrameHubOptions {
	/** Opens the camera, which the hub then owns. The camera calls `onReadable` when a frame can be read. */
	readonly openSource: (onReadable: () => void) => FrameSource;
	/** Highest frame rate sent, frames per second. Default: Infinity, every captured frame. */
	readonly maxFrameRate?: number;
	/** UDP packets sent in a row, to all subscribers together; 0 for no limit. Default: 0. */
	readonly burst?: number;
	/** Milliseconds between bursts. Default: 5. */
	readonly spacing?: number;
	/** Longest time that a subscriber may hold a frame, milliseconds. Default: 1000. */
	readonly leaseDeadline?: number;
	/** Seconds without a frame after which the camera is reopened. Default: Infinity. The camera is then never
	 *  reopened, and no frame is repeated. */
	readonly cameraTimeout?: number;
	/** Sensor controls that are set when the camera is opened: values by name. */
	readonly controls?: Readonly<Record<string, number>> | undefined;
	/** Bounds within which quality and frame rate follow the links. Without it they are fixed. */
	readonly adaptation?: RateControlOptions | undefined;
	/** Milliseconds, monotonic. */
	readonly uptime?: () => number;
	/** Takes a notice for the user, once each time a condition begins. */
	readonly onNotice?: (message: string) => void;
}

/** Time without a frame after which the last one is repeated, microseconds. The hub checks it every second, so a frame
 *  is sent at least every 2 seconds. */
const REPEAT_AFTER = 900_000;
/** Distance between a repetition and the next frame if that one was captured before the repetition, microseconds. */
const SMALLEST_STEP = 1000;
/** Payload of a frame besides its scan: JPEG header, quantization header and tables (RFC 2435 section 3.1). */
const TABLE_OCTETS = 140;

export class FrameHub implements FrameProvider, CameraOwner {
	// the engine searches members in order: those that every frame needs come first
	/** The newest frame, while the hub holds it. */
	#newest: HubLease | undefined;
	readonly #camera: WatchedCamera;
	/** The lease that was last freed. */
	#spare: HubLease | undefined;
	/** Number of leases that consumers hold. */
	#heldCount = 0;
	readonly #fanout: Fanout;
	/** Capture time from which the next frame is accepted, microseconds; -Infinity: any. */
	#earliest = -Infinity;
	/** Distance between frames, microseconds. */
	#interval: number;
	readonly #adaptation: Adaptation | undefined;
	/** The last reported reason for refusing a frame; 0 after a valid frame. */
	#refusal = 0;
	readonly #keeps: boolean;
	readonly #leases: HubLease[] = [];
	readonly #consumers: Consumers;
	/** What the fan-out does not count. */
	readonly #counts = { capped: 0, unwanted: 0, refused: 0, sent: 0, skipped: 0, abandoned: 0, failed: 0,
		repeated: 0 };
	readonly #pacing: Pacing | undefined;
	readonly #deadline: number;
	readonly #onNotice: (message: string) => void;
	#maxFrameRate: number;
	#playing = 0;

	/** @throws whatever `openSource` throws */
	constructor(
		{ openSource, maxFrameRate = Infinity, burst = 0, spacing = 5, leaseDeadline = 1000, cameraTimeout = Infinity,
			controls, adaptation, uptime, onNotice = () => undefined }: FrameHubOptions,
	) {
		this.#maxFrameRate = maxFrameRate;
		this.#interval = 1_000_000 / maxFrameRate;
		this.#fanout = new Fanout(burst);
		this.#consumers = new Consumers(this.#fanout);
		this.#deadline = leaseDeadline * 1000;
		this.#onNotice = onNotice;
		this.#adaptation = adaptation && new Adaptation(adaptation);
		const clock = new Uptime();
		this.#camera = new WatchedCamera({
			openSource,
			onNotice,
			controls,
			timeout: cameraTimeout,
			frameRate: maxFrameRate,
			uptime: uptime ?? (() => clock.now()),
			owner: this,
		});
		for (let i = 1; i < this.#camera.bufferCount; i++)
			this.#leases.push({ frame: undefined, captureTime: 0, references: 0, scan: new Scan(), index: i - 1,
				originalTime: 0 });
		this.#spare = this.#leases[0];
		this.#keeps = cameraTimeout !== Infinity && this.#leases.length > 1;
		this.#pacing = burst === 0 ? undefined : new Pacing(spacing, () => this.refill());
	}

	// the engine searches members in order: those that every frame needs come first
	/** Takes a new frame from the camera and sends it. */
	capture(): void {
		let lease: HubLease | undefined = this.#spare!;
		if (this.#heldCount !== 0 || lease.frame)
			lease = this.claimLease();
		const camera = this.#camera, newest = this.#newest, frame = camera.read();
		if (!frame)
			return;
		let { captureTime } = camera;
		const interval = this.#interval, next = this.#earliest + interval;
		if (captureTime < next - interval) {
			this.#counts.capped += 1;
			frame.close();
			return;
		}
		// frames stay on the grid, and may come a quarter of an interval early: a late one does not delay the next
		this.#earliest = captureTime < next + interval / 4 ? next : this.restart(captureTime);
		if (!lease) {
			frame.close();
			this.leaveOut();
			return;
		}
		// the frame was captured before the last repetition
		if (newest && captureTime <= newest.captureTime)
			captureTime = newest.captureTime + SMALLEST_STEP;
		const left = this.#fanout.send(frame, lease.scan, captureTime, camera.wholeImages, lease.index);
		if (left < 0) {
			frame.close();
			this.refuse(left);
			return;
		}
		this.#refusal = 0;
		this.#adaptation?.frame(lease.scan.byteLength + TABLE_OCTETS);
		lease.frame = frame;
		lease.captureTime = captureTime;
		lease.originalTime = captureTime;
		// the hub holds the frame until all consumers have been offered it or, if it keeps frames, until a newer one
		// arrives
		this.#newest = lease;
		if (newest && newest.references === 0)
			this.free(newest);
		if (left !== 0)
			this.settle(lease, left);
		if (!this.#keeps)
			this.letGo();
	}

	/** Does what the fan-out has left to do about a frame. */
	private settle(lease: HubLease, left: number): void {
		if (left & KEEP) {
			this.retain(lease);
			this.#pacing!.start();
		}
		if (left & FREED)
			this.releaseFreed();
		if (left & 0xffff)
			this.#counts.skipped += this.#consumers.offer(lease);
	}

	/** Releases the frames that wait no longer in the fan-out. */
	private releaseFreed(): void {
		const freed = this.#fanout.takeFreed();
		for (let i = 0; freed >> i !== 0; i++) {
			if (freed >> i & 1)
				this.give(this.#leases[i]!);
		}
	}

	/** Begins a burst. */
	private refill(): boolean {
		const again = this.#fanout.refill();
		this.releaseFreed();
		return again;
	}

	sendByRoute(route: Route, lease: HubLease): void {
		this.settle(lease, this.#fanout.take(route, lease.frame!, lease.scan, lease.index));
	}

	/** Returns a frame that nobody holds to the camera. */
	private free(lease: HubLease): void {
		lease.frame!.close();
		lease.frame = undefined;
		this.#spare = lease;
	}

	retain(lease: HubLease): void {
		if (lease.references === 0)
			this.#heldCount += 1;
		lease.references += 1;
	}

	release(lease: HubLease, outcome: Outcome): void {
		this.#counts[outcome] += 1;
		this.give(lease);
	}

	failed(): void {
		this.#counts.failed += 1;
	}

	/** Removes a holder. */
	private give(lease: HubLease): void {
		lease.references -= 1;
		if (lease.references === 0) {
			this.#heldCount -= 1;
			if (lease !== this.#newest)
				this.free(lease);
		}
	}

	/** Begins a new grid, with the first frame or one that is late by more than an interval.
	 *  @returns the instant from which the next frame is accepted */
	private restart(captureTime: number): number {
		return captureTime + (this.#earliest === -Infinity ? 0.75 : -0.25) * this.#interval;
	}

	/** Counts a frame that no consumer could take, as skipped by each. */
	private leaveOut(): void {
		this.#counts.unwanted += 1;
		this.#counts.skipped += this.#consumers.skip();
	}

	/** Finds a free lease. Consumers that exceed the deadline lose theirs. If no lease is free, the hub releases the
	 *  newest frame if it is the only holder; otherwise it revokes the oldest lease.
	 *  @returns undefined if no consumer is free to take a new frame */
	private claimLease(): HubLease | undefined {
		return (this.#heldCount === 0 ? this.findFree() : undefined) ?? this.reclaimLease();
	}

	private findFree(): HubLease | undefined {
		const leases = this.#leases;
		for (let i = 0; i < leases.length; i++) {
			if (!leases[i]!.frame)
				return leases[i];
		}
		return undefined;
	}

	/** Frames since the start. */
	get statistics(): HubStatistics {
		const counts = this.#counts, { frameCount, sentCount, skippedCount, abandonedCount } = this.#fanout;
		return { ...counts, captured: frameCount - counts.repeated + counts.capped + counts.unwanted,
			sent: counts.sent + sentCount, skipped: counts.skipped + skippedCount,
			abandoned: counts.abandoned + abandonedCount };
	}

	/** The camera. After setting its frame rate, set `maxFrameRate` as well. */
	get source(): WatchedCamera {
		return this.#camera;
	}

	/** Highest frame rate sent, frames per second. */
	get maxFrameRate(): number {
		return this.#maxFrameRate;
	}
	set maxFrameRate(frameRate: number) {
		this.#maxFrameRate = frameRate;
		this.#interval = 1_000_000 / frameRate;
		this.#earliest = -Infinity;
		this.limit(this.quality, frameRate);
	}

	/** Requested JPEG quality number; the best allowed if it is adapted. undefined if the camera has none. */
	get quality(): number | undefined {
		return this.#adaptation ? this.#adaptation.bestQuality : this.#camera.quality;
	}
	/** @throws Error if the camera refuses it */
	set quality(quality: number | undefined) {
		this.#camera.quality = quality;
		this.limit(quality, this.#maxFrameRate);
	}

	get width(): number {
		return this.#camera.width;
	}

	get height(): number {
		return this.#camera.height;
	}

	/** The newest frame, while it is kept. */
	get newest(): Lease | undefined {
		return this.#newest;
	}

	get adapts(): boolean {
		return this.#adaptation !== undefined;
	}

	/** JPEG quality number chosen for the links; undefined if it is not adapted. */
	get adaptedQuality(): number | undefined {
		return this.#adaptation?.quality;
	}

	/** Frame rate that is aimed at, frames per second: the highest allowed, or the one chosen for the links. */
	get frameRate(): number {
		return 1_000_000 / this.#interval;
	}

	/** Those that are to be sent frames, playing or not. */
	get consumers(): Consumers {
		return this.#consumers;
	}

	/** Frames read from the camera to be sent, since the start. */
	get frameCount(): number {
		return this.#fanout.frameCount - this.#counts.repeated + this.#counts.unwanted;
	}

	/** Number of times that the camera was reopened. */
	get reopenCount(): number {
		return this.#camera.reopenCount;
	}

	/** Number of playing subscribers. */
	get playing(): number {
		return this.#playing;
	}

	/** The camera's clock, microseconds. */
	now(): number {
		return this.#camera.now();
	}

	/** @throws RangeError memory is short */
	add(consumer: FrameConsumer): void {
		this.#consumers.add(consumer, this.now());
	}

	/** No effect if it is not there. */
	remove(consumer: FrameConsumer): void {
		this.#consumers.remove(consumer);
		this.releaseFreed();
	}

	/** Lends the camera to somebody who is to play alone: until `takeBack`, until another plays, or until somebody sets
	 *  size or quality.
	 *  @returns whether it is lent: nobody plays
	 *  @throws if the camera refuses the values, or if no camera is open */
	lend(loan: Loan): boolean {
		if (this.#playing !== 0)
			return false;
		this.#camera.lend(loan);
		return true;
	}

	/** Ends a loan. No effect if it has ended. */
	takeBack(loan: Loan): void {
		this.#camera.takeBack(loan);
	}

	/** Counts a playing subscriber. The camera starts with the first one. */
	startedPlaying(): void {
		this.#playing += 1;
		if (this.#playing !== 1) {
			this.#camera.recall();
			return;
		}
		// the last player's grid would cost this one the frame that the camera captures at the start
		this.#earliest = -Infinity;
		if (this.#adaptation) {
			this.#adaptation.begin();
			this.adapt(this.#adaptation);
		}
		this.#camera.start();
	}

	stoppedPlaying(): void {
		this.releaseFreed();
		this.#playing -= 1;
		if (this.#playing !== 0)
			return;
		// the frame would be outdated for the next player
		this.letGo();
		this.#camera.stop();
	}

	/** To be called once a second. */
	tick(): void {
		const now = this.#camera.now(), consumers = this.#consumers;
		consumers.tick(now, now - this.#deadline);
		this.revokeBefore(now - this.#deadline);
		consumers.measure(now);
		if (this.#adaptation?.step(now, consumers.all))
			this.adapt(this.#adaptation);
		this.#camera.tick();
		this.repeat();
	}

	close(): void {
		this.#consumers.close();
		this.#pacing?.close();
		this.#camera.close();
		this.letGo();
	}

	/** Repeats the newest frame if none was sent for a while. */
	private repeat(): void {
		const lease = this.#newest, now = this.#camera.now();
		if (!lease || this.#playing === 0 || now - lease.captureTime < REPEAT_AFTER)
			return;
		this.#counts.repeated += 1;
		lease.captureTime = now;
		const left = this.#fanout.send(lease.frame!, lease.scan, now, this.#camera.wholeImages, lease.index);
		if (left > 0)
			this.settle(lease, left);
	}

	/** Releases the newest frame. */
	private letGo(): void {
		const lease = this.#newest;
		this.#newest = undefined;
		if (lease && lease.references === 0)
			this.free(lease);
	}

	/** Prepares for the closing of the camera, which frees its memory: a copy of the newest frame takes its place. */
	vacate(): void {
		this.#consumers.abandon();
		this.revokeBefore(Infinity);
		// the last player may have left meanwhile, and the frame with it
		const lease = this.#newest;
		if (!lease || lease.frame instanceof Image)
			return;
		try {
			const still = new Image();
			still.assign(lease.frame);
			lease.frame!.close();
			lease.frame = still;
		}
		catch {
			// no memory for a copy: nothing is repeated
			this.letGo();
		}
	}

	/** Applies a newly set quality and frame rate as bounds of the adaptation, if there is one. */
	private limit(quality: number | undefined, frameRate: number): void {
		if (this.#adaptation && quality !== undefined) {
			this.#adaptation.limit(quality, frameRate);
			this.adapt(this.#adaptation);
		}
	}

	private adapt({ quality, frameRate }: Adaptation): void {
		this.#interval = 1_000_000 / frameRate;
		this.#camera.adapt(quality, frameRate);
	}

	private reclaimLease(): HubLease | undefined {
		const leases = this.#leases, limit = this.#camera.now() - this.#deadline;
		this.#consumers.expire(limit);
		this.revokeBefore(limit);
		const free = this.findFree();
		if (free)
			return free;
		const newest = this.#newest;
		if (newest?.references !== 0 && !this.#consumers.hasFree)
			return undefined;
		this.letGo();
		if (newest && !newest.frame)
			return newest;
		let oldest: HubLease = leases[0]!;
		for (let i = 1; i < leases.length; i++) {
			const lease = leases[i]!;
			if (lease.captureTime < oldest.captureTime)
				oldest = lease;
		}
		this.revoke(oldest);
		// not `oldest` itself: a consumer that keeps its frame in spite of this costs a new frame, not its own
		return this.findFree();
	}

	/** Takes frames that wait in the fan-out back if they were captured before `time`, microseconds. */
	private revokeBefore(time: number): void {
		for (let i = 0; i < this.#leases.length; i++) {
			const lease = this.#leases[i]!;
			if (lease.references !== 0 && lease.captureTime < time)
				this.#fanout.revoke(i);
		}
		this.releaseFreed();
	}

	/** Takes a frame back from everybody. */
	private revoke(lease: HubLease): void {
		this.#fanout.revoke(lease.index);
		this.releaseFreed();
		this.#consumers.abandon(lease);
	}

	private refuse(problem: number): void {
		this.#counts.refused += 1;
		if (problem !== this.#refusal) {
			this.#refusal = problem;
			this.#onNotice(`the camera's frames cannot be sent: ${Scan.errorName(problem)}`);
		}
	}
}
