// SPDX-License-Identifier: MIT
/**
 * RTP and RTCP interleaved with RTSP on one TCP connection (RFC 2326 section 10.12). Every write is one whole packet,
 * so a slow client never leaves a packet half sent.
 */

import { sendTCP } from "burst";
import { Route } from "fanout";
import type Fragmenter from "jpeg/fragmenter";
import type Scan from "jpeg/scan";
import type { Frame } from "../camera/source";
import { remove } from "../common/list";
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
		try {
			this.credit = sendTCP(this.socket!, source, frame, scan, packetSize, this.credit, this.mostCredit);
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
		remove(this.#sinks, sink);
	}

	sendControl(packet: Uint8Array, last: boolean): void {
		this.sendBytes(packet, last);
	}

	/** @returns undefined once the connection is closed */
	openRoute(fragmenter: Fragmenter, packetSize: number): Route | undefined {
		if (!this.socket)
			return undefined;
		const route = new Route(fragmenter, packetSize, this.socket);
		route.held = !this.clear;
		return route;
	}

	protected override onClear(): void {
		for (let i = 0; i < this.#sinks.length; i++)
			this.#sinks[i]!.hold(!this.clear);
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
	#route: Route | undefined;
	#waiting = false;

	constructor(connection: InterleavedConnection, rtpChannel: number, rtcpChannel: number, owner: SinkOwner) {
		this.#connection = connection;
		this.#owner = owner;
		this.channel = rtpChannel;
		// sendControl fills in the length
		this.controlPrefix = new Uint8Array([0x24, rtcpChannel, 0, 0]);
	}

	openRoute(fragmenter: Fragmenter, packetSize: number): Route | undefined {
		return this.#route = this.#connection.openRoute(fragmenter, packetSize);
	}

	/** Replies go first. */
	hold(held: boolean): void {
		if (this.#route)
			this.#route.held = held;
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
