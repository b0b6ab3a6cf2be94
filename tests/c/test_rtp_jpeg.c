/* SPDX-License-Identifier: MIT */
/*
 * Tests of rtp_jpeg: packets byte by byte, and as reassembled by a receiver. Usage:
 * test_rtp_jpeg <folder of the vectors>
 */

#include "check.h"
#include "images.h"
#include "receiver.h"
#include "rtp_jpeg.h"

static bytes_t ov2640, odd;

/** A real frame with a DRI segment before its SOF0,
 *  and RST markers in the scan where they cannot split another 0xFF sequence. */
static bytes_t with_restart_markers(const bytes_t *frame, size_t sof_offset)
{
	bytes_t marked = image_splice(frame, sof_offset, 0, (const uint8_t *)"\xff\xdd\x00\x04\x00\x10", 6);
	uint8_t rst[2] = { 0xff, 0xd0 };
	for (size_t offset = 623 + 6 + 500; offset + 1000 < marked.length; offset += 500) {
		if ((marked.data[offset - 1] == 0xff) || (marked.data[offset] == 0xff))
			continue;
		bytes_t next = image_splice(&marked, offset, 0, rst, 2);
		bytes_free(&marked);
		marked = next;
		rst[1] = (uint8_t)(0xd0 | ((rst[1] + 1) & 7));
	}
	return marked;
}

/** One table for all components, no JFIF, no DHT: 104 bytes before the scan, fewer than the first packet's headers. */
static bytes_t short_headers(size_t scan_length)
{
	bytes_t image = bare_image_of("");
	add_dqt(&image, 0, 1);
	bytes_hex(&image, "ffc0 0011 08 0008 0010 03  01 21 00  02 11 00  03 11 00" SOS);
	add_scan(&image, scan_length);
	return image;
}

/** Two tables and no optional segments: 173 bytes before the scan, with the tables where the headers go. */
static bytes_t tight_headers(size_t scan_length)
{
	bytes_t image = image_of(SOF SOS);
	add_scan(&image, scan_length);
	return image;
}

static bool same(const bytes_t *a, const bytes_t *b)
{
	return (a->length == b->length) && !memcmp(a->data, b->data, a->length);
}

/** Whether the receiver has the complete frame: tables and scan, bit for bit. */
static bool received(const receiver_t *receiver, const bytes_t *frame, const jpeg_scan_t *scan)
{
	return !receiver->error && receiver->complete && (receiver->scan.length == scan->scan_length)
		&& !memcmp(receiver->scan.data, frame->data + scan->scan_offset, scan->scan_length)
		&& !memcmp(receiver->tables, frame->data + scan->table_offset[0], 64)
		&& !memcmp(receiver->tables + 64, frame->data + scan->table_offset[1], 64) && (receiver->type == scan->type)
		&& (receiver->restart_interval == scan->restart_interval) && (receiver->width == (scan->width + 7) / 8)
		&& (receiver->height == (scan->height + 7) / 8);
}

/** Sends `original` three times and receives it. `limit` 0: a random limit for each packet. */
static void round_trip(const bytes_t *original, int16_t channel, uint32_t limit, bool restore)
{
	bytes_t frame = bytes_copy(original->data, original->length);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;
	receiver_t receiver;
	uint32_t random = 0x1234567u ^ limit;
	uint32_t framing = (channel < 0) ? 0 : 4;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 0xdeadbeef, 65530, channel, 26);
	receiver_init(&receiver, channel, 26);
	for (uint32_t round = 0; round < 3; round++) {
		CHECK(rtp_jpeg_begin(&stream, 0xfffffff0u + round * 9000) == 0);
		for (;;) {
			uint32_t used = limit ? limit : RTP_JPEG_LIMIT_MIN + random_next(&random) % ((random & 0x40) ? 400 : 63745);
			int32_t length = rtp_jpeg_next(&stream, &scan, frame.data, frame.length, used, &packet);
			CHECK(length >= 0);
			if (!length)
				break;
			CHECK((uint32_t)length == packet.length);
			CHECK(packet.length <= used + framing);
			receiver_packet(&receiver, packet.data, packet.length);
			CHECK(!receiver.complete == stream.in_progress);
			if (restore) {
				CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
				CHECK(same(&frame, original));
			}
		}
		CHECK((packet.data == NULL) && (packet.length == 0));
		CHECK(same(&frame, original));
		if (receiver.error)
			printf("# limit %u: %s\n", limit, receiver.error);
		CHECK(received(&receiver, original, &scan));
		CHECK(receiver.smallest > 0);
		CHECK(receiver.timestamp == 0xfffffff0u + round * 9000);
		CHECK(receiver.ssrc == 0xdeadbeef);
		receiver_next_frame(&receiver);
	}
	CHECK(stream.packet_count == receiver.packets);
	CHECK(stream.octet_count == receiver.octets);
	CHECK(stream.sequence == receiver.sequence);
	bytes_free(&frame);
}

