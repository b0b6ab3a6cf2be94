/* SPDX-License-Identifier: MIT */
/*
 * Native half of fanout.ts.
 *
 * Ownership. A Route keeps its Fragmenter and its socket alive (route_mark), and a Fanout its routes (fanout_mark): the
 * pointers to their records stay valid.
 */
#include "socketburst.h"

#include <stdlib.h>
#include <string.h>

#include "mc.xs.h"

#include "frameburst.h"
#include "xs_fragmenter.h"
#include "xs_scan.h"

/* fanout.ts has the same values */
typedef enum {
	ROUTE_IDLE,   /* takes no frames */
	ROUTE_DIRECT, /* frames are sent to the socket */
	ROUTE_ASIDE,  /* frames are offered in JavaScript */
} route_mode_t;

typedef struct {
	/** The Route. */
	xsSlot *object;
	rtp_jpeg_stream_t *stream;
	xsSlot *fragmenter;
	xsSlot *socket;
	bool is_tcp;
	udp_target_t target;
	/** Maximum packet size, bytes, without framing. */
	uint32_t limit;
	/** RTP timestamp of capture time 0. */
	uint32_t offset;
	route_mode_t mode;
	/** The connection has something else to send first. */
	bool held;
	/** The last frame was begun here and not finished. */
	bool interrupted;
	/** The last frame has to be offered in JavaScript. */
	bool pending;
	/** Frames sent whole, wrapping. */
	uint32_t frame_count;
} route_t;

typedef struct {
	route_t **routes;
	uint32_t count;
	uint32_t capacity;
	/** The route that `next` looks at first. */
	uint32_t cursor;
	/** Subscribers without a route. */
	uint32_t aside_count;
	/** Frames given to `send`, and sent whole by a route. */
	double frame_count, sent_count;
} fanout_t;

/* ---- Route ---- */

void xs_route_destructor(void *data)
{
	free(data);
}

static void route_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	route_t *route = data;
	if (route && route->fragmenter)
		mark_root(the, route->fragmenter);
	if (route && route->socket)
		mark_root(the, route->socket);
}

static const xsHostHooks route_hooks = { xs_route_destructor, route_mark, NULL };

static route_t *get_route(xsMachine *the, xsSlot *slot)
{
	route_t *route = xsmcGetHostDataValidate(*slot, (void *)&route_hooks);
	if (!route)
		xsTypeError("no route");
	return route;
}

/** (fragmenter, packetSize, socket) for TCP, (…, address, port) for UDP */
void xs_route_constructor(xsMachine *the)
{
	udp_target_t target = { 0 };
	bool is_tcp = xsmcArgc < 4;
	if (!is_tcp)
		udp_socket_target(the, &xsArg(3), &xsArg(4), &target);
	xsIntegerValue limit = xsmcToInteger(xsArg(1));
	if (limit < (xsIntegerValue)RTP_JPEG_LIMIT_MIN || limit > (xsIntegerValue)RTP_JPEG_LIMIT_MAX)
		xsRangeError("packetSize: out of range");
	if (xsmcTypeOf(xsArg(2)) != xsReferenceType)
		xsTypeError("socket: object expected");
	rtp_jpeg_stream_t *stream = xs_fragmenter_stream(the, &xsArg(0));
	route_t *route = calloc(1, sizeof(*route));
	if (!route)
		xsRangeError("no memory");
	route->object = fxToReference(the, &xsThis);
	route->stream = stream;
	route->fragmenter = fxToReference(the, &xsArg(0));
	route->socket = fxToReference(the, &xsArg(2));
	route->is_tcp = is_tcp;
	route->target = target;
	route->limit = (uint32_t)limit;
	xsmcSetHostData(xsThis, route);
	xsSetHostHooks(xsThis, (xsHostHooks *)&route_hooks);
}

void xs_route_set_mode(xsMachine *the)
{
	xsIntegerValue mode = xsmcToInteger(xsArg(0));
	if (mode < ROUTE_IDLE || mode > ROUTE_ASIDE)
		xsRangeError("mode: out of range");
	get_route(the, &xsThis)->mode = (route_mode_t)mode;
}

void xs_route_set_held(xsMachine *the)
{
	bool held = xsmcTest(xsArg(0));
	get_route(the, &xsThis)->held = held;
}

void xs_route_set_offset(xsMachine *the)
{
	uint32_t offset = (uint32_t)xsmcToNumber(xsArg(0));
	get_route(the, &xsThis)->offset = offset;
}

void xs_route_get_interrupted(xsMachine *the)
{
	xsmcSetBoolean(xsResult, get_route(the, &xsThis)->interrupted);
}

