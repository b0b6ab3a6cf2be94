// SPDX-License-Identifier: MIT
/**
 * The frame hub: one capture for everybody, the latest frame wins.
 *
 * It leases at most one frame fewer than the camera owns, so that the camera always has memory to capture into. Who is
 * still busy with an older frame skips the new one, whole. When slow consumers hold every lease, the oldest frame is
 * taken from them: nobody delays the camera, or anybody else.
 *
 * Players leave a stream that is silent for 5 seconds. So the hub keeps the newest frame, and sends it again, at the
 * present instant, while the camera has nothing: a lease that goes back as soon as a newer frame comes. A camera of two
 * buffers has none to spare for that (a sensor that fills one while the other is kept would miss frames): there nothing
 * is repeated.
 */

import Scan from "jpeg/scan";
import Image from "../camera/image";
import type { Frame, FrameSource } from "../camera/source";
import { WatchedCamera } from "../camera/watched";
import { Uptime } from "../common/uptime";
import type { RateControlOptions } from "../rtp/ratecontrol";
import { Adaptation } from "./adaptation";
import type { FrameConsumer, FrameProvider, Lease, Outcome } from "./consumer";
import type { HubStatistics } from "./statistics";

/** A lease as the hub has it. */
interface HubLease extends Lease {
	frame: Frame | undefined;
	captureTime: number;
	/** Holders: the hub itself, and consumers. */
	references: number;
}

export interface FrameHubOptions {
	/** Opens the camera; the hub owns it. `onReadable` says that a frame is there to be read. */
	readonly openSource: (onReadable: () => void) => FrameSource;
	/** Frames a second sent at most; Infinity: as many as are captured. */
	readonly maxFrameRate?: number;
	/** How long a subscriber may hold a frame, milliseconds. */
	readonly leaseDeadline?: number;
	/** Seconds of silence after which the camera is opened again. Without it the camera is left alone, and nothing is
	 *  repeated. */
	readonly cameraTimeout?: number;
	/** What the camera's sensor is told when it is opened: values by name. */
	readonly controls?: Readonly<Record<string, number>> | undefined;
	/** Quality and frame rate follow the links within these bounds; without it they are what they are. */
	readonly adaptation?: RateControlOptions | undefined;
	/** Milliseconds, monotonic. */
	readonly uptime?: () => number;
	/** Something that the user should know, once each time it begins. */
	readonly onNotice?: (message: string) => void;
}

/** A frame is sent again when none was sent for so long, microseconds: looked at every second, that makes one in two at
 *  least. */
const REPEAT_AFTER = 900_000;
/** Distance between a repeated frame and one that was captured before it was repeated, microseconds. */
const SMALLEST_STEP = 1000;
/** Payload of a frame besides its scan: JPEG header, quantization header and tables (RFC 2435 section 3.1). */
const TABLE_OCTETS = 140;

export class FrameHub implements FrameProvider {
	readonly statistics: HubStatistics = { captured: 0, capped: 0, refused: 0, sent: 0, skipped: 0, abandoned: 0,
		failed: 0, repeated: 0 };
	// what every frame needs is found first: the engine searches members in their order
	/** The newest frame; the hub holds it while it is here. */
	#newest: HubLease | undefined;
	readonly #camera: WatchedCamera;
	readonly #leases: HubLease[] = [];
	readonly #consumers: FrameConsumer[] = [];
	/** Capture time from which the next frame is due, microseconds. */
	#due = 0;
	/** Distance between frames, microseconds. */
	#interval: number;
	/** When a frame was offered last, microseconds. */
	#offerTime = -Infinity;
	/** The last refusal that was told. */
	#refusal = 0;
	readonly #adaptation: Adaptation | undefined;
	readonly #keeps: boolean;
	readonly #deadline: number;
	readonly #onNotice: (message: string) => void;
	#maxFrameRate: number;
	#playing = 0;
	#octetsGone = 0;