static void round_trips(const bytes_t *original)
{
	static const uint32_t limits[] = { 256, 300, 1400, 8192, 64000, 0 };
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		round_trip(original, -1, limits[i], true);
		CHECK_STILL_OK();
		round_trip(original, 0, limits[i], true);
		CHECK_STILL_OK();
		round_trip(original, 255, limits[i], false);
		CHECK_STILL_OK();
	}
}

static void carries_an_ov2640_frame(void)
{
	round_trips(&ov2640);
}

static void carries_a_420_frame_of_odd_size(void)
{
	round_trips(&odd);
}

static void carries_restart_markers(void)
{
	bytes_t frame = with_restart_markers(&ov2640, 0x24e), frame420 = with_restart_markers(&odd, 0x9e);
	jpeg_scan_t scan;
	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	CHECK((scan.type == 64) && (scan.restart_interval == 16));
	round_trips(&frame);
	CHECK_STILL_OK();
	CHECK(jpeg_scan_parse(frame420.data, frame420.length, &scan) == 0);
	CHECK(scan.type == 65);
	round_trips(&frame420);
	bytes_free(&frame);
	bytes_free(&frame420);
}

static void carries_tables_that_lie_where_the_headers_go(void)
{
	bytes_t frame = tight_headers(3000);
	round_trips(&frame);
	CHECK_STILL_OK();
	bytes_free(&frame);

	// chroma first, so that each table is copied over the other
	bytes_t swapped = bare_image_of("");
	add_dqt(&swapped, 1, 101);
	add_dqt(&swapped, 0, 1);
	bytes_hex(&swapped, "ffdd 0004 0001" SOF SOS SCAN EOI);
	round_trips(&swapped);
	bytes_free(&swapped);
}

static void carries_frames_with_short_headers(void)
{
	static const size_t lengths[] = { 3, 50, 99, 100, 101, 103, 104, 105, 2000, 50000 };
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		bytes_t frame = short_headers(lengths[i]);
		round_trips(&frame);
		CHECK_STILL_OK();
		bytes_free(&frame);
	}
}

static void copies_scan_octets_only_for_short_headers(void)
{
	bytes_t frame = short_headers(2000), tight = tight_headers(2000);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	CHECK(scan.scan_offset == 104);
	rtp_jpeg_init(&stream, 1, 1, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 260);
	CHECK((packet.data >= stream.buffer) && (packet.data + packet.length <= stream.buffer + sizeof(stream.buffer)));
	CHECK(stream.copied_octets == 104);
	CHECK(stream.saved_length == 0);
	// the rest is in place: the headers overwrite scan bytes already sent
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 1404);
	CHECK(packet.data == frame.data + 104 + 104 - 24);
	CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
	CHECK(stream.copied_octets == 104);

	CHECK(jpeg_scan_parse(tight.data, tight.length, &scan) == 0);
	CHECK(scan.scan_offset == 173);
	rtp_jpeg_init(&stream, 1, 1, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, tight.data, tight.length, 1400, &packet) == 1404);
	CHECK(packet.data == tight.data + 173 - 156);
	CHECK(stream.copied_octets == 0);
	bytes_free(&frame);
	bytes_free(&tight);
}

