// SPDX-License-Identifier: MIT
/**
 * RTP and RTCP interleaved with RTSP on one TCP connection (RFC 2326 section 10.12). Every write is one whole packet,
 * so a slow client never leaves a packet half sent.
 */

import { sendTCP } from "burst";
import type Scan from "jpeg/scan";
import type { Frame } from "../camera/source";
import type { Peer } from "../rtsp/types";
import { TCPConnection } from "../sockets/tcpconnection";
import { FAILED, SENT, WAITING, type PacketSource, type SendResult, type Sink, type SinkOwner } from "./sink";

/** Bytes of `$`, channel and length. */
const FRAMING = 4;

export class InterleavedConnection extends TCPConnection implements Peer {
	readonly #sinks: InterleavedSink[] = [];

	sendPackets(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult {
		if (!this.clear)
			return this.isOpen ? WAITING : FAILED;
		// Begin a frame only with room for a quarter of it: begun with less, most of it is lost if the client stalls.
		// Waiting for more would cost frames when acknowledgements are late: in the meantime, a board's socket has room
		// for a third of a frame. A board's socket reports room from a quarter of its buffer on, so a frame must not
		// wait for more than that.
		const { credit } = this;
		if (credit < this.mostCredit / 4 && !source.begun && credit < frame.byteLength / 4)
			return WAITING;
		try {
			this.credit = sendTCP(this.socket!, source, frame, scan, packetSize, credit);
			return source.inProgress ? WAITING : SENT;
		}
		catch {
			// the socket is failing (onError follows): the rest of the frame is lost
			this.credit = 0;
			return FAILED;
		}
	}

	/** Opens a sink for one track on this connection. */
	openSink(rtpChannel: number, rtcpChannel: number, owner: SinkOwner): Sink {
		const sink = new InterleavedSink(this, rtpChannel, rtcpChannel, owner);
		this.#sinks.push(sink);
		return sink;
	}

	closeSink(sink: InterleavedSink): void {
		const index = this.#sinks.indexOf(sink);
		if (index >= 0)
			this.#sinks.splice(index, 1);
	}

	sendControl(packet: Uint8Array, last: boolean): void {
		this.sendBytes(packet, last);
	}

	protected override onRoom(): void {
		for (let i = 0; i < this.#sinks.length; i++)
			this.#sinks[i]!.resume();
	}
}

class InterleavedSink implements Sink {
	readonly rtpPort = 0;
	readonly rtcpPort = 0;
	readonly channel: number;
	readonly controlPrefix: Uint8Array;
	readonly #connection: InterleavedConnection;
	readonly #owner: SinkOwner;
	#waiting = false;

	constructor(connection: InterleavedConnection, rtpChannel: number, rtcpChannel: number, owner: SinkOwner) {
		this.#connection = connection;
		this.#owner = owner;
		this.channel = rtpChannel;
		// sendControl fills in the length
		this.controlPrefix = new Uint8Array([0x24, rtcpChannel, 0, 0]);
	}

	send(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult {
		const result = this.#connection.sendPackets(source, frame, scan, packetSize);
		this.#waiting = result === WAITING;
		return result;
	}

	sendControl(packet: Uint8Array, last = false): void {
		const byteLength = packet.byteLength - FRAMING;
		packet[2] = byteLength >> 8;
		packet[3] = byteLength;
		this.#connection.sendControl(packet, last);
	}

	resume(): void {
		if (this.#waiting) {
			this.#waiting = false;
			this.#owner.resume();
		}
	}

	close(): void {
		this.#connection.closeSink(this);
	}
}
