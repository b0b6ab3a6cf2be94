// SPDX-License-Identifier: MIT
/** One of the server's UDP sockets. */
export default class UDP {
	readonly port: number;
	readonly #onReadable: (count: number) => void;
	/** Received datagrams that the server has not read. */
	#queue: (ArrayBuffer & { address: string; port: number })[] = [];
	#open = true;

	constructor({ port, onReadable }: { port: number; onReadable: (count: number) => void }) {
		this.port = port;
		this.#onReadable = onReadable;
		globalThis.world.udp.push(this);
	}

	/** Receives datagrams from a client. Those that the server does not read at once are lost. */
	receive(bytes: Uint8Array, address: string, port: number, count: number): void {
		this.#queue = [];
		for (let i = 0; i < count; i++) {
			const datagram = bytes.slice().buffer as ArrayBuffer & { address: string; port: number };
			datagram.address = address;
			datagram.port = port;
			this.#queue.push(datagram);
		}
		this.#onReadable(count);
		this.#queue = [];
	}

	read(): (ArrayBuffer & { address: string; port: number }) | undefined {
		return this.#queue.shift();
	}

	write(data: ArrayBuffer | Uint8Array, address: string, port: number): void {
		const { world } = globalThis;
		if (!this.#open)
			throw new Error("closed");
		if (world.isRefusing())
			throw new Error("would block");
		world.streams.datagram(data instanceof Uint8Array ? data : new Uint8Array(data), address, port);
	}

	add(): void {}
	remove(): void {}

	close(): void {
		if (!this.#open)
			globalThis.world.fail("a UDP socket was closed twice");
		this.#open = false;
		const { udp } = globalThis.world;
		udp.splice(udp.indexOf(this), 1);
	}
}
