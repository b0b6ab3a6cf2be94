// SPDX-License-Identifier: MIT
/**
 * RTP and RTCP to a multicast group: the sockets of the one stream that all its subscribers share.
 *
 * They are not the sockets of unicast clients. On lwIP the SDK's `timeToLive` is also unicast's, which must not end at
 * the first router; and RTCP is received on the group's own port, since receivers report to the group (RFC 3550 section
 * 6.2): that is where ffmpeg and GStreamer send.
 */

import type { MulticastGroup, Subscription } from "../rtsp/types";
import { SharedStream } from "./shared";
import { openUDP, type UDPStream } from "../sockets/sockets";
import type { Subscriber } from "./subscriber";
import type { Sink, SinkOwner } from "./sink";
import { READ_AT_ONCE, type UDPPorts } from "./udp";

export interface MulticastOptions {
	readonly group: MulticastGroup;
	/** IP literal of the interface to use; empty: as the routes say. */
	readonly interfaceAddress: string;
	/** IP literal that the server is reached at; empty: all of the machine's. */
	readonly ownAddress?: string;
	/** Packets to the group leave in the same bursts as all others. */
	readonly ports: UDPPorts;
	/** Makes the subscriber that all share, and adds it to the hub. */
	readonly openSubscriber: (openSink: (owner: SinkOwner) => Sink) => Subscriber;
}

export class Multicast {
	readonly group: MulticastGroup;
	readonly #stream: SharedStream;
	readonly #rtp: UDPStream;
	readonly #rtcp: UDPStream;
	/** The sink's owner while a stream runs. */
	#owner: SinkOwner | undefined;

	/** @throws Error when a socket cannot be opened, or, on the desktop, the group not joined */
	constructor({ group, interfaceAddress, ownAddress = "", ports, openSubscriber }: MulticastOptions) {
		this.group = group;
		const { address, rtpPort, rtcpPort, timeToLive } = group;
		const common = interfaceAddress === "" ? { timeToLive } : { timeToLive, multicastInterface: interfaceAddress };
		// not on the group's port: there the kernel would give back every packet that it delivers on this machine
		this.#rtp = openUDP({ ...common, ...ownAddress === "" ? {} : { address: ownAddress }, port: 0,
			onReadable: count => this.#drain(count) });
		try {
			// what comes to the group is bound to no interface's address: it would not be heard
			this.#rtcp = openUDP({ ...common, ...ownAddress === "" ? {} : { address }, port: rtcpPort,
				multicast: address, onReadable: count => this.#receive(count) });
		}
		catch (error) {
			this.#rtp.close();
			throw error;
		}
		const target = { address, rtpPort, rtcpPort, rtp: this.#rtp, rtcp: this.#rtcp };
		this.#stream = new SharedStream(() =>
			openSubscriber(owner => {
				this.#owner = owner;
				return ports.openSink(target, owner);
			})
		);
		try {
			this.#rtcp.add?.(address);
		}
		catch {
			// the desktop's socket is a member from its constructor on, which lwIP's is not; without it only reports
			// are missing
		}
	}

	/** Report blocks about the stream that have arrived. */
	get reportCount(): number {
		return this.#stream.reportCount;
	}

	join(): Subscription {
		return this.#stream.join();
	}

	/** To be called when no subscriber is left. */
	close(): void {
		try {
			this.#rtcp.remove?.(this.group.address);
		}
		catch {
			// the interface has gone before
		}
		this.#rtp.close();
		this.#rtcp.close();
	}

	#drain(count: number): void {
		try {
			for (let i = 0; i < count && i < READ_AT_ONCE; i++)
				this.#rtp.read();
		}
		catch {
			// nobody has anything to say there
		}
	}

	#receive(count: number): void {
		try {
			for (let i = 0; i < count && i < READ_AT_ONCE; i++) {
				const datagram = this.#rtcp.read();
				if (datagram)
					this.#owner?.receiveControl(new Uint8Array(datagram));
			}
		}
		catch {
			// a datagram is nothing to fail over
		}
	}
}
