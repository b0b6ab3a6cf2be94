// SPDX-License-Identifier: MIT
/**
 * The simulated camera: what the desktop has in place of an OV2640. It behaves as the sensor behind esp32-camera does
 * with CAMERA_GRAB_LATEST: a bounded number of frame buffers, the latest frame wins, frames carry their instant of
 * capture, an image larger than its buffer is lost, size and quality change while it runs.
 *
 * It shows a test card (core/test_card.h), or replays a folder of JPEG files.
 */

import { checkCallbacks, checkFrameRate, checkInteger, type CameraOptions } from "camera/options";
import { findSize, type FrameSize } from "camera/sizes";
import Timer from "timer";
import type { Frame, FrameSource } from "../../modules/camera/source";

/** What has become of frames since the camera was made. Counts only rise. */
export interface CameraStatistics {
	/** Captured, whether read or not. */
	readonly captured: number;
	/** Captured, but a later one was captured before they were read. */
	readonly overwritten: number;
	/** Not captured: every buffer was leased (or there was no memory for one). */
	readonly dropped: number;
	/** Not captured: the image was larger than a buffer, which holds width * height / 5 bytes. A higher quality number
	 *  helps. */
	readonly oversized: number;
	/** Not captured: the program was busy for a whole frame or more, and came too late. */
	readonly missed: number;
}

/** Result of `Driver.capture`: a sum. simulator.c has the same. */
const CAPTURED = 1;
const OVERWRITTEN = 2;
const OVERSIZED = 4;
const NO_BUFFER = 8;

/** Everything, checked. */
interface DriverOptions {
	width: number;
	height: number;
	frameRate: number; // tenths of frames a second
	quality: number;
	sampling: number; // luma sampling factors as in SOF0
	restartInterval: number;
	bufferCount: number;
	frames: string | undefined;
	onNotice: ((message: string) => void) | undefined;
}

