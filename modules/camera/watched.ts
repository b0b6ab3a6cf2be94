// SPDX-License-Identifier: MIT
/**
 * The camera as the frame hub sees it: one that recovers. The camera is watched for silence and reopened when the
 * silence lasts. When that fails, it is retried with growing pauses. The clock continues through all of this.
 */

import { Backoff } from "../common/backoff";
import { errorText } from "../common/errortext";
import type { Control, Frame, FrameLosses, FrameSource } from "./source";

/** Who the camera works for. */
export interface CameraOwner {
	/** A new frame can be read. */
	capture(): void;
	/** The camera is closed when this returns: the callee must close its frames. */
	vacate(): void;
}

export interface WatchedCameraOptions {
	/** Opens the camera. It may throw. */
	readonly openSource: (onReadable: () => void) => FrameSource;
	/** Seconds without a frame after which the camera is reopened; Infinity for never. */
	readonly timeout: number;
	/** Requested frames per second: a slow camera is not a silent one. */
	readonly frameRate: number;
	/** Sensor controls by name, set whenever the camera is opened. Unsupported controls are skipped with a notice. */
	readonly controls?: Readonly<Record<string, number>> | undefined;
	/** Milliseconds, monotonic. Measures silence, and replaces the camera's clock while no camera is open. */
	readonly uptime: () => number;
	readonly owner: CameraOwner;
	readonly onNotice: (message: string) => void;
}

/** Values that the camera has for a short time. */
export interface Loan {
	/** undefined: as it is. */
	readonly size: string | undefined;
	readonly quality: number | undefined;
	/** The loan ends early: somebody else needs the camera, or it was closed. */
	ended(): void;
}

