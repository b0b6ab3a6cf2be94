// SPDX-License-Identifier: MIT
/**
 * What the frame hub serves: consumers of frames. An RTP subscriber is one; a recorder or an HTTP picture stream would
 * be others.
 */

import type Scan from "jpeg/scan";
import type { Frame } from "../camera/source";
import type { LinkMeter } from "../rtp/linkmeter";

/** A captured and parsed frame, shared by its consumers. The hub pools leases. */
export interface Lease {
	/** undefined once the frame has returned to the camera. */
	readonly frame: Frame | undefined;
	readonly scan: Scan;
	/** Instant that the frame is sent for, microseconds on the hub's clock: of capture, or of a repetition. */
	readonly captureTime: number;
}

/** What became of a frame that was offered to a consumer. */
export type Outcome =
	/** Sent whole. */
	| "sent"
	| /** Passed over for a newer frame, before any of it was sent. */ "skipped"
	| /** Given back before it was sent whole. */ "abandoned"
	| /** Refused by the consumer's sink. */ "failed";

/** A consumer of frames. Methods never throw. */
export interface FrameConsumer {
	/** Whether it wants frames. */
	readonly playing: boolean;
	/** The frame that it is busy with. */
	readonly lease: Lease | undefined;
	/** Payload octets sent, modulo 2^32. */
	readonly octetCount: number;
	/** How its link takes what is sent, for the adaptation of the bit rate; undefined if it does not take part. */
	readonly link: LinkMeter | undefined;
	/** Offers a new frame. A consumer that keeps it beyond this call retains it.
	 *  @returns false if it skips the frame */
	offer(lease: Lease): boolean;
	/** Gives its frame back if it took it before `time` (microseconds). */
	expire(time: number): void;
	/** Gives its frame back at once. */
	abandon(): void;
	/** A second has passed.
	 *  @param now microseconds on the hub's clock */
	tick(now: number): void;
	/** Ends; it is removed from the hub. */
	close(): void;
}

/** The hub, as its consumers see it. */
export interface FrameProvider {
	/** The newest frame, while it is kept. */
	readonly newest: Lease | undefined;
	/** Microseconds, monotonic. */
	now(): number;
	/** A consumer wants frames from now on: the camera runs while any does. */
	startedPlaying(): void;
	stoppedPlaying(): void;
	/** Keeps a frame from returning to the camera. */
	retain(lease: Lease): void;
	/** Gives a retained frame back and counts what became of it. */
	release(lease: Lease, outcome: Outcome): void;
	remove(consumer: FrameConsumer): void;
}
