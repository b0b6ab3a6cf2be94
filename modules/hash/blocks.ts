/**
 * What MD5 and SHA-256 share: the message padded to whole blocks of 64 bytes, which both see as 16 words of 32 bits.
 *
 * Own code, and not the SDK's crypt: rtsp/ is pure and runs in Node too, where there is no crypt; and a challenge and its answer
 * are a few blocks a connection.
 */

/** A hash function: the digest of a whole message. */
export type Hash = (message: Uint8Array) => Uint8Array;

/** Bytes of a block. */
export const BLOCK_BYTES = 64;

/** The message, a one bit, zeros, and its length in bits in 64 bits (RFC 1321 section 3.1 and 3.2, FIPS 180-4 section 5.1.1).
 *  @param message shorter than 2^29 bytes
 *  @param littleEndian order of the length's bytes */
export function padded(message: Uint8Array, littleEndian: boolean): Uint8Array {
	const byteLength = message.byteLength;
	const result = new Uint8Array((byteLength + 9 + BLOCK_BYTES - 1) & -BLOCK_BYTES);
	result.set(message);
	result[byteLength] = 0x80;
	const end = result.byteLength;
	for (let i = 0; i < 4; i++)
		result[littleEndian ? end - 8 + i : end - 1 - i] = (byteLength << 3) >>> (8 * i);
	return result;
}
