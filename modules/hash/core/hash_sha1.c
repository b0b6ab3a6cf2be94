/* SPDX-License-Identifier: MIT */
/*
 * SHA-1. See hash_sha1.h.
 */

#include "hash_sha1.h"
#include "hash_blocks.h"

enum { WORDS = 16 };

static uint32_t rotated(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

/** The message schedule in 16 words (RFC 3174 section 6.2): each word is replaced once it is used. */
static void add_block(uint32_t *state, const uint8_t *block)
{
	uint32_t w[WORDS], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
	for (unsigned t = 0; t < 80; t++) {
		uint32_t f, k, *word = w + t % WORDS;
		if (t < WORDS) {
			const uint8_t *at = block + 4 * t;
			*word = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
		}
		else
			*word = rotated(w[(t - 3) % WORDS] ^ w[(t - 8) % WORDS] ^ w[(t - 14) % WORDS] ^ *word, 1);
		switch (t / 20) {
		case 0:
			f = (b & c) | (~b & d);
			k = 0x5a827999;
			break;
		case 1:
			f = b ^ c ^ d;
			k = 0x6ed9eba1;
			break;
		case 2:
			f = (b & c) | (b & d) | (c & d);
			k = 0x8f1bbcdc;
			break;
		default: f = b ^ c ^ d; k = 0xca62c1d6;
		}
		uint32_t sum = rotated(a, 5) + f + e + *word + k;
		e = d;
		d = c;
		c = rotated(b, 30);
		b = a;
		a = sum;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

void hash_sha1(const uint8_t *message, size_t length, uint8_t *digest)
{
	uint32_t state[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	hash_blocks(state, add_block, message, length, true);
	for (unsigned i = 0; i < HASH_SHA1_BYTES; i++)
		digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}
