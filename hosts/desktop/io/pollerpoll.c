/* SPDX-License-Identifier: MIT */
/*
 * poller.h by poll(2).
 */
#define _GNU_SOURCE
#include "poller.h"

#if !HOST_EPOLL

	#include <stdlib.h>

static struct {
	struct pollfd *descriptors;
	loop_watch_t **watches;
	int32_t used, capacity, count;
	/** Entries that the last wait knew of, and the one that `poller_next` looks at next. */
	int32_t polled, next;
} poller;

static void *grow(void *memory, size_t size)
{
	void *result = realloc(memory, (size_t)poller.capacity * size);
	if (!result)
		abort();
	return result;
}

void poller_add(loop_watch_t *watch)
{
	if (poller.used == poller.capacity) {
		poller.capacity = poller.capacity ? poller.capacity * 2 : 16;
		poller.descriptors = grow(poller.descriptors, sizeof(*poller.descriptors));
		poller.watches = grow(poller.watches, sizeof(*poller.watches));
	}
	watch->index = poller.used;
	poller.watches[poller.used] = watch;
	poller.descriptors[poller.used] = (struct pollfd){ .fd = -1 };
	poller.used += 1;
	poller.count += 1;
}

void poller_change(loop_watch_t *watch)
{
	/* all events are copied before each wait */
	(void)watch;
}

void poller_remove(loop_watch_t *watch)
{
	/* the entry stays until the next wait: the loop may be iterating over the table */
	poller.watches[watch->index] = NULL;
	watch->index = -1;
	poller.count -= 1;
}

int32_t poller_count(void)
{
	return poller.count;
}

static void compact(void)
{
	int32_t to = 0;
	for (int32_t from = 0; from < poller.used; from++) {
		loop_watch_t *watch = poller.watches[from];
		if (!watch)
			continue;
		watch->index = to;
		poller.watches[to] = watch;
		/* poll(2) reports errors even when no events are requested */
		poller.descriptors[to] = (struct pollfd){ .fd = watch->events ? watch->fd : -1, .events = watch->events };
		to += 1;
	}
	poller.used = to;
}

void poller_wait(int64_t microseconds)
{
	compact();
	nfds_t count = (nfds_t)poller.used;
	#if defined(__linux__)
	/* at 30 frames a second a millisecond of rounding is 3 % of the frame interval */
	struct timespec timeout = { .tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000 };
	int ready = ppoll(poller.descriptors, count, microseconds < 0 ? NULL : &timeout, NULL);
	#else
	int ready = poll(poller.descriptors, count, microseconds < 0 ? -1 : (int)((microseconds + 999) / 1000));
	#endif
	poller.polled = ready > 0 ? poller.used : 0;
	poller.next = 0;
}

loop_watch_t *poller_next(short *revents)
{
	while (poller.next < poller.polled) {
		int32_t index = poller.next++;
		*revents = poller.descriptors[index].revents;
		if (*revents && poller.watches[index])
			return poller.watches[index];
	}
	return NULL;
}

#endif
