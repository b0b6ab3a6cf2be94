// SPDX-License-Identifier: MIT
/** One attempt to send the stream to a receiver: finds its address, connects, talks, sends. It ends once, for good. */

import Lookup from "lookup";
import random32 from "random";
import { errorText } from "../common/errortext";
import { parseIPv4 } from "../common/ipv4";
import type { RTSPTarget } from "../common/rtspurl";
import type { StreamControl, Subscription } from "../rtsp/types";
import type { Receiver, TCPConnection, TCPConnectionOwner } from "../sockets/tcpconnection";
import type { Turns } from "../sockets/turns";
import { PushClient, type Failure, type PushClientOwner } from "./client";
import { PushConnection } from "./connection";

export interface AttemptOptions {
	/** The receiver, for requests. */
	readonly target: RTSPTarget;
	/** Where to connect to: the receiver or a proxy. */
	readonly host: string;
	readonly port: number;
	readonly stream: StreamControl;
	readonly name: string;
	readonly turns: Turns;
	/** Seconds; Infinity for no limit. */
	readonly stallTimeout: number;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	readonly owner: AttemptOwner;
}

/** Receives the events of an attempt. Methods never throw. */
export interface AttemptOwner {
	/** The stream runs. */
	onSending(): void;
	/** The attempt, or the stream, has ended. Not called after `close`. */
	onEnded(failure: Failure): void;
}

/** Time for finding the address and connecting, milliseconds. */
const CONNECT_TIMEOUT = 15_000;

export class Attempt implements PushClientOwner, Receiver, TCPConnectionOwner {
	/** The receiver is no client of the camera: what it sends takes turns with that of strangers. */
	readonly granted = false;
	readonly stallTimeout: number;
	readonly turns: Turns;
	readonly #options: AttemptOptions;
	readonly #begin: number;
	#lookup: Lookup | undefined;
	#connection: PushConnection | undefined;
	#client: PushClient | undefined;
	#subscription: Subscription | undefined;
	#ended = false;

	/** @throws Error if nothing can be begun */
	constructor(options: AttemptOptions) {
		this.#options = options;
		this.stallTimeout = options.stallTimeout;
		this.turns = options.turns;
		this.#begin = options.now();
		const { host } = options;
		if (isAddress(host))
			this.#connect(host);
		else
			this.#lookup = new Lookup({ host, onDone: () => this.#onFound() });
	}

	/** To be called once a second. */
	tick(): void {
		if (this.#client)
			this.#client.tick();
		else if (this.#options.now() - this.#begin >= CONNECT_TIMEOUT)
			this.#end({ text: this.#lookup ? "its address was not found in time" : "it does not answer" });
	}

	/** Ends the stream, with BYE and TEARDOWN. Never throws. */
	close(): void {
		this.#ended = true;
		this.#lookup?.close();
		this.#subscription?.close();
		try {
			this.#client?.close();
		}
		catch {
			// no memory for TEARDOWN: the receiver sees the connection end
		}
		this.#connection?.close();
	}

	#onFound(): void {
		const address = this.#lookup?.address;
		this.#lookup?.close();
		this.#lookup = undefined;
		if (this.#ended)
			return;
		if (address === undefined)
			this.#end({ text: `no IPv4 address is known for ${this.#options.host}` });
		else
			this.#guard(() => this.#connect(address));
	}

	#connect(address: string): void {
		const connection = new PushConnection(this, { address, port: this.#options.port }, () => this.#onConnected());
		connection.partner = this;
		this.#connection = connection;
	}

	#onConnected(): void {
		this.#guard(() => {
			const { target, stream, name, now } = this.#options, description = stream.describe();
			if (!description) {
				this.#end({ text: "the camera has no picture yet" });
				return;
			}
			const client = this.#client = new PushClient({ owner: this, target, description, name, now, random32 });
			client.begin();
		});
	}

	/** Ends the attempt if memory is short. */
	#guard(step: () => void): void {
		try {
			step();
		}
		catch (error) {
			this.#end({ text: errorText(error) });
		}
	}

	#end(failure: Failure): void {
		if (this.#ended)
			return;
		this.#ended = true;
		this.#lookup?.close();
		// nobody is there to say goodbye to
		this.#subscription?.close(true);
		this.#connection?.end();
		this.#options.owner.onEnded(failure);
	}

	/* ---- the connection ---- */

	receiveNext(bytes: Uint8Array, offset: number): number {
		try {
			return this.#client ? this.#client.receiveNext(bytes, offset) : bytes.byteLength;
		}
		catch (error) {
			this.#end({ text: errorText(error) });
			return bytes.byteLength;
		}
	}

	closed(): void {
		this.#end({ text: this.#connection?.isConnected
			? "the receiver has closed the connection"
			: "no connection: nothing listens there, or it cannot be reached" });
	}

	onStalled(connection: TCPConnection): void {
		this.#end({ text: `the receiver has read nothing for ${this.stallTimeout} s` });
		connection.end();
	}

	onEnd(): void {
		// `closed` or `#end` has been called
	}

	/* ---- the conversation ---- */

	send(bytes: Uint8Array): void {
		this.#connection?.send(bytes);
	}

	onRecording(rtpChannel: number, rtcpChannel: number): void {
		const subscription = this.#options.stream.subscribe({ onAlive: () => undefined,
			delivery: { kind: "interleaved", peer: this.#connection!, rtpChannel, rtcpChannel } });
		if (typeof subscription === "string") {
			this.#end({ text: "the camera cannot serve another client" });
			return;
		}
		this.#subscription = subscription;
		subscription.play();
		this.#options.owner.onSending();
	}

	onControl(bytes: Uint8Array): void {
		this.#subscription?.receiveRTCP(bytes);
	}

	onFailed(failure: Failure): void {
		this.#end(failure);
	}
}

/** Whether the sockets take this host without a look-up. */
function isAddress(host: string): boolean {
	return host === "localhost" || parseIPv4(host) !== undefined;
}
