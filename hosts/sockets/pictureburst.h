/* SPDX-License-Identifier: MIT */
/*
 * A part of one viewer's picture stream, as a burst. A packet is any piece of the part.
 */
#ifndef SOCKETS_PICTUREBURST_H
#define SOCKETS_PICTUREBURST_H

#include <stddef.h>

#include "burst.h"
#include "../../modules/http/core/multipart.h"

typedef struct {
	burst_t burst;
	multipart_t *part;
	/** NULL while padding. */
	const uint8_t *frame;
	size_t length;
	/** Bytes last made by `next`. */
	uint32_t last;
} picture_burst_t;

/** Prepares a burst of what `part` has left. Keeps the pointers, which must stay valid while the burst is used.
 *  @param frame the image, `length` bytes; NULL and 0 while padding */
void picture_burst_init(picture_burst_t *self, multipart_t *part, const uint8_t *frame, size_t length);

#endif
