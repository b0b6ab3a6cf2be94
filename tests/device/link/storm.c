/* SPDX-License-Identifier: MIT */
/*
 * Clients that end badly, one after another: storm ADDRESS PORT KIND COUNT
 *
 * close      plays over TCP and closes with packets unread
 * fin-reset  plays, shuts down its sending direction, and resets the connection
 * reset      plays and resets
 * short      sends one request and reads the reply
 * silent     connects and resets before the server reacts
 * crowd      opens COUNT connections at once and resets all of them
 * syn        sends SYNs from an unused address: handshakes that never complete
 *
 * Prints the number of connections, and of those that played or got a reply. Exits with 1 if an established connection
 * gets no reply in time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	/* timeout for a reply, seconds */
	PATIENCE = 5,
	/* bytes of packets that a client receives before it ends */
	PLAYED = 4000,
	/* maximum number of connections opened at once */
	CROWD = 256,
};

static struct sockaddr_in server;
static int connections, served;

static void fail(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int connected(void)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&server, sizeof(server)) < 0)
		fail("connect");
	connections += 1;
	return fd;
}

static void reset(int fd)
{
	struct linger now = { .l_onoff = 1 };
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

/** Sends a request and reads the reply's header. @returns the status; 0 if the connection has ended */
static int ask(int fd, const char *request, char *reply, size_t size)
{
	size_t count = 0;
	int status = 0;
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		return 0;
	for (;;) {
		/* byte by byte: packets may follow */
		ssize_t got = recv(fd, reply + count, 1, 0);
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			fail("no reply");
		if (got <= 0)
			return 0;
		reply[++count] = 0;
		if (count >= 4 && !strcmp(reply + count - 4, "\r\n\r\n"))
			break;
		if (count == size - 1)
			fail("long reply");
	}
	sscanf(reply, "RTSP/1.0 %d", &status);
	return status;
}

/** @returns whether it plays; false also if the server is full */
static int play(int fd)
{
	char reply[2000], request[300], session[100], bytes[1000];
	if (ask(fd,
			"SETUP rtsp://h/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n",
			reply, sizeof(reply))
		!= 200)
		return 0;
	char *found = strstr(reply, "Session: ");
	if (!found || sscanf(found, "Session: %99[^;\r]", session) != 1)
		fail("no session");
	snprintf(request, sizeof(request), "PLAY rtsp://h/ RTSP/1.0\r\nCSeq: 2\r\nSession: %s\r\n\r\n", session);
	if (ask(fd, request, reply, sizeof(reply)) != 200)
		return 0;
	for (int count = 0; count < PLAYED;) {
		ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
		if (got <= 0)
			return 0;
		count += (int)got;
	}
	return 1;
}

static void one(const char *kind)
{
	int fd = connected();
	if (!strcmp(kind, "silent")) {
		reset(fd);
		return;
	}
	if (!strcmp(kind, "short")) {
		char reply[2000];
		served += ask(fd, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", reply, sizeof(reply)) == 200;
		close(fd);
		return;
	}
	served += play(fd);
	if (!strcmp(kind, "fin-reset"))
		shutdown(fd, SHUT_WR);
	if (!strcmp(kind, "close"))
		close(fd);
	else
		reset(fd);
}

static void crowd(int count)
{
	int fds[CROWD];
	if (count > CROWD)
		count = CROWD;
	for (int i = 0; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fds[i] < 0)
			fail("socket");
		connect(fds[i], (struct sockaddr *)&server, sizeof(server));
	}
	usleep(300000);
	for (int i = 0; i < count; i++) {
		struct pollfd made = { .fd = fds[i], .events = POLLOUT };
		connections += poll(&made, 1, 0) == 1 && made.revents == POLLOUT;
		reset(fds[i]);
	}
}

static uint16_t sum(const void *bytes, size_t length, uint32_t start)
{
	const uint8_t *at = bytes;
	for (size_t i = 0; i < length; i++)
		start += (uint32_t)at[i] << (i % 2 ? 0 : 8);
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return htons((uint16_t)~start);
}

static void syn(int number)
{
	static int raw = -1;
	struct {
		struct iphdr ip;
		struct tcphdr tcp;
	} packet = { 0 };
	if (raw < 0)
		raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (raw < 0)
		fail("raw socket");
	packet.ip = (struct iphdr){ .version = 4,
		.ihl = 5,
		.tot_len = htons(sizeof(packet)),
		.ttl = 64,
		.protocol = IPPROTO_TCP,
		.daddr = server.sin_addr.s_addr };
	inet_aton("10.0.2.77", (struct in_addr *)&packet.ip.saddr);
	packet.tcp = (struct tcphdr){ .source = htons((uint16_t)(1024 + number)),
		.dest = server.sin_port,
		.seq = htonl((uint32_t)number),
		.doff = 5,
		.syn = 1,
		.window = htons(8192) };
	uint32_t start = IPPROTO_TCP + sizeof(packet.tcp);
	for (int i = 0; i < 8; i++)
		start += (uint32_t)((uint8_t *)&packet.ip.saddr)[i] << (i % 2 ? 0 : 8);
	packet.tcp.check = sum(&packet.tcp, sizeof(packet.tcp), start);
	if (sendto(raw, &packet, sizeof(packet), 0, (struct sockaddr *)&server, sizeof(server)) < 0)
		fail("SYN");
	connections += 1;
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = { "close", "fin-reset", "reset", "short", "silent", "crowd", "syn" };
	int known = 0;
	for (size_t i = 0; argc == 5 && i < sizeof(kinds) / sizeof(*kinds); i++)
		known |= !strcmp(argv[3], kinds[i]);
	if (!known) {
		fprintf(stderr, "usage: storm ADDRESS PORT close|fin-reset|reset|short|silent|crowd|syn COUNT\n");
		return 2;
	}
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t)atoi(argv[2]));
	inet_aton(argv[1], &server.sin_addr);
	int count = atoi(argv[4]);
	if (!strcmp(argv[3], "crowd"))
		crowd(count);
	for (int i = 0; i < count && strcmp(argv[3], "crowd"); i++) {
		if (!strcmp(argv[3], "syn"))
			syn(i);
		else
			one(argv[3]);
	}
	printf("%d %d\n", connections, served);
	return 0;
}