static void copies_scan_octets_when_one_byte_of_room_is_missing(void)
{
	for (int restart = 0; restart < 2; restart++) {
		for (uint8_t padding = 0; padding < 70; padding++) {
			bytes_t frame = bare_image_of("");
			add_dqt(&frame, 0, 1);
			bytes_append(&frame, (const uint8_t[]){ 0xff, 0xfe, 0, (uint8_t)(2 + padding) }, 4);
			for (int i = 0; i < padding; i++)
				bytes_append(&frame, &(uint8_t){ 0x20 }, 1);
			if (restart)
				bytes_hex(&frame, "ffdd 0004 0001");
			bytes_hex(&frame, "ffc0 0011 08 0008 0010 03  01 21 00  02 11 00  03 11 00" SOS);
			add_scan(&frame, 600);
			for (int16_t channel = -1; channel < 1; channel++) {
				uint32_t headers = 152u + (restart ? 4u : 0u) + (channel < 0 ? 0u : 4u);
				jpeg_scan_t scan;
				rtp_jpeg_stream_t stream;
				rtp_jpeg_packet_t packet;
				CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
				rtp_jpeg_init(&stream, 1, 1, channel, 26);
				CHECK(rtp_jpeg_begin(&stream, 0) == 0);
				CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 300, &packet) > 0);
				CHECK((stream.copied_octets == 0) == (scan.scan_offset >= headers));
				CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
				round_trip(&frame, channel, 256, true);
				CHECK_STILL_OK();
			}
			bytes_free(&frame);
		}
	}
}

static void writes_each_header_field_where_the_rfcs_say(void)
{
	bytes_t frame = image_of("ffdd 0004 0102" SOF SOS), expected = { NULL, 0 };
	for (int i = 0; i < 200; i++)
		bytes_append(&frame, &(uint8_t){ 0x55 }, 1);
	bytes_hex(&frame, EOI);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 0xcafef00d, 0xffff, 6, 96);
	CHECK(rtp_jpeg_begin(&stream, 0x01020304) == 0);

	bytes_hex(&expected,
		"24 06 0100         // $, channel 6, 256 bytes\n"
		"80 60 ffff         // V 2; marker 0, payload type 96; sequence number 65535\n"
		"01020304 cafef00d  // timestamp, SSRC\n"
		"00 000000          // Type-specific, fragment offset\n"
		"40 ff 02 01        // type 64, Q 255, 16 and 8 pixels\n"
		"0102 ffff          // restart interval 258, F L count\n"
		"00 00 0080         // MBZ, precision, 128 bytes of tables\n");
	for (int i = 0; i < 128; i++)
		bytes_append(&expected, &(uint8_t){ (uint8_t)((i < 64) ? 1 + i : 101 + i - 64) }, 1);
	for (int i = 0; i < 100; i++)
		bytes_append(&expected, &(uint8_t){ 0x55 }, 1);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 256, &packet) == 260);
	CHECK((packet.length == expected.length) && !memcmp(packet.data, expected.data, expected.length));
	bytes_free(&expected);

	bytes_hex(&expected,
		"24 06 007e         // $, channel 6, 126 bytes\n"
		"80 e0 0000         // marker 1; the sequence number has wrapped\n"
		"01020304 cafef00d\n"
		"00 000064          // fragment offset 100\n"
		"40 ff 02 01\n"
		"0102 ffff          // the restart header is in each packet, the tables are not\n");
	for (int i = 0; i < 100; i++)
		bytes_append(&expected, &(uint8_t){ 0x55 }, 1);
	bytes_hex(&expected, "ffd9");
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 256, &packet) == 130);
	CHECK((packet.length == expected.length) && !memcmp(packet.data, expected.data, expected.length));
	CHECK(!stream.in_progress);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 256, &packet) == 0);
	CHECK(stream.packet_count == 2);
	CHECK(stream.octet_count == 256 - 12 + 126 - 12);
	bytes_free(&expected);
	bytes_free(&frame);
}

static void never_sends_an_empty_packet(void)
{
	// 152 bytes of headers in the first packet, 20 in the others: every limit is combined with every remainder
	for (size_t scan_length = 3; scan_length < 1200; scan_length += 7) {
		bytes_t frame = tight_headers(scan_length);
		jpeg_scan_t scan;
		rtp_jpeg_stream_t stream;
		rtp_jpeg_packet_t packet;

		CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
		for (uint32_t limit = 256; limit < 300; limit++) {
			size_t expected = 1, count = 0;
			if (scan_length > limit - 152)
				expected += (scan_length - (limit - 152) + (limit - 20) - 1) / (limit - 20);
			rtp_jpeg_init(&stream, 1, 1, -1, 26);
			CHECK(rtp_jpeg_begin(&stream, 0) == 0);
			while (rtp_jpeg_next(&stream, &scan, frame.data, frame.length, limit, &packet) > 0) {
				count += 1;
				CHECK(packet.length > ((count == 1) ? 152u : 20u));
				CHECK((packet.data[1] == 0x9a) == (count == expected));
			}
			CHECK(count == expected);
		}
		bytes_free(&frame);
	}
}

