// SPDX-License-Identifier: MIT
/**
 * An ESP32's camera: a sensor behind esp32-camera. It follows the pattern of the ECMA-419 image inputs and takes the
 * same options as the simulated camera. A separate task waits for frames (camera_capture.h) and passes the newest one
 * to this class.
 */

import { SensorControls } from "esp32camera/controls";
import { checkCallbacks, checkFrameRate, checkInteger, type CameraOptions } from "camera/options";
import { findSize, type FrameSize } from "camera/sizes";
import type { Controls, Frame, FrameLosses, FrameSource } from "../../../modules/camera/source";

/** Why a camera could not be opened. */
export interface CameraError extends Error {
	/** Missing hardware; absent for other causes, such as a lack of memory. */
	readonly code?: "no camera" | "no PSRAM";
}

/** Counts of frames since the camera was opened. They only rise. */
export interface CameraStatistics {
	/** Frames captured, whether read or not. */
	readonly captured: number;
	/** Frames replaced by a later one before they were read. */
	readonly overwritten: number;
	/** Frames skipped to keep the frame rate. */
	readonly skipped: number;
	/** How often the driver waited 4 seconds without receiving a frame. */
	readonly timeouts: number;
	/** Buffers from the driver that held no JPEG image. */
	readonly refused: number;
}

/** Validated options. */
interface DriverOptions {
	width: number;
	height: number;
	maxWidth: number;
	maxHeight: number;
	quality: number;
	bufferCount: number;
	xclk: number; // MHz; 0: the board's default
	interval: number; // microseconds
	onReadable: () => void;
}

/** The native half. Its methods throw "camera is closed" after `close`. */
class Driver extends Native("xs_esp32camera_destructor") {
	constructor(options: DriverOptions) {
		super();
		native("xs_esp32camera_constructor").call(this, options);
	}
	close(frames: readonly LeasedFrame[]): void {
		native("xs_esp32camera_close").call(this, frames);
	}
	start(): void {
		native("xs_esp32camera_start").call(this);
	}
	stop(): void {
		native("xs_esp32camera_stop").call(this);
	}
	read(frames: readonly LeasedFrame[]): LeasedFrame | undefined {
		return native("xs_esp32camera_read").call(this, frames) as LeasedFrame | undefined;
	}
	count(which: number): number {
		return native("xs_esp32camera_count").call(this, which) as number;
	}
	setInterval(microseconds: number): void {
		native("xs_esp32camera_setInterval").call(this, microseconds);
	}
	setQuality(quality: number): void {
		native("xs_esp32camera_setQuality").call(this, quality);
	}
	setSize(width: number, height: number): void {
		native("xs_esp32camera_setSize").call(this, width, height);
	}
	setControl(name: string, value: number): void {
		native("xs_esp32camera_setControl").call(this, name, value);
	}
	getControl(name: string): number | undefined {
		return native("xs_esp32camera_getControl").call(this, name) as number | undefined;
	}
	get sensor(): string {
		return native("xs_esp32camera_get_sensor").call(this) as string;
	}
	static now(): number {
		return native("xs_esp32camera_now").call(this) as number;
	}
}

/** The lease of one buffer: a host buffer over the image, empty after `close`. It is reused. */
class LeasedFrame extends Native("xs_esp32camera_frame_destructor") implements Frame {
	constructor(driver: Driver) {
		super();
		native("xs_esp32camera_frame_constructor").call(this, driver);
	}
	get byteLength(): number {
		return native("xs_esp32camera_frame_get_byteLength").call(this) as number;
	}
	get captureTime(): number {
		return native("xs_esp32camera_frame_get_captureTime").call(this) as number;
	}
	close(): void {
		native("xs_esp32camera_frame_close").call(this);
	}
}

/** The sensor as a camera. Only one can be open at a time. The steady state (capture, read, close of a frame) allocates
 *  nothing. */
export default class Camera implements FrameSource {
	readonly wholeImages = true;
	readonly bufferCount: number;
	/** Name of the sensor. */
	readonly sensor: string;
	#driver: Driver | undefined;
	#frames: LeasedFrame[] = [];
	#controls: SensorControls;
	#size: FrameSize;
	#width: number;
	#height: number;
	#quality: number;
	#frameRate: number;

