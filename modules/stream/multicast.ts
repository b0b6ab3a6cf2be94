// SPDX-License-Identifier: MIT
/**
 * RTP and RTCP to a multicast group: the sockets of the one stream that all sessions of the group share.
 *
 * They are separate from the sockets for unicast, for two reasons. On lwIP, the SDK's `timeToLive` also applies to
 * unicast, which must not end at the first router. And receivers report to the group (RFC 3550 section 6.2), as ffmpeg
 * and GStreamer do, so RTCP is received on the group's own port.
 */

import type { MulticastGroup, Subscription } from "../rtsp/types";
import { SharedStream } from "./shared";
import { openUDP, type UDPStream } from "../sockets/sockets";
import type { Subscriber } from "./subscriber";
import type { Sink, SinkOwner } from "./sink";
import { READ_AT_ONCE, type UDPPorts } from "./udp";

export interface MulticastOptions {
	readonly group: MulticastGroup;
	/** IP literal of the interface to use; empty to follow the routes. */
	readonly interfaceAddress: string;
	/** IP literal that the server is bound to; empty for all addresses. */
	readonly ownAddress?: string;
	/** Sends the packets, in the same bursts as those to unicast clients. */
	readonly ports: UDPPorts;
	/** Makes the shared subscriber and adds it to the hub. */
	readonly openSubscriber: (openSink: (owner: SinkOwner) => Sink) => Subscriber;
}

export class Multicast {
	readonly group: MulticastGroup;
	readonly #stream: SharedStream;
	readonly #rtp: UDPStream;
	readonly #rtcp: UDPStream;
	/** The sink's owner while a stream runs. */
	#owner: SinkOwner | undefined;

	/** @throws Error if a socket cannot be opened or, on the desktop, the group cannot be joined */
	constructor({ group, interfaceAddress, ownAddress = "", ports, openSubscriber }: MulticastOptions) {
		this.group = group;
		const { address, rtpPort, rtcpPort, timeToLive } = group;
		const common = interfaceAddress === "" ? { timeToLive } : { timeToLive, multicastInterface: interfaceAddress };
		// not on the group's port: the kernel would loop back every packet that it delivers on this machine
		this.#rtp = openUDP({ ...common, ...ownAddress === "" ? {} : { address: ownAddress }, port: 0,
			onReadable: count => this.#drain(count) });
		try {
			// bound to the group: a socket bound to an interface's address does not receive datagrams to the group
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
			// the desktop's socket joined in its constructor; lwIP's joins here, and if that fails, only receiver
			// reports are missing
		}
	}

	/** Number of report blocks received about the stream. */
	get reportCount(): number {
		return this.#stream.reportCount;
	}

	join(): Subscription {
		return this.#stream.join();
	}

	/** Closes the sockets. To be called when no subscriber is left. */
	close(): void {
		try {
			this.#rtcp.remove?.(this.group.address);
		}
		catch {
			// the interface is already gone
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
			// the datagrams are discarded anyway
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
			// a datagram that cannot be read is skipped
		}
	}
}
