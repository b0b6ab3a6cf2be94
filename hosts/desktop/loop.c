/* SPDX-License-Identifier: MIT */
/*
 * The event loop of the desktop host: descriptors (io/poller.h), timers, and promise jobs after each callback.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

#include "host.h"
#include "io/poller.h"

extern void host_run_jobs(xsMachine *the);

static struct {
	/** Binary heap by due time. */
	loop_timer_t **timers;
	int32_t timer_count;
	int32_t timer_capacity;
	uint64_t timer_number;
	bool leaving;
	int status;
	void (*on_signal)(int signal_number);
	int signal_pipe[2];
	loop_watch_t signal_watch;
} loop = { .signal_pipe = { -1, -1 } };

int64_t loop_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void loop_add(loop_watch_t *watch)
{
	poller_add(watch);
}

void loop_remove(loop_watch_t *watch)
{
	if (watch->index >= 0)
		poller_remove(watch);
}

void loop_watch_for(loop_watch_t *watch, short events)
{
	watch->events = events;
	if (watch->index >= 0)
		poller_change(watch);
}

/* ---- timers ---- */

static void timer_place(loop_timer_t *timer, int32_t index)
{
	loop.timers[index] = timer;
	timer->index = index;
}

static bool timer_before(const loop_timer_t *a, const loop_timer_t *b)
{
	return a->due < b->due || (a->due == b->due && a->number < b->number);
}

static void timer_rise(int32_t index)
{
	loop_timer_t *timer = loop.timers[index];
	while (index > 0) {
		int32_t parent = (index - 1) / 2;
		if (timer_before(loop.timers[parent], timer))
			break;
		timer_place(loop.timers[parent], index);
		index = parent;
	}
	timer_place(timer, index);
}

static void timer_sink(int32_t index)
{
	loop_timer_t *timer = loop.timers[index];
	for (;;) {
		int32_t child = index * 2 + 1;
		if (child >= loop.timer_count)
			break;
		if (child + 1 < loop.timer_count && timer_before(loop.timers[child + 1], loop.timers[child]))
			child += 1;
		if (timer_before(timer, loop.timers[child]))
			break;
		timer_place(loop.timers[child], index);
		index = child;
	}
	timer_place(timer, index);
}

void loop_timer_stop(loop_timer_t *timer)
{
	int32_t index = timer->index;
	if (index < 0)
		return;
	timer->index = -1;
	loop.timer_count -= 1;
	if (index == loop.timer_count)
		return;
	timer_place(loop.timers[loop.timer_count], index);
	timer_rise(index);
	timer_sink(loop.timers[index]->index);
}

void loop_timer_start(loop_timer_t *timer, int64_t delay, int64_t interval)
{
	loop_timer_stop(timer);
	if (loop.timer_count == loop.timer_capacity) {
		loop.timer_capacity = loop.timer_capacity ? loop.timer_capacity * 2 : 16;
		loop.timers = realloc(loop.timers, (size_t)loop.timer_capacity * sizeof(*loop.timers));
		if (!loop.timers)
			abort();
	}
	timer->due = loop_now() + delay * 1000;
	timer->number = loop.timer_number++;
	timer->interval = interval;
	loop.timer_count += 1;
	timer_place(timer, loop.timer_count - 1);
	timer_rise(timer->index);
}

static void run_timers(xsMachine *the)
{
	int64_t now = loop_now();
	/* bounded: a timer that is immediately due again waits for the next turn */
	for (int32_t budget = loop.timer_count; budget > 0 && loop.timer_count && !loop.leaving; budget--) {
		loop_timer_t *timer = loop.timers[0];
		if (timer->due > now)
			break;
		if (timer->interval < 0)
			loop_timer_stop(timer);
		else {
			/* keeps the rate, but does not make up for calls missed in a long pause (a suspended laptop) */
			timer->due += timer->interval * 1000;
			if (timer->due <= now)
				timer->due = now + timer->interval * 1000;
			timer->number = loop.timer_number++;
			timer_sink(0);
		}
		timer->callback(timer);
		host_run_jobs(the);
	}
}

/* ---- other threads, and signals ---- */

/* Opens a pipe with both ends non-blocking. */
static bool open_pipe(int ends[2])
{
	if (pipe(ends) < 0)
		return false;
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFL, O_NONBLOCK);
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	}
	return true;
}

static void wakeup_readable(loop_watch_t *watch, short revents)
{
	loop_wakeup_t *wakeup = (loop_wakeup_t *)watch;
	uint8_t bytes[64];
	(void)revents;
	while (read(watch->fd, bytes, sizeof(bytes)) > 0)
		;
	wakeup->callback(wakeup);
}

bool loop_wakeup_open(loop_wakeup_t *wakeup, void (*callback)(loop_wakeup_t *wakeup))
{
	int ends[2];
	if (!open_pipe(ends))
		return false;
	*wakeup = (loop_wakeup_t){
		.watch = { .fd = ends[0], .events = POLLIN, .callback = wakeup_readable },
		.callback = callback,
		.sending_end = ends[1],
	};
	loop_add(&wakeup->watch);
	return true;
}

void loop_wakeup_send(loop_wakeup_t *wakeup)
{
	uint8_t byte = 0;
	if (write(wakeup->sending_end, &byte, 1) < 0) { /* full: one is enough */
	}
}

void loop_wakeup_close(loop_wakeup_t *wakeup)
{
	loop_remove(&wakeup->watch);
	close(wakeup->watch.fd);
	close(wakeup->sending_end);
}

static void signal_received(int signal_number)
{
	int saved = errno;
	uint8_t byte = (uint8_t)signal_number;
	if (write(loop.signal_pipe[1], &byte, 1) < 0) { /* full: one is enough */
	}
	errno = saved;
}

static void signal_readable(loop_watch_t *watch, short revents)
{
	uint8_t byte;
	(void)revents;
	while (read(watch->fd, &byte, 1) == 1)
		loop.on_signal(byte);
}

void loop_on_signal(void (*handler)(int signal_number))
{
	loop.on_signal = handler;
	if (loop.signal_pipe[0] >= 0)
		return;
	if (!open_pipe(loop.signal_pipe))
		abort();
	loop.signal_watch = (loop_watch_t){ .fd = loop.signal_pipe[0], .events = POLLIN, .callback = signal_readable };
	loop_add(&loop.signal_watch);
	/* SA_RESTART: a write to a full terminal or pipe continues instead of losing a line.
	 * The wait for events is interrupted regardless. */
	struct sigaction action = { .sa_handler = signal_received, .sa_flags = SA_RESTART };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* ---- the loop ---- */

void loop_exit(int status)
{
	loop.leaving = true;
	loop.status = status;
}

/** @returns microseconds until the next timer is due; negative: there is none */
static int64_t time_left(void)
{
	if (!loop.timer_count)
		return -1;
	int64_t left = loop.timers[0]->due - loop_now();
	return left < 0 ? 0 : left;
}

int loop_run(xsMachine *the)
{
	host_run_jobs(the);
	while (!loop.leaving) {
		bool has_watches = poller_count() > (loop.signal_pipe[0] >= 0 ? 1 : 0);
		if (loop.timer_count == 0 && !has_watches)
			break;
		poller_wait(time_left());
		run_timers(the);
		/* watches added by callbacks have no events yet */
		loop_watch_t *watch;
		short revents;
		while (!loop.leaving && (watch = poller_next(&revents))) {
			watch->callback(watch, revents);
			host_run_jobs(the);
		}
	}
	return loop.status;
}
