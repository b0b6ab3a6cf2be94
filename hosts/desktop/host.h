/*
 * The desktop host, as its own natives see it: the event loop, the memory options and how an uncaught error ends the program.
 */
#ifndef DESKTOP_HOST_H
#define DESKTOP_HOST_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsmc.h"

typedef struct host_options {
	/** The application's folder: modules.txt and the compiled modules. */
	const char *application;
	/** Memory of the machine is fixed at the manifest's "creation" sizes, as on the device. */
	bool fixed_heap;
	/** Their sizes; 0: as the manifest says. */
	int32_t heap_slots;
	int32_t chunk_bytes;
	/** Bytes a TCP socket accepts before its reader has taken them; 0 for the desktop's default. */
	int32_t send_buffer;
	/** UDP packets leave one by one: a capture on this machine shows each, not what the kernel cuts apart later. */
	bool no_gso;
	/** What is left of the command line, for the program. */
	int argc;
	char **argv;
} host_options_t;

extern host_options_t host_options;

/* ---- event loop (loop.c) ---- */

/** Something with a file descriptor in the event loop. Owned by who adds it; it must be removed before it is freed. */
typedef struct loop_watch {
	int fd;
	/** POLLIN, POLLOUT: what to wait for; 0 for nothing, errors included. May be changed at any time. */
	short events;
	/** Called once a turn with what poll(2) reported. It may remove (and free) any watch, its own included. */
	void (*callback)(struct loop_watch *watch, short revents);
	/** Place in the loop's table, or -1. Private. */
	int32_t index;
} loop_watch_t;

void loop_add(loop_watch_t *watch);
void loop_remove(loop_watch_t *watch);

/** A one-shot or repeating timer. Owned by who starts it. */
typedef struct loop_timer {
	/** Monotonic microseconds. */
	int64_t due;
	/** Those that are due at the same time run in this order. Private. */
	uint64_t number;
	/** Milliseconds; negative: one-shot. */
	int64_t interval;
	void (*callback)(struct loop_timer *timer);
	/** Place in the heap of running timers, or -1. Private. */
	int32_t index;
} loop_timer_t;

void loop_timer_start(loop_timer_t *timer, int64_t delay, int64_t interval);
void loop_timer_stop(loop_timer_t *timer);

/** Wakes the loop from another thread. Owned by who opens it; no other thread may send when it is closed. */
typedef struct loop_wakeup {
	loop_watch_t watch;
	/** Called in the loop's thread: once for everything that was sent since it was called last. */
	void (*callback)(struct loop_wakeup *wakeup);
	/** Private. */
	int sending_end;
} loop_wakeup_t;

/** An open one keeps the loop from ending. @returns false when there is no descriptor for it */
bool loop_wakeup_open(loop_wakeup_t *wakeup, void (*callback)(loop_wakeup_t *wakeup));
/** From any thread. Never waits. */
void loop_wakeup_send(loop_wakeup_t *wakeup);
void loop_wakeup_close(loop_wakeup_t *wakeup);

/** Monotonic clock, microseconds. */
int64_t loop_now(void);
/** Serves descriptors, timers and promise jobs until `loop_exit`, or until nothing is left to wait for.
 *  @returns the exit status */
int loop_run(xsMachine *the);
void loop_exit(int status);
/** Calls `handler` in the loop, not in the signal's context, for SIGINT and SIGTERM. */
void loop_on_signal(void (*handler)(int signal_number));

/* ---- counters ---- */

/** Bytes that TCP sockets had to copy since the start, because the kernel did not take a write whole. */
extern uint64_t host_copied_bytes;

/* ---- errors (engine/errors.c) ---- */

/** To be called in the catch of every call into JavaScript: reports the exception with its stack, and ends the program with
 *  status 1, as an uncaught error ends the device. */
void host_uncaught(xsMachine *the) __attribute__((noreturn));

/* ---- memory counts (engine/machine.c) ---- */

typedef struct host_memory {
	int32_t slots_in_use;
	int32_t slots_peak;
	int32_t chunk_bytes_in_use;
	int32_t chunk_bytes_peak;
	int32_t slot_bytes;
} host_memory_t;

/** Counts of the machine's heap. Between two collections they only rise, so that differences are exact allocations. */
void host_memory_read(xsMachine *the, host_memory_t *memory);

#endif
