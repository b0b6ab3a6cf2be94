// SPDX-License-Identifier: MIT
/**
 * The options of every camera's constructor, and their checks. A camera takes the options that it supports and ignores
 * the others, so that the same program runs with each.
 */

import type { FrameSource } from "./source";
import type { FrameSize } from "./sizes";

export interface CameraOptions {
	/** Frame size by name. Default: VGA. */
	readonly size?: FrameSize | undefined;
	/** Frame size in pixels, both given, instead of `size`. The sensor must have it. */
	readonly width?: number | undefined;
	readonly height?: number | undefined;
	/** Largest size that can be set while the camera is open. A sensor's frame buffers are made for it. Default: the
	 *  initial size. */
	readonly maxSize?: FrameSize | undefined;
	/** Frames per second, 0.1 to 1000, or Infinity for as many as possible. A sensor has a lower limit of its own.
	 *  Default: 25. */
	readonly frameRate?: number | undefined;
	/** JPEG quality number of the OV2640, an integer from 0 (best, largest) to 63. Default: 12. */
	readonly quality?: number | undefined;
	/** Frame buffers, an integer from 2 to 8. Default: 3. */
	readonly bufferCount?: number | undefined;
	/** Frequency of the sensor's clock, MHz, an integer from 6 to 24. Default: the board's. */
	readonly xclk?: number | undefined;
	/** The setting `camera`: "sensor", "simulated", or the empty string for the platform's default. */
	readonly camera?: string | undefined;
	/** Chroma sampling of the test card: 4:2:2 (RTP/JPEG type 0) or 4:2:0 (type 1). Default: "4:2:2". */
	readonly sampling?: Sampling | undefined;
	/** MCUs between restart markers of the test card, an integer from 0 to 65535; 0 for none. Default: 0. */
	readonly restartInterval?: number | undefined;
	/** Folder of JPEG files to replay instead of the test card, in byte order of their names. The constructor reads all
	 *  of them, at most 64 MiB. They keep their own size, quality, sampling and restart interval. */
	readonly frames?: string | undefined;
	/** A new frame can be read. Called from the event loop, never inside a method of the camera and never after
	 *  `close`. It must not throw. */
	readonly onReadable: () => void;
	/** A line for the user. It must not throw. */
	readonly onNotice?: ((message: string) => void) | undefined;
}

export type Sampling = "4:2:2" | "4:2:0";

/** What a platform's module `camera` exports by default. */
export type CameraConstructor = new (options: CameraOptions) => FrameSource;

/** @throws TypeError, RangeError if the value is not an integer from `minimum` to `maximum` */
export function checkInteger(value: number, name: string, minimum: number, maximum: number): number {
	if (typeof value !== "number")
		throw new TypeError(`${name} must be a number`);
	if (!Number.isInteger(value) || value < minimum || value > maximum)
		throw new RangeError(`${name} must be an integer from ${minimum} to ${maximum}`);
	return value;
}

/** @throws TypeError, RangeError if the value is not a number of frames per second from 0.1 to 1000, nor Infinity */
export function checkFrameRate(value: number): number {
	if (typeof value !== "number")
		throw new TypeError("frameRate must be a number");
	if (!(value >= 0.1 && value <= 1000) && value !== Infinity)
		throw new RangeError("frameRate must be 0.1 to 1000 frames a second, or Infinity");
	return value;
}

/** @throws TypeError if a callback is not a function */
export function checkCallbacks(
	{ onReadable, onNotice }: { readonly onReadable: unknown; readonly onNotice?: unknown },
): void {
	if (typeof onReadable !== "function")
		throw new TypeError("onReadable must be a function");
	if (onNotice !== undefined && typeof onNotice !== "function")
		throw new TypeError("onNotice must be a function");
}
