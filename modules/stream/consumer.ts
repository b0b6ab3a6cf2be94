// SPDX-License-Identifier: MIT
/**
 * Consumers of the frame hub's frames. An RTP subscriber is one; a recorder or an HTTP picture stream would be others.
 */

import type Scan from "jpeg/scan";
import type { Route } from "fanout";
import type { Frame } from "../camera/source";
import type { LinkMeter } from "../rtp/linkmeter";
import type { ConsumerMeter } from "./consumermeter";
import type { Reception } from "./figures";

/** A captured and parsed frame, shared by its consumers. The hub pools leases. */
export interface Lease {
	/** undefined once the frame has returned to the camera. */
	readonly frame: Frame | undefined;
	readonly scan: Scan;
	/** Instant of capture, or of repetition, microseconds on the hub's clock. */
	readonly captureTime: number;
	/** Instant of capture, also of a frame that is sent again because the camera has none. */
	readonly originalTime: number;
}

/** Outcome of a frame that was offered to a consumer. */
export type Outcome =
	/** Sent completely. */
	| "sent"
	| /** Replaced by a newer frame before any of it was sent. */ "skipped"
	| /** Given back before it was sent completely. */ "abandoned"
	| /** Refused by the consumer's sink. */ "failed";

/** Who receives a consumer's frames, and how. */
export interface ConsumerClient {
	readonly kind: ClientKind;
	/** IP literal of the client, or of the multicast group. */
	readonly address: string;
}

/** `push`: a receiver that the camera has connected to. */
export type ClientKind = "rtsp-tcp" | "rtsp-udp" | "multicast" | "mjpeg" | "snapshot" | "push";

/** A consumer of frames. Methods never throw. */
export interface FrameConsumer {
	/** Whether the consumer wants frames. */
	readonly playing: boolean;
	/** The frame that the consumer is working on. */
	readonly lease: Lease | undefined;
	/** Whether it still works on a frame, or on what is left of one that was taken back: it would skip a new one. */
	readonly busy: boolean;
	/** The direct way to its socket: the hub then offers only the frames that could not go there. Absent: it is offered
	 *  every frame. */
	readonly route?: Route | undefined;
	/** Payload octets sent, modulo 2^32. */
	readonly octetCount: number;
	/** Meter of the consumer's link, for the adaptation of the bit rate; undefined if the consumer does not take
	 *  part. */
	readonly link: LinkMeter | undefined;
	readonly client: ConsumerClient;
	/** The hub sets its number and steps it. */
	readonly meter: ConsumerMeter;
	/** Packets sent, modulo 2^32; parts of an MJPEG stream. */
	readonly packetCount: number;
	/** Frames sent completely, and frames offered that were not. */
	readonly sentCount: number;
	readonly skippedCount: number;
	/** How often a frame waited for room in the send buffer. */
	readonly waitCount: number;
	/** What the client's RTCP reports; undefined if the client sends none. */
	readonly reception: Reception | undefined;
	/** Offers a new frame. A consumer that keeps it beyond this call retains it.
	 *  @returns false if it skips the frame */
	offer(lease: Lease): boolean;
	/** A frame was captured that it could not be offered, because it still works on an older one: counts it. */
	skip(): void;
	/** Gives the frame back if it was taken before `time` (microseconds). */
	expire(time: number): void;
	/** Gives the frame back at once. */
	abandon(): void;
	/** To be called once a second.
	 *  @param now microseconds on the hub's clock */
	tick(now: number): void;
	/** Closes the consumer and removes it from the hub. */
	close(): void;
}

/** The hub, as its consumers see it. */
export interface FrameProvider {
	/** The newest frame, while it is kept. */
	readonly newest: Lease | undefined;
	/** Whether the hub adapts quality and frame rate to the consumers' links. */
	readonly adapts: boolean;
	/** Microseconds, monotonic. */
	now(): number;
	/** Counts a consumer that begins to play. The camera runs while at least one plays. */
	startedPlaying(): void;
	stoppedPlaying(): void;
	/** Keeps a frame from returning to the camera. */
	retain(lease: Lease): void;
	/** Gives a retained frame back and counts its outcome. */
	release(lease: Lease, outcome: Outcome): void;
	/** Sends a frame that the route's fragmenter has begun, by a route where frames wait. Afterwards
	 *  `route.takeFailure` tells whether the socket refused it. */
	sendByRoute(route: Route, lease: Lease): void;
	/** Counts a frame that a route could not send. */
	failed(): void;
	remove(consumer: FrameConsumer): void;
}
