// SPDX-License-Identifier: MIT
/** The program's descriptors, and a peer made of plain system calls. */

export class Descriptors {
	/** Number of open descriptors. */
	static count(): number {
		return native("xs_descriptors_count").call(this) as number;
	}
	/** Limits the number of additional descriptors; negative: removes the limit. */
	static limit(more: number): void {
		native("xs_descriptors_limit").call(this, more);
	}
}

/** A peer with functions that the host's own sockets lack. */
export class Peer {
	readonly #descriptor: number;

	/** @param port of a listener of this program; the connection may wait there until the loop runs */
	constructor(port: number) {
		this.#descriptor = native("xs_peer_connect").call(this, port) as number;
	}

	/** @param urgent whether the last byte is urgent data */
	send(text: string, urgent = false): void {
		native("xs_peer_send").call(this, this.#descriptor, text, urgent);
	}

	/** Ends the sending direction; receiving continues. */
	finish(): void {
		native("xs_peer_finish").call(this, this.#descriptor);
	}

	/** @returns number of bytes read into `buffer`; 0 at the end, -1 if none are available */
	receive(buffer: Uint8Array): number {
		return native("xs_peer_receive").call(this, this.#descriptor, buffer) as number;
	}

	close(): void {
		native("xs_peer_close").call(this, this.#descriptor);
	}
}
