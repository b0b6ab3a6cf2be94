/* SPDX-License-Identifier: MIT */
/*
 * The desktop host's interface for its own natives:
 * event loop, options, memory counts, and the handler of uncaught errors.
 */
#ifndef DESKTOP_HOST_H
#define DESKTOP_HOST_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsmc.h"

typedef struct host_options {
	/** The application's folder, with modules.txt and the compiled modules. */
	const char *application;
	/** The machine's memory does not grow, as on the device. Its size is that of "creation" in the manifest. */
	bool fixed_heap;
	/** Override the manifest's sizes; 0: no override. */
	int32_t heap_slots;
	int32_t chunk_bytes;
	/** Bytes that a TCP socket accepts before the reader has taken them; 0: the desktop's default. */
	int32_t send_buffer;
	/** UDP packets are sent one by one, so that a capture on this machine shows each.
	 *  With GSO it shows unsegmented batches. */
	bool no_gso;
	/** The remaining arguments, for the application. */
	int argc;
	char **argv;
} host_options_t;

extern host_options_t host_options;

/* ---- event loop (loop.c) ---- */

/** A file descriptor in the event loop. The caller owns it and must remove it before freeing it. */
typedef struct loop_watch {
	int fd;
	/** POLLIN and POLLOUT; 0: wait for nothing, not even errors. Changed by `loop_watch_for` only. */
	short events;
	/** Called at most once per turn with the events, as of poll(2). It may remove and free any watch, even its own. */
	void (*callback)(struct loop_watch *watch, short revents);
	/** Index in the loop's table, or -1. Private. */
	int32_t index;
} loop_watch_t;

void loop_add(loop_watch_t *watch);
/** Before the descriptor is closed. No effect if it is not in the loop. */
void loop_remove(loop_watch_t *watch);
/** Sets the events of a watch. */
void loop_watch_for(loop_watch_t *watch, short events);

/** A one-shot or repeating timer, owned by the caller. */
typedef struct loop_timer {
	/** Monotonic microseconds. */
	int64_t due;
	/** Orders timers with the same due time. Private. */
	uint64_t number;
	/** Milliseconds; negative: one-shot. */
	int64_t interval;
	void (*callback)(struct loop_timer *timer);
	/** Index in the heap of running timers, or -1. Private. */
	int32_t index;
} loop_timer_t;

/** @param delay,interval milliseconds */
void loop_timer_start(loop_timer_t *timer, int64_t delay, int64_t interval);
void loop_timer_stop(loop_timer_t *timer);

/** Wakes the loop from another thread. The caller owns it. No thread may send once it is closed. */
typedef struct loop_wakeup {
	loop_watch_t watch;
	/** Called in the loop's thread, once for all sends since the previous call. */
	void (*callback)(struct loop_wakeup *wakeup);
	/** Private. */
	int sending_end;
} loop_wakeup_t;

/** While it is open, the loop does not end. @returns false if the system has no descriptors left */
bool loop_wakeup_open(loop_wakeup_t *wakeup, void (*callback)(loop_wakeup_t *wakeup));
/** May be called from any thread. Does not block. */
void loop_wakeup_send(loop_wakeup_t *wakeup);
void loop_wakeup_close(loop_wakeup_t *wakeup);

/** Monotonic clock, microseconds. */
int64_t loop_now(void);
/** Serves descriptors, timers and promise jobs until `loop_exit` is called or no watch and no timer remains.
 *  @returns the exit status */
int loop_run(xsMachine *the);
void loop_exit(int status);
/** Sets the handler of SIGINT and SIGTERM. It is called from the loop, not in signal context. */
void loop_on_signal(void (*handler)(int signal_number));

/* ---- counters ---- */

/** Bytes that TCP sockets have copied since the start because the kernel accepted only part of a write. */
extern uint64_t host_copied_bytes;

/* ---- errors (engine/errors.c) ---- */

/** Reports the current exception with its stack and ends the program with status 1. Every call into JavaScript calls it
 *  in its catch block. On the device an uncaught error ends the program as well. */
void host_uncaught(xsMachine *the) __attribute__((noreturn));

/* ---- memory counts (engine/machine.c) ---- */

typedef struct host_memory {
	int32_t slots_in_use;
	int32_t slots_peak;
	int32_t chunk_bytes_in_use;
	int32_t chunk_bytes_peak;
	int32_t slot_bytes;
	/** Bytes in use that were allocated outside the machine's heaps. 0 where the C library does not count them. */
	int64_t native_bytes;
} host_memory_t;

/** Counts of the machine's heap. Between two collections they only rise, so their differences are exact allocations. */
void host_memory_read(xsMachine *the, host_memory_t *memory);

#endif
