/* SPDX-License-Identifier: MIT */
/*
 * What MD5 and SHA-1 have in common: blocks of 64 bytes, and how the last ones are padded.
 */

#ifndef HASH_BLOCKS_H
#define HASH_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Adds a message and its padding to a state (RFC 1321 sections 3.1 and 3.2, RFC 3174 section 4).
 *  @param add adds one block
 *  @param is_big_endian byte order of the length at the end */
void hash_blocks(uint32_t *state, void (*add)(uint32_t *state, const uint8_t *block), const uint8_t *message,
	size_t length, bool is_big_endian);

#endif
