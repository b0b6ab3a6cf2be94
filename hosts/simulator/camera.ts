// SPDX-License-Identifier: MIT
/**
 * The simulated camera, the desktop's substitute for an OV2640. It behaves like the sensor behind esp32-camera with
 * CAMERA_GRAB_LATEST: the number of frame buffers is bounded, the latest frame wins, frames carry their capture time,
 * an image larger than its buffer is lost, and size and quality can change while it runs.
 *
 * It shows a test card (core/test_card.h) or replays a folder of JPEG files.
 */

import { checkCallbacks, checkFrameRate, checkInteger, type CameraOptions } from "camera/options";
import { findSize, type FrameSize } from "camera/sizes";
import Timer from "timer";
import { SimulatedControls } from "simulator/controls";
import type { Controls, Frame, FrameLosses, FrameSource } from "../../modules/camera/source";

/** Counts of frames since the camera was created. They only rise. */
export interface CameraStatistics {
	/** Frames captured, whether read or not. */
	readonly captured: number;
	/** Frames replaced by a later one before they were read. */
	readonly overwritten: number;
	/** Frames not captured because every buffer was leased, or because there was no memory for one. */
	readonly dropped: number;
	/** Frames not captured because the image was larger than a buffer, which holds width * height / 5 bytes. A higher
	 *  quality number helps. */
	readonly oversized: number;
	/** Frames not captured because the program was busy for at least one frame interval. */
	readonly missed: number;
}

/** Flags in the result of `Driver.capture`; the same as in simulator.c. */
const CAPTURED = 1;
const OVERSIZED = 2;
/** Above the flags: milliseconds until the next capture. */
const DELAY_SHIFT = 8;

/** Validated options. */
interface DriverOptions {
	width: number;
	height: number;
	frameRate: number; // tenths of frames per second
	quality: number;
	sampling: number; // luma sampling factors as in SOF0
	restartInterval: number;
	bufferCount: number;
	frames: string | undefined;
	onNotice: ((message: string) => void) | undefined;
}

/** The frame buffers and the image source. Methods throw "camera is closed" after `close`. */
class Driver extends Native("xs_simulator_destructor") {
	constructor(options: DriverOptions) {
		super();
		native("xs_simulator_constructor").call(this, options);
	}
	close(frames: readonly LeasedFrame[]): void {
		native("xs_simulator_close").call(this, frames);
	}
	/** Starts the grid of captures at the present instant.
	 *  @param interval microseconds */
	start(interval: number): void {
		native("xs_simulator_start").call(this, interval);
	}
	/** Captures a frame.
	 *  @returns flags, and the delay until the next capture on the grid */
	capture(): number {
		return native("xs_simulator_capture").call(this) as number;
	}
	/** Changes the grid's interval, from the last capture on.
	 *  @param interval microseconds
	 *  @returns milliseconds until the next capture */
	setInterval(interval: number): number {
		return native("xs_simulator_setInterval").call(this, interval) as number;
	}
	/** @param which 0: captured, 1: overwritten, 2: dropped, 3: oversized, 4: missed */
	count(which: number): number {
		return native("xs_simulator_count").call(this, which) as number;
	}
	read(frames: readonly LeasedFrame[]): LeasedFrame | undefined {
		return native("xs_simulator_read").call(this, frames) as LeasedFrame | undefined;
	}
	discard(): void {
		native("xs_simulator_discard").call(this);
	}
	setQuality(quality: number): void {
		native("xs_simulator_setQuality").call(this, quality);
	}
	setFrameRate(tenths: number): void {
		native("xs_simulator_setFrameRate").call(this, tenths);
	}
	setSize(width: number, height: number): void {
		native("xs_simulator_setSize").call(this, width, height);
	}
	/** @param index in the order of controls.ts */
	setControl(index: number, value: number): void {
		native("xs_simulator_setControl").call(this, index, value);
	}
	get width(): number {
		return native("xs_simulator_get_width").call(this) as number;
	}
	get height(): number {
		return native("xs_simulator_get_height").call(this) as number;
	}
	static now(): number {
		return native("xs_simulator_now").call(this) as number;
	}
}

