// SPDX-License-Identifier: MIT
import type { TCPOwner } from "sockets/sockets";
import type { Wire } from "./wire";

interface Options {
	readonly from: Wire;
	readonly target: TCPOwner;
	onReadable(this: TCP, bytes: number): void;
	onWritable(this: TCP, bytes: number): void;
	onError(this: TCP): void;
}

/** The server's end of a wire. It takes a write completely or refuses it, like the hosts' sockets. */
export default class TCP {
	readonly target: TCPOwner;
	readonly remoteAddress: string;
	readonly wire: Wire;
	readonly #options: Options;
	#open = true;

	constructor(options: Options) {
		this.#options = options;
		this.target = options.target;
		this.wire = options.from;
		this.remoteAddress = this.wire.address;
		this.wire.accepted(this);
	}

	/* ---- called by the world ---- */

	readable(bytes: number): void {
		if (this.#open)
			this.#options.onReadable.call(this, bytes);
	}

	writable(bytes: number): void {
		if (this.#open)
			this.#options.onWritable.call(this, bytes);
	}

	failed(): void {
		if (this.#open)
			this.#options.onError.call(this);
	}

	/* ---- called by the server ---- */

	read(bytes: Uint8Array): number | undefined {
		if (!this.#open)
			throw new Error("closed");
		const taken = this.wire.take(bytes.byteLength);
		if (taken === undefined)
			return undefined;
		bytes.set(new Uint8Array(taken));
		return taken.byteLength;
	}

	write(data: ArrayBuffer | Uint8Array): number {
		const { wire } = this;
		if (!this.#open || wire.broken)
			throw new Error("closed");
		if (data.byteLength > wire.room)
			throw new Error("would block");
		wire.deliver(data instanceof Uint8Array ? data : new Uint8Array(data));
		return wire.room;
	}

	close(): void {
		if (!this.#open)
			globalThis.world.fail("a socket was closed twice");
		this.#open = false;
		this.wire.closedByServer();
	}
}
