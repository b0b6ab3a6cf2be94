/* SPDX-License-Identifier: MIT */
/*
 * Sends the bytes that the kernel had not yet accepted when a socket was closed, in the background, as lwIP does.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "linger.h"
#include "socket.h"

enum {
	/* time limit for sending a closed socket's last bytes, milliseconds */
	LINGER = 5000,
	/* sockets at a time: their unsent bytes take memory */
	LINGERING_LIMIT = 16,
};

typedef struct remainder {
	loop_watch_t watch;
	loop_timer_t timer;
	uint8_t *bytes;
	uint32_t offset;
	uint32_t length;
} remainder_t;

static int lingering;

static void remainder_end(remainder_t *remainder)
{
	lingering -= 1;
	loop_remove(&remainder->watch);
	loop_timer_stop(&remainder->timer);
	close(remainder->watch.fd);
	free(remainder->bytes);
	free(remainder);
}

static void remainder_late(loop_timer_t *timer)
{
	remainder_end((remainder_t *)(void *)((char *)timer - offsetof(remainder_t, timer)));
}

static void remainder_ready(loop_watch_t *watch, short revents)
{
	remainder_t *remainder = (remainder_t *)watch;
	(void)revents;
	while (remainder->length) {
		ssize_t sent =
			send(watch->fd, remainder->bytes + remainder->offset, remainder->length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0) {
			if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS)
				return;
			break;
		}
		remainder->offset += (uint32_t)sent;
		remainder->length -= (uint32_t)sent;
	}
	remainder_end(remainder);
}

bool linger(int fd, uint8_t *bytes, uint32_t offset, uint32_t length)
{
	remainder_t *remainder = lingering < LINGERING_LIMIT ? calloc(1, sizeof(*remainder)) : NULL;
	if (!remainder)
		return false;
	lingering += 1;
	remainder->watch = (loop_watch_t){ .fd = fd, .events = POLLOUT, .callback = remainder_ready, .index = -1 };
	remainder->timer = (loop_timer_t){ .callback = remainder_late, .index = -1 };
	remainder->bytes = bytes;
	remainder->offset = offset;
	remainder->length = length;
	loop_add(&remainder->watch);
	loop_timer_start(&remainder->timer, LINGER, -1);
	return true;
}
