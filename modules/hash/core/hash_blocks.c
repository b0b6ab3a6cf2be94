/* SPDX-License-Identifier: MIT */
#include "hash_blocks.h"

#include <string.h>

enum { BLOCK = 64, LENGTH_AT = 56 };

void hash_blocks(uint32_t *state, void (*add)(uint32_t *state, const uint8_t *block), const uint8_t *message,
	size_t length, bool is_big_endian)
{
	uint8_t last[BLOCK] = { 0 };
	uint64_t bits = (uint64_t)length * 8;
	size_t rest = length % BLOCK;

	for (size_t offset = 0; offset + BLOCK <= length; offset += BLOCK)
		add(state, message + offset);
	/* a one bit, zeros, and the length in bits */
	if (rest)
		memcpy(last, message + length - rest, rest);
	last[rest] = 0x80;
	if (rest >= LENGTH_AT) {
		add(state, last);
		memset(last, 0, BLOCK);
	}
	for (unsigned i = 0; i < 8; i++)
		last[LENGTH_AT + i] = (uint8_t)(bits >> (is_big_endian ? 56 - 8 * i : 8 * i));
	add(state, last);
}
