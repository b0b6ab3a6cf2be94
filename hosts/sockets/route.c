/* SPDX-License-Identifier: MIT */
/*
 * Native half of Route in fanout.ts. A Route keeps its source and its socket alive (route_mark), so that the
 * pointers to their records stay valid.
 */
#include "fanout.h"

#include <stdlib.h>

#include "mc.xs.h"

#include "xs_fragmenter.h"
#include "xs_picture.h"

void xs_route_destructor(void *data)
{
	free(data);
}

static void route_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	route_t *route = data;
	if (route && route->source)
		mark_root(the, route->source);
	if (route && route->socket)
		mark_root(the, route->socket);
}

static const xsHostHooks route_hooks = { xs_route_destructor, route_mark, NULL };

route_t *xs_route_get(xsMachine *the, xsSlot *slot)
{
	route_t *route = xsmcGetHostDataValidate(*slot, (void *)&route_hooks);
	if (!route)
		xsTypeError("no route");
	return route;
}

/** (fragmenter, packetSize, socket) for TCP, (…, address, port) for UDP; (picture, packetSize, socket) */
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
	multipart_t *picture = xs_picture_if(the, &xsArg(0));
	rtp_jpeg_stream_t *stream = picture ? NULL : xs_fragmenter_stream(the, &xsArg(0));
	if (picture && !is_tcp)
		xsTypeError("a picture goes over TCP");
	route_t *route = calloc(1, sizeof(*route));
	if (!route)
		xsRangeError("no memory");
	route->object = fxToReference(the, &xsThis);
	route->stream = stream;
	route->picture = picture;
	route->source = fxToReference(the, &xsArg(0));
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
	route_t *route = xs_route_get(the, &xsThis);
	route->mode = (route_mode_t)mode;
	if (mode == ROUTE_IDLE && route->waiting)
		waiting_give_up(route, &route->fanout->abandoned_count);
}

void xs_route_set_held(xsMachine *the)
{
	bool held = xsmcTest(xsArg(0));
	xs_route_get(the, &xsThis)->held = held;
}

void xs_route_set_offset(xsMachine *the)
{
	uint32_t offset = (uint32_t)xsmcToNumber(xsArg(0));
	xs_route_get(the, &xsThis)->offset = offset;
}

void xs_route_get_interrupted(xsMachine *the)
{
	xsmcSetBoolean(xsResult, xs_route_get(the, &xsThis)->interrupted);
}

void xs_route_get_waiting(xsMachine *the)
{
	xsmcSetBoolean(xsResult, xs_route_get(the, &xsThis)->waiting != NULL);
}

void xs_route_get_waits(xsMachine *the)
{
	xsmcSetBoolean(xsResult, !xs_route_get(the, &xsThis)->is_tcp);
}

/** takeFailure() */
void xs_route_takeFailure(xsMachine *the)
{
	route_t *route = xs_route_get(the, &xsThis);
	xsmcSetBoolean(xsResult, route->failed);
	route->failed = false;
}

void xs_route_get_missedCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, xs_route_get(the, &xsThis)->missed_count);
}

void xs_route_get_frameCount(xsMachine *the)
{
	xsmcSetNumber(xsResult, xs_route_get(the, &xsThis)->frame_count);
}
