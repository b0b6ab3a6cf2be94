// SPDX-License-Identifier: MIT
/**
 * The camera as the frame hub has it: one that comes back. It is watched for silence, closed and opened again when the
 * silence lasts, and opened again, at growing distances, when that fails. Its clock goes on through all of it.
 */

import { Backoff } from "../common/backoff";
import { errorText } from "../common/errortext";
import type { Control, Frame, FrameSource } from "./source";

export interface WatchedCameraOptions {
	/** Opens the camera. It may throw. */
	readonly openSource: (onReadable: () => void) => FrameSource;
	/** Seconds without a frame after which the camera is opened again; Infinity: never. */
	readonly timeout: number;
	/** Frames a second that are asked of it: a slow camera is not a silent one. */
	readonly frameRate: number;
	/** What its sensor is told when it is opened: values by name. What it has not is a notice. */
	readonly controls?: Readonly<Record<string, number>> | undefined;
	/** Milliseconds, monotonic: measures silence, and takes the place of the camera's clock while there is no
	 *  camera. */
	readonly uptime: () => number;
	/** A frame is there to be read. */
	readonly onReadable: () => void;
	/** The camera will be closed when this returns: its frames have to be given back. */
	readonly onClosing: () => void;
	readonly onNotice: (message: string) => void;
}

/** Silence that is worth a word: milliseconds, and distances between frames. */
const SILENCE = 2000;
const SILENT_FRAMES = 3;
/** Pauses before the camera is opened again, beyond the timeout: milliseconds. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

export class WatchedCamera {
	/** How often it was opened again. */
	reopenCount = 0;
	// what every frame needs is found first: the engine searches members in their order
	#source: FrameSource | undefined;
	/** From the camera's clock to ours, microseconds. */
	#shift = 0;
	/** When the last frame was captured, microseconds on the camera's clock; undefined: that was looked at. */
	#captureTime: number | undefined;
	/** The next frame ends a silence, or a failure. */
	#troubled = true;
	readonly #options: WatchedCameraOptions;
	readonly #backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
	/** Told from the one before by its number: a closed camera may call back once more. */
	#generation = 0;
	#running = false;
	#width = 0;
	#height = 0;
	/** Our clock when there was a camera last, microseconds, and that instant on the other clock, milliseconds. */
	#stopTime = 0;
	#stopUptime: number;
	#lastFrame: number;
	#opened: number;
	#silenceTold = false;
	/** The last failure that was told. */
	#failure = "";
	/** What was asked for while it ran: a camera that is opened again gets it. */
	#size: string | undefined;
	#quality: number | undefined;
	#frameRate: number;
	#frameRateSet = false;
	readonly #controls = new Map<string, number>();
	/** Those that a notice was about. */
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

	/** As FrameSource says. While there is no camera they cannot be set. */
	get size(): string | undefined {
		return this.#source ? this.#source.size : this.#size;
	}
	set size(size: string | undefined) {
		this.need().size = size;
		this.#size = size;
	}

	get quality(): number | undefined {
		return this.#source ? this.#source.quality : this.#quality;
	}
	set quality(quality: number | undefined) {
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

	/** Name of the sensor, while there is a camera. */
	get sensor(): string | undefined {
		return this.#source?.sensor;
	}

	/** What its sensor can be told. Empty while there is no camera. */
	get controls(): readonly Control[] {
		return this.#source?.controls?.list ?? [];
	}

	getControl(name: string): number | undefined {
		return this.#source?.controls?.get(name);
	}

	/** A camera that is opened later gets it, too. @throws as `Controls.set` does, and when there is no camera */
	setControl(name: string, value: number): void {
		const { controls } = this.need();
		if (!controls)
			throw new RangeError(`the camera has no ${name}`);
		controls.set(name, value);
		this.#controls.set(name, value);
	}

	/** Microseconds, monotonic across cameras. */
	now(): number {
		const source = this.#source;
		return source
			? source.now() + this.#shift
			: this.#stopTime + (this.#options.uptime() - this.#stopUptime) * 1000;
	}

	/** A frame's instant of capture on `now`'s clock. */
	captureTime(frame: Frame): number {
		return (this.#captureTime = frame.captureTime) + this.#shift;
	}

	/** Asks for a JPEG quality and a frame rate, of cameras that know how; of one that is opened later, too. */
	adapt(quality: number, frameRate: number): void {
		this.#quality = quality;
		this.#frameRate = frameRate;
		this.#frameRateSet = true;
		if (this.#source)
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
			// a camera that cannot stop is not read
		}
	}

	read(): Frame | undefined {
		let frame: Frame | undefined;
		try {
			frame = this.#source?.read();
		}
		catch {
			// no frame: silence tells what comes of it
		}
		if (frame && this.#troubled)
			this.recover();
		return frame;
	}

	/** Once a second. */
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
			onNotice(`no frame from the camera for ${seconds(silence)}: it is opened again`);
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

	/** Once a second instead of with every frame. */
	private dateLastFrame(now: number): void {
		if (this.#captureTime === undefined)
			return;
		const age = (this.#source!.now() - this.#captureTime) / 1000;
		this.#lastFrame = Math.max(this.#lastFrame, age > 0 ? now - age : now);
		this.#captureTime = undefined;
	}

	private recover(): void {
		const uptime = this.#options.uptime();
		if (this.#silenceTold)
			this.#options.onNotice(`the camera delivers again after ${seconds(uptime - this.#lastFrame)}`);
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
		const generation = ++this.#generation;
		const source = this.#options.openSource(() => {
			if (generation === this.#generation && this.#source)
				this.readable();
		});
		this.#shift = now - source.now();
		this.#source = source;
		this.#opened = this.#options.uptime();
		this.configure(source);
		this.tune(source);
	}

	private disconnect(): void {
		try {
			this.#options.onClosing();
		}
		catch (error) {
			this.#options.onNotice(`internal error: ${errorText(error)}`);
		}
		const source = this.#source!;
		this.#captureTime = undefined;
		this.#width = source.width || this.#width;
		this.#height = source.height || this.#height;
		this.#stopTime = this.now();
		this.#stopUptime = this.#options.uptime();
		this.#source = undefined;
		try {
			source.close();
		}
		catch {
			// it is gone either way
		}
	}

	private need(): FrameSource {
		if (!this.#source)
			throw new Error("there is no camera");
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
			// it keeps what it has; the hub's own cap holds the frame rate
		}
	}

	/** Tells the sensor what was asked for. What it does not take is said once. */
	private tune({ controls }: FrameSource): void {
		for (const [name, value] of this.#controls) {
			try {
				if (!controls)
					throw new RangeError(`the camera has no ${name}`);
				controls.set(name, value);
			}
			catch (error) {
				if (!this.#refusedControls.has(name))
					this.#options.onNotice(`${name}=${value} is passed over: ${errorText(error)}`);
				this.#refusedControls.add(name);
			}
		}
	}

	/** Called by the camera: nothing may be thrown into it. */
	private readable(): void {
		try {
			this.#options.onReadable();
		}
		catch (error) {
			this.#options.onNotice(`internal error: ${errorText(error)}`);
		}
	}

	private fail(error: unknown): void {
		const failure = errorText(error);
		this.#backoff.failed(this.#options.uptime());
		this.#troubled = true;
		if (failure !== this.#failure) {
			this.#failure = failure;
			this.#options.onNotice(
				`the camera cannot be opened (${failure}): it is tried again, every ${LONGEST_PAUSE / 1000} s at `
					+ "least",
			);
		}
	}
}

function seconds(milliseconds: number): string {
	return `${(milliseconds / 1000).toFixed(0)} s`;
}
