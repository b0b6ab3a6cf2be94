/* SPDX-License-Identifier: MIT */
/*
 * Holds many clients of the camera in one process, and checks every RTP packet that they receive.
 *
 *    players PORT tcp|udp connected|ready|playing COUNT ADDRESSES
 *
 * Each client connects and, depending on the state wanted, sends OPTIONS, SETUP and PLAY. The clients come from
 * ADDRESSES different loopback addresses. Playing clients send a receiver report every 5 seconds. The program prints
 * "ready" when all clients have reached their state. A line on standard input prints the counts since the line before
 * it, as JSON. The end of standard input ends the program.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	/* clients that are being set up at a time */
	AT_ONCE = 16,
	REPORT_INTERVAL = 5000,
	/* bytes of a packet that are looked at: RTP header, JPEG header, quantization header */
	HEAD = 24,
	/* bytes of RTP header and JPEG header */
	HEADERS = 20,
	REPLY = 1024,
	RECEIVE = 256 * 1024,
};

/* what a descriptor of a client is, in the low bits of an event's data */
enum { TCP, RTP, RTCP, KINDS };

typedef struct {
	int sockets[KINDS];
	int requests;
	char session[64];
	char reply[REPLY];
	uint32_t reply_length;
	/* the interleaved packet being received: its first bytes, bytes so far, and bytes in all, with framing */
	uint8_t head[4 + HEAD];
	uint32_t filled, total;
	bool started, broken;
	uint16_t sequence;
	uint32_t ssrc, timestamp, offset;
	int64_t report_due;
	uint32_t frames;
} client_t;

static struct {
	uint64_t frames, packets, octets;
	/* packets missing by their sequence numbers; frames that end incomplete; wrong packets; closed connections */
	uint64_t missing, incomplete, wrong, closed;
} counts;

static int port, addresses, count, last_request;
static bool udp, ready;
static int epoll, begun, done;
static client_t *clients;
static char track[512], base[256];
static uint8_t bytes[RECEIVE];

static void end(const char *what)
{
	fprintf(stderr, "players: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static uint32_t word(const uint8_t *from)
{
	return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

/* ---- RTP ---- */

/** Checks a packet by its first bytes (RFC 3550 section 5.1, RFC 2435 section 3.1). */
static void take_packet(client_t *client, const uint8_t *packet, uint32_t length)
{
	if (length <= HEADERS || packet[0] != 0x80 || (packet[1] & 0x7f) != 26) {
		counts.wrong += 1;
		return;
	}
	uint16_t sequence = (uint16_t)(packet[2] << 8 | packet[3]);
	uint32_t offset = word(packet + 12) & 0xffffff, timestamp = word(packet + 4), headers = HEADERS;
	if (packet[17] == 255 && offset == 0)
		headers += 4 + (uint32_t)(packet[22] << 8 | packet[23]);
	if (client->started) {
		uint16_t gap = (uint16_t)(sequence - client->sequence - 1);
		counts.missing += gap;
		if (word(packet + 8) != client->ssrc)
			counts.wrong += 1;
		if (gap)
			client->broken = true;
	}
	client->started = true;
	client->sequence = sequence;
	client->ssrc = word(packet + 8);
	if (offset == 0) {
		client->broken = false;
		client->timestamp = timestamp;
		client->offset = 0;
	}
	/* without a gap, a frame's fragments follow each other and have one timestamp */
	if (!client->broken && (offset != client->offset || timestamp != client->timestamp)) {
		counts.wrong += 1;
		client->broken = true;
	}
	client->offset = offset + length - headers;
	counts.packets += 1;
	counts.octets += length;
	if (packet[1] & 0x80) {
		if (client->broken)
			counts.incomplete += 1;
		else {
			counts.frames += 1;
			client->frames += 1;
		}
		/* the next packet begins a frame */
		client->offset = UINT32_MAX;
	}
}

/** Sends an empty receiver report with one block about the stream (RFC 3550 section 6.4.2). */
static void report(client_t *client)
{
	uint8_t packet[4 + 32] = { '$', 1, 0, 32, 0x81, 201, 0, 7, 1, 2, 3, 4 };
	for (int i = 0; i < 4; i++)
		packet[12 + i] = (uint8_t)(client->ssrc >> (24 - 8 * i));
	packet[20] = 0;
	packet[22] = (uint8_t)(client->sequence >> 8);
	packet[23] = (uint8_t)client->sequence;
	ssize_t sent = udp ? send(client->sockets[RTCP], packet + 4, 32, MSG_DONTWAIT)
					   : send(client->sockets[TCP], packet, sizeof(packet), MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)sent;
	client->report_due = now() + REPORT_INTERVAL;
}

/* ---- RTSP ---- */

static void watch(int fd, uint32_t index, uint32_t kind)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = index * KINDS + kind };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		end("epoll_ctl");
}

static struct sockaddr_in own_address(uint32_t index, uint16_t own_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(own_port) };
	address.sin_addr.s_addr = htonl(0x7f000001 + index % (uint32_t)addresses);
	return address;
}