/** Frame buffers and what fills them. Throws "camera is closed" after `close`. */
class Driver extends Native("xs_simulator_destructor") {
	constructor(options: DriverOptions) {
		super();
		native("xs_simulator_constructor").call(this, options);
	}
	close(frames: readonly LeasedFrame[]): void {
		native("xs_simulator_close").call(this, frames);
	}
	capture(): number {
		return native("xs_simulator_capture").call(this) as number;
	}
	read(frames: readonly LeasedFrame[]): LeasedFrame | undefined {
		return native("xs_simulator_read").call(this, frames) as LeasedFrame | undefined;
	}
	discard(): boolean {
		return native("xs_simulator_discard").call(this) as boolean;
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

/** The lease of one buffer: a host buffer over the image, over nothing when it is closed. One for each buffer, used
 *  again and again. */
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
	readonly bufferCount: number;
	readonly statistics: CameraStatistics;
	#counts = { captured: 0, overwritten: 0, dropped: 0, oversized: 0, missed: 0 };
	#driver: Driver | undefined;
	#frames: LeasedFrame[] = [];
	#onReadable: () => void;
	#onNotice: ((message: string) => void) | undefined;
	/** Of the images that a notice was about. */
	#oversizedQuality = -1;
	#oversizedWidth = 0;
	#timer: Timer | undefined;
	#size: FrameSize | undefined;
	#quality: number;
	#frameRate: number;
	/** Of a frame, microseconds, with its fraction. */
	#interval: number;
	/** Instant of the next capture, microseconds, with its fraction. */
	#due = 0;

	/** @throws TypeError, RangeError an option is not what it has to be: the message says what that is
	 *  @throws Error `frames` is no folder with a JPEG file that RTP can carry */
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
		this.#interval = 1_000_000 / this.#frameRate;
		this.#size = frames === undefined ? size.name : undefined;
		this.bufferCount = checkInteger(options.bufferCount ?? 3, "bufferCount", 2, 8);
		this.statistics = this.#counts;

		const driver = new Driver({
			width: size.width,
			height: size.height,
			frameRate: Math.round(this.#frameRate * 10),
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
	}

	/** Stops, and frees the buffers. Frames that are still leased become empty. Closing twice is harmless. */
	close(): void {
		this.stop();
		this.#driver?.close(this.#frames);
		this.#driver = undefined;
	}

	/** Captures at once, then at the frame rate. Without effect while it runs.
	 *  @throws Error the camera is closed */
	start(): void {
		if (!this.#driver)
			throw new Error("camera is closed");
		if (this.#timer)
			return;
		this.#due = Driver.now();
		this.#timer = Timer.repeat(() => this.#tick(), 1);
	}

	/** Captures no more; a frame that was not read is gone, leases stay. Without effect while it is stopped. */
	stop(): void {
		if (!this.#timer)
			return;
		Timer.clear(this.#timer);
		this.#timer = undefined;
		if (this.#driver?.discard())
			this.#counts.overwritten++;
	}

	/** Leases the newest frame.
	 *  @returns a frame that the caller closes; undefined when none was captured since the last, or the camera is
	 *  closed */
	read(): Frame | undefined {
		return this.#driver?.read(this.#frames);
	}

	/** Now, on the clock of `Frame.captureTime`: monotonic, microseconds. */
	now(): number {
		return Driver.now();
	}

	/** Width in pixels of the next frame; of the latest one while files are replayed; 0 after `close`. */
	get width(): number {
		return this.#driver?.width ?? 0;
	}

	/** Height in pixels, as `width`. */
	get height(): number {
		return this.#driver?.height ?? 0;
	}

	/** Name of the frame size; undefined while files are replayed. Set, the next frame that is captured has it. */
	get size(): FrameSize | undefined {
		return this.#size;
	}
	/** @throws RangeError no size of the sensor, or not enough memory: the size stays what it was
	 *  @throws Error files are replayed, or the camera is closed */
	set size(name: FrameSize) {
		const size = findSize({ size: name });
		if (!this.#driver)
			throw new Error("camera is closed");
		this.#driver.setSize(size.width, size.height);
		this.#size = size.name;
	}

	/** JPEG quality number, 0 (best) to 63. Set, the next frame that is captured has it; files are replayed as they
	 *  are. */
	get quality(): number {
		return this.#quality;
	}
	/** @throws TypeError, RangeError no integer from 0 to 63 */
	set quality(quality: number) {
		this.#quality = checkInteger(quality, "quality", 0, 63);
		this.#driver?.setQuality(quality);
	}

	/** Frames a second, 0.1 to 120. */
	get frameRate(): number {
		return this.#frameRate;
	}
	/** @throws TypeError, RangeError no number from 0.1 to 120 */
	set frameRate(frameRate: number) {
		this.#frameRate = checkFrameRate(frameRate);
		const before = this.#interval;
		this.#interval = 1_000_000 / frameRate;
		this.#driver?.setFrameRate(Math.round(frameRate * 10));
		if (this.#timer)
			this.#schedule(Math.max(Driver.now(), this.#due - before + this.#interval));
	}

	#tick(): void {
		const result = this.#driver!.capture();
		const counts = this.#counts;
		if (result & CAPTURED)
			counts.captured++;
		if (result & OVERWRITTEN)
			counts.overwritten++;
		if (result & OVERSIZED) {
			counts.oversized++;
			this.#tellOversized();
		}
		if (result & NO_BUFFER)
			counts.dropped++;
		/* a fixed distance from due to due: timers that round to milliseconds or come late do not add up */
		let due = this.#due + this.#interval;
		const late = Driver.now() - due;
		if (late > 0) {
			/* a sensor makes no two frames at once: on to the next instant of the same grid */
			const missed = Math.ceil(late / this.#interval);
			counts.missed += missed;
			due += missed * this.#interval;
		}
		this.#schedule(due);
		if (result & CAPTURED)
			this.#onReadable();
	}

	/** Once for each quality and size: the next image of the same may be smaller. */
	#tellOversized(): void {
		const { quality, width, height } = this;
		if (this.#oversizedQuality === quality && this.#oversizedWidth === width)
			return;
		this.#oversizedQuality = quality;
		this.#oversizedWidth = width;
		this.#onNotice?.(
			`images of ${width}x${height} at quality ${quality} are larger than their buffer, and are lost: a `
				+ "higher quality number makes them smaller",
		);
	}

	/** @param due instant of the next capture, microseconds */
	#schedule(due: number): void {
		this.#due = due;
		const delay = Math.max(1, Math.round((due - Driver.now()) / 1000));
		/* delay and repeat are the same: the SDK's timer on Linux starts a second one when they differ within the
		 * callback */
		Timer.schedule(this.#timer!, delay, delay);
	}
}
