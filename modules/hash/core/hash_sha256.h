/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (FIPS 180-4 section 6.2), and HMAC with it (RFC 2104).
 */

#ifndef HASH_SHA256_H
#define HASH_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_SHA256_BYTES = 32, HASH_SHA256_BLOCK = 64 };

/** Hashes a message in parts: `begin`, any number of `add`, `end`. */
typedef struct {
	uint32_t state[8];
	uint64_t length;
	uint8_t block[HASH_SHA256_BLOCK];
} hash_sha256_t;

void hash_sha256_begin(hash_sha256_t *hash);
void hash_sha256_add(hash_sha256_t *hash, const uint8_t *part, size_t length);
/** @param digest receives HASH_SHA256_BYTES bytes */
void hash_sha256_end(hash_sha256_t *hash, uint8_t *digest);

/** @param mac receives HASH_SHA256_BYTES bytes */
void hash_hmac_sha256(const uint8_t *key, size_t key_length, const uint8_t *message, size_t length, uint8_t *mac);

#endif
