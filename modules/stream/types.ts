/**
 * What crosses the boundaries of stream/: the camera in front of the frame hub, the sinks behind it.
 */

import type Scan from "jpeg/scan";

/**
 * One captured JPEG image: a lease on memory that the camera owns.
 *
 * The object itself is a host buffer (readable and writable native memory): it is passed as it is to the native helpers.
 * It stays valid until `close()`, which gives the memory back to the camera. Frame objects are pooled: after `close()` the
 * same object comes back later with another image, so nobody keeps one.
 */
export interface Frame {
	/** Length of the image in bytes, as the driver gave it: padding after EOI included. 0 after `close()`. */
	readonly byteLength: number;
	/** Instant of capture on the camera's monotonic clock, microseconds. */
	readonly captureTime: number;
	/** Returns the memory to the camera. Closing twice is harmless. */
	close(): void;
}

/** Something that a sensor can be told: an integer with a range. */
export interface Control {
	readonly name: string;
	readonly minimum: number;
	readonly maximum: number;
}

/** What a sensor can be told about the picture, besides size and quality. */
export interface Controls {
	/** What this sensor has. */
	readonly list: readonly Control[];
	/** What holds now; undefined for what it has not. */
	get(name: string): number | undefined;
	/** The frames after the next ones have it: it takes a sensor a frame or two.
	 *  @throws RangeError it has no such control, or the value is no integer in its range
	 *  @throws Error the sensor has not taken it */
	set(name: string, value: number): void;
}

/** A camera that delivers JPEG frames: the ECMA-419 image-input shape, reduced to what the frame hub uses. */
export interface FrameSource {
	/** Size of the images being captured, in pixels. */
	readonly width: number;
	readonly height: number;
	/** What can be set while it captures: the next frame that is captured has it. Absent, or undefined, where it cannot be set.
	 *  Setting throws when the value is not possible: nothing has changed then. */
	frameRate?: number | undefined;
	/** JPEG quality number of the OV2640, 0 (best) to 63. */
	quality?: number | undefined;
	/** Name of the frame size. */
	size?: string | undefined;
	/** Name of the sensor; absent where there is none. */
	readonly sensor?: string | undefined;
	/** Absent where there is no sensor. */
	readonly controls?: Controls | undefined;
	/** How many frame buffers the camera owns. One of them at least has to be left to it: it may refuse that lease. */
	readonly bufferCount: number;
	start(): void;
	stop(): void;
	/** The newest captured frame, or undefined when there is none (or no buffer is free). The caller closes it. */
	read(): Frame | undefined;
	/** Now, on the clock of `Frame.captureTime`: microseconds. */
	now(): number;
	close(): void;
}

/** What a sink says after it has been given packets to send. */
export const SENT = 0;
/** It takes no more now, and will call `resume` when it does. */
export const WAITING = 1;
/** The rest of the frame cannot be sent: it is dropped. */
export const FAILED = 2;
export type SendResult = typeof SENT | typeof WAITING | typeof FAILED;

/** Makes the packets of one frame in place, one after another. Implemented by jpeg/'s Fragmenter. */
export interface PacketSource {
	/** Whether a packet of the frame has been made. */
	readonly begun: boolean;
	/** Whether the frame has packets left to make. */
	readonly inProgress: boolean;
	/** The packet that `next` made: the frame's own memory. */
	readonly packet: unknown;
	/** Bytes of the next packet, framing included; 0 when the frame is finished.
	 *  @param limit largest packet without framing, bytes */
	next(frame: Frame, scan: Scan, limit: number): number;
	/** Puts back what the last packet's headers overwrote. */
	restore(frame: Frame): void;
}

/** Where one subscriber's packets go. */
export interface Sink {
	/** Bytes that go in front of an RTCP packet here: the `$` framing of interleaved delivery, or none. */
	readonly controlPrefix: Uint8Array;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/** Channel for `$` framing by the packet source, or undefined. */
	readonly channel: number | undefined;
	/** Sends as many packets as it takes now. The frame is whole again when it returns. Never throws. */
	send(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult;
	/** Sends an RTCP packet with its prefix, or drops it when there is no room. Never throws.
	 *  @param last waits for room instead (BYE); the packet is the sink's then */
	sendControl(packet: Uint8Array, last?: boolean): void;
	close(): void;
}

/** What a sink tells its subscriber. */
export interface SinkOwner {
	/** There is room again, after `WAITING`. */
	resume(): void;
	/** An RTCP packet from the client. */
	receiveControl(bytes: Uint8Array): void;
}
