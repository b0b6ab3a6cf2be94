/* SPDX-License-Identifier: MIT */
/*
 * An RTP/JPEG receiver, written from RFC 2435 (sections 3 and 4, Appendix B) alone.
 * It shares no code with the sender under test.
 */

#ifndef RECEIVER_H
#define RECEIVER_H

#include "check.h"

/** A frame being reassembled. Fields that must not change within a frame are compared with the first packet's. */
typedef struct {
	const char *error; /**< the sender's error, or NULL */
	int channel;       /**< expected interleaved channel, -1 for RTP alone */
	uint8_t payload_type;
	bool started;      /**< a packet of the frame was received */
	bool complete;     /**< the packet with the marker bit was received */
	bool synchronized; /**< `sequence` is known */
	uint16_t sequence; /**< of the next packet */
	uint32_t timestamp, ssrc;
	uint8_t type, q, width, height;
	uint16_t restart_interval;
	uint8_t tables[128];
	bytes_t scan;
	uint32_t packets; /**< of all frames */
	uint32_t octets;  /**< RTP payload octets of all frames */
	size_t smallest;  /**< fewest scan octets in a packet of the frame */
} receiver_t;

static inline void receiver_init(receiver_t *receiver, int channel, uint8_t payload_type)
{
	memset(receiver, 0, sizeof(*receiver));
	receiver->channel = channel;
	receiver->payload_type = payload_type;
}

/** Drops the frame but keeps the stream's sequence number. */
static inline void receiver_next_frame(receiver_t *receiver)
{
	bytes_free(&receiver->scan);
	receiver->started = receiver->complete = false;
}

#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			receiver->error = #condition; \
			return; \
		} \
	} while (0)

static inline void receiver_packet(receiver_t *receiver, const uint8_t *packet, size_t length)
{
	if (receiver->error)
		return;
	REQUIRE(!receiver->complete);
	if (receiver->channel >= 0) {
		// RFC 2326 section 10.12: '$', channel, length of the packet
		REQUIRE(length > 4);
		REQUIRE(packet[0] == 0x24);
		REQUIRE(packet[1] == receiver->channel);
		REQUIRE((size_t)(packet[2] * 256 + packet[3]) == length - 4);
		packet += 4;
		length -= 4;
	}

	// RFC 3550 section 5.1
	REQUIRE(length > 12);
	REQUIRE(packet[0] == 0x80);
	REQUIRE((packet[1] & 0x7f) == receiver->payload_type);
	bool marker = packet[1] & 0x80;
	uint16_t sequence = (uint16_t)(packet[2] * 256 + packet[3]);
	uint32_t timestamp = (uint32_t)packet[4] << 24 | (uint32_t)packet[5] << 16 | (uint32_t)packet[6] << 8 | packet[7];
	uint32_t ssrc = (uint32_t)packet[8] << 24 | (uint32_t)packet[9] << 16 | (uint32_t)packet[10] << 8 | packet[11];
	REQUIRE(!receiver->synchronized || (sequence == receiver->sequence));
	receiver->synchronized = true;
	receiver->sequence = (uint16_t)(sequence + 1);
	packet += 12;
	length -= 12;
	receiver->packets += 1;
	receiver->octets += (uint32_t)length;

	// RFC 2435 section 3.1
	REQUIRE(length > 8);
	REQUIRE(packet[0] == 0);
	uint32_t offset = (uint32_t)packet[1] << 16 | (uint32_t)packet[2] << 8 | packet[3];
	uint8_t type = packet[4], q = packet[5], width = packet[6], height = packet[7];
	packet += 8;
	length -= 8;

	REQUIRE(offset == receiver->scan.length);
	if (!receiver->started) {
		receiver->started = true;
		receiver->timestamp = timestamp;
		receiver->ssrc = ssrc;
		receiver->type = type;
		receiver->q = q;
		receiver->width = width;
		receiver->height = height;
		receiver->restart_interval = 0;
		receiver->smallest = SIZE_MAX;
	}
	REQUIRE(timestamp == receiver->timestamp);
	REQUIRE(ssrc == receiver->ssrc);
	REQUIRE(type == receiver->type);
	REQUIRE(q == receiver->q);
	REQUIRE((width == receiver->width) && (height == receiver->height));
	REQUIRE(q == 255);
	REQUIRE((type & ~64) <= 1);

	if (type & 64) {
		// section 3.1.7: the interval in MCUs, F, L, the count
		REQUIRE(length > 4);
		uint16_t restart_interval = (uint16_t)(packet[0] * 256 + packet[1]);
		REQUIRE(restart_interval != 0);
		REQUIRE(!offset || (restart_interval == receiver->restart_interval));
		REQUIRE((packet[2] == 0xff) && (packet[3] == 0xff));
		receiver->restart_interval = restart_interval;
		packet += 4;
		length -= 4;
	}
	if (offset == 0) {
		// section 3.1.8: MBZ, precision, length, tables
		REQUIRE(length > 4 + 128);
		REQUIRE((packet[0] == 0) && (packet[1] == 0));
		REQUIRE((packet[2] == 0) && (packet[3] == 128));
		memcpy(receiver->tables, packet + 4, 128);
		packet += 132;
		length -= 132;
	}
	REQUIRE(length > 0);
	if (length < receiver->smallest)
		receiver->smallest = length;
	bytes_append(&receiver->scan, packet, length);
	receiver->complete = marker;
}

#undef REQUIRE

#endif
