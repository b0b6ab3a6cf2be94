/* SPDX-License-Identifier: MIT */
/*
 * poller.h by epoll(7). Changed events are told to the kernel once, before the next wait: a descriptor whose events
 * change to and fro within a turn costs no system call.
 */
#define _GNU_SOURCE
#include "poller.h"

#if HOST_EPOLL

	#include <errno.h>
	#include <stdlib.h>
	#include <sys/epoll.h>
	#include <unistd.h>

enum { EVENTS = 64 };

typedef struct {
	/** NULL: free. */
	loop_watch_t *watch;
	/** Counts the watches that had this entry: events of an earlier one are not reported. */
	uint32_t generation;
	/** Events that the kernel knows of; 0: it does not know the descriptor. */
	short known;
	/** In the list of changes. */
	bool changed;
	/** The next free entry, or -1. */
	int32_t next;
} entry_t;

static struct {
	int fd;
	entry_t *entries;
	/** Entries with watches that have changed. Has room for all. */
	int32_t *changes;
	int32_t change_count;
	int32_t used, capacity, free_entry;
	int32_t count;
	struct epoll_event events[EVENTS];
	int found, next;
} poller = { .fd = -1, .free_entry = -1 };

static void *grow(void *memory, size_t size)
{
	void *result = realloc(memory, (size_t)poller.capacity * size);
	if (!result)
		abort();
	return result;
}

void poller_add(loop_watch_t *watch)
{
	int32_t index = poller.free_entry;
	if (index >= 0)
		poller.free_entry = poller.entries[index].next;
	else {
		if (poller.used == poller.capacity) {
			poller.capacity = poller.capacity ? poller.capacity * 2 : 16;
			poller.entries = grow(poller.entries, sizeof(*poller.entries));
			poller.changes = grow(poller.changes, sizeof(*poller.changes));
		}
		index = poller.used++;
		poller.entries[index] = (entry_t){ 0 };
	}
	poller.entries[index].watch = watch;
	watch->index = index;
	poller.count += 1;
	poller_change(watch);
}

void poller_change(loop_watch_t *watch)
{
	entry_t *entry = &poller.entries[watch->index];
	if (entry->changed || entry->known == watch->events)
		return;
	entry->changed = true;
	poller.changes[poller.change_count++] = watch->index;
}

/** Tells the kernel the entry's events. epoll reports errors even when no events are requested, so a descriptor without
 *  events leaves it. */
static void tell(int32_t index, int fd, short events)
{
	entry_t *entry = &poller.entries[index];
	struct epoll_event event = { .events = (uint32_t)events,
		.data.u64 = (uint64_t)entry->generation << 32 | (uint32_t)index };
	int operation = !events ? EPOLL_CTL_DEL : entry->known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	if (events == entry->known)
		return;
	if (epoll_ctl(poller.fd, operation, fd, &event) < 0)
		abort();
	entry->known = events;
}

void poller_remove(loop_watch_t *watch)
{
	int32_t index = watch->index;
	entry_t *entry = &poller.entries[index];
	tell(index, watch->fd, 0);
	entry->watch = NULL;
	entry->generation += 1;
	entry->next = poller.free_entry;
	poller.free_entry = index;
	watch->index = -1;
	poller.count -= 1;
}

int32_t poller_count(void)
{
	return poller.count;
}

void poller_wait(int64_t microseconds)
{
	if (poller.fd < 0 && (poller.fd = epoll_create1(EPOLL_CLOEXEC)) < 0)
		abort();
	for (int32_t i = 0; i < poller.change_count; i++) {
		int32_t index = poller.changes[i];
		entry_t *entry = &poller.entries[index];
		entry->changed = false;
		if (entry->watch)
			tell(index, entry->watch->fd, entry->watch->events);
	}
	poller.change_count = 0;
	poller.found = poller.next = 0;
	/* epoll_wait counts in milliseconds: at 30 frames a second, one is 3 % of the frame interval */
	if (microseconds != 0) {
		struct pollfd descriptor = { .fd = poller.fd, .events = POLLIN };
		struct timespec timeout = { .tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000 };
		if (ppoll(&descriptor, 1, microseconds < 0 ? NULL : &timeout, NULL) <= 0)
			return;
	}
	int found = epoll_wait(poller.fd, poller.events, EVENTS, 0);
	poller.found = found > 0 ? found : 0;
}

loop_watch_t *poller_next(short *revents)
{
	while (poller.next < poller.found) {
		struct epoll_event *event = &poller.events[poller.next++];
		entry_t *entry = &poller.entries[(uint32_t)event->data.u64];
		if (!entry->watch || entry->generation != event->data.u64 >> 32)
			continue;
		*revents = (short)event->events;
		return entry->watch;
	}
	return NULL;
}

#endif