static void serves_several_streams_from_one_frame(void)
{
	static const uint32_t limits[] = { 256, 1400, 16384, 5000 };
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t streams[4];
	rtp_jpeg_packet_t packet;
	receiver_t receivers[4];
	uint32_t random = 99;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	for (int i = 0; i < 4; i++) {
		rtp_jpeg_init(&streams[i], (uint32_t)i, (uint16_t)(i * 1000), (int16_t)(i * 2 - 2), 26);
		if (i == 0)
			streams[i].channel = RTP_JPEG_NO_CHANNEL;
		receiver_init(&receivers[i], streams[i].channel, 26);
		CHECK(rtp_jpeg_begin(&streams[i], 5000) == 0);
	}
	while (streams[0].in_progress || streams[1].in_progress || streams[2].in_progress || streams[3].in_progress) {
		int i = (int)(random_next(&random) % 4);
		if (rtp_jpeg_next(&streams[i], &scan, frame.data, frame.length, limits[i], &packet) > 0)
			receiver_packet(&receivers[i], packet.data, packet.length);
		CHECK(rtp_jpeg_restore(&streams[i], frame.data, frame.length) == 0);
		CHECK(same(&frame, &ov2640));
	}
	for (int i = 0; i < 4; i++) {
		CHECK(received(&receivers[i], &ov2640, &scan));
		receiver_next_frame(&receivers[i]);
	}
	bytes_free(&frame);
}

static void writes_in_place_and_copies_nothing(void)
{
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 1, 1, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 1404);
	CHECK(packet.data == frame.data + 623 - 156);
	CHECK(!memcmp(frame.data, ov2640.data, 623 - 156));
	CHECK(memcmp(frame.data, ov2640.data, frame.length));
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 1404);
	CHECK(packet.data == frame.data + 623 + (1400 - 152) - 24);
	// the bytes under the first packet are restored, the second packet is written
	CHECK(!memcmp(frame.data, ov2640.data, 623 + (1400 - 152) - 24));
	CHECK(stream.copied_octets == 0);
	CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
	CHECK(same(&frame, &ov2640));
	CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
	CHECK(rtp_jpeg_restore(&stream, NULL, 0) == 0);
	CHECK(same(&frame, &ov2640));
	bytes_free(&frame);
}

static void refuses_limits_out_of_range(void)
{
	static const uint32_t limits[] = { 0, 255, 64001, 0xffffffff };
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 1, 1, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 256, &packet) == 260);
	for (int i = 0; i < 4; i++) {
		CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, limits[i], &packet) == RTP_JPEG_ERROR_LIMIT);
		CHECK((packet.data == NULL) && (packet.length == 0));
		CHECK(same(&frame, &ov2640)); // restored nevertheless
	}
	CHECK(stream.packet_count == 1);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 64000, &packet) > 0);
	bytes_free(&frame);
}

static void refuses_a_frame_shorter_than_its_scan(void)
{
	bytes_t frame = bytes_copy(odd.data, odd.length), tail = bytes_copy(odd.data, odd.length - 1);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 1, 1, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, tail.data, tail.length, 1400, &packet) == RTP_JPEG_ERROR_FRAME);
	CHECK(rtp_jpeg_next(&stream, &scan, NULL, 0, 1400, &packet) == RTP_JPEG_ERROR_FRAME);
	CHECK(stream.packet_count == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 1404);
	// the saved bytes do not fit this frame: they stay saved for the right one
	CHECK(rtp_jpeg_next(&stream, &scan, tail.data, 500, 1400, &packet) == RTP_JPEG_ERROR_FRAME);
	CHECK(rtp_jpeg_restore(&stream, tail.data, 622) == RTP_JPEG_ERROR_FRAME);
	CHECK(rtp_jpeg_restore(&stream, NULL, 0) == RTP_JPEG_ERROR_FRAME);
	CHECK(rtp_jpeg_restore(&stream, frame.data, 623) == 0);
	CHECK(same(&frame, &odd));
	bytes_free(&frame);
	bytes_free(&tail);
}

