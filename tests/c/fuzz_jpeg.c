/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: parses a hostile image, sends it with hostile limits in two alternating streams, receives and
 * compares it. Any failure aborts.
 *
 * The input is an image whose last 8 bytes also control the run (after EOI they are padding,
 * so any JPEG file is an input):
 *   4 bytes  seed of the packet limits
 *   1 byte   bit 0: interleaved framing; bit 1: limits near the minimum; bit 2: restore after each packet;
 *            bit 3: then send with a damaged jpeg_scan_t; bit 4:
 *            occasionally request packets that are too large or too small
 *   3 bytes  the damage
 *
 * With FUZZ_STANDALONE it is a program that runs the files given: the corpus as a regression test, with any compiler.
 */

#include "check.h"
#include "images.h"
#include "receiver.h"
#include "rtp_jpeg.h"

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

static bool within(const rtp_jpeg_packet_t *packet, const uint8_t *memory, size_t length)
{
	return (packet->data >= memory) && (packet->length <= length)
		&& ((size_t)(packet->data - memory) <= length - packet->length);
}

static uint32_t limit_of(uint32_t *random, uint8_t flags)
{
	uint32_t value = random_next(random);
	if ((flags & 16) && !(value & 7))
		return (value & 8) ? RTP_JPEG_LIMIT_MAX + 1 + (value >> 4) : (value >> 4) % RTP_JPEG_LIMIT_MIN;
	return RTP_JPEG_LIMIT_MIN + (value >> 4) % ((flags & 2) ? 64 : RTP_JPEG_LIMIT_MAX - RTP_JPEG_LIMIT_MIN + 1);
}

/** Sends the frame to two receivers in turn.
 *  Each must receive all of it, and the frame must be unchanged afterwards. */
static void send(const bytes_t *original, bytes_t *frame, const jpeg_scan_t *scan, uint32_t random, uint8_t flags)
{
	int16_t channel = (flags & 1) ? (int16_t)(random & 0xff) : RTP_JPEG_NO_CHANNEL;
	rtp_jpeg_stream_t streams[2];
	receiver_t receivers[2];

	for (int i = 0; i < 2; i++) {
		rtp_jpeg_init(&streams[i], random + (uint32_t)i, (uint16_t)(random >> 8), channel, 26);
		receiver_init(&receivers[i], channel, 26);
		MUST(rtp_jpeg_begin(&streams[i], random) == 0);
	}
	for (int i = 0; streams[0].in_progress || streams[1].in_progress; i ^= 1) {
		rtp_jpeg_packet_t packet;
		uint32_t limit = limit_of(&random, flags);
		int32_t length = rtp_jpeg_next(&streams[i], scan, frame->data, frame->length, limit, &packet);
		if ((limit < RTP_JPEG_LIMIT_MIN) || (limit > RTP_JPEG_LIMIT_MAX))
			MUST(length == RTP_JPEG_ERROR_LIMIT);
		else
			MUST(length >= 0);
		MUST((length > 0) || !packet.data);
		if (length > 0) {
			MUST((uint32_t)length == packet.length);
			MUST(packet.length <= limit + ((flags & 1) ? 4u : 0u));
			MUST(within(&packet, frame->data, frame->length)
				|| within(&packet, streams[i].buffer, sizeof(streams[i].buffer)));
			receiver_packet(&receivers[i], packet.data, packet.length);
			// A second packet without a restore in between: `next` restores the bytes under the first.
			if (flags & 4)
				length = rtp_jpeg_next(&streams[i], scan, frame->data, frame->length, RTP_JPEG_LIMIT_MIN, &packet);
			if ((flags & 4) && (length > 0))
				receiver_packet(&receivers[i], packet.data, packet.length);
		}
		MUST(rtp_jpeg_restore(&streams[i], frame->data, frame->length) == 0);
		MUST(!memcmp(frame->data, original->data, original->length));
	}
	for (int i = 0; i < 2; i++) {
		if (receivers[i].error)
			fprintf(stderr, "receiver: %s\n", receivers[i].error);
		MUST(!receivers[i].error && receivers[i].complete);
		MUST(receivers[i].scan.length == scan->scan_length);
		MUST(!memcmp(receivers[i].scan.data, original->data + scan->scan_offset, scan->scan_length));
		MUST(!memcmp(receivers[i].tables, original->data + scan->table_offset[0], 64));
		MUST(!memcmp(receivers[i].tables + 64, original->data + scan->table_offset[1], 64));
		MUST(receivers[i].type == scan->type);
		MUST(receivers[i].octets == streams[i].octet_count);
		receiver_next_frame(&receivers[i]);
	}
}