	/** Opens the sensor, which takes a few hundred milliseconds.
	 *  @throws TypeError, RangeError an option is invalid; the message says what is allowed
	 *  @throws CameraError there is no sensor, no PSRAM, no JPEG, …; the message says what to do */
	constructor(options: CameraOptions) {
		checkCallbacks(options);
		const size = findSize(options);
		const largest = options.maxSize ? findSize({ size: options.maxSize }) : size;
		if (size.width * size.height > largest.width * largest.height)
			throw new RangeError(`maxSize ${largest.name} is smaller than ${size.name}`);
		if (options.frames)
			throw new RangeError("frames: a board has no folders");
		this.#size = size.name;
		this.#width = size.width;
		this.#height = size.height;
		this.#quality = checkInteger(options.quality ?? 12, "quality", 0, 63);
		this.#frameRate = checkFrameRate(options.frameRate ?? 25);
		this.bufferCount = checkInteger(options.bufferCount ?? 3, "bufferCount", 2, 8);
		const { onReadable } = options;
		const driver = new Driver({
			width: size.width,
			height: size.height,
			maxWidth: largest.width,
			maxHeight: largest.height,
			quality: this.#quality,
			bufferCount: this.bufferCount,
			xclk: options.xclk === undefined ? 0 : checkInteger(options.xclk, "xclk", 6, 24),
			interval: toInterval(this.#frameRate),
			onReadable,
		});
		this.#driver = driver;
		for (let i = 1; i < this.bufferCount; i++)
			this.#frames.push(new LeasedFrame(driver));
		this.sensor = driver.sensor;
		this.#controls = new SensorControls(this.sensor, driver);
		options.onNotice?.(`camera: ${this.sensor}, ${size.name}`);
		if ((options.sampling ?? "4:2:2") !== "4:2:2" || options.restartInterval)
			options.onNotice?.(
				"sampling and restartInterval are for the test card: the sensor makes 4:2:2 without restart markers",
			);
	}

	/** Stops the camera without waiting. Leased frames become empty. Closing twice is harmless. */
	close(): void {
		const driver = this.#driver;
		this.#driver = undefined;
		this.#controls.close();
		driver?.close(this.#frames);
	}

	/** Starts capturing. Has no effect while the camera runs.
	 *  @throws Error the camera is closed */
	start(): void {
		this.#need().start();
	}

	/** Stops capturing. Drops an unread frame; leases stay valid. Has no effect while the camera is stopped. */
	stop(): void {
		this.#driver?.stop();
	}

	/** Leases the newest frame.
	 *  @returns a frame that the caller closes; undefined if no new frame was captured since the last read, if all
	 *  leases are out (one buffer stays with the driver), or if the camera is closed */
	read(): Frame | undefined {
		return this.#driver?.read(this.#frames);
	}

	/** The present instant on the clock of `Frame.captureTime`: microseconds since the board's start. */
	now(): number {
		return Driver.now();
	}

	readLosses(losses: FrameLosses): void {
		const driver = this.#need();
		losses.late = driver.count(1);
		losses.unusable = driver.count(4);
	}

	get statistics(): CameraStatistics {
		const driver = this.#need();
		return { captured: driver.count(0), overwritten: driver.count(1), skipped: driver.count(2),
			timeouts: driver.count(3), refused: driver.count(4) };
	}

	/** Width of the next frame in pixels; 0 after `close`. */
	get width(): number {
		return this.#driver ? this.#width : 0;
	}
	/** Height in pixels; otherwise like `width`. */
	get height(): number {
		return this.#driver ? this.#height : 0;
	}

	/** The sensor's controls. */
	get controls(): Controls {
		return this.#controls;
	}

	/** Name of the frame size. A new size takes effect after one or two frames. */
	get size(): FrameSize {
		return this.#size;
	}
	/** @throws RangeError the sensor does not have this size, or it is too large for the frame buffers; the size does
	 *  not change
	 *  @throws Error the sensor rejected it, or the camera is closed */
	set size(name: FrameSize) {
		const size = findSize({ size: name });
		this.#need().setSize(size.width, size.height);
		this.#size = size.name;
		this.#width = size.width;
		this.#height = size.height;
		// the registers of a size overwrite some controls
		this.#controls.restore();
	}

	/** JPEG quality number, 0 (best) to 63. */
	get quality(): number {
		return this.#quality;
	}
	/** @throws TypeError, RangeError not an integer from 0 to 63
	 *  @throws Error the sensor rejected it, or the camera is closed */
	set quality(quality: number) {
		checkInteger(quality, "quality", 0, 63);
		this.#need().setQuality(quality);
		this.#quality = quality;
	}

	/** Frames per second, 0.1 to 1000; Infinity: all that the sensor delivers. */
	get frameRate(): number {
		return this.#frameRate;
	}
	/** @throws TypeError, RangeError not a number from 0.1 to 1000, nor Infinity
	 *  @throws Error the camera is closed */
	set frameRate(frameRate: number) {
		checkFrameRate(frameRate);
		this.#need().setInterval(toInterval(frameRate));
		this.#frameRate = frameRate;
	}

	#need(): Driver {
		if (!this.#driver)
			throw new Error("camera is closed");
		return this.#driver;
	}
}

/** @returns microseconds; 0: every frame */
function toInterval(frameRate: number): number {
	return Math.round(1_000_000 / frameRate);
}
