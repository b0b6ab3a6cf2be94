/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 and HMAC. See hash_sha256.h.
 */

#include "hash_sha256.h"

#include <string.h>

enum { LENGTH_AT = 56 };

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes, FIPS 180-4 section 4.2.2. */
/* clang-format off */
static const uint32_t K[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static uint32_t rotate(uint32_t x, unsigned bits)
{
	return x >> bits | x << (32 - bits);
}

static void add_block(uint32_t state[8], const uint8_t *block)
{
	// message schedule, as a ring of its last 16 words
	uint32_t w[16], s[8];
	for (unsigned i = 0; i < 16; i++) {
		const uint8_t *at = block + 4 * i;
		w[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
	}
	memcpy(s, state, sizeof(s));
	for (unsigned i = 0; i < 64; i++) {
		if (i >= 16) {
			uint32_t x = w[(i + 1) % 16], y = w[(i + 14) % 16];
			w[i % 16] +=
				(rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + w[(i + 9) % 16] + (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
		}
		uint32_t a = s[0], b = s[1], c = s[2], e = s[4];
		uint32_t t1 =
			s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + K[i] + w[i % 16];
		uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (unsigned i = 0; i < 8; i++)
		state[i] += s[i];
}

void hash_sha256_begin(hash_sha256_t *hash)
{
	// fractional parts of the square roots of the first eight primes, section 5.3.3
	static const uint32_t initial[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
		0x1f83d9ab, 0x5be0cd19 };
	memcpy(hash->state, initial, sizeof(initial));
	hash->length = 0;
}

void hash_sha256_add(hash_sha256_t *hash, const uint8_t *part, size_t length)
{
	while (length > 0) {
		size_t filled = (size_t)(hash->length % HASH_SHA256_BLOCK);
		size_t taken = HASH_SHA256_BLOCK - filled;
		if (taken > length)
			taken = length;
		memcpy(hash->block + filled, part, taken);
		hash->length += taken;
		part += taken;
		length -= taken;
		if (hash->length % HASH_SHA256_BLOCK == 0)
			add_block(hash->state, hash->block);
	}
}

void hash_sha256_end(hash_sha256_t *hash, uint8_t *digest)
{
	uint64_t bits = hash->length * 8;
	size_t filled = (size_t)(hash->length % HASH_SHA256_BLOCK);

	// a one bit, zeros, and the length in bits (section 5.1.1)
	hash->block[filled++] = 0x80;
	if (filled > LENGTH_AT) {
		memset(hash->block + filled, 0, HASH_SHA256_BLOCK - filled);
		add_block(hash->state, hash->block);
		filled = 0;
	}
	memset(hash->block + filled, 0, LENGTH_AT - filled);
	for (unsigned i = 0; i < 8; i++)
		hash->block[LENGTH_AT + i] = (uint8_t)(bits >> (56 - 8 * i));
	add_block(hash->state, hash->block);
	for (unsigned i = 0; i < HASH_SHA256_BYTES; i++)
		digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}

/** Hashes (key XOR pad), then the message (RFC 2104 section 2). */
static void keyed_hash(const uint8_t *key, uint8_t pad, const uint8_t *message, size_t length, uint8_t *digest)
{
	hash_sha256_t hash;
	uint8_t block[HASH_SHA256_BLOCK];
	for (unsigned i = 0; i < HASH_SHA256_BLOCK; i++)
		block[i] = key[i] ^ pad;
	hash_sha256_begin(&hash);
	hash_sha256_add(&hash, block, sizeof(block));
	hash_sha256_add(&hash, message, length);
	hash_sha256_end(&hash, digest);
}

void hash_hmac_sha256(const uint8_t *key, size_t key_length, const uint8_t *message, size_t length, uint8_t *mac)
{
	uint8_t block[HASH_SHA256_BLOCK] = { 0 }, inner[HASH_SHA256_BYTES];
	if (key_length > HASH_SHA256_BLOCK) {
		hash_sha256_t hash;
		hash_sha256_begin(&hash);
		hash_sha256_add(&hash, key, key_length);
		hash_sha256_end(&hash, block);
	}
	else if (key_length)
		memcpy(block, key, key_length);
	keyed_hash(block, 0x36, message, length, inner);
	keyed_hash(block, 0x5c, inner, sizeof(inner), mac);
}
