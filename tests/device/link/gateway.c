/* SPDX-License-Identifier: MIT */
/*
 * Connects the device to this machine: gateway [tcp=PORT | udp=PORT]... PROGRAM [ARGUMENT]...
 *
 * Executes the program in this process, with one end of a link as descriptor 3, which DEVICE_LINK names. A second
 * process is the router at the other end (libslirp). It forwards the given ports of 127.0.0.1 to the device, 10.0.2.15,
 * and traffic from the device to 10.0.2.2 on to 127.0.0.1. Frames for any other address are dropped. The router exits
 * when the program does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <slirp/libslirp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	LINK = 3,
	FRAME = 1514,
	/* send buffer for frames at each end of the link, bytes */
	WAITING = 1024 * 1024,
	/* connections pending until the router accepts them; libslirp's own backlog is 1 */
	BACKLOG = 128,
	/* the system's send buffer per client, bytes. Small, so that a slow client fills the device's send buffer: libslirp
	 * already holds 128 KB of its own */
	SEND_BUFFER = 16 * 1024,
	/* maximum segment size, bytes, as on the device's side. With large segments, megabytes would queue at the client's
	 * end */
	SEGMENT = 1436,
};

static int device_end, router_end;

static void fail(const char *what)
{
	fprintf(stderr, "gateway: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- libslirp's callbacks ---- */

static ssize_t send_packet(const void *frame, size_t length, void *opaque)
{
	(void)opaque;
	ssize_t sent;
	/* may block: the device always reads */
	while ((sent = send(router_end, frame, length, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	return sent;
}

static void guest_error(const char *message, void *opaque)
{
	(void)opaque;
	fprintf(stderr, "gateway: %s\n", message);
}

static int64_t clock_get_ns(void *opaque)
{
	struct timespec now;
	(void)opaque;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** Never called: only IPv6 router advertisements use timers, and IPv6 is off. */
static void *timer_new(SlirpTimerCb callback, void *callback_opaque, void *opaque)
{
	(void)callback, (void)callback_opaque, (void)opaque;
	abort();
}

/** Not needed: libslirp passes every descriptor to `add_poll`. */
static void ignore_fd(int fd, void *opaque)
{
	(void)fd, (void)opaque;
}

/** Not needed: there is only one thread. */
static void notify(void *opaque)
{
	(void)opaque;
}

static const SlirpCb callbacks = {
	.send_packet = send_packet,
	.guest_error = guest_error,
	.clock_get_ns = clock_get_ns,
	.timer_new = timer_new,
	.register_poll_fd = ignore_fd,
	.unregister_poll_fd = ignore_fd,
	.notify = notify,
};

/* ---- the loop ---- */

static struct pollfd *polled;
static int polled_count, polled_capacity;

static int add_poll(int fd, int events, void *opaque)
{
	(void)opaque;
	if (polled_count == polled_capacity) {
		polled_capacity = polled_capacity * 2 + 16;
		polled = realloc(polled, (size_t)polled_capacity * sizeof(*polled));
		if (!polled)
			fail("poll");
	}
	short asked = 0;
	if (events & SLIRP_POLL_IN)
		asked |= POLLIN;
	if (events & SLIRP_POLL_OUT)
		asked |= POLLOUT;
	if (events & SLIRP_POLL_PRI)
		asked |= POLLPRI;
	polled[polled_count] = (struct pollfd){ .fd = fd, .events = asked };
	return polled_count++;
}

static int get_events(int index, void *opaque)
{
	short found = polled[index].revents;
	int events = 0;
	(void)opaque;
	if (found & POLLIN)
		events |= SLIRP_POLL_IN;
	if (found & POLLOUT)
		events |= SLIRP_POLL_OUT;
	if (found & POLLPRI)
		events |= SLIRP_POLL_PRI;
	if (found & POLLERR)
		events |= SLIRP_POLL_ERR;
	if (found & POLLHUP)
		events |= SLIRP_POLL_HUP;
	return events;
}

/** Whether a frame from the device is forwarded: ARP, and IPv4 to the router itself. The device cannot reach multicast
 *  groups or other machines. */
static int allowed(const uint8_t *frame, ssize_t length)
{
	if (length < 14)
		return 0;
	if (frame[12] == 0x08 && frame[13] == 0x06)
		return 1;
	return length >= 34 && frame[12] == 0x08 && frame[13] == 0x00 && !memcmp(frame + 30, (uint8_t[]){ 10, 0, 2, 2 }, 4);
}

static void route(Slirp *slirp)
{
	uint8_t frame[FRAME];
	for (;;) {
		uint32_t timeout = 1000;
		polled_count = 0;
		int own = add_poll(router_end, SLIRP_POLL_IN, NULL);
		slirp_pollfds_fill(slirp, &timeout, add_poll, NULL);
		int found = poll(polled, (nfds_t)polled_count, (int)timeout);
		if (found < 0 && errno != EINTR)
			fail("poll");
		slirp_pollfds_poll(slirp, found < 0, get_events, NULL);
		if (found <= 0 || !polled[own].revents)
			continue;
		/* several in a row, but a limited number: clients get their turn */
		for (int i = 0; i < 32; i++) {
			ssize_t length = recv(router_end, frame, sizeof(frame), MSG_DONTWAIT);
			if (length < 0 && (errno == EAGAIN || errno == EINTR))
				break;
			if (length <= 0)
				return;
			if (allowed(frame, length))
				slirp_input(slirp, frame, (int)length);
		}
	}
}

/* ---- the start ---- */

/** Sets options and backlog of the listener that libslirp has opened for a port. Accepted connections inherit the
 *  options. */
static void prepare_listener(int port)
{
	const int size = SEND_BUFFER, segment = SEGMENT;
	for (int fd = 3; fd < 1024; fd++) {
		struct sockaddr_in address;
		socklen_t length = sizeof(address), wanted = sizeof(int);
		int listening = 0;
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &wanted) < 0 || !listening)
			continue;
		if (getsockname(fd, (struct sockaddr *)&address, &length) < 0 || ntohs(address.sin_port) != port)
			continue;
		if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0
			|| setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment)) < 0 || listen(fd, BACKLOG) < 0)
			fail("listener");
		return;
	}
	errno = ENOENT;
	fail("listener");
}

static Slirp *open_router(char **forwards, int count)
{
	struct in_addr loopback, device;
	struct sockaddr_in outbound = { .sin_family = AF_INET };
	SlirpConfig config = { .version = 3, .in_enabled = true, .disable_dns = true, .outbound_addr = &outbound };
	inet_aton("127.0.0.1", &loopback);
	inet_aton("10.0.2.15", &device);
	outbound.sin_addr = loopback;
	inet_aton("10.0.2.0", &config.vnetwork);
	inet_aton("255.255.255.0", &config.vnetmask);
	inet_aton("10.0.2.2", &config.vhost);
	inet_aton("10.0.2.3", &config.vnameserver);
	inet_aton("10.0.2.100", &config.vdhcp_start);
	config.if_mtu = config.if_mru = 1500;
	Slirp *slirp = slirp_new(&config, &callbacks, NULL);
	if (!slirp)
		fail("libslirp");
	for (int i = 0; i < count; i++) {
		int is_udp = forwards[i][0] == 'u', port = atoi(forwards[i] + 4);
		if (slirp_add_hostfwd(slirp, is_udp, loopback, port, device, port) < 0)
			fail(forwards[i]);
		if (!is_udp)
			prepare_listener(port);
	}
	return slirp;
}

int main(int argc, char **argv)
{
	int first = 1, ends[2];
	const int size = WAITING;
	while (first < argc && (!strncmp(argv[first], "tcp=", 4) || !strncmp(argv[first], "udp=", 4)))
		first += 1;
	if (first == argc) {
		fprintf(stderr, "usage: gateway [tcp=PORT | udp=PORT]... PROGRAM [ARGUMENT]...\n");
		return 2;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		fail("link");
	for (int i = 0; i < 2; i++)
		setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	device_end = ends[0];
	router_end = ends[1];
	/* before the program runs: clients may connect from its first moment */
	Slirp *slirp = open_router(argv + 1, first - 1);
	pid_t router = fork();
	if (router < 0)
		fail("fork");
	if (router == 0) {
		/* the router exits when the link closes, not on Ctrl-C in a terminal */
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
		close(device_end);
		/* a process that reads the program's output to its end must not wait for the router */
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		route(slirp);
		_exit(0);
	}
	/* libslirp's descriptors are close-on-exec */
	if (dup2(device_end, LINK) < 0 || fcntl(LINK, F_SETFD, 0) < 0)
		fail("link");
	setenv("DEVICE_LINK", "3", 1);
	execvp(argv[first], argv + first);
	fail(argv[first]);
}