/** Sends with a scan record that no parse returned. It may be refused or sent, but must neither touch memory outside
 *  the frame nor change the frame. */
static void send_damaged(
	const bytes_t *original, bytes_t *frame, jpeg_scan_t scan, uint32_t random, const uint8_t damage[3])
{
	uint32_t value = (uint32_t)damage[1] << ((damage[0] >> 3) & 31) ^ damage[2];
	switch (damage[0] & 7) {
	case 0: scan.scan_offset = value; break;
	case 1: scan.scan_length = value; break;
	case 2: scan.table_offset[0] = value; break;
	case 3: scan.table_offset[1] = value; break;
	case 4: scan.type ^= 64; break;
	case 5: scan.scan_offset -= value & 0xff; break;
	case 6: scan.scan_length += value & 0xff; break;
	default: scan.scan_offset = 0u - value; break;
	}
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;
	rtp_jpeg_init(&stream, random, 0, (int16_t)(random & 1) - 1, 26);
	MUST(rtp_jpeg_begin(&stream, random) == 0);
	while (rtp_jpeg_next(&stream, &scan, frame->data, frame->length, limit_of(&random, 0), &packet) > 0)
		MUST(within(&packet, frame->data, frame->length) || within(&packet, stream.buffer, sizeof(stream.buffer)));
	MUST(rtp_jpeg_restore(&stream, frame->data, frame->length) == 0);
	MUST(!memcmp(frame->data, original->data, original->length));

	enum { AT_ONCE = 5 };
	rtp_jpeg_part_t parts[2 * AT_ONCE];
	uint8_t headers[RTP_JPEG_HEADERS(AT_ONCE)];
	int32_t made;
	MUST(rtp_jpeg_begin(&stream, random) == 0);
	while ((made = rtp_jpeg_gather(
				&stream, &scan, frame->data, frame->length, limit_of(&random, 0), parts, headers, 1 + random % AT_ONCE))
		> 0) {
		for (int32_t i = 0; i < made; i++) {
			const uint8_t *header = parts[2 * i].bytes, *payload = parts[2 * i + 1].bytes;
			MUST((header >= headers) && (header + parts[2 * i].length <= headers + sizeof(headers)));
			MUST((payload >= frame->data) && (payload + parts[2 * i + 1].length <= frame->data + frame->length));
		}
		uint32_t back = (random >> 8) % (uint32_t)made;
		rtp_jpeg_take_back(&stream, &parts[2 * ((uint32_t)made - back)], back);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t control[8] = { 0 };
	if (size >= sizeof(control))
		memcpy(control, data + size - sizeof(control), sizeof(control));
	uint32_t random =
		(uint32_t)control[0] << 24 | (uint32_t)control[1] << 16 | (uint32_t)control[2] << 8 | control[3] | 1;

	bytes_t original = bytes_copy(data, size), frame = bytes_copy(data, size);
	jpeg_scan_t scan;
	bool whole = control[4] & 16;
	int result = whole ? jpeg_scan_parse_whole(frame.data, frame.length, &scan)
					   : jpeg_scan_parse(frame.data, frame.length, &scan);
	MUST(!size || !memcmp(frame.data, original.data, size));
	MUST((result <= 0) && (result >= JPEG_ERROR_LAST));
	MUST(strcmp(jpeg_error_name(result), "unknown error"));
	if (result)
		MUST((scan.scan_length == 0) && (scan.width == 0));
	else {
		MUST(scan.width && scan.height);
		MUST((scan.type & ~65) == 0);
		MUST((scan.scan_offset <= size) && (scan.scan_length <= size - scan.scan_offset) && (scan.scan_length > 2));
		MUST((scan.table_offset[0] + 64 <= scan.scan_offset) && (scan.table_offset[1] + 64 <= scan.scan_offset));
		MUST(frame.data[scan.scan_offset + scan.scan_length - 1] == 0xd9);
		send(&original, &frame, &scan, random, control[4]);
	}
	if (control[4] & 8)
		send_damaged(&original, &frame, scan, random, control + 5);
	bytes_free(&original);
	bytes_free(&frame);
	return 0;
}

#ifdef FUZZ_STANDALONE
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		bytes_t input = bytes_file(".", argv[i]);
		LLVMFuzzerTestOneInput(input.data, input.length);
		bytes_free(&input);
	}
	printf("ok fuzz-corpus-replays (%d inputs)\n", argc - 1);
	return 0;
}
#endif
