// SPDX-License-Identifier: MIT
/**
 * Sends a frame to many subscribers with one native call. JavaScript takes over where a socket is full or fails, or
 * where a subscriber has something else to do first.
 *
 *   FrameHub ── send(frame) ──> Fanout ──> Route of each subscriber ──> its socket
 *                    │
 *                    └── next(): the routes whose frame was not sent whole
 */

import type Fragmenter from "../../modules/jpeg/fragmenter";
import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { TCPStream, UDPStream } from "../../modules/sockets/sockets";

/** Takes no frames. */
export const IDLE = 0;
/** Frames are sent to the socket. */
export const DIRECT = 1;
/** Each frame is reported by `Fanout.next`. */
export const ASIDE = 2;

/** Destination of datagrams. */
export interface Target {
	/** IPv4 literal. */
	readonly address: string;
	/** 1 to 65535. */
	readonly port: number;
}

/** The way from the hub to the socket of one subscriber. Keeps fragmenter and socket alive. Initially IDLE. */
export class Route extends Native("xs_route_destructor") {
	/** @param packetSize maximum packet size, 256 to 64000 bytes, including the RTP header, without `$` framing
	 *  @param target destination of datagrams; absent for TCP
	 *  @throws RangeError a value is out of range, or memory is short */
	constructor(fragmenter: Fragmenter, packetSize: number, socket: TCPStream | UDPStream, target?: Target) {
		super();
		if (target)
			native("xs_route_constructor").call(this, fragmenter, packetSize, socket, target.address, target.port);
		else
			native("xs_route_constructor").call(this, fragmenter, packetSize, socket);
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
	/** Whether the last frame was begun by `Fanout.send`, and packets are left: its fragmenter continues it. */
	get interrupted(): boolean {
		return native("xs_route_get_interrupted").call(this) as boolean;
	}
	/** Frames sent whole by `Fanout.send`, unsigned 32-bit, wrapping. */
	get frameCount(): number {
		return native("xs_route_get_frameCount").call(this) as number;
	}
}

export class Fanout extends Native("xs_fanout_destructor") {
	constructor() {
		super();
		native("xs_fanout_constructor").call(this);
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
	 *  @returns the number of subscribers to whom the frame is yet to be offered: those that `next` reports, and
	 *  `asideCount`. Or a negative code of `Scan.parse` if RTP cannot carry the image; nothing is sent then */
	send(frame: Frame, scan: Scan, captureTime: number, whole: boolean): number {
		return native("xs_fanout_send").call(this, frame, scan, captureTime, whole) as number;
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
	/** @returns the index of the next route whose frame was not sent whole; -1: no more */
	next(): number {
		return native("xs_fanout_next").call(this) as number;
	}
}
