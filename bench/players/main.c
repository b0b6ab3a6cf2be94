/* SPDX-License-Identifier: MIT */
/*
 * players PORT PATH tcp|udp PID [stamps]: plays a stream of a server on 127.0.0.1 as many times as it is told.
 * Each line on standard input is a command, each reply a line of JSON:
 *
 *   play N      N more players; {"playing": …} when all have sent PLAY
 *   report      totals of all players, and the processor time that the process PID and this one have used; times in
 *               nanoseconds
 *   samples     [[player, capture, first, last], …] since the last time, in microseconds since 1970; needs "stamps"
 *
 * The end of standard input ends all sessions with TEARDOWN, and the program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "players.h"

enum {
	MOST_PLAYERS = 1024,
	MOST_SAMPLES = 1 << 18,
	BATCH = 64,            /* datagrams a system call */
	STREAM_ROOM = 1 << 20, /* bytes a system call over TCP */
	KEEP_ALIVE = 20,       /* seconds: servers end silent sessions after 60 */
	EVENTS = 64
};

typedef enum { COMMAND, CONTROL, RTP, RTCP } role_t;

typedef struct {
	role_t role;
	int fd;
	player_t *player;
} watch_t;

static player_t players[MOST_PLAYERS];
static watch_t watches[MOST_PLAYERS][3];
static int playing;
static counts_t counts;
static samples_t samples;
static int epoll;
static bool stamps;
static double kept; /* nanoseconds: when the sessions were last kept alive */

static const char *path;
static int port;
static bool udp;
static clockid_t server_clock;

static double nanoseconds(clockid_t clock)
{
	struct timespec time = { 0, 0 };
	clock_gettime(clock, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void give_up(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void watch(watch_t *item, role_t role, int fd, player_t *player)
{
	*item = (watch_t){ role, fd, player };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = item };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		give_up("epoll_ctl");
}

static void keep_alive(void)
{
	kept = nanoseconds(CLOCK_MONOTONIC);
	for (int i = 0; i < playing; i++)
		player_request(&players[i], "OPTIONS");
}

/* More players. The others' sessions are kept alive now, so that no request falls into a measurement that follows. */
static void play(int count)
{
	keep_alive();
	for (; count > 0 && playing < MOST_PLAYERS; count--, playing++) {
		player_t *player = &players[playing];
		player->index = playing;
		if (!player_open(player, port, path, udp, stamps))
			give_up("player");
		watch(&watches[playing][0], CONTROL, player->control, player);
		if (udp) {
			watch(&watches[playing][1], RTP, player->rtp, player);
			watch(&watches[playing][2], RTCP, player->rtcp, player);
		}
	}
	printf("{\"playing\": %d}\n", playing);
}

static void print_report(void)
{
	printf("{\"time\": %.0f, \"cpu\": %.0f, \"ownCpu\": %.0f, \"playing\": %d, \"frames\": %" PRIu64
		   ", \"packets\": %" PRIu64 ", \"bytes\": %" PRIu64 "}\n",
		nanoseconds(CLOCK_MONOTONIC), nanoseconds(server_clock), nanoseconds(CLOCK_PROCESS_CPUTIME_ID), playing,
		counts.frames, counts.packets, counts.bytes);
}

static void print_samples(void)
{
	printf("[");
	for (size_t i = 0; i < samples.count; i++) {
		const sample_t *item = &samples.items[i];
		printf("%s[%d,%.1f,%.1f,%.1f]", i ? "," : "", item->player, item->capture, item->first, item->last);
	}
	printf("]\n");
	samples.count = 0;
}

static void end_all(void)
{
	for (int i = 0; i < playing; i++)
		player_request(&players[i], "TEARDOWN");
	usleep(100000);
	exit(0);
}

/* Reads commands, which arrive as whole lines. */
static void obey(void)
{
	char text[256];
	ssize_t length = read(STDIN_FILENO, text, sizeof(text) - 1);
	if (length <= 0)
		end_all();
	text[length] = 0;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (strncmp(line, "play ", 5) == 0)
			play(atoi(line + 5));
		else if (strcmp(line, "report") == 0)
			print_report();
		else if (strcmp(line, "samples") == 0)
			print_samples();
	}
	fflush(stdout);
}

/* When the kernel received what a message has; the present instant if it has not noted it. Microseconds since 1970. */
static double arrival(struct msghdr *message)
{
	for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
		if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec time;
			memcpy(&time, CMSG_DATA(item), sizeof(time));
			return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
		}
	}
	return nanoseconds(CLOCK_REALTIME) / 1e3;
}

static void receive_stream(player_t *player)
{
	static uint8_t data[STREAM_ROOM];
	char control[64];
	struct iovec vector = { data, sizeof(data) };
	struct msghdr message = { .msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = stamps ? control : NULL,
		.msg_controllen = stamps ? sizeof(control) : 0 };
	ssize_t length = recvmsg(player->control, &message, MSG_DONTWAIT);
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0)
		give_up("the server closed the connection");
	if (!player_take_stream(
			player, data, (size_t)length, stamps ? arrival(&message) : 0, &counts, stamps ? &samples : NULL)) {
		fprintf(stderr, "refused: %s\n", player->reply);
		exit(1);
	}
}

/* Receives datagrams until none are left. MSG_TRUNC: the kernel copies only their first bytes, but says how long they
 * were. */
static void receive_datagrams(watch_t *item)
{
	static uint8_t heads[BATCH][PACKET_HEAD];
	static char control[BATCH][64];
	static struct iovec vectors[BATCH];
	static struct mmsghdr messages[BATCH];
	int count;
	do {
		for (int i = 0; i < BATCH; i++) {
			vectors[i] = (struct iovec){ heads[i], PACKET_HEAD };
			messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i],
				.msg_iovlen = 1,
				.msg_control = stamps ? control[i] : NULL,
				.msg_controllen = stamps ? sizeof(control[i]) : 0 };
		}
		count = recvmmsg(item->fd, messages, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
		for (int i = 0; i < count; i++)
			player_take_packet(item->player, item->role == RTCP, heads[i], messages[i].msg_len,
				stamps ? arrival(&messages[i].msg_hdr) : 0, &counts, stamps ? &samples : NULL);
	} while (count == BATCH);
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fprintf(stderr, "usage: players PORT PATH tcp|udp PID [stamps]\n");
		return 2;
	}
	port = atoi(argv[1]);
	path = argv[2];
	udp = strcmp(argv[3], "udp") == 0;
	stamps = argc > 5;
	samples = (samples_t){ stamps ? calloc(MOST_SAMPLES, sizeof(sample_t)) : NULL, 0, MOST_SAMPLES };
	epoll = epoll_create1(0);
	if (clock_getcpuclockid(atoi(argv[4]), &server_clock) != 0)
		give_up("PID");
	watch_t commands;
	watch(&commands, COMMAND, STDIN_FILENO, NULL);
	kept = nanoseconds(CLOCK_MONOTONIC);
	for (;;) {
		struct epoll_event events[EVENTS];
		int count = epoll_wait(epoll, events, EVENTS, 1000);
		for (int i = 0; i < count; i++) {
			watch_t *item = events[i].data.ptr;
			if (item->role == COMMAND)
				obey();
			else if (item->role == CONTROL)
				receive_stream(item->player);
			else
				receive_datagrams(item);
		}
		if (nanoseconds(CLOCK_MONOTONIC) - kept > KEEP_ALIVE * 1e9)
			keep_alive();
	}
}