static int open_udp(uint32_t index, uint16_t own_port)
{
	struct sockaddr_in address = own_address(index, own_port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = 4 * 1024 * 1024, on = 1;
	if (fd < 0)
		end("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/** Opens a pair of UDP sockets. @returns the port of the first */
static uint16_t open_pair(client_t *client, uint32_t index)
{
	/* below the ephemeral ports, above the cameras' */
	static uint16_t next = 30000;
	for (; next < 60000;) {
		uint16_t first = next;
		next += 2;
		client->sockets[RTP] = open_udp(index, first);
		if (client->sockets[RTP] < 0)
			continue;
		client->sockets[RTCP] = open_udp(index, first + 1);
		if (client->sockets[RTCP] >= 0) {
			watch(client->sockets[RTP], index, RTP);
			watch(client->sockets[RTCP], index, RTCP);
			return first;
		}
		close(client->sockets[RTP]);
	}
	end("no free pair of UDP ports");
	return 0;
}

static void request(client_t *client, uint32_t index)
{
	char text[1024], transport[96];
	static const char *const methods[] = { "OPTIONS", "DESCRIBE", "SETUP", "PLAY" };
	int which = client->requests++;
	if (which == 2 && udp) {
		unsigned first = open_pair(client, index);
		snprintf(transport, sizeof(transport), "RTP/AVP;unicast;client_port=%u-%u", first, first + 1);
	}
	else
		snprintf(transport, sizeof(transport), "RTP/AVP/TCP;unicast;interleaved=0-1");
	int length = snprintf(text, sizeof(text), "%s %s RTSP/1.0\r\nCSeq: %d\r\n%s%s%s\r\n", methods[which],
		which == 2 ? track : base, which + 1,
		which == 2       ? "Transport: "
			: which == 3 ? "Session: "
						 : "",
		which == 2       ? transport
			: which == 3 ? client->session
						 : "",
		which >= 2 ? "\r\n" : "");
	if (send(client->sockets[TCP], text, (size_t)length, MSG_NOSIGNAL) != length)
		end("send");
}

static void open_client(void)
{
	uint32_t index = (uint32_t)begun++;
	client_t *client = &clients[index];
	struct sockaddr_in from = own_address(index, 0), to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		end("socket");
	to.sin_addr.s_addr = htonl(0x7f000001);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		end("connect");
	client->sockets[TCP] = fd;
	watch(fd, index, TCP);
	if (udp)
		client->sockets[RTP] = client->sockets[RTCP] = -1;
	request(client, index);
}

/** Copies what follows `name` in a reply up to one of `ends`. */
static bool find(const char *reply, const char *name, const char *ends, char *value, size_t size)
{
	const char *found = strcasestr(reply, name);
	if (!found)
		return false;
	found += strlen(name) + strspn(found + strlen(name), " ");
	snprintf(value, size, "%.*s", (int)strcspn(found, ends), found);
	return true;
}

static void replied(client_t *client, uint32_t index)
{
	client->reply[client->reply_length] = 0;
	if (strncmp(client->reply, "RTSP/1.0 200", 12)) {
		fprintf(stderr, "players: client %u, request %d: %.60s\n", index, client->requests, client->reply);
		exit(1);
	}
	if (client->requests == 2) {
		char control[128];
		if (!find(client->reply, "Content-Base:", "\r", base, sizeof(base)))
			exit(1);
		char *last = client->reply, *next;
		while ((next = strstr(last + 1, "a=control:")))
			last = next;
		if (!find(last, "a=control:", "\r", control, sizeof(control)))
			exit(1);
		snprintf(track, sizeof(track), "%s%s", strstr(control, "://") ? "" : base, control);
	}
	if (client->requests == 3)
		find(client->reply, "Session:", ";\r", client->session, sizeof(client->session));
	if (client->requests < last_request) {
		request(client, index);
		return;
	}
	client->report_due = now() + REPORT_INTERVAL * (int64_t)(index % 100) / 100;
	done += 1;
	if (begun < count)
		open_client();
	if (done == count) {
		ready = true;
		printf("ready\n");
	}
}

/* ---- receiving ---- */

/** @returns the bytes taken: of a reply or of an interleaved packet */
static uint32_t take(client_t *client, uint32_t index, const uint8_t *from, uint32_t length)
{
	if (client->filled == 0 && (client->reply_length || from[0] != '$')) {
		/* RTSP: up to the empty line, and a body */
		uint32_t taken = 0;
		while (taken < length && client->reply_length < REPLY - 1) {
			char value[16] = "0";
			client->reply[client->reply_length++] = (char)from[taken++];
			client->reply[client->reply_length] = 0;
			char *head_end = client->reply_length >= 4 ? strstr(client->reply, "\r\n\r\n") : NULL;
			if (!head_end)
				continue;
			find(client->reply, "Content-Length:", "\r", value, sizeof(value));
			if ((size_t)client->reply_length < (size_t)(head_end + 4 - client->reply) + (size_t)atoi(value))
				continue;
			replied(client, index);
			client->reply_length = 0;
			return taken;
		}
		if (client->reply_length == REPLY - 1)
			end("reply too long");
		return taken;
	}
	uint32_t taken = 0;
	while (taken < length && client->filled < 4)
		client->head[client->filled++] = from[taken++];
	if (client->filled < 4)
		return taken;
	client->total = 4 + (uint32_t)(client->head[2] << 8 | client->head[3]);
	uint32_t left = client->total - client->filled, piece = length - taken < left ? length - taken : left;
	if (client->filled < sizeof(client->head)) {
		uint32_t room = (uint32_t)sizeof(client->head) - client->filled;
		memcpy(client->head + client->filled, from + taken, piece < room ? piece : room);
	}
	client->filled += piece;
	taken += piece;
	if (client->filled == client->total) {
		client->filled = 0;
		if (client->head[1] == 0)
			take_packet(client, client->head + 4, client->total - 4);
	}
	return taken;
}

static void receive_tcp(client_t *client, uint32_t index)
{
	ssize_t got = recv(client->sockets[TCP], bytes, sizeof(bytes), MSG_DONTWAIT);
	if (got <= 0) {
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (!ready)
			end("the server closed a connection");
		counts.closed += 1;
		close(client->sockets[TCP]);
		return;
	}
	for (ssize_t at = 0; at < got;)
		at += take(client, index, bytes + at, (uint32_t)(got - at));
}

static void receive_udp(client_t *client)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec vector = { bytes, sizeof(bytes) };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	for (;;) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		ssize_t got = recvmsg(client->sockets[RTP], &message, MSG_DONTWAIT);
		if (got <= 0)
			return;
		/* the kernel hands over several packets at once */
		uint32_t segment = (uint32_t)got;
		for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
			if (item->cmsg_level == IPPROTO_UDP && item->cmsg_type == UDP_GRO)
				memcpy(&segment, CMSG_DATA(item), sizeof(segment));
		}
		for (uint32_t at = 0; at < (uint32_t)got; at += segment)
			take_packet(client, bytes + at, (uint32_t)got - at < segment ? (uint32_t)got - at : segment);
	}
}

