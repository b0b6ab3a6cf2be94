/* SPDX-License-Identifier: MIT */
/*
 * Native half of burst.ts: joins a Fragmenter to a host's sockets.
 */
#include "socketburst.h"

#include "mc.xs.h"

#include "frameburst.h"
#include "xs_fragmenter.h"
#include "xs_scan.h"

/** Reads the arguments (socket, fragmenter, frame, scan, packetSize, …). */
static void open_burst(xsMachine *the, frame_burst_t *self)
{
	size_t length;
	xsIntegerValue limit = xsmcToInteger(xsArg(4));
	if (limit < (xsIntegerValue)RTP_JPEG_LIMIT_MIN || limit > (xsIntegerValue)RTP_JPEG_LIMIT_MAX)
		xsRangeError("packetSize: out of range");
	rtp_jpeg_stream_t *stream = xs_fragmenter_stream(the, &xsArg(1));
	const jpeg_scan_t *scan = xs_scan_get(the, &xsArg(3));
	uint8_t *frame = xs_fragmenter_frame(the, &xsArg(2), &length);
	frame_burst_init(self, stream, scan, frame, length, (uint32_t)limit);
}

static void check(xsMachine *the, const char *error)
{
	if (error)
		xsUnknownError("%s", (char *)error);
}

/** (socket, fragmenter, frame, scan, packetSize, …) */
void xs_burst_tcp(xsMachine *the)
{
	frame_burst_t self;
	uint32_t room = 0;
	open_burst(the, &self);
	check(the, tcp_socket_burst(the, &xsArg(0), &self.burst, &room));
	xsmcSetInteger(xsResult, (xsIntegerValue)room);
}

/** (socket, fragmenter, frame, scan, packetSize, address, port) */
void xs_burst_udp(xsMachine *the)
{
	frame_burst_t self;
	udp_target_t target;
	uint32_t count = 0;
	udp_socket_target(the, &xsArg(5), &xsArg(6), &target);
	open_burst(the, &self);
	check(the, udp_socket_burst(the, &xsArg(0), &self.burst, &target, 0, &count));
}
