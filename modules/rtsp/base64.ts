// SPDX-License-Identifier: MIT
/**
 * Incremental decoder of base64 (RFC 4648 section 4), for the requests of a tunnel (octets/core/octet_base64.h).
 */

import { decodeBase64 } from "../octets/octets";

/** Of the native's result. */
const STATE_BITS = 10, STATE_MASK = 0x3ff, BROKEN = 0x200;

export class Base64Decoder {
	#state = 0;

	/** Something has come that is not base64. Nothing after it makes sense, and nothing after it is decoded. */
	get broken(): boolean {
		return (this.#state & BROKEN) !== 0;
	}

	/** Decodes the next piece; a byte is there as soon as its bits are, whatever follows it.
	 *  @param target takes three bytes for every four of the piece, rounded up
	 *  @returns bytes written to `target`
	 *  @throws RangeError when they have no room */
	decode(bytes: Uint8Array, target: Uint8Array): number {
		const result = decodeBase64(bytes, target, this.#state);
		this.#state = result & STATE_MASK;
		return result >> STATE_BITS;
	}
}
