/**
 * SHA-256 (FIPS 180-4 section 6.2).
 */

import { BLOCK_BYTES, padded } from "./blocks";

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes, section 4.2.2. */
const K: readonly number[] = Object.freeze([
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** @returns 32 bytes */
export function sha256(message: Uint8Array): Uint8Array {
	const input = padded(message, false);
	// of the square roots of the first eight primes, section 5.3.3
	const state = new Int32Array([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
	const schedule = new Int32Array(64);
	for (let offset = 0; offset < input.byteLength; offset += BLOCK_BYTES) {
		expand(schedule, input, offset);
		addBlock(state, schedule);
	}
	const digest = new Uint8Array(32);
	for (let i = 0; i < 32; i++)
		digest[i] = state[i >> 2]! >>> (24 - 8 * (i & 3));
	return digest;
}

function expand(schedule: Int32Array, input: Uint8Array, offset: number): void {
	for (let i = 0; i < 16; i++) {
		const at = offset + i * 4;
		schedule[i] = input[at]! << 24 | input[at + 1]! << 16 | input[at + 2]! << 8 | input[at + 3]!;
	}
	for (let i = 16; i < 64; i++) {
		const x = schedule[i - 15]!, y = schedule[i - 2]!;
		const sigma0 = rotate(x, 7) ^ rotate(x, 18) ^ x >>> 3;
		const sigma1 = rotate(y, 17) ^ rotate(y, 19) ^ y >>> 10;
		schedule[i] = schedule[i - 16]! + sigma0 + schedule[i - 7]! + sigma1;
	}
}

function addBlock(state: Int32Array, schedule: Int32Array): void {
	let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
	let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
	for (let i = 0; i < 64; i++) {
		const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i]! + schedule[i]!) | 0;
		const t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
		h = g;
		g = f;
		f = e;
		e = (d + t1) | 0;
		d = c;
		c = b;
		b = a;
		a = (t1 + t2) | 0;
	}
	state[0] = state[0]! + a;
	state[1] = state[1]! + b;
	state[2] = state[2]! + c;
	state[3] = state[3]! + d;
	state[4] = state[4]! + e;
	state[5] = state[5]! + f;
	state[6] = state[6]! + g;
	state[7] = state[7]! + h;
}

/** Rotates 32 bits to the right. */
function rotate(x: number, bits: number): number {
	return x >>> bits | x << (32 - bits);
}
