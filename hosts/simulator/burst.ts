// SPDX-License-Identifier: MIT
/**
 * Sends a frame's packets one by one through the sockets of the Moddable simulator, which native code cannot access.
 * The contract is that of hosts/sockets/burst.ts.
 */

import type Scan from "../../modules/jpeg/scan";
import type { Frame } from "../../modules/camera/source";
import type { PacketSource } from "../../modules/stream/sink";
import type { TCPStream, UDPStream } from "../../modules/sockets/sockets";

/** Minimum room for a packet, bytes: many small packets cost more than a short wait. */
const SMALLEST_PACKET = 1400;
const FRAMING = 4;

export function sendTCP(
	socket: TCPStream,
	source: PacketSource,
	frame: Frame,
	scan: Scan,
	packetSize: number,
	credit: number,
	mostCredit: number,
): number {
	const { packet } = source;
	// begun with less, most of the frame is lost if the client stalls
	if (!source.begun && credit < mostCredit / 4 && credit < frame.byteLength / 4)
		return credit;
	const smallest = Math.min(packetSize, SMALLEST_PACKET);
	try {
		// false for NaN as well: a socket without buffers may return undefined, and onWritable follows
		while (source.inProgress && credit - FRAMING >= smallest) {
			source.next(frame, scan, Math.min(credit - FRAMING, packetSize));
			credit = socket.write(packet) as number;
		}
	}
	finally {
		source.restore(frame);
	}
	return credit >= 0 ? credit : 0;
}

export function sendUDP(
	socket: UDPStream,
	source: PacketSource,
	frame: Frame,
	scan: Scan,
	packetSize: number,
	address: string,
	port: number,
): void {
	const { packet } = source;
	try {
		while (source.inProgress) {
			source.next(frame, scan, packetSize);
			socket.write(packet, address, port);
		}
	}
	finally {
		source.restore(frame);
	}
}
