// SPDX-License-Identifier: MIT
/**
 * The contract of a camera: a `FrameSource` delivers `Frame`s. PolledCamera (polled.ts) implements all of it but one
 * method.
 */

import type { Frame } from "../common/frame";

export type { Frame };

/** A sensor control: an integer with a range. */
export interface Control {
	readonly name: string;
	readonly minimum: number;
	readonly maximum: number;
}

/** The controls of a sensor besides size and quality. */
export interface Controls {
	/** The controls that this sensor has. */
	readonly list: readonly Control[];
	/** @returns the current value, undefined if the sensor has no such control */
	get(name: string): number | undefined;
	/** Takes effect within a frame or two.
	 *  @throws RangeError the sensor has no such control, or the value is not an integer in its range
	 *  @throws Error the sensor did not take it */
	set(name: string, value: number): void;
}

/** Frames that a camera has lost since it was opened, by cause. */
export interface FrameLosses {
	/** The program was too slow: replaced by a later frame before they were read, or not captured. */
	late: number;
	/** Every buffer was leased. */
	unbuffered: number;
	/** Images larger than their buffer, or damaged. */
	unusable: number;
}

/** A camera that delivers JPEG frames: the ECMA-419 image-input pattern, reduced to what the frame hub uses. */
export interface FrameSource {
	/** Size of the captured images, pixels. */
	readonly width: number;
	readonly height: number;
	/** Settable while capturing, from the next frame on. Absent or undefined where it cannot be set. A setter throws if
	 *  the value is not possible, and then changes nothing. */
	frameRate?: number | undefined;
	/** JPEG quality number of the OV2640, 0 (best) to 63. Settable as `frameRate` is. */
	quality?: number | undefined;
	/** Name of the frame size (sizes.ts). Settable as `frameRate` is. */
	size?: string | undefined;
	/** Name of the sensor; absent without one. */
	readonly sensor?: string | undefined;
	/** Absent without a sensor. */
	readonly controls?: Controls | undefined;
	/** Fills in the losses that this driver counts. Allocates nothing. Absent if it counts none. */
	readLosses?(losses: FrameLosses): void;
	/** Whether each frame is one whole image that ends with EOI, as far as its driver can tell. Otherwise each scan is
	 *  searched for its end. */
	readonly wholeImages?: boolean;
	/** Number of frame buffers. The camera needs one of them to capture into and may refuse to lease it. */
	readonly bufferCount: number;
	start(): void;
	stop(): void;
	/** Leases the newest frame. The caller closes it.
	 *  @returns undefined if there is no new frame, or no free buffer */
	read(): Frame | undefined;
	/** @returns the current time on the clock of `Frame.captureTime`, microseconds */
	now(): number;
	close(): void;
}
