/* SPDX-License-Identifier: MIT */
/*
 * A part of one viewer's picture stream, as a burst, and the native half of pictureburst.ts.
 */
#include "socketburst.h"

#include <stdlib.h>

#include "mc.xs.h"

#include "pictureburst.h"
#include "xs_fragmenter.h"
#include "xs_picture.h"
#include "xs_scan.h"

enum {
	/* With less room than this nothing is sent: many small writes cost more than waiting briefly. Also the length of a
	 * write where the socket copies: a segment. A larger one would fail where memory is short. */
	PIECE = 1400,
};

/** The rule of frameburst.c: begun with less room, most of a picture waits if the client stalls. */
static bool has_room(const picture_burst_t *self, uint32_t room)
{
	uint32_t left = self->part->length - self->part->position;
	if (room < (left < PIECE ? left : PIECE))
		return false;
	return self->part->position != 0 || room >= self->burst.capacity / 4 || room >= left / 4;
}

/** Whether the frame holds the image. */
static bool fits(const picture_burst_t *self)
{
	return self->part->padding || self->part->image_length <= self->length;
}

static int32_t next(burst_t *burst, uint32_t room, const uint8_t **bytes)
{
	picture_burst_t *self = (picture_burst_t *)burst;
	self->last = 0;
	if (!self->part->in_progress)
		return 0;
	if (!fits(self))
		return BURST_ERROR;
	if (!has_room(self, room))
		return BURST_NO_ROOM;
	self->last = multipart_peek(self->part, self->frame, PIECE, bytes);
	multipart_advance(self->part, self->last);
	return (int32_t)self->last;
}

static void undo(burst_t *burst)
{
	picture_burst_t *self = (picture_burst_t *)burst;
	multipart_take_back(self->part, self->last);
}

static void restore(burst_t *burst)
{
	(void)burst; /* nothing is written into the frame */
}

static int32_t gather(burst_t *burst, uint32_t room, rtp_jpeg_part_t *parts, uint8_t *headers, uint32_t count)
{
	picture_burst_t *self = (picture_burst_t *)burst;
	(void)headers;
	if (!self->part->in_progress)
		return 0;
	if (!fits(self))
		return BURST_ERROR;
	if (!has_room(self, room))
		return BURST_NO_ROOM;
	uint32_t made = 0;
	for (; made < 2 * count && (!(made & 1) ? room && self->part->in_progress : true); made++) {
		const uint8_t *bytes = self->part->header;
		uint32_t length = multipart_peek(self->part, self->frame, room, &bytes);
		parts[made] = (rtp_jpeg_part_t){ bytes, length };
		multipart_advance(self->part, length);
		room -= length;
	}
	return (int32_t)(made / 2);
}

static void take_back_octets(burst_t *burst, size_t count)
{
	multipart_take_back(((picture_burst_t *)burst)->part, (uint32_t)count);
}

void picture_burst_init(picture_burst_t *self, multipart_t *part, const uint8_t *frame, size_t length)
{
	self->burst = (burst_t){
		.capacity = BURST_UNLIMITED,
		.packet_size = PIECE,
		.next = next,
		.undo = undo,
		.restore = restore,
		.gather = gather,
		.take_back_octets = take_back_octets,
	};
	self->part = part;
	self->frame = frame;
	self->length = length;
	self->last = 0;
}

/* ---- pictureburst.ts ---- */

void xs_picture_destructor(void *data)
{
	free(data);
}

static const xsHostHooks picture_hooks = { xs_picture_destructor, NULL, NULL };

multipart_t *xs_picture_part(xsMachine *the, xsSlot *slot)
{
	multipart_t *part = xsmcGetHostDataValidate(*slot, (void *)&picture_hooks);
	if (!part)
		xsTypeError("no picture");
	return part;
}

multipart_t *xs_picture_if(xsMachine *the, xsSlot *slot)
{
	return xsGetHostHooks(*slot) == &picture_hooks ? xs_picture_part(the, slot) : NULL;
}

void xs_picture_constructor(xsMachine *the)
{
	multipart_t *part = calloc(1, sizeof(*part));
	if (!part)
		xsRangeError("no memory");
	xsmcSetHostData(xsThis, part);
	xsSetHostHooks(xsThis, (xsHostHooks *)&picture_hooks);
}

static uint32_t image_length(const jpeg_scan_t *scan)
{
	return scan->scan_offset + scan->scan_length;
}

/** (scan, captureTime) */
void xs_picture_begin(xsMachine *the)
{
	double time = xsmcToNumber(xsArg(1));
	const jpeg_scan_t *scan = xs_scan_get(the, &xsArg(0));
	multipart_begin(xs_picture_part(the, &xsThis), image_length(scan), time > 0 ? (uint64_t)time : 0);
}

/** (scan): the length of the image */
void xs_picture_beginSingle(xsMachine *the)
{
	const jpeg_scan_t *scan = xs_scan_get(the, &xsArg(0));
	multipart_begin_single(xs_picture_part(the, &xsThis), image_length(scan));
	xsmcSetInteger(xsResult, (xsIntegerValue)image_length(scan));
}

void xs_picture_pad(xsMachine *the)
{
	multipart_pad(xs_picture_part(the, &xsThis));
}

void xs_picture_get_inProgress(xsMachine *the)
{
	xsmcSetBoolean(xsResult, xs_picture_part(the, &xsThis)->in_progress);
}

void xs_picture_get_begun(xsMachine *the)
{
	multipart_t *part = xs_picture_part(the, &xsThis);
	xsmcSetBoolean(xsResult, part->in_progress && part->position != 0);
}

void xs_picture_get_octetCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, multipart_octets(xs_picture_part(the, &xsThis)));
}

/** (socket, picture, frame, …): bytes that the socket still accepts */
void xs_picture_send(xsMachine *the)
{
	picture_burst_t self;
	uint32_t room = 0;
	size_t length = 0;
	uint8_t *frame = NULL;
	multipart_t *part = xs_picture_part(the, &xsArg(1));
	if (xsmcTypeOf(xsArg(2)) != xsUndefinedType)
		frame = xs_fragmenter_frame(the, &xsArg(2), &length);
	picture_burst_init(&self, part, frame, length);
	const char *error = tcp_socket_burst(the, &xsArg(0), &self.burst, &room);
	if (error)
		xsUnknownError("%s", (char *)error);
	xsmcSetInteger(xsResult, (xsIntegerValue)room);
}
