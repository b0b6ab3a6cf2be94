// SPDX-License-Identifier: MIT
import type { Wire } from "./wire";

/** A listener that accepts connections of the world's clients. */
export default class Listener {
	readonly port: number;
	readonly #onReadable: (count: number) => void;

	constructor({ port, onReadable }: { port: number; onReadable: (count: number) => void }) {
		this.port = port;
		this.#onReadable = onReadable;
		globalThis.world.listener = this;
	}

	arrived(count: number): void {
		this.#onReadable(count);
	}

	read(): Wire | undefined {
		return globalThis.world.arrivals.shift();
	}

	close(): void {
		globalThis.world.listener = undefined;
	}
}
