// SPDX-License-Identifier: MIT
/**
 * RTP and RTCP over UDP: one pair of sockets serves all subscribers, and packets leave in bursts.
 *
 * A Wi-Fi chip has few transmit buffers, and lwIP does not check whether it got one. A frame sent in one go can lose
 * most of its packets, or cause a crash. So at most `burst` packets leave every `spacing` milliseconds, to all
 * subscribers together. A desktop's kernel takes a whole frame at once: there `burst` is 0, no limit.
 */

import { sendUDP } from "burst";
import { Route } from "fanout";
import type Fragmenter from "jpeg/fragmenter";
import type Scan from "jpeg/scan";
import Timer from "timer";
import { remove, removeAt } from "../common/list";
import { openUDP, type UDPStream } from "../sockets/sockets";
import type { Frame } from "../camera/source";
import { FAILED, SENT, WAITING, type PacketSource, type SendResult, type Sink, type SinkOwner } from "./sink";

export interface UDPPortsOptions {
	/** IP literal to bind to; empty for all addresses. */
	readonly address?: string;
	/** First port tried for RTP, even; RTCP uses the next. */
	readonly port: number;
	/** Packets sent in a row, to all subscribers together; 0 for no limit. */
	readonly burst: number;
	/** Milliseconds between bursts. */
	readonly spacing: number;
}

/** Destination of a sink's packets. */
export interface UDPTarget {
	/** IP literal. */
	readonly address: string;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	/** Sockets for this target only. Default: the shared pair. */
	readonly rtp?: UDPStream;
	readonly rtcp?: UDPStream;
}

const ATTEMPTS = 32;
/** Datagrams read in a row. The rest wait for the next `onReadable`, so that a flood does not delay frames. */
export const READ_AT_ONCE = 16;
const NO_PREFIX = new Uint8Array(0);

export class UDPPorts {
	readonly rtpPort: number;
	readonly rtcpPort: number;
	// the engine searches members in order: those that every frame needs come first
	readonly #burst: number;
	readonly #address: { readonly address?: string };
	/** Packets that may still leave before the next pause. */
	#budget: number;
	readonly #rtp: UDPStream;
	readonly #rtcp: UDPStream;
	readonly #sinks: UDPSink[] = [];
	/** The same sinks by address. Bursts are shared between addresses first, so that a client gains nothing by setting
	 *  up more sessions. */
	readonly #groups: Group[] = [];
	readonly #spacing: number;
	readonly #timer: Timer | undefined;
	#refilling = false;
	/** Index of the group that the last burst began with. */
	#turn = 0;

	/** @throws Error if no pair of ports is free */
	constructor({ address = "", port, burst, spacing }: UDPPortsOptions) {
		this.#burst = burst;
		this.#address = address === "" ? {} : { address };
		this.#spacing = spacing;
		this.#budget = burst;
		let sockets: [UDPStream, UDPStream] | undefined;
		for (let i = 0; !sockets && i < ATTEMPTS; i++, port += sockets ? 0 : 2)
			sockets = this.open(port);
		if (!sockets)
			throw new Error(`no free pair of UDP ports near ${port}`);
		[this.#rtp, this.#rtcp] = sockets;
		this.rtpPort = port;
		this.rtcpPort = port + 1;
		if (burst !== 0) {
			// one timer is rescheduled: a new one for every frame would be garbage
			this.#timer = Timer.repeat(() => {
				try {
					this.refill();
				}
				catch {
					// no memory: frames that wait are resumed by a later refill, or given back at their deadline
				}
			}, spacing);
			Timer.schedule(this.#timer);
		}
	}

	/** Whether all of a frame may leave at once. */
	get unlimited(): boolean {
		return this.#burst === 0;
	}

	/** Whether the server sends from this port. */
	isOwn(port: number): boolean {
		return port === this.rtpPort || port === this.rtcpPort;
	}

