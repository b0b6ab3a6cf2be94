// SPDX-License-Identifier: MIT
/**
 * A UDP port that is shared with other programs of this machine, and a member of a multicast group on the chosen
 * interfaces: the transport of multicast DNS and of WS-Discovery. When the machine's addresses change, it joins the
 * group anew.
 *
 * A port also receives what it sends to its group itself, on hosts that cannot tell it from what other programs of the
 * machine send.
 */

import { readInterfaces } from "interfaces";
import Timer from "timer";
import { chooseInterfaces, isOnLink, parseInterfaces, type NetworkInterface } from "../sockets/networkinterface";
import { openSharedUDP, type SharedDatagram, type SharedUDPStream } from "../sockets/sockets";

/** Milliseconds between two looks at the machine's addresses. */
const LOOK_INTERVAL = 2000;
/** Datagrams read in a row. The rest wait for the next `onReadable`, so that a flood does not delay frames. */
const READ_AT_ONCE = 16;

/** A datagram received, valid until the callback returns. */
export interface Received {
	readonly bytes: Uint8Array;
	/** The sender's, an IP literal. */
	readonly address: string;
	readonly port: number;
	/** Sent to the group; otherwise to this machine alone. */
	readonly isMulticast: boolean;
	/** The sender's address belongs to the interface's network. It can be forged, but an answer to it does not leave
	 *  the network. */
	readonly isOnLink: boolean;
	/** Where it came, and where an answer to the group goes. */
	readonly interface: NetworkInterface;
}

/** Its functions are called as methods. */
export interface MulticastPortOptions {
	readonly port: number;
	/** IP literal of the multicast group. */
	readonly group: string;
	/** IP time to live of all that is sent, 1 to 255. */
	readonly timeToLive: number;
	/** Names and addresses of interfaces. Empty: every interface that can multicast, without loopback. */
	readonly interfaces: readonly string[];
	/** Must not throw; what it throws is dropped. */
	onReceived(received: Received): void;
	/** The interfaces or their addresses have changed. Not called for those of the beginning. Called again after 2
	 *  seconds if it throws. */
	onInterfaces?(): void;
}

export class MulticastPort {
	readonly #options: MulticastPortOptions;
	#socket: SharedUDPStream | undefined;
	readonly #timer: Timer;
	/** What `readInterfaces` gave at the last look. */
	#text = "";
	#interfaces: readonly NetworkInterface[] = [];
	/** Chosen interfaces on which the group could not be joined. */
	#missing: readonly NetworkInterface[] = [];
	/** `onInterfaces` is to be called at the next look. */
	#isPending = false;

	/** @throws Error the port is in use by a program that does not share it */
	constructor(options: MulticastPortOptions) {
		this.#options = options;
		this.#socket = openSharedUDP(options.port, options.timeToLive, () => this.#read());
		try {
			this.#follow();
		}
		catch (error) {
			this.#socket.close();
			throw error;
		}
		this.#timer = Timer.repeat(() => this.#look(), LOOK_INTERVAL);
	}

	/** The chosen interfaces on which the group is joined. Empty while none is up. */
	get interfaces(): readonly NetworkInterface[] {
		return this.#interfaces;
	}

	/** Sends to the group.
	 *  @param to one interface. Default: each
	 *  @returns false if an interface refused it */
	send(bytes: Uint8Array, to?: NetworkInterface): boolean {
		const { group, port } = this.#options;
		let isSent = true;
		for (const { index } of to ? [to] : this.#interfaces)
			isSent = this.#write(bytes, group, port, index) && isSent;
		return isSent;
	}

	/** Sends to one host.
	 *  @param address IP literal
	 *  @returns false if the system refused it */
	reply(bytes: Uint8Array, address: string, port: number): boolean {
		return this.#write(bytes, address, port);
	}

	/** Calls `onInterfaces` at the next look, in 2 seconds at most: the owner could not do all that it must. */
	retry(): void {
		this.#isPending = true;
	}

	close(): void {
		Timer.clear(this.#timer);
		this.#leave();
		this.#socket?.close();
		this.#socket = undefined;
	}

	#write(bytes: Uint8Array, address: string, port: number, index?: number): boolean {
		try {
			this.#socket?.write(bytes, address, port, index);
			return this.#socket !== undefined;
		}
		catch {
			// no buffer, or the interface has just gone: what is lost is sent again by the protocols
			return false;
		}
	}

	/** Catches all errors, since it runs in a callback. */
	#look(): void {
		try {
			if (!this.#follow() && !this.#isPending)
				return;
			this.#isPending = true;
			this.#options.onInterfaces?.();
			this.#isPending = false;
		}
		catch {
			// no memory: the next look does the same again
		}
	}

	/** @returns whether the interfaces have changed, or one more could be joined */
	#follow(): boolean {
		const text = readInterfaces();
		if (text === this.#text)
			return this.#missing.length > 0 && this.#joinMissing();
		this.#leave();
		this.#missing = chooseInterfaces(parseInterfaces(text), this.#options.interfaces);
		this.#joinMissing();
		// only now: after an error, all of it is done again
		this.#text = text;
		return true;
	}

	/** @returns whether one could be joined */
	#joinMissing(): boolean {
		const joined = this.#missing.filter(({ index }) => this.#join(index));
		if (joined.length === 0)
			return false;
		this.#missing = this.#missing.filter(item => !joined.includes(item));
		this.#interfaces = [...this.#interfaces, ...joined];
		return true;
	}

	#join(index: number): boolean {
		try {
			this.#socket!.add(this.#options.group, index);
			return true;
		}
		catch {
			return false;
		}
	}

	#leave(): void {
		for (const { index } of this.#interfaces) {
			try {
				this.#socket?.remove(this.#options.group, index);
			}
			catch {
				// the interface has gone, and its membership with it
			}
		}
		this.#interfaces = [];
	}

	/** Catches all errors, since it runs in a callback. */
	#read(): void {
		try {
			for (let i = 0; i < READ_AT_ONCE; i++) {
				const datagram = this.#socket?.read();
				if (datagram === undefined)
					return;
				this.#receive(datagram);
			}
		}
		catch {
			// no memory, or an error of the callback: this datagram is lost
		}
	}

	#receive(datagram: SharedDatagram): void {
		const { address, port, destination } = datagram, isMulticast = destination === this.#options.group;
		// a program of this machine that sends to one of its addresses does so on the loopback interface
		const item = this.#interfaces.find(({ index, addresses }) =>
			isMulticast ? index === datagram.interface : addresses.some(own => own.address === destination)
		);
		if (item)
			this.#options.onReceived({
				bytes: new Uint8Array(datagram),
				address,
				port,
				isMulticast,
				isOnLink: isOnLink(item, address),
				interface: item,
			});
	}
}
