// SPDX-License-Identifier: MIT
/**
 * RTP and RTCP over UDP: one pair of sockets serves all subscribers. Frames are sent by routes, in bursts where the
 * network needs them (hosts/sockets/fanout.ts).
 */

import { sendUDP } from "burst";
import { Route } from "fanout";
import type Fragmenter from "jpeg/fragmenter";
import type Scan from "jpeg/scan";
import { removeKey } from "../common/list";
import { openUDP, type UDPStream } from "../sockets/sockets";
import type { Frame } from "../camera/source";
import { FAILED, SENT, type PacketSource, type SendResult, type Sink, type SinkOwner } from "./sink";

export interface UDPPortsOptions {
	/** IP literal to bind to; empty for all addresses. */
	readonly address?: string;
	/** First port tried for RTP, even; RTCP uses the next. */
	readonly port: number;
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

export class UDPPorts {
	readonly rtpPort: number;
	readonly rtcpPort: number;
	readonly #address: { readonly address?: string };
	readonly #rtp: UDPStream;
	readonly #rtcp: UDPStream;
	/** The sinks by the address and port that their RTCP comes from: the first, which knows the next. A report costs
	 *  the same for any number of clients. */
	readonly #byControl = new Map<string, UDPSink>();

	/** @throws Error if no pair of ports is free */
	constructor({ address = "", port }: UDPPortsOptions) {
		this.#address = address === "" ? {} : { address };
		let sockets: [UDPStream, UDPStream] | undefined;
		for (let i = 0; !sockets && i < ATTEMPTS; i++, port += sockets ? 0 : 2)
			sockets = this.open(port);
		if (!sockets)
			throw new Error(`no free pair of UDP ports near ${port}`);
		[this.#rtp, this.#rtcp] = sockets;
		this.rtpPort = port;
		this.rtcpPort = port + 1;
	}

	/** Whether the server sends from this port. */
	isOwn(port: number): boolean {
		return port === this.rtpPort || port === this.rtcpPort;
	}

	/** Opens a sink for one track of one client or of one group. */
	openSink(target: UDPTarget, owner: SinkOwner): Sink {
		const sink = new UDPSink(this, target, target.rtp ?? this.#rtp, target.rtcp ?? this.#rtcp, owner);
		const { key } = sink;
		sink.next = this.#byControl.get(key);
		this.#byControl.set(key, sink);
		return sink;
	}

	closeSink(sink: UDPSink): void {
		const { key } = sink;
		let before = this.#byControl.get(key);
		if (before === sink) {
			if (sink.next)
				this.#byControl.set(key, sink.next);
			else
				removeKey(this.#byControl, key);
			return;
		}
		while (before && before.next !== sink)
			before = before.next;
		if (before)
			before.next = sink.next;
	}

	close(): void {
		this.#rtp.close();
		this.#rtcp.close();
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
			let sink = this.#byControl.get(controlKey(address, port));
			while (sink) {
				// a report may end its sink
				const { next } = sink;
				sink.receive(new Uint8Array(datagram));
				sink = next;
			}
		}
		catch {
			// a datagram that cannot be read is skipped
		}
	}
}

/** Key of the address and port that RTCP comes from, as set up. RTCP from elsewhere is ignored. */
function controlKey(address: string, port: number): string {
	return `${address}:${port}`;
}

class UDPSink implements Sink {
	readonly #ports: UDPPorts;
	readonly #rtp: UDPStream;
	readonly #rtcp: UDPStream;
	/** IP literal that packets are sent to. */
	readonly address: string;
	readonly #rtpPort: number;
	/** Port of the client's RTCP. */
	readonly controlPort: number;
	/** Key of both, and the next sink with the same. */
	readonly key: string;
	next: UDPSink | undefined;
	readonly #owner: SinkOwner;

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
		this.controlPort = rtcpPort;
		this.key = controlKey(address, rtcpPort);
		this.#owner = owner;
	}

	get framing(): number {
		return 0;
	}

	get channel(): undefined {
		return undefined;
	}

	get rtpPort(): number {
		return this.#ports.rtpPort;
	}

	get rtcpPort(): number {
		return this.#ports.rtcpPort;
	}

	openRoute(fragmenter: Fragmenter, packetSize: number): Route {
		return new Route(fragmenter, packetSize, this.#rtp, { address: this.address, port: this.#rtpPort });
	}

	/** Sends a whole frame. Where native code has access to the sockets, frames go by the route instead. */
	send(source: PacketSource, frame: Frame, scan: Scan, packetSize: number): SendResult {
		try {
			sendUDP(this.#rtp, source, frame, scan, packetSize, this.address, this.#rtpPort);
			return SENT;
		}
		catch {
			// an incomplete frame is not displayed: its rest would only take buffers that the next frame needs
			return FAILED;
		}
	}

	sendControl(packet: Uint8Array): void {
		try {
			this.#rtcp.write(packet, this.address, this.controlPort);
		}
		catch {
			// the next report makes up for it
		}
	}

	receive(bytes: Uint8Array): void {
		this.#owner.receiveControl(bytes);
	}

	close(): void {
		this.#ports.closeSink(this);
	}
}
