/* SPDX-License-Identifier: MIT */
/*
 * Pictures in memory: the simulated camera's frame buffers, and the files that it replays.
 */

#ifndef SIMULATOR_PICTURE_H
#define SIMULATOR_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A picture. Its record precedes its bytes, so that who has the bytes finds it without a lookup. */
typedef struct {
	void *owner;
	uint32_t index;      /* of the frame buffer whose place it has */
	uint32_t capacity;   /* bytes at `bytes` */
	uint32_t length;     /* bytes of the image */
	bool orphan;         /* no file has it any more: freed when its frame buffer is free again */
	double capture_time; /* microseconds */
	uint8_t bytes[];
} picture_t;

/** Allocates memory for pictures, on a chip in PSRAM if there is some. To be freed with free().
 *  @returns NULL without memory */
void *picture_memory(size_t size);

/** @param owner kept, not used
 *  @returns an empty picture, NULL without memory */
picture_t *picture_new(void *owner, uint32_t capacity);

/** @returns a copy with the capacity of its length, NULL without memory */
picture_t *picture_copy(const picture_t *picture);

#endif
