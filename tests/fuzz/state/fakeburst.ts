// SPDX-License-Identifier: MIT
/** The module `burst` for the world's sockets: the Fragmenter makes packets one by one. Like burst.c, it makes no
 *  packet that the socket does not take. */
import type Scan from "jpeg/scan";
import type { Frame } from "camera/source";
import type { PacketSource } from "stream/sink";
import type TCP from "./faketcp";
import type UDP from "./fakeudp";

/** Nothing is sent with less room than this, in bytes (burst.c); and bytes of interleaved framing. */
const SMALLEST_PACKET = 1400, FRAMING = 4;

export function sendTCP(
	this: void,
	socket: TCP,
	source: PacketSource,
	frame: Frame,
	scan: Scan,
	packetSize: number,
): number {
	const { wire } = socket;
	if (wire.broken)
		throw new Error("closed");
	while (source.inProgress && wire.room >= Math.min(packetSize, SMALLEST_PACKET) + FRAMING) {
		if (source.next(frame, scan, Math.min(packetSize, wire.room - FRAMING)) === 0)
			break;
		socket.write(new Uint8Array(source.packet as ArrayBuffer));
	}
	source.restore(frame);
	return wire.room;
}

export function sendUDP(
	this: void,
	socket: UDP,
	source: PacketSource,
	frame: Frame,
	scan: Scan,
	packetSize: number,
	address: string,
	port: number,
): void {
	const { world } = globalThis;
	while (source.inProgress) {
		if (world.isRefusing()) {
			source.restore(frame);
			throw new Error("would block");
		}
		if (source.next(frame, scan, packetSize) === 0)
			break;
		world.streams.datagram(new Uint8Array(source.packet as ArrayBuffer), address, port);
	}
	source.restore(frame);
}