/** Silence that is reported: at least this many milliseconds and frame intervals. */
const SILENCE = 2000;
const SILENT_FRAMES = 3;
/** Pauses before the camera is reopened, beyond the timeout, milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

export class WatchedCamera {
	/** Number of times that the camera was reopened. */
	reopenCount = 0;
	/** As FrameSource says. */
	wholeImages = false;
	/** When the frame that `read` returned was captured, microseconds on `now`'s clock. */
	captureTime = 0;
	// members that every frame needs come first, because the engine searches members in order
	#source: FrameSource | undefined;
	/** Offset from the camera's clock to ours, microseconds. */
	#shift = 0;
	/** Whether the next frame ends a silence or a failure. */
	#troubled = true;
	/** The capture time that was last evaluated. */
	#datedTime = 0;
	readonly #options: WatchedCameraOptions;
	readonly #backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
	/** The current camera's way to the owner. A closed camera may call back once more: it is then cut. */
	#line = { open: false };
	#running = false;
	#width = 0;
	#height = 0;
	/** Instant at which the last camera was closed: on our clock, microseconds, and as `uptime`, milliseconds. */
	#stopTime = 0;
	#stopUptime: number;
	#lastFrame: number;
	#opened: number;
	#silenceTold = false;
	/** The last failure reported. */
	#failure = "";
	/** Values that were set while the camera ran. A reopened camera gets them again. */
	#size: string | undefined;
	#quality: number | undefined;
	#frameRate: number;
	#frameRateSet = false;
	#loan: Loan | undefined;
	/** Values before the loan. */
	#lentSize: string | undefined;
	#lentQuality: number | undefined;
	readonly #controls = new Map<string, number>();
	/** Controls that a notice has reported as refused. */
	readonly #refusedControls = new Set<string>();

	/** @throws what `openSource` throws */
	constructor(options: WatchedCameraOptions) {
		this.#options = options;
		this.#frameRate = options.frameRate;
		for (const [name, value] of Object.entries(options.controls ?? {}))
			this.#controls.set(name, value);
		this.#lastFrame = this.#opened = this.#stopUptime = options.uptime();
		this.connect();
		// the first camera's clock is ours
		this.#shift = 0;
	}

	get width(): number {
		const width = this.#source?.width;
		return width ? (this.#width = width) : this.#width;
	}

	get height(): number {
		const height = this.#source?.height;
		return height ? (this.#height = height) : this.#height;
	}

	get bufferCount(): number {
		return this.#source?.bufferCount ?? 0;
	}

	/** Like FrameSource's `size`, `quality` and `frameRate`, but cannot be set while no camera is open. Not those of a
	 *  loan, which ends when they are set. */
	get size(): string | undefined {
		if (this.#loan)
			return this.#lentSize;
		return this.#source ? this.#source.size : this.#size;
	}
	set size(size: string | undefined) {
		this.recall();
		this.need().size = size;
		this.#size = size;
	}

	get quality(): number | undefined {
		if (this.#loan)
			return this.#lentQuality;
		return this.#source ? this.#source.quality : this.#quality;
	}
	set quality(quality: number | undefined) {
		this.recall();
		this.need().quality = quality;
		this.#quality = quality;
	}

	get frameRate(): number | undefined {
		return this.#source ? this.#source.frameRate : this.#frameRate;
	}
	set frameRate(frameRate: number | undefined) {
		this.need().frameRate = frameRate;
		this.#frameRate = frameRate!;
		this.#frameRateSet = true;
	}

	/** Name of the sensor, while a camera is open. */
	get sensor(): string | undefined {
		return this.#source?.sensor;
	}

	/** Controls of the sensor. Empty while no camera is open. */
	get controls(): readonly Control[] {
		return this.#source?.controls?.list ?? [];
	}

	getControl(name: string): number | undefined {
		return this.#source?.controls?.get(name);
	}

	/** Sets a control, on this camera and on those opened later.
	 *  @throws as `Controls.set` does, and if no camera is open */
	setControl(name: string, value: number): void {
		const { controls } = this.need();
		if (!controls)
			throw new RangeError(`the camera has no ${name}`);
		controls.set(name, value);
		this.#controls.set(name, value);
	}

	/** Whether a camera is open. */
	get isOpen(): boolean {
		return this.#source !== undefined;
	}

	/** Milliseconds without a frame, as known at the last `tick`; 0 while the camera is stopped. */
	get silence(): number {
		return this.#running ? this.#options.uptime() - this.#lastFrame : 0;
	}

	/** Fills in what the open camera has lost. Never throws. */
	readLosses(losses: FrameLosses): void {
		losses.late = losses.unbuffered = losses.unusable = 0;
		try {
			this.#source?.readLosses?.(losses);
		}
		catch {
			// a camera that fails is reopened
		}
	}

	/** Sets a size and a quality until `takeBack`. A reopened camera does not get them: whatever happens to the camera,
	 *  the loan ends.
	 *  @throws if the camera refuses them, or if no camera is open; nothing is lent then */
	lend(loan: Loan): void {
		const source = this.need(), { size, quality } = loan;
		this.#lentSize = source.size;
		this.#lentQuality = source.quality;
		this.#loan = loan;
		try {
			if (size !== undefined)
				source.size = size;
			if (quality !== undefined)
				source.quality = quality;
		}
		catch (error) {
			this.takeBack(loan);
			throw error;
		}
	}

	/** Ends a loan. No effect if it has ended. Never throws. */
	takeBack(loan: Loan): void {
		if (this.#loan !== loan)
			return;
		this.#loan = undefined;
		const source = this.#source;
		try {
			if (source && source.size !== this.#lentSize)
				source.size = this.#lentSize;
			if (source && source.quality !== this.#lentQuality)
				source.quality = this.#lentQuality;
			if (source)
				this.configure(source);
		}
		catch {
			// a reopened camera has them
			this.reopen();
		}
	}

	/** Ends the loan, if there is one, and tells the borrower. Never throws. */
	recall(): void {
		const loan = this.#loan;
		if (!loan)
			return;
		this.takeBack(loan);
		loan.ended();
	}

	/** Closes the camera and opens it again. If that fails, it is retried while the camera is wanted. */
	reopen(): void {
		if (this.#source)
			this.disconnect();
		this.#troubled = true;
		this.reconnect();
	}

	/** Microseconds, monotonic across cameras. */
	now(): number {
		const source = this.#source;
		return source
			? source.now() + this.#shift
			: this.#stopTime + (this.#options.uptime() - this.#stopUptime) * 1000;
	}

	/** Requests a JPEG quality and a frame rate from a camera that supports them, and from those opened later. */
	adapt(quality: number, frameRate: number): void {
		this.#quality = quality;
		this.#frameRate = frameRate;
		this.#frameRateSet = true;
		// the end of a loan does it otherwise
		if (this.#source && !this.#loan)
			this.configure(this.#source);
	}

	start(): void {
		this.#running = true;
		this.#lastFrame = this.#options.uptime();
		this.#silenceTold = false;
		if (!this.#source)
			this.retry();
		else {
			try {
				this.#source.start();
			}
			catch (error) {
				this.disconnect();
				this.fail(error);
			}
		}
	}

	stop(): void {
		this.#running = false;
		try {
			this.#source?.stop();
		}
		catch {
			// a camera that cannot stop is simply not read
		}
	}

	/** Leases the newest frame, and sets `captureTime`. Never throws. */
	read(): Frame | undefined {
		let frame: Frame | undefined;
		try {
			frame = this.#source!.read();
			if (!frame)
				return undefined;
			this.captureTime = frame.captureTime + this.#shift;
		}
		catch {
			// no frame, or no camera; `tick` acts if the silence lasts
			return undefined;
		}
		if (this.#troubled)
			this.recover();
		return frame;
	}

	/** Call it once a second. */
	tick(): void {
		if (!this.#running)
			return;
		if (!this.#source) {
			this.retry();
			return;
		}
		const { uptime, timeout, onNotice } = this.#options;
		const now = uptime();
		this.dateLastFrame(now);
		const silence = now - this.#lastFrame, patience = (SILENT_FRAMES * 1000) / this.#frameRate;
		if (!this.#silenceTold && silence >= SILENCE && silence >= patience) {
			this.#silenceTold = this.#troubled = true;
			onNotice(`no frame from the camera for ${seconds(silence)}`);
		}
		const limit = (timeout * 1000 > patience ? timeout * 1000 : patience) + this.#backoff.pause;
		if (silence >= limit && now - this.#opened >= limit) {
			onNotice(`no frame from the camera for ${seconds(silence)}: it is reopened`);
			this.disconnect();
			this.#backoff.failed(now);
			this.#troubled = true;
			this.reconnect();
		}
	}

	close(): void {
		this.#running = false;
		if (this.#source)
			this.disconnect();
	}

	/** Evaluates the capture instant of the last frame, once a second instead of with every frame. */
	private dateLastFrame(now: number): void {
		if (this.captureTime === this.#datedTime)
			return;
		const age = (this.now() - this.captureTime) / 1000;
		this.#lastFrame = Math.max(this.#lastFrame, age > 0 ? now - age : now);
		this.#datedTime = this.captureTime;
	}

	private recover(): void {
		const uptime = this.#options.uptime();
		if (this.#silenceTold)
			this.#options.onNotice(`the camera delivers frames again after ${seconds(uptime - this.#lastFrame)}`);
		this.#silenceTold = this.#troubled = false;
		this.#failure = "";
		this.#lastFrame = uptime;
		this.#backoff.succeeded();
	}

	private retry(): void {
		if (this.#backoff.isReady(this.#options.uptime()))
			this.reconnect();
	}

	private reconnect(): void {
		this.reopenCount += 1;
		try {
			this.connect();
			if (this.#running)
				this.#source!.start();
		}
		catch (error) {
			if (this.#source)
				this.disconnect();
			this.fail(error);
		}
	}

	private connect(): void {
		const now = this.now();
		const { owner, openSource } = this.#options, line = { open: false };
		const source = openSource(() => {
			if (!line.open)
				return;
			try {
				owner.capture();
			}
			catch (error) {
				// no exception may reach the camera
				this.#tellError(error);
			}
		});
		this.#shift = now - source.now();
		this.#source = source;
		this.#line = line;
		line.open = true;
		this.wholeImages = source.wholeImages ?? false;
		this.#opened = this.#options.uptime();
		this.configure(source);
		this.tune(source);
	}

	private disconnect(): void {
		try {
			this.#options.owner.vacate();
		}
		catch (error) {
			this.#tellError(error);
		}
		const source = this.#source!;
		this.#datedTime = this.captureTime;
		this.#width = source.width || this.#width;
		this.#height = source.height || this.#height;
		this.#stopTime = this.now();
		this.#stopUptime = this.#options.uptime();
		this.#source = undefined;
		this.#line.open = false;
		try {
			source.close();
		}
		catch {
			// the camera is gone either way
		}
		this.recall();
	}

	/** Reports an exception, unless there is no memory for the notice. Never throws. */
	#tellError(error: unknown): void {
		try {
			this.#options.onNotice(`internal error: ${errorText(error)}`);
		}
		catch {
			// the next notice may find memory
		}
	}

	private need(): FrameSource {
		if (!this.#source)
			throw new Error("no camera is open");
		return this.#source;
	}

	private configure(source: FrameSource): void {
		try {
			if (this.#size !== undefined && source.size !== this.#size)
				source.size = this.#size;
			if (this.#quality !== undefined && source.quality !== undefined && source.quality !== this.#quality)
				source.quality = this.#quality;
			if (this.#frameRateSet && source.frameRate !== undefined && source.frameRate !== this.#frameRate)
				source.frameRate = this.#frameRate;
		}
		catch {
			// the camera keeps its values; the hub's own cap holds the frame rate
		}
	}

	/** Sets the requested controls. A refused one is reported once. */
	private tune({ controls }: FrameSource): void {
		for (const [name, value] of this.#controls) {
			try {
				if (!controls)
					throw new RangeError(`the camera has no ${name}`);
				controls.set(name, value);
			}
			catch (error) {
				if (!this.#refusedControls.has(name))
					this.#options.onNotice(`${name}=${value} is skipped: ${errorText(error)}`);
				this.#refusedControls.add(name);
			}
		}
	}

	private fail(error: unknown): void {
		const failure = errorText(error);
		this.#backoff.failed(this.#options.uptime());
		this.#troubled = true;
		if (failure !== this.#failure) {
			this.#failure = failure;
			this.#options.onNotice(
				`the camera cannot be opened (${failure}): retrying at least every ${LONGEST_PAUSE / 1000} s`,
			);
		}
	}
}

function seconds(milliseconds: number): string {
	return `${(milliseconds / 1000).toFixed(0)} s`;
}
