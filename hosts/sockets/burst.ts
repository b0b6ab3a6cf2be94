/**
 * Sends a frame's packets in native code: one call a subscriber and frame. `source.inProgress` tells afterwards whether packets are left.
 * Nothing is allocated, and the frame is whole again when a call returns or throws.
 */

import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { PacketSource } from "../../modules/stream/sink";
import type { TCPStream, UDPStream } from "../../modules/sockets/sockets";

/** Writes packets until the frame is finished or the socket takes no more; it tells of room again.
 *  @param packetSize the largest packet, 256 to 64000 bytes, RTP header included, `$` framing not
 *  @param credit bytes that the socket takes, as far as it has said; only sockets that cannot be asked go by it
 *  @returns bytes that the socket still takes
 *  @throws Error when the connection is closed or breaking */
export function sendTCP(this: void, socket: TCPStream, source: PacketSource, frame: Frame, scan: Scan, packetSize: number, credit: number): number { return native("xs_burst_tcp").call(this, socket, source, frame, scan, packetSize, credit) as number; }

/** Sends packets until the frame is finished or `limit` of them have left.
 *  @param limit packets; 0: all
 *  @returns packets sent
 *  @throws Error when the socket or the system refuses one: "would block" when it has no room now */
export function sendUDP(this: void, socket: UDPStream, source: PacketSource, frame: Frame, scan: Scan, packetSize: number, address: string, port: number, limit: number): number { return native("xs_burst_udp").call(this, socket, source, frame, scan, packetSize, address, port, limit) as number; }