/** The lease of one buffer: a host buffer over the image, empty after `close`. There is one per buffer, and it is
 *  reused. */
class LeasedFrame extends Native("xs_simulator_frame_destructor") implements Frame {
	constructor(driver: Driver) {
		super();
		native("xs_simulator_frame_constructor").call(this, driver);
	}
	get byteLength(): number {
		return native("xs_simulator_frame_get_byteLength").call(this) as number;
	}
	get captureTime(): number {
		return native("xs_simulator_frame_get_captureTime").call(this) as number;
	}
	close(): void {
		native("xs_simulator_frame_close").call(this);
	}
}

/** A camera without a sensor. The steady state (capture, read, close of a frame) allocates nothing. */
export default class Camera implements FrameSource {
	readonly wholeImages = true;
	readonly bufferCount: number;
	/** What a sensor's controls do to the test card; undefined while files are replayed. */
	readonly controls: Controls | undefined;
	// the engine searches members in order: those that every frame needs come first
	#driver: Driver | undefined;
	readonly #frames: LeasedFrame[] = [];
	/** Result of `Driver.capture` that needs no action but reading the frame. */
	#usual = 0;
	readonly #onReadable: () => void;
	/** Statistics of a driver that is closed. */
	#last: CameraStatistics | undefined;
	#onNotice: ((message: string) => void) | undefined;
	/** Quality and width in the last notice about oversized images. */
	#oversizedQuality = -1;
	#oversizedWidth = 0;
	#timer: Timer | undefined;
	#size: FrameSize | undefined;
	#quality: number;
	#frameRate: number;

