/* SPDX-License-Identifier: MIT */
/*
 * Frames over UDP that wait for the next burst, and whose turn it is. See fanout.h.
 *
 * A frame is kept alive as an object. Its camera may close it, so its memory is looked up whenever packets are sent.
 */
#include "fanout.h"

#include "frameburst.h"
#include "xs_fragmenter.h"
#include "xs_scan.h"

static group_t *group_of(fanout_t *fanout, const route_t *route)
{
	for (uint32_t i = 0; i < fanout->group_count; i++)
		if (fanout->groups[i].address == route->target.address)
			return &fanout->groups[i];
	return NULL;
}

bool waiting_join(fanout_t *fanout, const route_t *route)
{
	group_t *group = group_of(fanout, route);
	if (!group) {
		group_t *groups = fanout_grow(fanout->groups, fanout->group_count, &fanout->group_capacity, sizeof(*group));
		if (!groups)
			return false;
		fanout->groups = groups;
		group = &groups[fanout->group_count++];
		*group = (group_t){ .address = route->target.address, .served = fanout->served };
	}
	group->route_count += 1;
	return true;
}

void waiting_leave(fanout_t *fanout, const route_t *route)
{
	group_t *group = group_of(fanout, route);
	if (group && --group->route_count == 0)
		*group = fanout->groups[--fanout->group_count];
}

/** Ends the waiting of a route's frame. */
static void end_waiting(route_t *route)
{
	waiting_t *waiting = route->waiting;
	fanout_t *fanout = route->fanout;
	if (!waiting)
		return;
	route->waiting = NULL;
	fanout->waiting_count -= 1;
	waiting->count -= 1;
	if (waiting->count == 0 && waiting->kept) {
		waiting->kept = false;
		fanout->freed |= 1u << (waiting - fanout->waiting);
	}
}

void waiting_give_up(route_t *route, double *count)
{
	if (!route->waiting)
		return;
	*count += 1;
	route->missed_count += 1;
	end_waiting(route);
}

void waiting_begin(route_t *route, xsSlot *frame, xsSlot *scan, uint32_t index)
{
	fanout_t *fanout = route->fanout;
	waiting_t *waiting = &fanout->waiting[index];
	waiting->frame = frame;
	waiting->scan = scan;
	waiting->count += 1;
	route->waiting = waiting;
	fanout->waiting_count += 1;
}

static bool is_earlier(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

/** A frame that was begun is finished before another begins: if all frames proceeded by turns, then with more of them
 *  than bursts can carry none would be complete before the hub takes it back. Otherwise addresses take turns, then the
 *  routes to one address, so that a client gains nothing by setting up more sessions.
 *  @returns the route whose turn it is */
static route_t *next_waiting(fanout_t *fanout)
{
	route_t *best = NULL;
	uint32_t best_group = 0;
	for (uint32_t i = 0; i < fanout->count; i++) {
		route_t *route = fanout->routes[i];
		if (!route->waiting)
			continue;
		if (route->stream->frame_scan_length)
			return route;
		uint32_t group = group_of(fanout, route)->served;
		if (!best || is_earlier(group, best_group)
			|| (group == best_group && is_earlier(route->served, best->served))) {
			best = route;
			best_group = group;
		}
	}
	return best;
}

/** Sends a route's packets as far as the budget goes. */
static void serve(xsMachine *the, fanout_t *fanout, route_t *route)
{
	xsSlot frame = xsReference(route->waiting->frame), scan = xsReference(route->waiting->scan);
	xsSlot socket = xsReference(route->socket);
	frame_burst_t burst;
	size_t length;
	uint32_t sent = 0;
	uint8_t *bytes = xs_fragmenter_frame(the, &frame, &length);
	route->served = group_of(fanout, route)->served = ++fanout->served;
	if (!length) {
		waiting_give_up(route, &fanout->abandoned_count);
		return;
	}
	frame_burst_init(&burst, route->stream, xs_scan_get(the, &scan), bytes, length, route->limit);
	const char *error = udp_socket_burst(the, &socket, &burst.burst, &route->target, fanout->budget, &sent);
	if (fanout->burst)
		fanout->budget -= sent < fanout->budget ? sent : fanout->budget;
	if (error || !sent) {
		route->failed = true;
		end_waiting(route);
		fanout->budget = 0;
	}
	else if (!route->stream->in_progress) {
		route->frame_count += 1;
		fanout->sent_count += 1;
		end_waiting(route);
	}
}

void waiting_pump(xsMachine *the, fanout_t *fanout)
{
	while (fanout->waiting_count && (fanout->budget || !fanout->burst))
		serve(the, fanout, next_waiting(fanout));
}
