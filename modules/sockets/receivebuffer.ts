// SPDX-License-Identifier: MIT
/** The buffer that all connections read into, one after the other, so reading takes no memory. */

import type { TCPStream } from "./sockets";

/** Bytes read at once: a request with its credentials fits. */
export const PIECE = 512;

export class ReceiveBuffer {
	readonly #buffer = new ArrayBuffer(PIECE, { maxByteLength: PIECE });
	/** As long as the buffer, whatever its size. */
	readonly #bytes = new Uint8Array(this.#buffer);

	/** Reads from a socket.
	 *  @param unread bytes that the socket has: lwIP throws if asked for more
	 *  @returns what was read, at most 512 bytes, valid until the next `read`; undefined if there is nothing
	 *  @throws when the socket is gone */
	read(socket: TCPStream, unread: number): Uint8Array | undefined {
		const wanted = unread < PIECE ? unread : PIECE;
		this.#buffer.resize(wanted);
		const count = socket.read(this.#bytes);
		if (count === undefined)
			return undefined;
		if (count < wanted)
			this.#buffer.resize(count);
		return this.#bytes;
	}
}
