// SPDX-License-Identifier: MIT
/**
 * Sends a frame to many subscribers with one native call. JavaScript takes over where a TCP socket is full or fails, or
 * where a subscriber has something else to do first.
 *
 *   FrameHub ── send(frame) ──> Fanout ──> Route of each subscriber ──> its socket
 *                    │            │
 *                    │            └── refill(): UDP packets that had to wait
 *                    └── next(): the routes whose frame was not sent whole
 *
 * Packets over UDP leave in bursts. A Wi-Fi chip has few transmit buffers, and lwIP does not check whether it got one.
 * A frame sent in one go can lose most of its packets, or cause a crash. So at most `burst` packets leave until the
 * next `refill`, to all subscribers together. A desktop's kernel takes whole frames: there `burst` is 0, no limit.
 *
 * The hub lends its frames by an index. It keeps a frame that waits here (`KEEP`) until it is freed (`takeFreed`).
 */

import type Fragmenter from "../../modules/jpeg/fragmenter";
import type Picture from "./pictureburst";
import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { TCPStream, UDPStream } from "../../modules/sockets/sockets";

/** Takes no frames. */
export const IDLE = 0;
/** Frames are sent to the socket. */
export const DIRECT = 1;
/** Each frame is reported by `Fanout.next`. */
export const ASIDE = 2;

/** Flag in a result: frames wait here, and the hub keeps this one. */
export const KEEP = 0x10000;
/** Flag in a result: frames no longer wait here. */
export const FREED = 0x20000;

/** Destination of datagrams. */
export interface Target {
	/** IPv4 literal. */
	readonly address: string;
	/** 1 to 65535. */
	readonly port: number;
}

/** The way from the hub to the socket of one subscriber. Keeps source and socket alive. Initially IDLE. */
export class Route extends Native("xs_route_destructor") {
	/** @param source a Fragmenter sends packets, a Picture parts of a picture stream
	 *  @param packetSize maximum packet size, 256 to 64000 bytes, including the RTP header, without `$` framing; has no
	 *  effect on pictures
	 *  @param target destination of datagrams; absent for TCP
	 *  @throws RangeError a value is out of range, or memory is short */
	constructor(source: Fragmenter | Picture, packetSize: number, socket: TCPStream | UDPStream, target?: Target) {
		super();
		if (target)
			native("xs_route_constructor").call(this, source, packetSize, socket, target.address, target.port);
		else
			native("xs_route_constructor").call(this, source, packetSize, socket);
	}
	/** IDLE, DIRECT or ASIDE. */
	set mode(mode: number) {
		native("xs_route_set_mode").call(this, mode);
	}
	/** While true, DIRECT acts as ASIDE. */
	set held(held: boolean) {
		native("xs_route_set_held").call(this, held);
	}
	/** RTP timestamp that corresponds to capture time 0, unsigned 32-bit. */
	set offset(offset: number) {
		native("xs_route_set_offset").call(this, offset);
	}
	/** Whether the last frame was begun by `Fanout.send`, and some of it is left: its source continues it. */
	get interrupted(): boolean {
		return native("xs_route_get_interrupted").call(this) as boolean;
	}
	/** Whether frames wait in the fan-out for their packets to leave (UDP). Otherwise the subscriber holds a frame that
	 *  was not sent whole. */
	get waits(): boolean {
		return native("xs_route_get_waits").call(this) as boolean;
	}
	/** Whether a frame waits there now. */
	get waiting(): boolean {
		return native("xs_route_get_waiting").call(this) as boolean;
	}
	/** @returns whether the socket has refused a frame since the last call. Until then, the route acts as ASIDE */
	takeFailure(): boolean {
		return native("xs_route_takeFailure").call(this) as boolean;
	}
	/** Frames sent whole by the fan-out, unsigned 32-bit, wrapping. */
	get frameCount(): number {
		return native("xs_route_get_frameCount").call(this) as number;
	}
	/** Frames that the fan-out skipped, because an older one was still being sent, or gave up. Unsigned 32-bit,
	 *  wrapping. */
	get missedCount(): number {
		return native("xs_route_get_missedCount").call(this) as number;
	}
}

export class Fanout extends Native("xs_fanout_destructor") {
	/** @param burst UDP packets until the next `refill`; 0: no limit */
	constructor(burst: number) {
		super();
		native("xs_fanout_constructor").call(this, burst);
	}
	/** Appends a route, and keeps it alive. @throws RangeError memory is short */
	add(route: Route): void {
		native("xs_fanout_add").call(this, route);
	}
	/** Removes the route with this index. Later ones move up; so does the position of `next`. */
	remove(index: number): void {
		native("xs_fanout_remove").call(this, index);
	}
	/** Parses a frame and sends it by each route that is DIRECT and not held. Resets `next`. Allocates nothing.
	 *  @param scan receives the result of the parser
	 *  @param captureTime microseconds, not negative
	 *  @param whole as for `Scan.parse`
	 *  @param index of the frame's lease, 0 to 7. No frame waits with this index
	 *  @returns the number of subscribers to whom the frame is yet to be offered (those that `next` reports, and
	 *  `asideCount`), plus KEEP and FREED. Or a negative code of `Scan.parse` if RTP cannot carry the image; nothing is
	 *  sent then */
	send(frame: Frame, scan: Scan, captureTime: number, whole: boolean, index: number): number {
		return native("xs_fanout_send").call(this, frame, scan, captureTime, whole, index) as number;
	}
	/** Sends a frame that the route's fragmenter has begun, by a route over UDP. `send` has parsed it.
	 *  @returns KEEP and FREED */
	take(route: Route, frame: Frame, scan: Scan, index: number): number {
		return native("xs_fanout_take").call(this, route, frame, scan, index) as number;
	}
	/** Counts a frame that was captured and not sent, as skipped by each route where an older one waits.
	 *  @returns their number */
	skip(): number {
		return native("xs_fanout_skip").call(this) as number;
	}
	/** Begins the next burst. Never throws.
	 *  @returns whether to call it again after the pause: frames wait, or packets have left since the last call */
	refill(): boolean {
		return native("xs_fanout_refill").call(this) as boolean;
	}
	/** Gives up a frame that waits. */
	revoke(index: number): void {
		native("xs_fanout_revoke").call(this, index);
	}
	/** @returns a bit for each index whose frame waits no longer and is to be released */
	takeFreed(): number {
		return native("xs_fanout_takeFreed").call(this) as number;
	}
	/** Subscribers without a route. */
	set asideCount(count: number) {
		native("xs_fanout_set_asideCount").call(this, count);
	}
	/** Frames given to `send`. */
	get frameCount(): number {
		return native("xs_fanout_get_frameCount").call(this) as number;
	}
	/** Frames sent whole, to all routes together. */
	get sentCount(): number {
		return native("xs_fanout_get_sentCount").call(this) as number;
	}
	/** Frames that routes skipped, because an older one was still being sent. */
	get skippedCount(): number {
		return native("xs_fanout_get_skippedCount").call(this) as number;
	}
	/** Frames that routes gave up. */
	get abandonedCount(): number {
		return native("xs_fanout_get_abandonedCount").call(this) as number;
	}
	/** @returns the index of the next route whose frame was not sent whole; -1: no more */
	next(): number {
		return native("xs_fanout_next").call(this) as number;
	}
}
