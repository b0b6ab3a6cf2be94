/* SPDX-License-Identifier: MIT */
/*
 * Native half of Fanout in fanout.ts. A Fanout keeps its routes alive (fanout_mark), so that the pointers to their
 * records stay valid.
 */
#include "fanout.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mc.xs.h"

#include "frameburst.h"
#include "pictureburst.h"
#include "xs_fragmenter.h"
#include "xs_picture.h"
#include "xs_scan.h"

void xs_fanout_destructor(void *data)
{
	fanout_t *fanout = data;
	if (fanout) {
		free(fanout->routes);
		free(fanout->groups);
	}
	free(fanout);
}

static void fanout_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	fanout_t *fanout = data;
	for (uint32_t i = 0; fanout && i < fanout->count; i++)
		mark_root(the, fanout->routes[i]->object);
	for (uint32_t i = 0; fanout && i < FRAMES; i++) {
		if (fanout->waiting[i].count) {
			mark_root(the, fanout->waiting[i].frame);
			mark_root(the, fanout->waiting[i].scan);
		}
	}
}

static const xsHostHooks fanout_hooks = { xs_fanout_destructor, fanout_mark, NULL };

static fanout_t *this_fanout(xsMachine *the)
{
	fanout_t *fanout = xsmcGetHostDataValidate(xsThis, (void *)&fanout_hooks);
	if (!fanout)
		xsTypeError("no fan-out");
	return fanout;
}

/** (burst) */
void xs_fanout_constructor(xsMachine *the)
{
	xsIntegerValue burst = xsmcToInteger(xsArg(0));
	if (burst < 0)
		xsRangeError("burst: out of range");
	fanout_t *fanout = calloc(1, sizeof(*fanout));
	if (!fanout)
		xsRangeError("no memory");
	fanout->burst = fanout->budget = (uint32_t)burst;
	xsmcSetHostData(xsThis, fanout);
	xsSetHostHooks(xsThis, (xsHostHooks *)&fanout_hooks);
}

void *fanout_grow(void *memory, uint32_t count, uint32_t *capacity, size_t size)
{
	if (count < *capacity)
		return memory;
	uint32_t wanted = *capacity ? 2 * *capacity : 4;
	void *result = realloc(memory, wanted * size);
	if (result)
		*capacity = wanted;
	return result;
}

void xs_fanout_add(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	route_t *route = xs_route_get(the, &xsArg(0));
	if (route->fanout)
		xsRangeError("route: already added");
	route_t **routes = fanout_grow(fanout->routes, fanout->count, &fanout->capacity, sizeof(route));
	if (routes)
		fanout->routes = routes;
	if (!routes || (!route->is_tcp && !waiting_join(fanout, route)))
		xsRangeError("no memory");
	route->fanout = fanout;
	route->served = fanout->served;
	fanout->routes[fanout->count++] = route;
}

/** remove(index) */
void xs_fanout_remove(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	uint32_t index = (uint32_t)xsmcToInteger(xsArg(0));
	if (index >= fanout->count)
		xsRangeError("index: out of range");
	route_t *route = fanout->routes[index];
	waiting_give_up(route, &fanout->abandoned_count);
	if (!route->is_tcp)
		waiting_leave(fanout, route);
	route->fanout = NULL;
	fanout->count -= 1;
	memmove(&fanout->routes[index], &fanout->routes[index + 1], (fanout->count - index) * sizeof(route_t *));
	if (fanout->cursor > index)
		fanout->cursor -= 1;
}

/** The same result as rtpTimestamp of rtp/clock.ts. 90 kHz is 9 ticks each 100 µs. */
static uint32_t ticks(double capture_time)
{
	uint64_t time = capture_time > 0 ? (uint64_t)capture_time : 0;
	return (uint32_t)(time / 100 * 9 + time % 100 * 9 / 100);
}

/** A frame on its way to the players of one UDP socket, who are sent to together. */
typedef struct {
	xsSlot *socket;
	uint32_t count;
	route_t *routes[UDP_FRAMES];
	frame_burst_t bursts[UDP_FRAMES];
	udp_frame_t frames[UDP_FRAMES];
} together_t;

static void finish_tcp(route_t *route, const char *error)
{
	bool in_progress = route->picture ? route->picture->in_progress : route->stream->in_progress;
	route->pending = route->interrupted = error || in_progress;
}