	/** @throws what `openSource` throws */
	constructor(
		{ openSource, maxFrameRate = Infinity, leaseDeadline = 1000, cameraTimeout = Infinity, controls, adaptation,
			uptime, onNotice = () => undefined }: FrameHubOptions,
	) {
		this.#maxFrameRate = maxFrameRate;
		this.#interval = 1_000_000 / maxFrameRate;
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
			onReadable: () => this.capture(),
			onClosing: () => this.vacate(),
		});
		for (let i = 1; i < this.#camera.bufferCount; i++)
			this.#leases.push({ frame: undefined, scan: new Scan(), captureTime: 0, references: 0 });
		this.#keeps = cameraTimeout !== Infinity && this.#leases.length > 1;
	}

	// the engine searches members in their order: those that every frame needs come first
	retain(lease: HubLease): void {
		lease.references += 1;
	}

	release(lease: HubLease, outcome: Outcome): void {
		// an index by name costs more, and nearly all frames are sent
		if (outcome === "sent")
			this.statistics.sent += 1;
		else
			this.statistics[outcome] += 1;
		this.drop(lease);
	}

	/** One holder less. */
	private drop(lease: HubLease): void {
		lease.references -= 1;
		if (lease.references === 0) {
			lease.frame!.close();
			lease.frame = undefined;
		}
	}

	private capture(): void {
		const lease = this.claimLease();
		const frame = this.#camera.read();
		if (!frame)
			return;
		const { statistics } = this;
		let captureTime = this.#camera.captureTime(frame);
		statistics.captured += 1;
		if (captureTime < this.#due - this.#interval / 4) {
			statistics.capped += 1;
			frame.close();
			return;
		}
		this.#due = this.nextDue(captureTime);
		const problem = lease.scan.parse(frame);
		if (problem !== 0) {
			frame.close();
			this.refuse(problem);
			return;
		}
		this.#refusal = 0;
		this.#adaptation?.frame(lease.scan.byteLength + TABLE_OCTETS);
		// a frame that was captured before the last one was repeated
		if (captureTime <= this.#offerTime)
			captureTime = this.#offerTime + SMALLEST_STEP;
		lease.frame = frame;
		lease.captureTime = captureTime;
		// the hub is a holder too: until everybody has had the offer, or until a newer frame comes
		lease.references = 1;
		this.letGo();
		this.#newest = lease;
		this.offer(lease);
		if (!this.#keeps)
			this.letGo();
	}

	private offer(lease: HubLease): void {
		const { statistics } = this;
		const consumers = this.#consumers;
		this.#offerTime = lease.captureTime;
		for (let i = 0; i < consumers.length; i++) {
			if (!consumers[i]!.offer(lease))
				statistics.skipped += 1;
		}
	}

	/** A free lease. Who holds one too long loses it; when none is free, the newest is let go of where only the hub
	 *  holds it, else the oldest is taken back. */
	private claimLease(): HubLease {
		const leases = this.#leases, newest = this.#newest;
		let free: HubLease | undefined, held = false;
		for (let i = 0; i < leases.length; i++) {
			const lease = leases[i]!;
			if (!lease.frame)
				free = lease;
			else if (lease !== newest || lease.references !== 1)
				held = true;
		}
		return free && !held ? free : this.reclaimLease();
	}

	/** The camera; who sets its frame rate sets `maxFrameRate`, too. */
	get source(): WatchedCamera {
		return this.#camera;
	}

	/** Frames a second sent at most. */
	get maxFrameRate(): number {
		return this.#maxFrameRate;
	}
	set maxFrameRate(frameRate: number) {
		this.#maxFrameRate = frameRate;
		this.#interval = 1_000_000 / frameRate;
		this.#due = 0;
		this.limit(this.quality, frameRate);
	}

	/** JPEG quality number that is asked for: the best one, where it is adapted. undefined when the camera has none. */
	get quality(): number | undefined {
		return this.#adaptation ? this.#adaptation.bestQuality : this.#camera.quality;
	}
	/** @throws when the camera does not take it */
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

	/** JPEG quality number that was chosen for the links; undefined when it is not adapted. */
	get adaptedQuality(): number | undefined {
		return this.#adaptation?.quality;
	}

	/** How often the camera was opened again. */
	get reopenCount(): number {
		return this.#camera.reopenCount;
	}

	/** Subscribers that play. */
	get playing(): number {
		return this.#playing;
	}

	/** RTP payload octets sent in all, by everybody. */
	get octetCount(): number {
		let count = this.#octetsGone;
		for (let i = 0; i < this.#consumers.length; i++)
			count += this.#consumers[i]!.octetCount;
		return count;
	}

	/** The camera's clock, microseconds. */
	now(): number {
		return this.#camera.now();
	}

	add(consumer: FrameConsumer): void {
		this.#consumers.push(consumer);
	}

	remove(consumer: FrameConsumer): void {
		const index = this.#consumers.indexOf(consumer);
		if (index < 0)
			return;
		this.#octetsGone += consumer.octetCount;
		this.#consumers.splice(index, 1);
	}

	/** The camera runs while somebody watches. */
	startedPlaying(): void {
		this.#playing += 1;
		if (this.#playing !== 1)
			return;
		if (this.#adaptation) {
			this.#adaptation.begin();
			this.adapt(this.#adaptation);
		}
		this.#camera.start();
	}

	stoppedPlaying(): void {
		this.#playing -= 1;
		if (this.#playing !== 0)
			return;
		// nobody wants to see it when the next one plays
		this.letGo();
		this.#camera.stop();
	}

	/** Once a second. */
	tick(): void {
		const now = this.#camera.now(), consumers = this.#consumers;
		// from the end: one that is stalled is gone after its tick, and others of its connection with it
		for (let i = consumers.length - 1; i >= 0; i--) {
			const consumer = consumers[i];
			consumer?.expire(now - this.#deadline);
			consumer?.tick(now);
		}
		if (this.#adaptation?.step(now, consumers))
			this.adapt(this.#adaptation);
		this.#camera.tick();
		this.repeat();
	}

	close(): void {
		for (let i = this.#consumers.length - 1; i >= 0; i--)
			this.#consumers[i]!.close();
		this.#camera.close();
		this.letGo();
	}

	/** The cap keeps a rhythm: a frame that comes late does not put off the next one, whose place in it stays. */
	private nextDue(captureTime: number): number {
		if (this.#due === 0)
			return captureTime + this.#interval;
		const earliest = captureTime - this.#interval;
		return (this.#due > earliest ? this.#due : earliest) + this.#interval;
	}

	/** The newest frame again, when there has been none for a while. */
	private repeat(): void {
		const lease = this.#newest, now = this.#camera.now();
		if (!lease || this.#playing === 0 || now - this.#offerTime < REPEAT_AFTER)
			return;
		this.statistics.repeated += 1;
		lease.captureTime = now;
		this.offer(lease);
	}

	/** The newest frame is kept no longer. */
	private letGo(): void {
		const lease = this.#newest;
		if (lease) {
			this.#newest = undefined;
			this.drop(lease);
		}
	}

	/** The camera will be closed, and its memory with it: a copy of the newest frame takes its place. */
	private vacate(): void {
		const consumers = this.#consumers, lease = this.#newest;
		for (let i = 0; i < consumers.length; i++)
			consumers[i]!.abandon();
		if (!lease || lease.frame instanceof Image)
			return;
		try {
			const still = new Image();
			still.assign(lease.frame);
			lease.frame!.close();
			lease.frame = still;
		}
		catch {
			// no memory for it: nothing is repeated
			this.letGo();
		}
	}

	/** Somebody has set quality or frame rate: they are bounds where they are adapted. */
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

	private reclaimLease(): HubLease {
		const leases = this.#leases, consumers = this.#consumers;
		const limit = this.#camera.now() - this.#deadline;
		for (let i = 0; i < consumers.length; i++)
			consumers[i]!.expire(limit);
		let oldest: HubLease = leases[0]!;
		for (let i = 0; i < leases.length; i++) {
			const lease = leases[i]!;
			if (!lease.frame)
				return lease;
			if (lease.captureTime < oldest.captureTime)
				oldest = lease;
		}
		const newest = this.#newest;
		this.letGo();
		if (newest && !newest.frame)
			return newest;
		this.revoke(oldest);
		return oldest;
	}

	private revoke(lease: HubLease): void {
		for (let i = 0; i < this.#consumers.length; i++) {
			const consumer = this.#consumers[i]!;
			if (consumer.lease === lease)
				consumer.abandon();
		}
	}

	private refuse(problem: number): void {
		this.statistics.refused += 1;
		if (problem !== this.#refusal) {
			this.#refusal = problem;
			this.#onNotice(`the camera's frames cannot be sent: ${Scan.errorName(problem)}`);
		}
	}
}
