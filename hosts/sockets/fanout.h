/* SPDX-License-Identifier: MIT */
/*
 * Routes and the fan-out of frames: their records, and what their files share.
 *
 *   route.c: Route ── waiting.c: frames that wait for a burst ── fanout.c: Fanout
 */
#ifndef SOCKETS_FANOUT_H
#define SOCKETS_FANOUT_H

#include "frameburst.h"
#include "pictureburst.h"
#include "socketburst.h"

/* fanout.ts has the same values */
typedef enum {
	ROUTE_IDLE,   /* takes no frames */
	ROUTE_DIRECT, /* frames are sent to the socket */
	ROUTE_ASIDE,  /* frames are offered in JavaScript */
} route_mode_t;

/** Frames that may wait at a time: a camera has at most 8 buffers, and keeps one. */
enum { FRAMES = 8 };

/** A frame that waits for the next burst. */
typedef struct {
	xsSlot *frame;
	xsSlot *scan;
	/** Routes that it waits for. */
	uint32_t count;
	/** The hub was told to keep it. */
	bool kept;
} waiting_t;

/** The routes to one address. */
typedef struct {
	uint32_t address;
	uint32_t route_count;
	/** When one of them was last served: a number of the fan-out's row. */
	uint32_t served;
} group_t;

typedef struct fanout fanout_t;

typedef struct {
	/** The Route. */
	xsSlot *object;
	/** What makes the packets: NULL where the subscriber is sent a picture. */
	rtp_jpeg_stream_t *stream;
	multipart_t *picture;
	/** The Fragmenter or Picture. */
	xsSlot *source;
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
	/** The socket has refused a frame since JavaScript last asked. */
	bool failed;
	/** Frames sent whole; frames skipped or given up. Wrapping. */
	uint32_t frame_count, missed_count;
	/** TCP: the frame on its way, together with other players'. */
	union {
		frame_burst_t frame;
		picture_burst_t picture;
	} burst;
	tcp_frame_t frame;
	/** UDP, once added: */
	fanout_t *fanout;
	waiting_t *waiting;
	uint32_t served;
} route_t;

struct fanout {
	route_t **routes;
	uint32_t count;
	uint32_t capacity;
	group_t *groups;
	uint32_t group_count;
	uint32_t group_capacity;
	/** The route that `next` looks at first. */
	uint32_t cursor;
	/** Subscribers without a route. */
	uint32_t aside_count;
	/** Frames given to `send`; frames that routes sent whole, skipped, and gave up. */
	double frame_count, sent_count, skipped_count, abandoned_count;
	/** UDP packets in a burst, 0: no limit; and those that may still leave in this one. */
	uint32_t burst, budget;
	/** The last number of the row in which routes are served. */
	uint32_t served;
	uint32_t waiting_count;
	waiting_t waiting[FRAMES];
	/** A bit for each frame that waits no longer and that the hub still keeps. */
	uint32_t freed;
};

/** @param slot any value
 *  @returns the record of a Route, which the object owns. Throws for any other value */
route_t *xs_route_get(xsMachine *the, xsSlot *slot);

/** @returns memory for one element more; NULL without memory. The old memory is then still valid */
void *fanout_grow(void *memory, uint32_t count, uint32_t *capacity, size_t size);

/** Counts a route over UDP among those to its address.
 *  @returns false without memory */
bool waiting_join(fanout_t *fanout, const route_t *route);
void waiting_leave(fanout_t *fanout, const route_t *route);

/** Lets a route's frame wait, of which no packet has left.
 *  @param index of the frame, below FRAMES */
void waiting_begin(route_t *route, xsSlot *frame, xsSlot *scan, uint32_t index);

/** Ends the waiting of a frame that was not sent whole. No effect if none waits. */
void waiting_give_up(route_t *route, double *count);

/** Sends frames that wait, until the budget is spent. */
void waiting_pump(xsMachine *the, fanout_t *fanout);

#endif
