/* SPDX-License-Identifier: MIT */
/*
 * embedded:io/socket/listener (ECMA-419). Accepted connections wait in a bounded queue for `read`.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "socket.h"
#include "tcp.h"

enum {
	QUEUE = 16,
	/* pause after the system had no descriptor or no memory for a connection, milliseconds */
	REST = 100,
	/* pause between two notices of it, microseconds */
	NOTICE = 10000000,
};

typedef struct listener {
	loop_watch_t watch;
	/** Runs while the system cannot hand over pending connections.
	 *  Without it the loop would report them continuously. */
	loop_timer_t rest;
	xsMachine *the;
	xsSlot object;
	callback_t on_readable;
	uint16_t port;
	int queue[QUEUE];
	int queued;
} listener_t;

void xs_tcplistener_destructor(void *data)
{
	listener_t *listener = data;
	if (!listener)
		return;
	loop_remove(&listener->watch);
	loop_timer_stop(&listener->rest);
	if (listener->watch.fd >= 0)
		close(listener->watch.fd);
	for (int i = 0; i < listener->queued; i++)
		close(listener->queue[i]);
	free(listener);
}

static void xs_tcplistener_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	listener_t *listener = data;
	if (listener)
		callback_mark(the, listener->on_readable, mark_root);
}

static const xsHostHooks listener_hooks = { xs_tcplistener_destructor, xs_tcplistener_mark, NULL };

/** The object's listener, or NULL if closed. Throws for any other object. */
static listener_t *this_listener(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&listener_hooks);
}

/** While the queue is full, new connections wait in the system. */
static void update_events(listener_t *listener)
{
	loop_watch_for(&listener->watch, listener->queued == QUEUE || listener->rest.index >= 0 ? 0 : POLLIN);
}

static void rest_over(loop_timer_t *timer)
{
	update_events((listener_t *)(void *)((char *)timer - offsetof(listener_t, rest)));
}

/** Tells the user why connections wait. */
static void tell_full(int error)
{
	static int64_t next;
	int64_t now = loop_now();
	if (now < next)
		return;
	next = now + NOTICE;
	if (error == EMFILE) {
		struct rlimit limit = { 0 };
		getrlimit(RLIMIT_NOFILE, &limit);
		fprintf(stderr, "connections wait: all %llu file descriptors are in use. Raise the limit with ulimit -n\n",
			(unsigned long long)limit.rlim_cur);
	}
	else
		fprintf(stderr, "connections wait: %s\n", strerror(error));
}

static void listener_ready(loop_watch_t *watch, short revents)
{
	listener_t *listener = (listener_t *)watch;
	int before = listener->queued;
	(void)revents;
	while (listener->queued < QUEUE) {
		int fd = accept(listener->watch.fd, NULL, NULL);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
				tell_full(errno);
				loop_timer_start(&listener->rest, REST, -1);
			}
			break;
		}
		socket_prepare(fd);
		listener->queue[listener->queued++] = fd;
	}
	update_events(listener);
	if (listener->queued > before)
		callback_call(listener->the, listener->on_readable, &listener->object, listener->queued);
}

/** new Listener({port, address?, onReadable}). Port 0 selects a free port, which `port` returns.
 *  Throws if the port is in use. */
void xs_tcplistener_constructor(xsMachine *the)
{
	struct sockaddr_in address;
	xsmcVars(1);
	callback_t on_readable = callback_option(the, xsID_onReadable, &xsVar(0));
	int port = integer_option(the, xsID_port, "port", 0, 65535, 0);
	socket_bind_address(the, port, &address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		socket_fail(the, fd, "socket");
	socket_prepare(fd);
	socket_option(fd, SO_REUSEADDR, 1);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		socket_fail_port(the, fd, "listen", port);
	socket_imitate(fd);
	if (listen(fd, SOMAXCONN) < 0)
		socket_fail(the, fd, "listen");
	socklen_t size = sizeof(address);
	getsockname(fd, (struct sockaddr *)&address, &size);
	listener_t *listener = calloc(1, sizeof(*listener));
	if (!listener)
		socket_fail(the, fd, "listen");
	listener->watch = (loop_watch_t){ .fd = fd, .events = POLLIN, .callback = listener_ready, .index = -1 };
	listener->rest = (loop_timer_t){ .callback = rest_over, .index = -1 };
	listener->the = the;
	listener->on_readable = on_readable;
	listener->port = ntohs(address.sin_port);
	listener->object = xsThis;
	xsmcSetHostData(xsThis, listener);
	xsSetHostHooks(xsThis, &listener_hooks);
	loop_add(&listener->watch);
	xsRemember(listener->object);
}

void xs_tcplistener_close(xsMachine *the)
{
	listener_t *listener = this_listener(the);
	if (!listener)
		return;
	xsForget(listener->object);
	xsmcSetHostData(xsThis, NULL);
	xs_tcplistener_destructor(listener);
}

/** read(socket): moves the oldest pending connection to an empty TCP object. undefined if none is pending. */
void xs_tcplistener_read(xsMachine *the)
{
	listener_t *listener = this_listener(the);
	if (!listener || !listener->queued)
		return;
	tcp_fill(the, &xsArg(0), listener->queue[0]);
	listener->queued -= 1;
	memmove(listener->queue, listener->queue + 1, (size_t)listener->queued * sizeof(*listener->queue));
	update_events(listener);
	xsResult = xsArg(0);
}

void xs_tcplistener_get_port(xsMachine *the)
{
	listener_t *listener = this_listener(the);
	if (!listener)
		xsUnknownError("listener is closed");
	xsmcSetInteger(xsResult, listener->port);
}