static void refuses_a_scan_that_is_not_of_the_frame(void)
{
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);
	jpeg_scan_t scan, other, none = { 0 };
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	CHECK(jpeg_scan_parse(odd.data, odd.length, &other) == 0);
	rtp_jpeg_init(&stream, 1, 1, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &none, frame.data, frame.length, 1400, &packet) == RTP_JPEG_ERROR_SCAN);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 1404);
	CHECK(rtp_jpeg_next(&stream, &other, frame.data, frame.length, 1400, &packet) == RTP_JPEG_ERROR_SCAN);
	CHECK(same(&frame, &ov2640));

	other = scan;
	other.table_offset[1] = scan.scan_offset - 63;
	rtp_jpeg_init(&stream, 1, 1, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &other, frame.data, frame.length, 1400, &packet) == RTP_JPEG_ERROR_SCAN);
	other = scan;
	other.scan_offset = 63;
	CHECK(rtp_jpeg_next(&stream, &other, frame.data, frame.length, 1400, &packet) == RTP_JPEG_ERROR_SCAN);
	other = scan;
	other.scan_length = JPEG_SCAN_LENGTH_MAX + 1;
	CHECK(rtp_jpeg_next(&stream, &other, frame.data, frame.length, 1400, &packet) == RTP_JPEG_ERROR_SCAN);
	bytes_free(&frame);
}

static void refuses_to_begin_over_an_open_packet(void)
{
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 1, 1, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 1404);
	CHECK(rtp_jpeg_begin(&stream, 9000) == RTP_JPEG_ERROR_NOT_RESTORED);
	CHECK(stream.timestamp == 0);
	CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
	CHECK(rtp_jpeg_begin(&stream, 9000) == 0);
	bytes_free(&frame);
}

static void begins_anew_in_the_middle_of_a_frame(void)
{
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);
	jpeg_scan_t scan, other;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	CHECK(jpeg_scan_parse(odd.data, odd.length, &other) == 0);
	rtp_jpeg_init(&stream, 1, 7, -1, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 1400);
	CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
	CHECK(rtp_jpeg_begin(&stream, 9000) == 0);
	CHECK(rtp_jpeg_next(&stream, &other, odd.data, odd.length, 1400, &packet) == 1400);
	CHECK((packet.data[3] == 8) && (packet.data[13] == 0) && (packet.data[14] == 0) && (packet.data[15] == 0));
	CHECK(rtp_jpeg_restore(&stream, odd.data, odd.length) == 0);
	bytes_free(&frame);
}

static void does_nothing_before_begin(void)
{
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(odd.data, odd.length, &scan) == 0);
	rtp_jpeg_init(&stream, 1, 7, -1, 26);
	CHECK(rtp_jpeg_next(&stream, &scan, odd.data, odd.length, 1400, &packet) == 0);
	CHECK((stream.packet_count == 0) && (stream.sequence == 7));
}

static void wraps_counters_at_32_bits(void)
{
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 1, 65535, -1, 26);
	stream.packet_count = 0xffffffff;
	stream.octet_count = 0xffffffff;
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) == 1400);
	CHECK(stream.packet_count == 0);
	CHECK(stream.octet_count == 1400 - 12 - 1);
	CHECK(stream.sequence == 0);
	bytes_free(&frame);
}

static void says_0_for_a_size_above_2040(void)
{
	static const struct {
		const char *size;
		uint8_t width, height;
	} sizes[] = {
		{ "07f8 07f8", 255, 255 }, // height, width: 2040
		{ "07f9 07f8", 255, 0 },
		{ "07f8 07f9", 0, 255 },
		{ "ffff ffff", 0, 0 },
		{ "0001 0001", 1, 1 },
		{ "0009 0008", 1, 2 },
	};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char text[256];
		jpeg_scan_t scan;
		rtp_jpeg_stream_t stream;
		rtp_jpeg_packet_t packet;
		snprintf(text, sizeof(text), "ffc0 0011 08 %s 03  01 21 00  02 11 01  03 11 01" SOS SCAN EOI, sizes[i].size);
		bytes_t frame = image_of(text);
		CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
		rtp_jpeg_init(&stream, 1, 1, -1, 26);
		CHECK(rtp_jpeg_begin(&stream, 0) == 0);
		CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) > 0);
		CHECK((packet.data[18] == sizes[i].width) && (packet.data[19] == sizes[i].height));
		bytes_free(&frame);
	}
}

