/* SPDX-License-Identifier: MIT */
/*
 * The event loop's way to wait for descriptors: epoll(7) on Linux, poll(2) elsewhere and with HOST_POLL.
 *
 * With poll, each wait costs as much as there are descriptors. That is little for a camera's few dozen. With 768 slow
 * clients it was a third of the processor time.
 */
#ifndef DESKTOP_POLLER_H
#define DESKTOP_POLLER_H

#include "../host.h"

#if defined(__linux__) && !defined(HOST_POLL)
	#define HOST_EPOLL 1
#else
	#define HOST_EPOLL 0
#endif

/** Sets the watch's index. */
void poller_add(loop_watch_t *watch);
/** The watch's events have changed. */
void poller_change(loop_watch_t *watch);
/** Clears the watch's index. Events of it that were found are not reported any more. */
void poller_remove(loop_watch_t *watch);
/** Number of watches. */
int32_t poller_count(void);
/** Waits until a watch has events, a signal arrives, or the time is over.
 *  @param microseconds negative: for ever */
void poller_wait(int64_t microseconds);
/** @param revents receives its events, as of poll(2)
 *  @returns the next watch of those that the last wait found; NULL: no more */
loop_watch_t *poller_next(short *revents);

#endif