void xs_route_get_frameCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, get_route(the, &xsThis)->frame_count);
}

/* ---- Fanout ---- */

void xs_fanout_destructor(void *data)
{
	fanout_t *fanout = data;
	if (fanout)
		free(fanout->routes);
	free(fanout);
}

static void fanout_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	fanout_t *fanout = data;
	for (uint32_t i = 0; fanout && i < fanout->count; i++)
		mark_root(the, fanout->routes[i]->object);
}

static const xsHostHooks fanout_hooks = { xs_fanout_destructor, fanout_mark, NULL };

static fanout_t *this_fanout(xsMachine *the)
{
	fanout_t *fanout = xsmcGetHostDataValidate(xsThis, (void *)&fanout_hooks);
	if (!fanout)
		xsTypeError("no fan-out");
	return fanout;
}

void xs_fanout_constructor(xsMachine *the)
{
	fanout_t *fanout = calloc(1, sizeof(*fanout));
	if (!fanout)
		xsRangeError("no memory");
	xsmcSetHostData(xsThis, fanout);
	xsSetHostHooks(xsThis, (xsHostHooks *)&fanout_hooks);
}

void xs_fanout_add(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	route_t *route = get_route(the, &xsArg(0));
	if (fanout->count == fanout->capacity) {
		uint32_t capacity = fanout->capacity ? 2 * fanout->capacity : 4;
		route_t **routes = realloc(fanout->routes, capacity * sizeof(route_t *));
		if (!routes)
			xsRangeError("no memory");
		fanout->routes = routes;
		fanout->capacity = capacity;
	}
	fanout->routes[fanout->count++] = route;
}

/** remove(index) */
void xs_fanout_remove(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	uint32_t index = (uint32_t)xsmcToInteger(xsArg(0));
	if (index >= fanout->count)
		xsRangeError("index: out of range");
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

static void finish(route_t *route, const char *error)
{
	route->pending = route->interrupted = error || route->stream->in_progress;
}

static void send_together(xsMachine *the, together_t *together)
{
	if (!together->count)
		return;
	xsSlot socket = xsReference(together->socket);
	udp_socket_send(the, &socket, together->frames, together->count);
	for (uint32_t i = 0; i < together->count; i++)
		finish(together->routes[i], together->frames[i].error);
	together->count = 0;
}

/** send(frame, scan, captureTime, whole): the number of subscribers left, or a negative jpeg_error_t */
void xs_fanout_send(xsMachine *the)
{
	fanout_t *fanout = this_fanout(the);
	uint32_t timestamp = ticks(xsmcToNumber(xsArg(2)));
	bool whole = xsmcTest(xsArg(3));
	jpeg_scan_t *scan = xs_scan_get(the, &xsArg(1));
	size_t length;
	uint8_t *frame = xs_fragmenter_frame(the, &xsArg(0), &length);
	fanout->frame_count += 1;
	int problem = whole ? jpeg_scan_parse_whole(frame, length, scan) : jpeg_scan_parse(frame, length, scan);
	if (problem) {
		xsmcSetInteger(xsResult, problem);
		return;
	}
	together_t together;
	together.count = 0;
	for (uint32_t i = 0; i < fanout->count; i++) {
		route_t *route = fanout->routes[i];
		route->interrupted = false;
		route->pending = route->mode != ROUTE_IDLE;
		if (route->mode != ROUTE_DIRECT || route->held || rtp_jpeg_begin(route->stream, timestamp + route->offset))
			continue;
		if (route->is_tcp) {
			frame_burst_t burst;
			uint32_t room;
			xsSlot socket = xsReference(route->socket);
			frame_burst_init(&burst, route->stream, scan, frame, length, route->limit);
			finish(route, tcp_socket_burst(the, &socket, &burst.burst, &room));
			continue;
		}
		if (together.count == UDP_FRAMES || (together.count && together.socket != route->socket))
			send_together(the, &together);
		uint32_t k = together.count++;
		together.socket = route->socket;
		together.routes[k] = route;
		frame_burst_init(&together.bursts[k], route->stream, scan, frame, length, route->limit);
		together.frames[k] = (udp_frame_t){ .burst = &together.bursts[k].burst, .target = route->target };
	}
	send_together(the, &together);
	uint32_t left = fanout->aside_count;
	for (uint32_t i = 0; i < fanout->count; i++) {
		route_t *route = fanout->routes[i];
		if (route->pending)
			left += 1;
		else if (route->mode != ROUTE_IDLE) {
			route->frame_count += 1;
			fanout->sent_count += 1;
		}
	}
	fanout->cursor = 0;
	xsmcSetInteger(xsResult, (xsIntegerValue)left);
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