static void counts_fragment_offsets_in_24_bits(void)
{
	bytes_t headers = image_of(SOF SOS);
	bytes_t frame = { malloc(headers.length + JPEG_SCAN_LENGTH_MAX), headers.length + JPEG_SCAN_LENGTH_MAX };
	CHECK(frame.data);
	memset(frame.data, 0x11, frame.length);
	memcpy(frame.data, headers.data, headers.length);
	memcpy(frame.data + frame.length - 2, "\xff\xd9", 2);
	bytes_free(&headers);

	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;
	uint32_t offset = 0, header = 152;
	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 1, 1, -1, 26);
	CHECK(rtp_jpeg_begin(&stream, 0) == 0);
	while (rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 64000, &packet) > 0) {
		CHECK(packet.data[12] == 0);
		CHECK(((uint32_t)packet.data[13] << 16 | (uint32_t)packet.data[14] << 8 | packet.data[15]) == offset);
		offset += packet.length - header;
		header = 20;
	}
	CHECK(offset == JPEG_SCAN_LENGTH_MAX);
	bytes_free(&frame);
}

static void names_every_error(void)
{
	for (int error = 0; error >= RTP_JPEG_ERROR_NOT_RESTORED; error--)
		CHECK(strcmp(rtp_jpeg_error_name(error), "unknown error"));
	CHECK(!strcmp(rtp_jpeg_error_name(RTP_JPEG_ERROR_NOT_RESTORED - 1), "unknown error"));
}

/** The packet as the receiver sees it. */
static bytes_t joined(const rtp_jpeg_part_t parts[2])
{
	size_t length = parts[0].length + parts[1].length;
	bytes_t packet = { malloc(length), length };
	if (!packet.data)
		abort();
	memcpy(packet.data, parts[0].bytes, parts[0].length);
	memcpy(packet.data + parts[0].length, parts[1].bytes, parts[1].length);
	return packet;
}

enum { AT_ONCE = 70 };

/** Memory for gathered packets, exactly as large as the contract requires. */
typedef struct {
	rtp_jpeg_part_t *parts;
	uint8_t *headers;
} gathering_t;

static gathering_t gathering_new(uint32_t count)
{
	gathering_t memory = { malloc(2 * count * sizeof(rtp_jpeg_part_t)), malloc(RTP_JPEG_HEADERS(count)) };
	if (!memory.parts || !memory.headers)
		abort();
	return memory;
}

static void gathering_free(gathering_t *memory)
{
	free(memory->parts);
	free(memory->headers);
}

/** @param count packets gathered at once */
static void gather_and_compare(const bytes_t *original, int16_t channel, uint32_t limit, uint32_t count)
{
	bytes_t frame = bytes_copy(original->data, original->length);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t gathering, writing;
	rtp_jpeg_packet_t packet;
	gathering_t memory = gathering_new(count);

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&gathering, 7, 65530, channel, 26);
	writing = gathering;
	CHECK(rtp_jpeg_begin(&gathering, 99) == 0);
	CHECK(rtp_jpeg_begin(&writing, 99) == 0);
	for (int32_t made = 1; made > 0;) {
		made = rtp_jpeg_gather(&gathering, &scan, frame.data, frame.length, limit, memory.parts, memory.headers, count);
		CHECK(made >= 0 && made <= (int32_t)count && (made == (int32_t)count || !gathering.in_progress));
		for (int32_t i = 0; i < made; i++) {
			CHECK(rtp_jpeg_next(&writing, &scan, frame.data, frame.length, limit, &packet) > 0);
			/* `packet` overwrites the frame: copy it for comparison, then restore the frame before reading it again */
			bytes_t written = bytes_copy(packet.data, packet.length);
			CHECK(rtp_jpeg_restore(&writing, frame.data, frame.length) == 0);
			bytes_t whole = joined(&memory.parts[2 * i]);
			bool equal = same(&whole, &written);
			bytes_free(&whole);
			bytes_free(&written);
			CHECK(equal);
		}
	}
	CHECK(rtp_jpeg_next(&writing, &scan, frame.data, frame.length, limit, &packet) == 0);
	CHECK(same(&frame, original));
	CHECK(gathering.octet_count == writing.octet_count);
	CHECK(gathering.packet_count == writing.packet_count);
	CHECK(gathering.sequence == writing.sequence);
	CHECK(gathering.copied_octets == 0);
	gathering_free(&memory);
	bytes_free(&frame);
}

