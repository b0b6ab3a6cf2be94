/**
 * Incremental decoder of base64 (RFC 4648 section 4), for the requests of a tunnel.
 *
 * Every request is encoded by itself, so that padding comes in the middle of the stream and the next request begins right
 * after it. Line breaks and spaces may be anywhere, and so may the ends of the pieces.
 */

const TAB = 0x09, LF = 0x0a, CR = 0x0d, SPACE = 0x20, EQUALS = 0x3d;

export class Base64Decoder {
	/** Of the group of four that has begun: characters, and bits that do not make a byte yet. */
	#count = 0;
	#bits = 0;
	/** `=` that must follow. */
	#padding = 0;
	#broken = false;

	/** Something has come that is not base64. Nothing after it makes sense, and nothing after it is decoded. */
	get broken(): boolean {
		return this.#broken;
	}

	/** Decodes the next piece; a byte is there as soon as its bits are, whatever follows it.
	 *  @param target takes three bytes for every four of the piece, rounded up
	 *  @returns bytes written to `target` */
	decode(bytes: Uint8Array, target: Uint8Array): number {
		let length = 0;
		for (let i = 0; i < bytes.byteLength && !this.#broken; i++) {
			const byte = bytes[i]!;
			if (byte === CR || byte === LF || byte === SPACE || byte === TAB)
				continue;
			if (byte === EQUALS ? !this.#pad() : !this.#add(byte))
				this.#broken = true;
			else if (byte !== EQUALS && this.#count !== 1) {
				const shift = this.#count === 0 ? 0 : 8 - 2 * this.#count;
				target[length++] = this.#bits >> shift;
				this.#bits &= (1 << shift) - 1;
			}
		}
		return length;
	}

	// RFC 4648 section 4
	//    |     1st     |     2nd     |     3rd     |     4th     |
	//    |. . . . . .  . .|. . . .  . . . .|. .  . . . . . .|
	//    |     1st byte   |    2nd byte    |     3rd byte   |
	#add(byte: number): boolean {
		const value = sextet(byte);
		if (value < 0 || this.#padding > 0)
			return false;
		this.#bits = this.#bits << 6 | value;
		this.#count = (this.#count + 1) & 3;
		return true;
	}

	#pad(): boolean {
		if (this.#padding > 0)
			this.#padding -= 1;
		else if (this.#count < 2)
			return false;
		else {
			this.#padding = 3 - this.#count;
			this.#count = this.#bits = 0;
		}
		return true;
	}
}

/** @returns 0..63, or -1 */
function sextet(byte: number): number {
	if (byte >= 0x41 && byte <= 0x5a)
		return byte - 0x41;
	if (byte >= 0x61 && byte <= 0x7a)
		return byte - 0x47;
	if (byte >= 0x30 && byte <= 0x39)
		return byte + 4;
	return byte === 0x2b ? 62 : byte === 0x2f ? 63 : -1;
}
