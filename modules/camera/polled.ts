// SPDX-License-Identifier: MIT
/**
 * A camera that needs only one method: `captureImage`, which returns a JPEG image. Frame rate, clock, frame buffers and
 * "the latest frame wins" are inherited. Each image is copied once, into the camera's own memory.
 *
 *     export default class extends PolledCamera {
 *         protected captureImage() {
 *             return this.#driver.capture();
 *         }
 *     }
 */

import Scan from "jpeg/scan";
import Timer from "timer";
import { errorText } from "../common/errortext";
import { Uptime } from "../common/uptime";
import Image from "./image";
import { checkCallbacks, checkFrameRate, checkInteger, type CameraOptions } from "./options";
import { findSize } from "./sizes";
import type { Frame, FrameSource } from "./source";

export abstract class PolledCamera implements FrameSource {
	readonly bufferCount: number;
	/** Size of the newest image, pixels. Before the first image: that of the option `size`. */
	width: number;
	height: number;
	readonly #frames: PolledFrame[] = [];
	#newest: PolledFrame | undefined;
	#timer: Timer | undefined;
	#frameRate: number;
	/** Instant of the next capture, milliseconds. */
	#due = 0;
	/** The last problem reported to the user. */
	#problem = "";
	readonly #uptime = new Uptime();
	readonly #scan = new Scan();
	readonly #onReadable: () => void;
	readonly #onNotice: ((message: string) => void) | undefined;

	/** @throws TypeError, RangeError if an option is not valid */
	constructor(options: CameraOptions) {
		checkCallbacks(options);
		this.#onReadable = options.onReadable;
		this.#onNotice = options.onNotice;
		this.#frameRate = checkFrameRate(options.frameRate ?? 25);
		this.bufferCount = checkInteger(options.bufferCount ?? 3, "bufferCount", 2, 8);
		({ width: this.width, height: this.height } = findSize(options));
		for (let i = 0; i < this.bufferCount; i++)
			this.#frames.push(new PolledFrame());
	}

	/** Captures an image. Called from a timer at the frame rate, while the camera runs.
	 *  @returns a baseline JPEG image: an ArrayBuffer, a typed array or a host buffer, not kept beyond the call;
	 *  undefined if there is no new image
	 *  @throws anything: there is no frame then, and the user gets a notice */
	protected abstract captureImage(): object | undefined;

	get frameRate(): number {
		return this.#frameRate;
	}
	/** @throws TypeError, RangeError if it is not a number from 0.1 to 1000, nor Infinity */
	set frameRate(frameRate: number) {
		this.#frameRate = checkFrameRate(frameRate);
		if (this.#timer)
			this.#schedule(this.#uptime.now());
	}

	/** Captures at once, then at the frame rate. */
	start(): void {
		if (this.#timer)
			return;
		this.#due = this.#uptime.now();
		this.#timer = Timer.repeat(() => this.#capture(), 1);
	}

	/** Stops capturing. An unread frame is discarded; leased frames stay valid. */
	stop(): void {
		if (this.#timer)
			Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#newest?.close();
		this.#newest = undefined;
	}

	read(): Frame | undefined {
		const frame = this.#newest;
		this.#newest = undefined;
		return frame;
	}

	/** Microseconds, from a clock that counts milliseconds. */
	now(): number {
		return this.#uptime.now() * 1000;
	}

	/** Stops, and empties leased frames. A method that overrides it must call it. */
	close(): void {
		this.stop();
		for (const frame of this.#frames)
			frame.close();
	}

	/** Called from the timer, where an exception would end the program. */
	#capture(): void {
		try {
			const image = this.captureImage();
			// closed or stopped by captureImage
			if (!this.#timer)
				return;
			if (image)
				this.#keep(image);
		}
		catch (error) {
			this.#tell(errorText(error));
		}
		if (this.#timer)
			this.#schedule(this.#due + 1000 / this.#frameRate);
		if (this.#newest)
			this.#onReadable();
	}

	/** Replaces the newest frame if it was not read. Without a free buffer, the image is dropped. */
	#keep(image: object): void {
		const frame = this.#newest ?? this.#findFree();
		if (!frame)
			return;
		this.#newest = undefined;
		frame.leased = false;
		frame.assign(image);
		frame.captureTime = this.now();
		const problem = this.#scan.parse(frame);
		if (problem !== 0) {
			frame.close();
			this.#tell(Scan.errorName(problem));
			return;
		}
		this.#problem = "";
		({ width: this.width, height: this.height } = this.#scan);
		frame.leased = true;
		this.#newest = frame;
	}

	#findFree(): PolledFrame | undefined {
		for (let i = 0; i < this.#frames.length; i++) {
			if (!this.#frames[i]!.leased)
				return this.#frames[i];
		}
		return undefined;
	}

	/** Keeps captures on a fixed grid: a late capture does not delay the next ones. */
	#schedule(due: number): void {
		const now = this.#uptime.now();
		this.#due = due > now ? due : now;
		const delay = Math.max(1, Math.round(this.#due - now));
		// equal, because the SDK's timer on Linux starts a second one if they differ within the callback
		Timer.schedule(this.#timer!, delay, delay);
	}

	#tell(problem: string): void {
		if (problem !== this.#problem)
			this.#onNotice?.(`The camera has no image: ${problem}`);
		this.#problem = problem;
	}
}

class PolledFrame extends Image {
	/** Whether the frame is the newest one or leased by the reader. */
	leased = false;

	override close(): void {
		super.close();
		this.leased = false;
	}
}