	/** @throws TypeError, RangeError an option is invalid; the message says what is allowed
	 *  @throws Error `frames` is not a folder with a JPEG file that RTP can carry */
	constructor(options: CameraOptions) {
		const size = findSize(options);
		const frames = options.frames;
		if (frames !== undefined && (typeof frames !== "string" || !frames))
			throw new TypeError("frames must be the path of a folder");
		const sampling = options.sampling ?? "4:2:2";
		if (sampling !== "4:2:2" && sampling !== "4:2:0")
			throw new RangeError("sampling must be \"4:2:2\" or \"4:2:0\"");
		checkCallbacks(options);
		this.#onReadable = options.onReadable;
		this.#onNotice = options.onNotice;
		this.#quality = checkInteger(options.quality ?? 12, "quality", 0, 63);
		this.#frameRate = checkFrameRate(options.frameRate ?? 25);
		this.#size = frames === undefined ? size.name : undefined;
		this.bufferCount = checkInteger(options.bufferCount ?? 3, "bufferCount", 2, 8);

		const driver = new Driver({
			width: size.width,
			height: size.height,
			frameRate: tenths(this.#frameRate),
			quality: this.#quality,
			sampling: sampling === "4:2:2" ? 0x21 : 0x22,
			restartInterval: checkInteger(options.restartInterval ?? 0, "restartInterval", 0, 65535),
			bufferCount: this.bufferCount,
			frames,
			onNotice: options.onNotice,
		});
		for (let i = 0; i < this.bufferCount; i++)
			this.#frames.push(new LeasedFrame(driver));
		this.#driver = driver;
		this.controls = frames === undefined
			? new SimulatedControls((index, value) => this.#look(index, value))
			: undefined;
	}

	/** Stops the camera and frees its buffers. Leased frames become empty. Closing twice is harmless. */
	close(): void {
		this.stop();
		this.#last = this.statistics;
		this.#driver?.close(this.#frames);
		this.#driver = undefined;
	}

	/** Captures immediately, then at the frame rate. Has no effect while the camera runs.
	 *  @throws Error the camera is closed */
	start(): void {
		if (!this.#driver)
			throw new Error("camera is closed");
		if (this.#timer)
			return;
		this.#driver.start(1_000_000 / this.#frameRate);
		const driver = this.#driver, onReadable = this.#onReadable;
		this.#usual = CAPTURED | 1 << DELAY_SHIFT;
		this.#timer = Timer.repeat(() => {
			const result = driver.capture();
			if (result === this.#usual)
				onReadable();
			else
				this.#evaluate(result);
		}, 1);
	}

	/** Stops capturing. Drops an unread frame; leases stay valid. Has no effect while the camera is stopped. */
	stop(): void {
		if (!this.#timer)
			return;
		Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#driver?.discard();
	}

	/** Leases the newest frame.
	 *  @returns a frame that the caller closes; undefined if no new frame was captured since the last read, or if the
	 *  camera is closed */
	read(): Frame | undefined {
		return this.#driver?.read(this.#frames);
	}

	/** The present instant on the clock of `Frame.captureTime`: monotonic, microseconds. */
	now(): number {
		return Driver.now();
	}

	/** Width in pixels of the next frame; of the latest one while files are replayed; 0 after `close`. */
	get width(): number {
		return this.#driver?.width ?? 0;
	}

	/** Height in pixels; otherwise like `width`. */
	get height(): number {
		return this.#driver?.height ?? 0;
	}

	/** Name of the frame size; undefined while files are replayed. A new size applies from the next captured frame. */
	get size(): FrameSize | undefined {
		return this.#size;
	}
	/** @throws RangeError the sensor does not have this size, or there is not enough memory; the size does not change
	 *  @throws Error files are replayed, or the camera is closed */
	set size(name: FrameSize) {
		const size = findSize({ size: name });
		if (!this.#driver)
			throw new Error("camera is closed");
		this.#driver.setSize(size.width, size.height);
		this.#size = size.name;
	}

	/** JPEG quality number, 0 (best) to 63. A new value applies from the next captured frame. Replayed files keep their
	 *  own quality. */
	get quality(): number {
		return this.#quality;
	}
	/** @throws TypeError, RangeError not an integer from 0 to 63 */
	set quality(quality: number) {
		this.#quality = checkInteger(quality, "quality", 0, 63);
		this.#driver?.setQuality(quality);
	}

	readLosses(losses: FrameLosses): void {
		const driver = this.#driver;
		if (!driver)
			return;
		losses.late = driver.count(1) + driver.count(4);
		losses.unbuffered = driver.count(2);
		losses.unusable = driver.count(3);
	}

	get statistics(): CameraStatistics {
		const driver = this.#driver;
		return driver
			? { captured: driver.count(0), overwritten: driver.count(1), dropped: driver.count(2),
				oversized: driver.count(3), missed: driver.count(4) }
			: this.#last!;
	}

	/** Frames per second, 0.1 to 1000; Infinity: as many as possible. */
	get frameRate(): number {
		return this.#frameRate;
	}
	/** @throws TypeError, RangeError not a number from 0.1 to 1000, nor Infinity */
	set frameRate(frameRate: number) {
		this.#frameRate = checkFrameRate(frameRate);
		this.#driver?.setFrameRate(tenths(frameRate));
		if (this.#timer)
			this.#schedule(this.#driver!.setInterval(1_000_000 / frameRate));
	}

	#look(index: number, value: number): void {
		if (!this.#driver)
			throw new Error("camera is closed");
		this.#driver.setControl(index, value);
	}

	/** @param result of `Driver.capture` */
	#evaluate(result: number): void {
		this.#schedule(result >> DELAY_SHIFT);
		if (result & OVERSIZED)
			this.#tellOversized();
		if (result & CAPTURED)
			this.#onReadable();
	}

	/** Reports once for each quality and size, since the next such image may fit. */
	#tellOversized(): void {
		const { quality, width, height } = this;
		if (this.#oversizedQuality === quality && this.#oversizedWidth === width)
			return;
		this.#oversizedQuality = quality;
		this.#oversizedWidth = width;
		this.#onNotice?.(
			`images of ${width}x${height} at quality ${quality} are larger than their buffer and are lost: use a `
				+ "higher quality number",
		);
	}

	/** @param delay until the next capture, milliseconds */
	#schedule(delay: number): void {
		this.#usual = CAPTURED | delay << DELAY_SHIFT;
		// delay and repeat are the same: the SDK's timer on Linux starts a second one when they differ within the
		// callback
		Timer.schedule(this.#timer!, delay, delay);
	}
}

/** @returns tenths of frames per second; 0: as many as possible */
function tenths(frameRate: number): number {
	return frameRate === Infinity ? 0 : Math.round(frameRate * 10);
}
