/* SPDX-License-Identifier: MIT */
/*
 * Many players in one process, cheap enough not to limit the server: packets are received in batches, and only their
 * first bytes are read. Files: handshake.c begins to play, packets.c counts what arrives, main.c waits and obeys.
 */
#ifndef PLAYERS_H
#define PLAYERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PACKET_HEAD = 28, /* bytes kept of a packet: as far as a sender report's RTP timestamp */
	REPLY_ROOM = 4096
};

/* What all players have received. Bytes are those of RTP packets, without framing. */
typedef struct {
	uint64_t frames, packets, bytes;
} counts_t;

/* When a frame was captured, and when its first and last packet arrived: microseconds since 1970. */
typedef struct {
	int player;
	double capture, first, last;
} sample_t;

typedef struct {
	sample_t *items;
	size_t count, room;
} samples_t;

typedef struct {
	int index;
	int control;   /* the RTSP connection */
	int rtp, rtcp; /* UDP sockets; -1 over TCP */
	unsigned cseq;
	char url[512], track[512], session[128];

	/* the TCP stream: what is known of the packet or reply that is arriving */
	uint8_t head[4 + PACKET_HEAD];
	size_t have; /* bytes in head */
	size_t left; /* bytes to come of the packet, or of a reply's body */
	char reply[REPLY_ROOM];
	size_t replied; /* bytes in reply */

	/* the latest sender report: one instant on both clocks */
	bool reported;
	double report_time; /* microseconds since 1970 */
	uint32_t report_timestamp;
	/* the frame that is arriving */
	bool in_frame;
	double first;
} player_t;

/* Connects to 127.0.0.1, and sends PLAY. Its reply is read with the stream.
 * stamps: the kernel notes when packets arrive. Returns false after a message on stderr. */
bool player_open(player_t *player, int port, const char *path, bool udp, bool stamps);
/* Sends a request within the session: OPTIONS to keep it, TEARDOWN to end it. */
bool player_request(player_t *player, const char *method);

/* Counts bytes of the TCP stream that arrived at an instant. Returns false if they are no RTSP stream. */
bool player_take_stream(
	player_t *player, const uint8_t *data, size_t length, double time, counts_t *counts, samples_t *samples);
/* Counts a packet of `length` bytes, of which the first PACKET_HEAD at most are given.
 * samples: NULL where arrival does not matter. */
void player_take_packet(
	player_t *player, bool rtcp, const uint8_t *head, size_t length, double time, counts_t *counts, samples_t *samples);

#endif