	/** Opens a sink for one track of one client or of one group. */
	openSink(target: UDPTarget, owner: SinkOwner): Sink {
		const sink = new UDPSink(this, target, target.rtp ?? this.#rtp, target.rtcp ?? this.#rtcp, owner);
		this.#sinks.push(sink);
		const group = this.#groups.find(({ address }) => address === target.address);
		if (group)
			group.sinks.push(sink);
		else
			this.#groups.push({ address: target.address, sinks: [sink], turn: 0 });
		return sink;
	}

	closeSink(sink: UDPSink): void {
		if (!remove(this.#sinks, sink))
			return;
		for (let i = this.#groups.length - 1; i >= 0; i--) {
			const { sinks } = this.#groups[i]!;
			if (remove(sinks, sink) && sinks.length === 0)
				removeAt(this.#groups, i);
		}
	}

	close(): void {
		if (this.#timer)
			Timer.clear(this.#timer);
		this.#rtp.close();
		this.#rtcp.close();
	}

	sendPackets(
		source: PacketSource,
		frame: Frame,
		scan: Scan,
		packetSize: number,
		socket: UDPStream,
		address: string,
		port: number,
	): SendResult {
		const limited = this.#burst !== 0;
		if (limited && this.#budget <= 0)
			return WAITING;
		let result: SendResult;
		try {
			const count = sendUDP(socket, source, frame, scan, packetSize, address, port, limited ? this.#budget : 0);
			this.#budget -= limited ? count : 0;
			result = source.inProgress ? WAITING : SENT;
		}
		catch {
			// an incomplete frame is not displayed: its rest would only take buffers that the next frame needs
			result = FAILED;
			this.#budget = 0;
		}
		if (limited && this.#budget < this.#burst)
			this.refillSoon();
		return result;
	}

	private refillSoon(): void {
		if (this.#refilling)
			return;
		this.#refilling = true;
		Timer.schedule(this.#timer!, this.#spacing, this.#spacing);
	}

	private refill(): void {
		if (this.#budget >= this.#burst) {
			// nothing was sent since the last refill: stop the timer
			this.#refilling = false;
			Timer.schedule(this.#timer!);
			return;
		}
		this.#budget = this.#burst;
		const groups = this.#groups, count = groups.length;
		this.#turn = count ? (this.#turn + 1) % count : 0;
		for (let i = 0; i < count; i++) {
			const group = groups[(this.#turn + i) % count];
			if (group)
				this.resume(group);
		}
	}

	/** Resumes the sinks of a group while the burst lasts. Each time, a different sink comes first. */
	private resume(group: Group): void {
		const { sinks } = group, count = sinks.length;
		if (this.#budget <= 0)
			return;
		group.turn = (group.turn + 1) % count;
		for (let i = 0; i < count && this.#budget > 0; i++)
			sinks[(group.turn + i) % count]?.resume();
	}

	private open(port: number): [UDPStream, UDPStream] | undefined {
		let rtp: UDPStream | undefined;
		try {
			rtp = openUDP({ ...this.#address, port, onReadable: count => this.drain(count) });
			return [rtp, openUDP({ ...this.#address, port: port + 1, onReadable: count => this.readControls(count) })];
		}
		catch {
			rtp?.close();
			return undefined;
		}
	}

	/** Discards datagrams on the RTP port: clients send one or two there to open their firewalls. */
	private drain(count: number): void {
		try {
			for (let i = 0; i < count && i < READ_AT_ONCE; i++)
				this.#rtp.read();
		}
		catch {
			// the datagrams are discarded anyway
		}
	}

	/** @param count waiting datagrams */
	private readControls(count: number): void {
		for (let i = 0; i < count && i < READ_AT_ONCE; i++)
			this.readControl();
	}

	private readControl(): void {
		try {
			const datagram = this.#rtcp.read();
			if (!datagram)
				return;
			const { address, port } = datagram;
			// sessions may share an RTCP port: each one takes the reports about its own SSRC
			for (let i = 0; i < this.#sinks.length; i++) {
				const sink = this.#sinks[i]!;
				if (sink.isFrom(address, port))
					sink.receive(new Uint8Array(datagram));
			}
		}
		catch {
			// a datagram that cannot be read is skipped
		}
	}
}

/** The sinks with one address. */
interface Group {
	readonly address: string;
	readonly sinks: UDPSink[];
	/** Index of the sink that was first in the last burst. */
	turn: number;
}

class UDPSink implements Sink {
	readonly controlPrefix = NO_PREFIX;
	readonly channel = undefined;
	readonly rtpPort: number;
	readonly rtcpPort: number;
	readonly #ports: UDPPorts;
	readonly #rtp: UDPStream;
	readonly #rtcp: UDPStream;
	/** IP literal that packets are sent to. */
	readonly address: string;
	readonly #rtpPort: number;
	readonly #rtcpPort: number;
	readonly #owner: SinkOwner;
	#waiting = false;

	constructor(
		ports: UDPPorts,
		{ address, rtpPort, rtcpPort }: UDPTarget,
		rtp: UDPStream,
		rtcp: UDPStream,
		owner: SinkOwner,
	) {
		this.#ports = ports;
		this.#rtp = rtp;
		this.#rtcp = rtcp;
		this.address = address;
		this.#rtpPort = rtpPort;
		this.#rtcpPort = rtcpPort;
		this.#owner = owner;
		this.rtpPort = ports.rtpPort;
		this.rtcpPort = ports.rtcpPort;
	}

	openRoute(fragmenter: Fragmenter, packetSize: number): Route | undefined {
		return this.#ports.unlimited
			? new Route(fragmenter, packetSize, this.#rtp, { address: this.address, port: this.#rtpPort })
			: undefined;
	}

	send(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult {
		const result = this.#ports.sendPackets(source, frame, scan, packetSize, this.#rtp, this.address, this.#rtpPort);
		this.#waiting = result === WAITING;
		return result;
	}

	sendControl(packet: Uint8Array): void {
		try {
			this.#rtcp.write(packet, this.address, this.#rtcpPort);
		}
		catch {
			// the next report makes up for it
		}
	}

	/** Whether this is the address and port that RTCP of this sink comes from, as set up. RTCP from elsewhere is
	 *  ignored. */
	isFrom(address: string, port: number): boolean {
		return port === this.#rtcpPort && address === this.address;
	}

	receive(bytes: Uint8Array): void {
		this.#owner.receiveControl(bytes);
	}

	resume(): void {
		if (this.#waiting) {
			this.#waiting = false;
			this.#owner.resume();
		}
	}

	close(): void {
		this.#ports.closeSink(this);
	}
}
