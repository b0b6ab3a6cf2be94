/* SPDX-License-Identifier: MIT */
/*
 * Native half of burst.ts: joins a Fragmenter to a host's sockets.
 */
#include "socketburst.h"

#include <string.h>

#include "mc.xs.h"

#include "xs_fragmenter.h"
#include "xs_scan.h"

enum {
	/* with less room than this nothing is sent: many small packets cost more than waiting briefly */
	SMALLEST_PACKET = 1400,
	/* `$`, channel, length (RFC 2326 section 10.12), not included in a packet's limit */
	FRAMING = 4,
};

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

_Static_assert(BURST_HEADER_MAX == RTP_JPEG_HEADER_MAX, "the headers fit");
_Static_assert(sizeof(rtp_jpeg_position_t) <= sizeof(burst_position_t), "the position fits");

/** @returns the maximum packet size for the room; 0: wait for more */
static uint32_t limit_for(const frame_burst_t *self, uint32_t room)
{
	uint32_t smallest = self->limit < SMALLEST_PACKET ? self->limit : SMALLEST_PACKET;
	if (room < smallest + self->framing)
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

static int32_t gather(burst_t *burst, uint32_t room, burst_packet_t *packet)
{
	frame_burst_t *self = (frame_burst_t *)burst;
	rtp_jpeg_parts_t parts;
	if (!self->stream->in_progress)
		return 0;
	uint32_t limit = limit_for(self, room);
	if (!limit)
		return BURST_NO_ROOM;
	rtp_jpeg_position_t position = rtp_jpeg_position(self->stream);
	int32_t result =
		rtp_jpeg_gather(self->stream, self->scan, self->frame, self->length, limit, packet->header, &parts);
	memcpy(&packet->position, &position, sizeof(position));
	packet->header_length = parts.header_length;
	packet->payload = parts.payload;
	packet->payload_length = parts.payload_length;
	return result < 0 ? BURST_ERROR : result;
}

static void rewind_to(burst_t *burst, const burst_packet_t *packet)
{
	rtp_jpeg_position_t position;
	memcpy(&position, &packet->position, sizeof(position));
	rtp_jpeg_rewind(((frame_burst_t *)burst)->stream, &position);
}

/** Reads the arguments (socket, fragmenter, frame, scan, packetSize, …). */
static void open_burst(xsMachine *the, frame_burst_t *self)
{
	self->burst = (burst_t){ .next = next, .undo = undo, .restore = restore, .gather = gather, .rewind = rewind_to };
	self->limit = (uint32_t)xsmcToInteger(xsArg(4));
	if (self->limit < RTP_JPEG_LIMIT_MIN || self->limit > RTP_JPEG_LIMIT_MAX)
		xsRangeError("packetSize: out of range");
	self->stream = xs_fragmenter_stream(the, &xsArg(1));
	self->framing = self->stream->channel < 0 ? 0 : FRAMING;
	self->scan = xs_scan_get(the, &xsArg(3));
	self->frame = xs_fragmenter_frame(the, &xsArg(2), &self->length);
}

/** (…, credit): the credit is not used; the sockets know their own */
void xs_burst_tcp(xsMachine *the)
{
	frame_burst_t self;
	open_burst(the, &self);
	xsmcSetInteger(xsResult, (xsIntegerValue)tcp_socket_burst(the, &xsArg(0), &self.burst));
}

/** (…, address, port, limit) */
void xs_burst_udp(xsMachine *the)
{
	frame_burst_t self;
	int32_t port = xsmcToInteger(xsArg(6));
	int32_t limit = xsmcToInteger(xsArg(7));
	if (port < 1 || port > 65535)
		xsRangeError("port is %d, not 1..65535", (int)port);
	if (limit < 0)
		xsRangeError("limit is %d, not positive", (int)limit);
	open_burst(the, &self);
	xsmcSetInteger(
		xsResult, (xsIntegerValue)udp_socket_burst(the, &xsArg(0), &self.burst, &xsArg(5), port, (uint32_t)limit));
}
