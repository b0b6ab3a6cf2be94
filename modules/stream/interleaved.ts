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
import type { Peer } from "../rtsp/types";
import { TCPConnection } from "../sockets/tcpconnection";
import type { ClientKind } from "./consumer";
import { FRAMING } from "./control";
import { FAILED, SENT, WAITING, type PacketSource, type SendResult, type Sink, type SinkOwner } from "./sink";

export class InterleavedConnection extends TCPConnection implements Peer {
	/** The first sink; each knows the next. A list would take memory in connections that have none. */
	#first: InterleavedSink | undefined;

	/** What the far end is, for lists of clients. */
	get kind(): ClientKind {
		return "rtsp-tcp";
	}

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
		sink.next = this.#first;
		this.#first = sink;
		return sink;
	}

	closeSink(sink: InterleavedSink): void {
		let before: InterleavedSink | undefined;
		for (let item = this.#first; item; item = item.next) {
			if (item === sink) {
				if (before)
					before.next = sink.next;
				else
					this.#first = sink.next;
				return;
			}
			before = item;
		}
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
		for (let sink = this.#first; sink; sink = sink.next)
			sink.hold(!this.clear);
	}

	protected override onRoom(): void {
		for (let sink = this.#first; sink; sink = sink.next)
			sink.resume();
	}
}

class InterleavedSink implements Sink {
	readonly channel: number;
	readonly #rtcpChannel: number;
	next: InterleavedSink | undefined;
	readonly #connection: InterleavedConnection;
	readonly #owner: SinkOwner;
	#route: Route | undefined;
	#waiting = false;

	constructor(connection: InterleavedConnection, rtpChannel: number, rtcpChannel: number, owner: SinkOwner) {
		this.#connection = connection;
		this.#owner = owner;
		this.channel = rtpChannel;
		this.#rtcpChannel = rtcpChannel;
	}

	get framing(): number {
		return FRAMING;
	}

	get rtpPort(): number {
		return 0;
	}

	get rtcpPort(): number {
		return 0;
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
		packet[0] = 0x24;
		packet[1] = this.#rtcpChannel;
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

	stalled(): void {
		this.#connection.stalled();
	}

	close(): void {
		this.#connection.closeSink(this);
	}
}
