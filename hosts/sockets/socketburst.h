/* SPDX-License-Identifier: MIT */
/*
 * Writing a burst to a socket. Implemented by each host's TCP and UDP.
 */
#ifndef SOCKETS_SOCKETBURST_H
#define SOCKETS_SOCKETBURST_H

#include "xsmc.h"

#include "burst.h"

/** Writes packets until the frame is finished or the socket is full. In the latter case `onWritable` follows.
 *  @param socket a TCP object
 *  @returns bytes that the socket still accepts. Throws if it is closed or not yet connected */
uint32_t tcp_socket_burst(xsMachine *the, xsSlot *socket, burst_t *burst);

/** Sends packets until the frame is finished or `limit` packets are sent.
 *  @param socket a UDP object
 *  @param address IPv4 literal
 *  @param port 1 to 65535
 *  @param limit packets, 0: all
 *  @returns packets sent. Throws "would block" and other errors as `write` */
uint32_t udp_socket_burst(
	xsMachine *the, xsSlot *socket, burst_t *burst, xsSlot *address, int32_t port, uint32_t limit);

#endif
