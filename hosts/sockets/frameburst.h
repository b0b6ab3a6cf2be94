/* SPDX-License-Identifier: MIT */
/*
 * The packets of one frame for one subscriber, as a burst.
 */
#ifndef SOCKETS_FRAMEBURST_H
#define SOCKETS_FRAMEBURST_H

#include <stddef.h>

#include "burst.h"
#include "../../modules/jpeg/core/rtp_jpeg.h"

typedef struct {
	burst_t burst;
	rtp_jpeg_stream_t *stream;
	const jpeg_scan_t *scan;
	uint8_t *frame;
	size_t length;
	/** Maximum packet size, bytes, without framing. */
	uint32_t limit;
	uint32_t framing;
	/** Position before the packet last made by `next`. */
	rtp_jpeg_position_t position;
} frame_burst_t;

/** Prepares a burst of the packets that `stream` has left of a frame. Keeps the pointers, which must stay valid while
 *  the burst is used.
 *  @param scan of this frame
 *  @param frame readable and writable; `length` bytes
 *  @param limit maximum packet size, RTP_JPEG_LIMIT_MIN to RTP_JPEG_LIMIT_MAX bytes, without `$` framing */
void frame_burst_init(frame_burst_t *self, rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, uint8_t *frame,
	size_t length, uint32_t limit);

#endif
