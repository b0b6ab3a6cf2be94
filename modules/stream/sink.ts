// SPDX-License-Identifier: MIT
/** The sink of a subscriber: where its packets go, and where they come from. */

import type Scan from "jpeg/scan";
import type { Frame } from "../camera/source";
import type Fragmenter from "jpeg/fragmenter";
import type { Route } from "fanout";

/** Result of `Sink.send`: the whole frame was sent. */
export const SENT = 0;
/** Result of `Sink.send`: the sink has no room. It calls `resume` when it has room again. */
export const WAITING = 1;
/** Result of `Sink.send`: the rest of the frame cannot be sent and is dropped. */
export const FAILED = 2;
export type SendResult = typeof SENT | typeof WAITING | typeof FAILED;

/** Writes the packets of one frame in place, one after another. Implemented by jpeg/'s Fragmenter. */
export interface PacketSource {
	/** Whether a packet of the frame has been written. */
	readonly begun: boolean;
	/** Whether the frame has packets left. */
	readonly inProgress: boolean;
	/** The packet that `next` wrote, in the frame's own memory. */
	readonly packet: unknown;
	/** Bytes of the next packet, framing included; 0 when the frame is finished.
	 *  @param limit largest packet without framing, bytes */
	next(frame: Frame, scan: Scan, limit: number): number;
	/** Restores the bytes that the last packet's headers overwrote. */
	restore(frame: Frame): void;
}

/** Where one subscriber's packets go. */
export interface Sink {
	/** Bytes in front of an RTCP packet, which `sendControl` fills in: FRAMING, or 0. */
	readonly framing: number;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/** Channel of the `$` framing that the packet source writes; undefined for no framing. */
	readonly channel: number | undefined;
	/** Opens the direct way for frames.
	 *  @param packetSize as for `send`
	 *  @returns undefined if the sink is closed or has to see every frame; absent if it never has one */
	openRoute?(fragmenter: Fragmenter, packetSize: number): Route | undefined;
	/** Sends packets until the frame is finished or the sink has no room. Restores the frame before it returns. Never
	 *  throws. */
	send(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult;
	/** Sends an RTCP packet, with `framing` bytes in front, or drops it if there is no room. Never throws.
	 *  @param last queues it instead (BYE); the sink then owns the packet */
	sendControl(packet: Uint8Array, last?: boolean): void;
	/** The client has taken no data for the subscriber's `stallTimeout`. Never throws. */
	stalled?(): void;
	close(): void;
}

/** The subscriber of a sink. */
export interface SinkOwner {
	/** The sink has room again after `WAITING`. */
	resume(): void;
	/** The client has sent an RTCP packet. */
	receiveControl(bytes: Uint8Array): void;
}