/** Appends a route's frame to those that are sent over TCP. */
static void list_tcp(route_t *route, burst_t *burst, tcp_frame_t ***last)
{
	route->frame = (tcp_frame_t){ .socket = route->socket, .burst = burst };
	**last = &route->frame;
	*last = &route->frame.next;
}

/** A frame that the socket refuses is dropped: its rest would only take buffers that the next frame needs. */
static void finish_udp(route_t *route, const char *error)
{
	route->pending = route->failed = error || route->stream->in_progress;
}

static void send_together(xsMachine *the, together_t *together)
{
	if (!together->count)
		return;
	xsSlot socket = xsReference(together->socket);
	udp_socket_send(the, &socket, together->frames, together->count);
	for (uint32_t i = 0; i < together->count; i++)
		finish_udp(together->routes[i], together->frames[i].error);
	together->count = 0;
}

/** A frame as it is sent. */
typedef struct {
	jpeg_scan_t *scan;
	uint8_t *bytes;
	size_t length;
} image_t;

static void send_udp(xsMachine *the, route_t *route, const image_t *image, together_t *together)
{
	if (together->count == UDP_FRAMES || (together->count && together->socket != route->socket))
		send_together(the, together);
	uint32_t k = together->count++;
	together->socket = route->socket;
	together->routes[k] = route;
	frame_burst_init(&together->bursts[k], route->stream, image->scan, image->bytes, image->length, route->limit);
	together->frames[k] = (udp_frame_t){ .burst = &together->bursts[k].burst, .target = route->target };
}

/* results of `send` and `take`, in addition to a count; fanout.ts has the same values */
enum { KEEP = 0x10000, FREED = 0x20000 };

/** @returns flags: what the hub has to do about its leases */
static xsIntegerValue leases(fanout_t *fanout, waiting_t *waiting)
{
	xsIntegerValue flags = fanout->freed ? FREED : 0;
	if (waiting->count && !waiting->kept) {
		waiting->kept = true;
		flags |= KEEP;
	}
	return flags;
}

static uint32_t get_index(xsMachine *the, xsSlot *slot)
{
	xsIntegerValue index = xsmcToInteger(*slot);
	if (index < 0 || index >= FRAMES)
		xsRangeError("index: out of range");
	return (uint32_t)index;
}

/** send(frame, scan, captureTime, whole, index): the number of subscribers left, and flags; or a negative
 *  jpeg_error_t */
void xs_fanout_send(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	double capture_time = xsmcToNumber(xsArg(2));
	uint32_t timestamp = ticks(capture_time);
	bool whole = xsmcTest(xsArg(3));
	uint32_t index = get_index(the, &xsArg(4)), left = fanout->aside_count;
	image_t image = { .scan = xs_scan_get(the, &xsArg(1)) };
	image.bytes = xs_fragmenter_frame(the, &xsArg(0), &image.length);
	fanout->frame_count += 1;
	int problem = whole ? jpeg_scan_parse_whole(image.bytes, image.length, image.scan)
						: jpeg_scan_parse(image.bytes, image.length, image.scan);
	if (problem) {
		xsmcSetInteger(xsResult, problem);
		return;
	}
	together_t together;
	tcp_frame_t *first = NULL, **last = &first;
	together.count = 0;
	for (uint32_t i = 0; i < fanout->count; i++) {
		route_t *route = fanout->routes[i];
		route->interrupted = false;
		route->pending = route->mode != ROUTE_IDLE;
		if (route->mode != ROUTE_DIRECT || route->held || route->failed)
			continue;
		if (route->picture) {
			if (route->picture->in_progress)
				continue;
			multipart_begin(route->picture, image.scan->scan_offset + image.scan->scan_length,
				capture_time > 0 ? (uint64_t)capture_time : 0);
			picture_burst_init(&route->burst.picture, route->picture, image.bytes, image.length);
			list_tcp(route, &route->burst.picture.burst, &last);
			continue;
		}
		if (route->waiting) {
			/* a frame that was begun is finished; otherwise the newest wins */
			bool begun = route->stream->frame_scan_length != 0;
			fanout->skipped_count += begun;
			route->missed_count += begun;
			route->pending = false;
			if (begun)
				continue;
			waiting_give_up(route, &fanout->skipped_count);
		}
		if (rtp_jpeg_begin(route->stream, timestamp + route->offset))
			continue;
		if (route->is_tcp) {
			frame_burst_init(&route->burst.frame, route->stream, image.scan, image.bytes, image.length, route->limit);
			list_tcp(route, &route->burst.frame.burst, &last);
		}
		else if (!fanout->burst)
			send_udp(the, route, &image, &together);
		else {
			route->pending = false;
			waiting_begin(route, fxToReference(the, &xsArg(0)), fxToReference(the, &xsArg(1)), index);
		}
	}
	send_together(the, &together);
	tcp_socket_send(the, first);
	for (tcp_frame_t *sent = first; sent; sent = sent->next)
		finish_tcp((route_t *)((char *)sent - offsetof(route_t, frame)), sent->error);
	for (uint32_t i = 0; i < fanout->count; i++) {
		route_t *route = fanout->routes[i];
		if (route->pending)
			left += 1;
		else if (route->mode != ROUTE_IDLE && !(fanout->burst && !route->is_tcp)) {
			route->frame_count += 1;
			fanout->sent_count += 1;
		}
	}
	waiting_pump(the, fanout);
	fanout->cursor = 0;
	xsmcSetInteger(xsResult, (xsIntegerValue)left | leases(fanout, &fanout->waiting[index]));
}

