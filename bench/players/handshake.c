/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "players.h"

enum {
	RECEIVE_BUFFER = 4 << 20, /* bytes of a UDP socket: dozens of frames */
	PATIENCE = 120            /* seconds for a reply: the server may run under callgrind */
};

static bool failed(const char *what)
{
	perror(what);
	return false;
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
}

static void want_stamps(int socket)
{
	int on = 1;
	setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

/* Opens a UDP socket on a free port of the loopback interface, and returns it; its port in *port. */
static int open_udp(int *port, bool stamps)
{
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = RECEIVE_BUFFER;
	struct sockaddr_in address = loopback(0);
	socklen_t length = sizeof(address);
	if (bind(udp, (struct sockaddr *)&address, length) < 0
		|| getsockname(udp, (struct sockaddr *)&address, &length) < 0)
		return -1;
	if (setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (stamps)
		want_stamps(udp);
	*port = ntohs(address.sin_port);
	return udp;
}

static bool send_request(player_t *player, const char *method, const char *url, const char *headers)
{
	char text[2048];
	int length =
		snprintf(text, sizeof(text), "%s %s RTSP/1.0\r\nCSeq: %u\r\n%s\r\n", method, url, ++player->cseq, headers);
	return send(player->control, text, (size_t)length, MSG_NOSIGNAL) == length;
}

bool player_request(player_t *player, const char *method)
{
	char headers[256];
	snprintf(headers, sizeof(headers), "Session: %s\r\n", player->session);
	return send_request(player, method, player->url, headers);
}

/* Reads a reply and its body into player->reply. */
static bool read_reply(player_t *player)
{
	size_t have = 0;
	for (;;) {
		ssize_t got = recv(player->control, player->reply + have, REPLY_ROOM - 1 - have, 0);
		if (got <= 0)
			return failed("reply");
		have += (size_t)got;
		player->reply[have] = 0;
		const char *end = strstr(player->reply, "\r\n\r\n"), *body = strcasestr(player->reply, "\nContent-Length:");
		if (end && have >= (size_t)(end + 4 - player->reply) + (body ? strtoul(body + 16, NULL, 10) : 0))
			break;
	}
	if (strncmp(player->reply, "RTSP/1.0 200", 12) == 0)
		return true;
	fprintf(stderr, "%.80s\n", player->reply);
	return false;
}

/* Copies what follows a name in the reply, up to one of the delimiters. */
static bool copy_value(const char *name, const char *from, const char *delimiters, char *value, size_t room)
{
	const char *found = strcasestr(from, name);
	if (!found)
		return false;
	found += strlen(name);
	found += strspn(found, " ");
	size_t length = strcspn(found, delimiters);
	if (length >= room)
		return false;
	memcpy(value, found, length);
	value[length] = 0;
	return true;
}

/* Joins the last control attribute of the description to its base. */
static bool find_track(player_t *player)
{
	char control[256] = "";
	const char *last = NULL;
	copy_value("\nContent-Base:", player->reply, "\r\n", player->url, sizeof(player->url));
	for (const char *at = player->reply; (at = strstr(at, "a=control:")); at++)
		last = at;
	if (!last || !copy_value("a=control:", last, "\r\n", control, sizeof(control)))
		return false;
	const char *slash = player->url[strlen(player->url) - 1] == '/' ? "" : "/";
	int length = strstr(control, "://")
		? snprintf(player->track, sizeof(player->track), "%s", control)
		: snprintf(player->track, sizeof(player->track), "%s%s%s", player->url, slash, control);
	return length < (int)sizeof(player->track);
}

bool player_open(player_t *player, int port, const char *path, bool udp, bool stamps)
{
	int index = player->index, on = 1, ports[2] = { 0, 0 };
	struct sockaddr_in address = loopback(port);
	struct timeval patience = { PATIENCE, 0 };
	char headers[256];
	*player = (player_t){ .index = index, .rtp = -1, .rtcp = -1 };
	player->control = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(player->control, (struct sockaddr *)&address, sizeof(address)) < 0)
		return failed("connect");
	setsockopt(player->control, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(player->control, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (udp) {
		player->rtp = open_udp(&ports[0], stamps);
		player->rtcp = open_udp(&ports[1], false);
		if (player->rtp < 0 || player->rtcp < 0)
			return failed("UDP socket");
		snprintf(headers, sizeof(headers), "Transport: RTP/AVP;unicast;client_port=%d-%d\r\n", ports[0], ports[1]);
	}
	else {
		snprintf(headers, sizeof(headers), "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
		if (stamps)
			want_stamps(player->control);
	}
	snprintf(player->url, sizeof(player->url), "rtsp://127.0.0.1:%d/%s", port, path);
	if (!send_request(player, "DESCRIBE", player->url, "Accept: application/sdp\r\n") || !read_reply(player)
		|| !find_track(player) || !send_request(player, "SETUP", player->track, headers) || !read_reply(player)
		|| !copy_value("\nSession:", player->reply, ";\r\n", player->session, sizeof(player->session)))
		return false;
	player->reply[0] = 0;
	return player_request(player, "PLAY");
}
