/* SPDX-License-Identifier: MIT */
/*
 * Writing a burst to a socket. Implemented by each host's TCP and UDP.
 */
#ifndef SOCKETS_SOCKETBURST_H
#define SOCKETS_SOCKETBURST_H

#include "xsmc.h"

#include "burst.h"

/** Where datagrams go. */
typedef struct {
	/** IPv4 address, network byte order. */
	uint32_t address;
	/** 1 to 65535. */
	uint16_t port;
} udp_target_t;

/** A programming error. */
#define BURST_MISFIT "the packets do not fit the frame"

/** Writes packets until the frame is finished or the socket is full. `onWritable` follows unless its buffer is empty:
 *  the caller keeps `room` as its credit.
 *  @param socket a TCP object. Throws TypeError for anything else
 *  @param room receives the bytes that the socket still accepts
 *  @returns NULL, or constant text: why the burst failed. The connection is closed, broken, or not established */
const char *tcp_socket_burst(xsMachine *the, xsSlot *socket, burst_t *burst, uint32_t *room);

/** A frame for one client over TCP. */
typedef struct tcp_frame {
	struct tcp_frame *next;
	/** Reference of a TCP object. */
	xsSlot *socket;
	burst_t *burst;
	/** Receives NULL, or constant text as `tcp_socket_burst` returns it. */
	const char *error;
} tcp_frame_t;

/** Writes frames to several clients, each as `tcp_socket_burst` does, with as few calls into the host's network as it
 *  can. A client's full socket or lost connection does not concern the others. `onWritable` follows only where packets
 *  are left: after a frame that was sent whole, nobody waits for room.
 *  Throws TypeError if a socket is not a TCP object.
 *  @param first of a list of frames; NULL: nothing to do */
void tcp_socket_send(xsMachine *the, tcp_frame_t *first);

/** Sends packets until the frame is finished or `limit` packets are sent.
 *  @param socket a UDP object. Throws TypeError for anything else
 *  @param limit packets, 0: all
 *  @param count receives the number of packets sent
 *  @returns NULL, or constant text: why a packet was refused. "would block" if a buffer is full */
const char *udp_socket_burst(
	xsMachine *the, xsSlot *socket, burst_t *burst, const udp_target_t *target, uint32_t limit, uint32_t *count);

/** A frame for one client over UDP. */
typedef struct {
	burst_t *burst;
	udp_target_t target;
	/** Receives NULL if the whole frame was sent; otherwise as `udp_socket_burst` returns it. */
	const char *error;
} udp_frame_t;

/** Frames that `udp_socket_send` takes, at most. On a chip, the stack is small, and packets leave one by one. */
#if defined(ESP_PLATFORM)
enum { UDP_FRAMES = 1 };
#else
enum { UDP_FRAMES = 16 };
#endif

/** Sends frames to several clients, with as few system calls as the host can. What one client's network refuses does
 *  not concern the others.
 *  @param socket a UDP object. Throws TypeError for anything else
 *  @param count 1 to UDP_FRAMES */
void udp_socket_send(xsMachine *the, xsSlot *socket, udp_frame_t *frames, uint32_t count);

/** Parses a destination. Throws RangeError unless `address` is an IPv4 literal or "localhost" and `port` is 1 to
 *  65535. */
void udp_socket_target(xsMachine *the, xsSlot *address, xsSlot *port, udp_target_t *target);

#endif