static void gathers_the_packets_it_would_write(void)
{
	static const uint32_t limits[] = { 256, 1400, 64000 }, counts[] = { 1, 2, 7, AT_ONCE };
	bytes_t marked = with_restart_markers(&ov2640, 0x24e);
	bytes_t tight = tight_headers(3000);
	const bytes_t *images[] = { &ov2640, &odd, &marked, &tight };
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		for (size_t j = 0; j < sizeof(limits) / sizeof(limits[0]); j++) {
			for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
				gather_and_compare(images[i], -1, limits[j], counts[k]);
				CHECK_STILL_OK();
				gather_and_compare(images[i], 2, limits[j], counts[k]);
				CHECK_STILL_OK();
			}
		}
	}
	bytes_free(&marked);
	bytes_free(&tight);
}

/** Each time, some of the packets are sent, and the others are made again with another size. */
static void takes_back_packets_that_never_left(void)
{
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	receiver_t receiver;
	uint32_t turn = 0;

	CHECK(jpeg_scan_parse(ov2640.data, ov2640.length, &scan) == 0);
	for (int16_t channel = -1; channel <= 2; channel += 3) {
		gathering_t memory = gathering_new(AT_ONCE);
		rtp_jpeg_init(&stream, 7, 65533, channel, 26);
		receiver_init(&receiver, channel, 26);
		CHECK(rtp_jpeg_begin(&stream, 99) == 0);
		for (;; turn++) {
			int32_t made = rtp_jpeg_gather(&stream, &scan, ov2640.data, ov2640.length, turn % 3 ? 1400 : 700,
				memory.parts, memory.headers, 1 + turn % AT_ONCE);
			CHECK(made >= 0);
			if (!made)
				break;
			uint32_t sent = turn / 2 % ((uint32_t)made + 1);
			for (uint32_t i = 0; i < sent; i++) {
				bytes_t whole = joined(&memory.parts[2 * i]);
				receiver_packet(&receiver, whole.data, (uint32_t)whole.length);
				bytes_free(&whole);
			}
			rtp_jpeg_take_back(&stream, &memory.parts[2 * sent], (uint32_t)made - sent);
		}
		gathering_free(&memory);
		CHECK(received(&receiver, &ov2640, &scan));
		CHECK(stream.packet_count == receiver.packets);
		CHECK(stream.octet_count == receiver.octets);
		CHECK(stream.sequence == receiver.sequence);
	}
}

/** Every packet is made twice, the second time with another size. */
static void rewinds_a_packet_that_never_left(void)
{
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;
	receiver_t receiver;
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 7, 1, -1, 26);
	receiver_init(&receiver, -1, 26);
	CHECK(rtp_jpeg_begin(&stream, 99) == 0);
	for (;;) {
		rtp_jpeg_position_t before = rtp_jpeg_position(&stream);
		int32_t length = rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet);
		CHECK(length >= 0);
		if (!length)
			break;
		CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
		rtp_jpeg_rewind(&stream, &before);
		CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 700, &packet) > 0);
		receiver_packet(&receiver, packet.data, packet.length);
	}
	CHECK(received(&receiver, &ov2640, &scan));
	CHECK(stream.packet_count == receiver.packets);
	CHECK(stream.octet_count == receiver.octets);
	CHECK(stream.sequence == receiver.sequence);
	bytes_free(&frame);
}

static void gathers_short_headers_without_a_copy(void)
{
	bytes_t image = short_headers(2000);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	receiver_t receiver;
	gathering_t memory = gathering_new(1);

	CHECK(jpeg_scan_parse(image.data, image.length, &scan) == 0);
	rtp_jpeg_init(&stream, 7, 1, 0, 26);
	receiver_init(&receiver, 0, 26);
	CHECK(rtp_jpeg_begin(&stream, 99) == 0);
	while (rtp_jpeg_gather(&stream, &scan, image.data, image.length, 1400, memory.parts, memory.headers, 1) > 0) {
		bytes_t whole = joined(memory.parts);
		receiver_packet(&receiver, whole.data, (uint32_t)whole.length);
		bytes_free(&whole);
	}
	CHECK(received(&receiver, &image, &scan));
	CHECK(stream.copied_octets == 0);
	gathering_free(&memory);
	bytes_free(&image);
}

