// SPDX-License-Identifier: MIT
/**
 * Incremental base64 decoder (RFC 4648 section 4) for the requests of a tunnel (octets/core/octet_base64.h).
 */

import { decodeBase64 } from "../octets/octets";

/** Layout of the native function's result. */
const STATE_BITS = 10, STATE_MASK = 0x3ff, BROKEN = 0x200;

export class Base64Decoder {
	#state = 0;

	/** The input was not base64. Nothing after the error is decoded. */
	get broken(): boolean {
		return (this.#state & BROKEN) !== 0;
	}

	/** Decodes the next piece. A byte is written as soon as its bits are complete.
	 *  @param target has room for three bytes per four of the piece, rounded up
	 *  @returns bytes written to `target`
	 *  @throws RangeError if `target` is too small */
	decode(bytes: Uint8Array, target: Uint8Array): number {
		const result = decodeBase64(bytes, target, this.#state);
		this.#state = result & STATE_MASK;
		return result >> STATE_BITS;
	}
}