/** take(route, frame, scan, index): flags */
void xs_fanout_take(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	uint32_t index = get_index(the, &xsArg(3));
	xsSlot *frame = fxToReference(the, &xsArg(1)), *scan = fxToReference(the, &xsArg(2));
	route_t *route = xs_route_get(the, &xsArg(0));
	if (route->fanout != fanout || route->is_tcp)
		xsRangeError("route: not of this fan-out");
	waiting_give_up(route, &fanout->abandoned_count);
	waiting_begin(route, frame, scan, index);
	waiting_pump(the, fanout);
	xsmcSetInteger(xsResult, leases(fanout, &fanout->waiting[index]));
}

/** skip(): the number of routes that skip a frame */
void xs_fanout_skip(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	xsIntegerValue count = 0;
	for (uint32_t i = 0; i < fanout->count; i++) {
		if (!fanout->routes[i]->waiting)
			continue;
		fanout->routes[i]->missed_count += 1;
		count += 1;
	}
	fanout->skipped_count += count;
	xsmcSetInteger(xsResult, count);
}

/** refill(): whether frames wait, or packets have left since the last refill */
void xs_fanout_refill(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	bool used = fanout->budget < fanout->burst;
	fanout->budget = fanout->burst;
	waiting_pump(the, fanout);
	xsmcSetBoolean(xsResult, used || fanout->waiting_count);
}

/** revoke(index) */
void xs_fanout_revoke(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	const waiting_t *waiting = &fanout->waiting[get_index(the, &xsArg(0))];
	for (uint32_t i = 0; i < fanout->count; i++)
		if (fanout->routes[i]->waiting == waiting)
			waiting_give_up(fanout->routes[i], &fanout->abandoned_count);
}

/** takeFreed(): a bit for each index */
void xs_fanout_takeFreed(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	xsmcSetInteger(xsResult, (xsIntegerValue)fanout->freed);
	fanout->freed = 0;
}

void xs_fanout_set_asideCount(xsMachine *the)
{
	uint32_t count = (uint32_t)xsmcToInteger(xsArg(0));
	this_fanout(the)->aside_count = count;
}

void xs_fanout_get_frameCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, this_fanout(the)->frame_count);
}

void xs_fanout_get_sentCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, this_fanout(the)->sent_count);
}

void xs_fanout_get_skippedCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, this_fanout(the)->skipped_count);
}

void xs_fanout_get_abandonedCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, this_fanout(the)->abandoned_count);
}

/** next(): the index of a route whose frame is pending, or -1 */
void xs_fanout_next(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	xsIntegerValue index = -1;
	while (index < 0 && fanout->cursor < fanout->count) {
		route_t *route = fanout->routes[fanout->cursor];
		if (route->pending)
			index = (xsIntegerValue)fanout->cursor;
		route->pending = false;
		fanout->cursor += 1;
	}
	xsmcSetInteger(xsResult, index);
}
