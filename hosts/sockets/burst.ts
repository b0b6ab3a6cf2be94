// SPDX-License-Identifier: MIT
/**
 * Sends a frame's packets in native code, with one call per subscriber and frame. Afterwards `source.inProgress` tells
 * whether packets are left. A call allocates nothing, and restores the frame before it returns or throws.
 */

import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { PacketSource } from "../../modules/stream/sink";
import type { TCPStream, UDPStream } from "../../modules/sockets/sockets";

/** Writes packets until the frame is finished or the socket is full. A frame is begun when there is room for a quarter
 *  of it, or a quarter of the send buffer. In the latter case `onWritable` follows.
 *  All parameters are passed on: only then is the native function called directly.
 *  @param packetSize maximum packet size, 256 to 64000 bytes, including the RTP header, without `$` framing
 *  @param credit the last known credit in bytes, for sockets that cannot be queried
 *  @param mostCredit the highest known credit in bytes, for the same sockets
 *  @returns bytes that the socket still accepts
 *  @throws Error the connection is closed or broken */
export function sendTCP(
	this: void,
	socket: TCPStream,
	source: PacketSource,
	frame: Frame,
	scan: Scan,
	packetSize: number,
	credit: number,
	mostCredit: number,
): number {
	return native("xs_burst_tcp").call(this, socket, source, frame, scan, packetSize, credit, mostCredit) as number;
}

/** Sends the packets of a frame.
 *  @throws Error the socket or the system refuses a packet: "would block" if its buffer is full */
export function sendUDP(
	this: void,
	socket: UDPStream,
	source: PacketSource,
	frame: Frame,
	scan: Scan,
	packetSize: number,
	address: string,
	port: number,
): void {
	native("xs_burst_udp").call(this, socket, source, frame, scan, packetSize, address, port);
}