static void tell(void)
{
	uint32_t least = UINT32_MAX, most = 0;
	for (int i = 0; i < count; i++) {
		uint32_t frames = clients[i].frames;
		least = frames < least ? frames : least;
		most = frames > most ? frames : most;
		clients[i].frames = 0;
	}
	printf("{\"frames\":%lu,\"packets\":%lu,\"octets\":%lu,\"missing\":%lu,\"incomplete\":%lu,\"wrong\":%lu,"
		   "\"closed\":%lu,\"least\":%u,\"most\":%u}\n",
		counts.frames, counts.packets, counts.octets, counts.missing, counts.incomplete, counts.wrong, counts.closed,
		least, most);
	memset(&counts, 0, sizeof(counts));
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	if (argc != 6)
		return 2;
	port = atoi(argv[1]);
	udp = !strcmp(argv[2], "udp");
	last_request = !strcmp(argv[3], "playing") ? 4 : !strcmp(argv[3], "ready") ? 3 : 2;
	count = atoi(argv[4]);
	addresses = atoi(argv[5]);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(base, sizeof(base), "rtsp://127.0.0.1:%d/", port);
	clients = calloc((size_t)count, sizeof(client_t));
	epoll = epoll_create1(0);
	if (!clients || epoll < 0)
		end("start");
	struct epoll_event input = { .events = EPOLLIN, .data.u32 = UINT32_MAX };
	epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input);
	while (begun < count && begun < AT_ONCE)
		open_client();
	for (int64_t reports = 0;;) {
		struct epoll_event events[64];
		int got = epoll_wait(epoll, events, 64, 100);
		for (int i = 0; i < got; i++) {
			uint32_t data = events[i].data.u32;
			if (data == UINT32_MAX) {
				ssize_t length = read(0, bytes, sizeof(bytes));
				if (length <= 0)
					return 0;
				tell();
				continue;
			}
			client_t *client = &clients[data / KINDS];
			if (data % KINDS == TCP)
				receive_tcp(client, data / KINDS);
			else if (data % KINDS == RTP)
				receive_udp(client);
			else
				while (recv(client->sockets[RTCP], bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
					;
		}
		if (last_request < 4 || now() < reports)
			continue;
		reports = now() + 50;
		for (int i = 0; i < done; i++) {
			if (clients[i].report_due && clients[i].report_due <= now() && clients[i].started)
				report(&clients[i]);
		}
	}
}