static void refuses_to_gather_over_an_open_packet(void)
{
	bytes_t frame = bytes_copy(ov2640.data, ov2640.length);
	jpeg_scan_t scan;
	rtp_jpeg_stream_t stream;
	rtp_jpeg_packet_t packet;
	rtp_jpeg_part_t parts[2];
	uint8_t headers[RTP_JPEG_HEADERS(1)];

	CHECK(jpeg_scan_parse(frame.data, frame.length, &scan) == 0);
	rtp_jpeg_init(&stream, 7, 1, -1, 26);
	CHECK(rtp_jpeg_begin(&stream, 99) == 0);
	CHECK(rtp_jpeg_next(&stream, &scan, frame.data, frame.length, 1400, &packet) > 0);
	CHECK(rtp_jpeg_gather(&stream, &scan, frame.data, frame.length, 1400, parts, headers, 1)
		== RTP_JPEG_ERROR_NOT_RESTORED);
	CHECK(rtp_jpeg_restore(&stream, frame.data, frame.length) == 0);
	CHECK(rtp_jpeg_gather(&stream, &scan, frame.data, frame.length, 255, parts, headers, 1) == RTP_JPEG_ERROR_LIMIT);
	CHECK(rtp_jpeg_gather(&stream, &scan, frame.data, frame.length, 1400, parts, headers, 1) == 1);
	CHECK(parts[0].length + parts[1].length == 1400);
	bytes_free(&frame);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	ov2640 = bytes_file(argv[1], "ov2640-svga.jpg");
	odd = bytes_file(argv[1], "odd-227x149.jpg");

	test("writes-each-header-field-where-the-rfcs-say", writes_each_header_field_where_the_rfcs_say);
	test("carries-an-ov2640-frame", carries_an_ov2640_frame);
	test("carries-a-420-frame-of-odd-size", carries_a_420_frame_of_odd_size);
	test("carries-restart-markers", carries_restart_markers);
	test("carries-tables-that-lie-where-the-headers-go", carries_tables_that_lie_where_the_headers_go);
	test("carries-frames-with-short-headers", carries_frames_with_short_headers);
	test("copies-scan-octets-only-for-short-headers", copies_scan_octets_only_for_short_headers);
	test("copies-scan-octets-when-one-byte-of-room-is-missing", copies_scan_octets_when_one_byte_of_room_is_missing);
	test("writes-in-place-and-copies-nothing", writes_in_place_and_copies_nothing);
	test("serves-several-streams-from-one-frame", serves_several_streams_from_one_frame);
	test("never-sends-an-empty-packet", never_sends_an_empty_packet);
	test("begins-anew-in-the-middle-of-a-frame", begins_anew_in_the_middle_of_a_frame);
	test("does-nothing-before-begin", does_nothing_before_begin);
	test("wraps-counters-at-32-bits", wraps_counters_at_32_bits);
	test("says-0-for-a-size-above-2040", says_0_for_a_size_above_2040);
	test("counts-fragment-offsets-in-24-bits", counts_fragment_offsets_in_24_bits);
	test("refuses-limits-out-of-range", refuses_limits_out_of_range);
	test("refuses-a-frame-shorter-than-its-scan", refuses_a_frame_shorter_than_its_scan);
	test("refuses-a-scan-that-is-not-of-the-frame", refuses_a_scan_that_is_not_of_the_frame);
	test("refuses-to-begin-over-an-open-packet", refuses_to_begin_over_an_open_packet);
	test("gathers-the-packets-it-would-write", gathers_the_packets_it_would_write);
	test("gathers-short-headers-without-a-copy", gathers_short_headers_without_a_copy);
	test("takes-back-packets-that-never-left", takes_back_packets_that_never_left);
	test("rewinds-a-packet-that-never-left", rewinds_a_packet_that_never_left);
	test("refuses-to-gather-over-an-open-packet", refuses_to_gather_over_an_open_packet);
	test("names-every-packetizer-error", names_every_error);

	bytes_free(&ov2640);
	bytes_free(&odd);
	return check_failures ? 1 : 0;
}
