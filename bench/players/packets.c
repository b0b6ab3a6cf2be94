/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "players.h"

enum {
	FRAMING = 4, /* of an interleaved packet (RFC 2326 section 10.12): "$", channel, length */
	RTP_HEADER = 12,
	SENDER_REPORT = 200
};

/* From 1900 (NTP) to 1970 (Unix), seconds. */
static const double NTP_UNIX_OFFSET = 2208988800.0;

static uint32_t word_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void add_sample(samples_t *samples, sample_t sample)
{
	if (samples->count < samples->room)
		samples->items[samples->count++] = sample;
}

static void take_rtp(player_t *player, const uint8_t *head, double time, samples_t *samples)
{
	bool last = (head[1] & 0x80) != 0;
	if (!player->in_frame)
		player->first = time;
	player->in_frame = !last;
	if (last && player->reported) {
		int32_t ticks = (int32_t)(word_at(head + 4) - player->report_timestamp);
		add_sample(
			samples, (sample_t){ player->index, player->report_time + ticks * 1e6 / 90000, player->first, time });
	}
}

static void take_rtcp(player_t *player, const uint8_t *head)
{
	if (head[1] != SENDER_REPORT)
		return;
	double seconds = word_at(head + 8) - NTP_UNIX_OFFSET, fraction = word_at(head + 12) / 4294967296.0;
	player->report_time = seconds * 1e6 + fraction * 1e6;
	player->report_timestamp = word_at(head + 16);
	player->reported = true;
}

void player_take_packet(
	player_t *player, bool rtcp, const uint8_t *head, size_t length, double time, counts_t *counts, samples_t *samples)
{
	if (rtcp) {
		if (length >= PACKET_HEAD)
			take_rtcp(player, head);
		return;
	}
	if (length < RTP_HEADER)
		return;
	counts->packets += 1;
	counts->bytes += length;
	counts->frames += head[1] >> 7;
	if (samples)
		take_rtp(player, head, time, samples);
}

/* Takes one byte of a reply. Returns false if it refuses something, or if there is no room for it. */
static bool take_reply(player_t *player, uint8_t byte)
{
	if (player->replied == REPLY_ROOM - 1)
		return false;
	player->reply[player->replied++] = (char)byte;
	player->reply[player->replied] = 0;
	if (player->replied < 4 || memcmp(player->reply + player->replied - 4, "\r\n\r\n", 4) != 0)
		return true;
	const char *body = strstr(player->reply, "Content-Length:");
	player->left = body ? strtoul(body + 15, NULL, 10) : 0;
	player->replied = 0;
	return strncmp(player->reply, "RTSP/1.0 200", 12) == 0;
}

bool player_take_stream(
	player_t *player, const uint8_t *data, size_t length, double time, counts_t *counts, samples_t *samples)
{
	const uint8_t *end = data + length;
	while (data < end) {
		size_t room = (size_t)(end - data);
		bool packet = player->have > 0 || (!player->replied && !player->left && *data == '$');
		if (!packet && player->left) { /* the body of a reply */
			size_t part = player->left < room ? player->left : room;
			player->left -= part;
			data += part;
			continue;
		}
		if (!packet) {
			if (!take_reply(player, *data++))
				return false;
			continue;
		}
		if (player->have < FRAMING) {
			player->head[player->have++] = *data++;
			if (player->have == FRAMING)
				player->left = (size_t)player->head[2] << 8 | player->head[3];
		}
		else {
			size_t part = player->left < room ? player->left : room, kept = sizeof(player->head) - player->have;
			if (kept > part)
				kept = part;
			memcpy(player->head + player->have, data, kept);
			player->have += kept;
			player->left -= part;
			data += part;
		}
		if (player->have >= FRAMING && player->left == 0) {
			size_t whole = (size_t)player->head[2] << 8 | player->head[3];
			player->have = 0;
			player_take_packet(player, player->head[1] == 1, player->head + FRAMING, whole, time, counts, samples);
		}
	}
	return true;
}
