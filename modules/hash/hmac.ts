/**
 * HMAC (RFC 2104): a hash that only who has the key can make.
 */

import { BLOCK_BYTES, type Hash } from "./blocks";

/** @returns as many bytes as `hash` gives */
export function hmac(hash: Hash, key: Uint8Array, message: Uint8Array): Uint8Array {
	const block = new Uint8Array(BLOCK_BYTES);
	block.set(key.byteLength > BLOCK_BYTES ? hash(key) : key);
	return hash(joined(block, 0x5c, hash(joined(block, 0x36, message))));
}

/** (block XOR pad), then the message: section 2. */
function joined(block: Uint8Array, pad: number, message: Uint8Array): Uint8Array {
	const result = new Uint8Array(BLOCK_BYTES + message.byteLength);
	for (let i = 0; i < BLOCK_BYTES; i++)
		result[i] = block[i]! ^ pad;
	result.set(message, BLOCK_BYTES);
	return result;
}
