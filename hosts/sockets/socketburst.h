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

/** Writes packets until the frame is finished or the socket is full. In the latter case `onWritable` follows.
 *  @param socket a TCP object. Throws TypeError for anything else
 *  @param room receives the bytes that the socket still accepts
 *  @returns NULL, or constant text: why the burst failed. The connection is closed, broken, or not established */
const char *tcp_socket_burst(xsMachine *the, xsSlot *socket, burst_t *burst, uint32_t *room);

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
