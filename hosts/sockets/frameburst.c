/* SPDX-License-Identifier: MIT */
/*
 * The packets of one frame for one subscriber, as a burst. See frameburst.h.
 */
#include "frameburst.h"

#include <string.h>

enum {
	/* with less room than this nothing is sent: many small packets cost more than waiting briefly */
	SMALLEST_PACKET = 1400,
	/* `$`, channel, length (RFC 2326 section 10.12), not included in a packet's limit */
	FRAMING = 4,
};

/** A frame is begun when there is room for a quarter of it: begun with less, most of it is lost if the client stalls.
 *  Waiting for more would lose frames where acknowledgements are late: meanwhile a board's socket has room for a third
 *  of a frame. It reports room from a quarter of its buffer on, so a frame waits for no more than that. */
static bool may_begin(const frame_burst_t *self, uint32_t room)
{
	return room >= self->burst.capacity / 4 || room >= self->length / 4;
}

/** @returns the maximum packet size for the room; 0: wait for more */
static uint32_t limit_for(const frame_burst_t *self, uint32_t room)
{
	uint32_t smallest = self->limit < SMALLEST_PACKET ? self->limit : SMALLEST_PACKET;
	if (room < smallest + self->framing)
		return 0;
	if (self->stream->frame_scan_length == 0 && !may_begin(self, room))
		return 0;
	room -= self->framing;
	return room < self->limit ? room : self->limit;
}

static int32_t next(burst_t *burst, uint32_t room, const uint8_t **bytes)
{
	frame_burst_t *self = (frame_burst_t *)burst;
	rtp_jpeg_packet_t packet;
	if (!self->stream->in_progress)
		return 0;
	uint32_t limit = limit_for(self, room);
	if (!limit)
		return BURST_NO_ROOM;
	self->position = rtp_jpeg_position(self->stream);
	int32_t result = rtp_jpeg_next(self->stream, self->scan, self->frame, self->length, limit, &packet);
	*bytes = packet.data;
	return result < 0 ? BURST_ERROR : result;
}

static void restore(burst_t *burst)
{
	frame_burst_t *self = (frame_burst_t *)burst;
	rtp_jpeg_restore(self->stream, self->frame, self->length);
}

static void undo(burst_t *burst)
{
	restore(burst);
	rtp_jpeg_rewind(((frame_burst_t *)burst)->stream, &((frame_burst_t *)burst)->position);
}

static int32_t gather(burst_t *burst, uint32_t room, rtp_jpeg_part_t *parts, uint8_t *headers, uint32_t count)
{
	frame_burst_t *self = (frame_burst_t *)burst;
	if (!self->stream->in_progress)
		return 0;
	uint32_t limit = limit_for(self, room);
	if (!limit)
		return BURST_NO_ROOM;
	/* the last one may be smaller: it is made by the next call */
	uint32_t fitting = room / burst->packet_size;
	if (count > fitting)
		count = fitting ? fitting : 1;
	int32_t result = rtp_jpeg_gather(self->stream, self->scan, self->frame, self->length, limit, parts, headers, count);
	return result < 0 ? BURST_ERROR : result;
}

static void take_back(burst_t *burst, const rtp_jpeg_part_t *parts, uint32_t count)
{
	rtp_jpeg_take_back(((frame_burst_t *)burst)->stream, parts, count);
}

void frame_burst_init(frame_burst_t *self, rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, uint8_t *frame,
	size_t length, uint32_t limit)
{
	self->framing = stream->channel < 0 ? 0 : FRAMING;
	self->burst = (burst_t){
		.capacity = BURST_UNLIMITED,
		.packet_size = limit + self->framing,
		.next = next,
		.undo = undo,
		.restore = restore,
		.gather = gather,
		.take_back = take_back,
	};
	self->stream = stream;
	self->scan = scan;
	self->frame = frame;
	self->length = length;
	self->limit = limit;
}
