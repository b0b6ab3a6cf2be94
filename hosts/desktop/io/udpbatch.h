/* SPDX-License-Identifier: MIT */
/*
 * Sends the packets of a frame to several clients with few system calls: one `sendmmsg` takes the messages of many
 * clients, and the kernel cuts a message into packets (UDP_SEGMENT) where it can. Linux only. Knows no engine.
 */
#ifndef DESKTOP_UDPBATCH_H
#define DESKTOP_UDPBATCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "burst.h"

enum {
	/** Messages of a system call. */
	BATCH_MESSAGES = 16,
	/** Packets of a message: the kernel accepts up to 64 segments, which together fit a datagram. */
	BATCH_SEGMENTS = 64,
	BATCH_BYTES = 65000,
	/** Packets of a system call. */
	BATCH_PACKETS = 512,
};

/** `udp_delivery_t.error`: the packets do not fit the frame. */
#define UDP_MISFIT (-1)

/** A frame for one client. */
typedef struct {
	burst_t *burst;
	struct sockaddr_in to;
	/** Packets at most, 0: all. */
	uint32_t limit;
	/** Receives the number of packets sent. */
	uint32_t sent;
	/** Receives the error number of the packet that was refused, or UDP_MISFIT. The burst is back at that packet.
	 *  0: all was sent. */
	int error;
} udp_delivery_t;

struct mmsghdr;

/** `sendmmsg`, or a test's substitute. */
typedef int (*udp_send_t)(int fd, struct mmsghdr *messages, unsigned int count, int flags);

/** Sends until each delivery is finished, refused or at its limit. A refusal ends that delivery only.
 *  @param unsegmented packets are messages of their own. Set when kernel or route refuse to cut messages */
void udp_batch_send(int fd, bool *unsegmented, udp_send_t send, udp_delivery_t *deliveries, uint32_t count);

#endif
