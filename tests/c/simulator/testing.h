/* SPDX-License-Identifier: MIT */
/*
 * Additions to the harness for the tests of the simulated camera.
 */

#ifndef SIMULATOR_TESTING_H
#define SIMULATOR_TESTING_H

#include "../check.h"

/** As CHECK, with a formatted description of the failing case. */
#define CHECK_CASE(condition, ...) \
	do { \
		if (!(condition)) { \
			char text[300]; \
			int written = snprintf(text, sizeof(text), "%s: ", #condition); \
			if (written > 0 && (size_t)written < sizeof(text)) \
				snprintf(text + written, sizeof(text) - (size_t)written, __VA_ARGS__); \
			check_fail(__FILE__, __LINE__, text); \
			return; \
		} \
	} while (0)

/** Allocates exactly `size` bytes, so that the sanitizer detects accesses beyond them. Never returns NULL. */
static inline uint8_t *allocate(size_t size)
{
	uint8_t *memory = malloc(size ? size : 1);
	if (!memory)
		abort();
	return memory;
}

/** xorshift32, for reproducible numbers. The state must not be 0. */
static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
