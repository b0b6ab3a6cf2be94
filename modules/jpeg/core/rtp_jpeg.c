/* SPDX-License-Identifier: MIT */
/*
 * RTP packets of a JPEG image (RFC 2435), written into the image itself. See rtp_jpeg.h.
 */

#include "rtp_jpeg.h"

#include <string.h>

/* Bytes of each header. */
enum {
	FRAMING = 4,
	RTP_HEADER = 12,
	JPEG_HEADER = 8,
	RESTART_HEADER = 4,
	QUANTIZATION_HEADER = 4,
	TABLE = 64,
};

static uint8_t *put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
	return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t value)
{
	return put16(put16(p, value >> 16), value);
}

/** A dimension in blocks of 8 pixels, rounded up as decoders do; 0 if it does not fit 8 bits (`a=x-dimensions` carries
 *  it then). */
static uint8_t blocks(uint32_t pixels)
{
	return (pixels > JPEG_SCAN_DIMENSION_MAX) ? 0 : (uint8_t)((pixels + 7) >> 3);
}

/*
 * Interleaved framing, RFC 2326 section 10.12; the length is that of the RTP packet:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |   '$' 0x24    |    channel    |            length             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
static uint8_t *put_framing(uint8_t *p, int16_t channel, uint32_t length)
{
	*p++ = '$';
	*p++ = (uint8_t)channel;
	return put16(p, length);
}

/*
 * RTP header, RFC 3550 section 5.1: V 2, no padding, no extension, no CSRC:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                           timestamp                           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                             SSRC                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
static uint8_t *put_rtp_header(uint8_t *p, const rtp_jpeg_stream_t *stream, bool marker)
{
	*p++ = 0x80;
	*p++ = (uint8_t)((marker ? 0x80 : 0) | stream->payload_type);
	p = put16(p, stream->sequence);
	p = put32(p, stream->timestamp);
	return put32(p, stream->ssrc);
}

/*
 * Main JPEG header, RFC 2435 section 3.1. Type-specific 0: progressively scanned. Q 255: the tables are sent in-band in
 * every frame and may change from frame to frame, so receivers do not cache them:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | Type-specific |              Fragment Offset                  |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      Type     |       Q       |     Width     |     Height    |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
static uint8_t *put_jpeg_header(uint8_t *p, const jpeg_scan_t *scan, uint32_t fragment_offset)
{
	p = put32(p, fragment_offset); // below 2^24, so Type-specific is 0
	*p++ = scan->type;
	*p++ = 255;
	*p++ = blocks(scan->width);
	*p++ = blocks(scan->height);
	return p;
}

/*
 * Restart marker header, RFC 2435 section 3.1.7. F 1, L 1, count 0x3FFF: the receiver reassembles the whole frame
 * before decoding it, so that fragments need not end at restart markers:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |       Restart Interval        |F|L|       Restart Count       |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
static uint8_t *put_restart_header(uint8_t *p, const jpeg_scan_t *scan)
{
	return put16(put16(p, scan->restart_interval), 0xffff);
}

/*
 * Quantization table header, RFC 2435 section 3.1.8, in the first packet of every frame. Precision 0: both tables have
 * 8-bit values. The length is always 128: gortsplib rejects 0, and go2rtc reads 128 bytes whatever the length:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      MBZ      |   Precision   |             Length            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                    Quantization Table Data                    |
 *   |                              ...                              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
static uint8_t *put_quantization(uint8_t *p, const uint8_t tables[2 * TABLE])
{
	p = put32(p, 2 * TABLE);
	memcpy(p, tables, 2 * TABLE);
	return p + 2 * TABLE;
}

void rtp_jpeg_init(rtp_jpeg_stream_t *stream, uint32_t ssrc, uint16_t sequence, int16_t channel, uint8_t payload_type)
{
	memset(stream, 0, sizeof(*stream));
	stream->ssrc = ssrc;
	stream->sequence = sequence;
	stream->channel = channel;
	stream->payload_type = payload_type & 0x7f;
}

int rtp_jpeg_begin(rtp_jpeg_stream_t *stream, uint32_t timestamp)
{
	if (stream->saved_length)
		return RTP_JPEG_ERROR_NOT_RESTORED;
	stream->timestamp = timestamp;
	stream->fragment_offset = 0;
	stream->frame_scan_length = 0;
	stream->in_progress = true;
	return 0;
}

int rtp_jpeg_restore(rtp_jpeg_stream_t *stream, uint8_t *frame, size_t length)
{
	if (stream->saved_length) {
		if ((stream->saved_offset > length) || (stream->saved_length > length - stream->saved_offset))
			return RTP_JPEG_ERROR_FRAME;
		memcpy(frame + stream->saved_offset, stream->buffer, stream->saved_length);
		stream->saved_length = 0;
	}
	return 0;
}

/** Checks that `scan` is of a parsed image that fits into `length` bytes. */
static int check_scan(const jpeg_scan_t *scan, size_t length)
{
	if (!scan->scan_length || (scan->scan_length > JPEG_SCAN_LENGTH_MAX))
		return RTP_JPEG_ERROR_SCAN;
	for (int i = 0; i < 2; i++) {
		if ((scan->scan_offset < TABLE) || (scan->table_offset[i] > scan->scan_offset - TABLE))
			return RTP_JPEG_ERROR_SCAN;
	}
	if ((scan->scan_offset > length) || (scan->scan_length > length - scan->scan_offset))
		return RTP_JPEG_ERROR_FRAME;
	return 0;
}

/** Layout of the next packet. */
typedef struct {
	uint32_t payload_offset; // in the frame
	uint32_t remaining;      // scan bytes from there
	uint32_t framing;        // bytes of `$` framing
	uint32_t headers;        // bytes of headers without framing, as counted by `limit`
	bool first;
} plan_t;

/** @returns 1, 0 if the frame is finished, or a negative `rtp_jpeg_error_t` */
static int32_t plan_packet(
	const rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, size_t length, uint32_t limit, plan_t *plan)
{
	if ((limit < RTP_JPEG_LIMIT_MIN) || (limit > RTP_JPEG_LIMIT_MAX))
		return RTP_JPEG_ERROR_LIMIT;
	if (!stream->in_progress)
		return 0;
	int result = check_scan(scan, length);
	if (result)
		return result;
	plan->first = stream->fragment_offset == 0;
	if (!plan->first && (stream->frame_scan_length != scan->scan_length))
		return RTP_JPEG_ERROR_SCAN;
	plan->payload_offset = scan->scan_offset + stream->fragment_offset;
	plan->remaining = scan->scan_length - stream->fragment_offset;
	plan->framing = (stream->channel < 0) ? 0 : FRAMING;
	plan->headers = RTP_HEADER + JPEG_HEADER;
	if (scan->type >= 64)
		plan->headers += RESTART_HEADER;
	if (plan->first)
		plan->headers += QUANTIZATION_HEADER + 2 * TABLE;
	return 1;
}

/** @param tables for a first packet
 *  @param count bytes of payload */
static void put_headers(uint8_t *p, const rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, const plan_t *plan,
	const uint8_t *tables, uint32_t count)
{
	if (plan->framing)
		p = put_framing(p, stream->channel, plan->headers + count);
	p = put_rtp_header(p, stream, count == plan->remaining);
	p = put_jpeg_header(p, scan, stream->fragment_offset);
	if (scan->type >= 64)
		p = put_restart_header(p, scan);
	if (plan->first)
		put_quantization(p, tables);
}

/** Advances the stream past the packet. @returns bytes of the packet */
static int32_t count_packet(rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, const plan_t *plan, uint32_t count)
{
	stream->sequence += 1;
	stream->packet_count += 1;
	stream->octet_count += plan->headers - RTP_HEADER + count;
	stream->fragment_offset += count;
	stream->frame_scan_length = scan->scan_length;
	stream->in_progress = count != plan->remaining;
	return (int32_t)(plan->framing + plan->headers + count);
}

/** Copies the image's two tables, luma first. */
static void get_tables(const jpeg_scan_t *scan, const uint8_t *frame, uint8_t tables[2 * TABLE])
{
	memcpy(tables, frame + scan->table_offset[0], TABLE);
	memcpy(tables + TABLE, frame + scan->table_offset[1], TABLE);
}

int32_t rtp_jpeg_next(rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, uint8_t *frame, size_t length, uint32_t limit,
	rtp_jpeg_packet_t *packet)
{
	packet->data = NULL;
	packet->length = 0;

	plan_t plan;
	int32_t result = rtp_jpeg_restore(stream, frame, length);
	if (!result) {
		result = plan_packet(stream, scan, length, limit, &plan);
		if (!result)
			return 0;
	}
	if (result < 0)
		return result;

	// If there is no room before the payload (one table for all components, no DHT), the packet is built in the
	// stream's buffer, with as much of the scan as fits. This affects only a first packet: later ones overwrite scan
	// bytes already sent.
	uint8_t *start;
	bool bounce = plan.framing + plan.headers > plan.payload_offset;
	if (bounce) {
		limit = RTP_JPEG_LIMIT_MIN;
		start = stream->buffer;
	}
	else
		start = frame + plan.payload_offset - plan.framing - plan.headers;

	uint32_t count = limit - plan.headers;
	if (count > plan.remaining)
		count = plan.remaining;

	// The headers may overwrite the tables: read both before writing anything.
	uint8_t tables[2 * TABLE];
	if (plan.first)
		get_tables(scan, frame, tables);
	if (bounce) {
		memcpy(start + plan.framing + plan.headers, frame + plan.payload_offset, count);
		stream->copied_octets += count;
	}
	else {
		stream->saved_offset = plan.payload_offset - plan.framing - plan.headers;
		stream->saved_length = (uint16_t)(plan.framing + plan.headers);
		memcpy(stream->buffer, start, plan.framing + plan.headers);
	}
	put_headers(start, stream, scan, &plan, tables, count);
	packet->data = start;
	packet->length = (uint32_t)count_packet(stream, scan, &plan, count);
	return (int32_t)packet->length;
}

int32_t rtp_jpeg_gather(rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, const uint8_t *frame, size_t length,
	uint32_t limit, rtp_jpeg_part_t *parts, uint8_t *headers, uint32_t count)
{
	plan_t plan;
	uint8_t tables[2 * TABLE];
	// the headers of a later packet: the others differ in length, marker, sequence number and fragment offset
	uint8_t common[RTP_JPEG_LATER_HEADER_MAX] = { 0 };

	// the headers of a packet still in place would be sent as payload
	if (stream->saved_length)
		return RTP_JPEG_ERROR_NOT_RESTORED;
	int32_t result = plan_packet(stream, scan, length, limit, &plan);
	if (result <= 0)
		return result;

	bool first = plan.first;
	if (first)
		get_tables(scan, frame, tables);
	plan.first = false;
	put_headers(common, stream, scan, &plan, NULL, 0);

	uint32_t framing = plan.framing, remaining = plan.remaining, octets = 0, made = 0;
	uint32_t offset = stream->fragment_offset, sequence = stream->sequence, length_of_headers = plan.headers;
	const uint8_t *payload = frame + plan.payload_offset;
	for (; made < count && remaining; made++) {
		uint32_t bytes = limit - length_of_headers;
		if (bytes > remaining)
			bytes = remaining;
		uint8_t *rtp = headers + framing;
		memcpy(headers, common, sizeof(common));
		if (framing)
			put16(headers + 2, length_of_headers + bytes);
		if (bytes == remaining)
			rtp[1] |= 0x80;
		put16(rtp + 2, sequence + made);
		put32(rtp + RTP_HEADER, offset);
		if (first)
			put_quantization(rtp + length_of_headers - QUANTIZATION_HEADER - 2 * TABLE, tables);
		parts[2 * made] = (rtp_jpeg_part_t){ headers, framing + length_of_headers };
		parts[2 * made + 1] = (rtp_jpeg_part_t){ payload, bytes };
		octets += length_of_headers - RTP_HEADER + bytes;
		payload += bytes;
		offset += bytes;
		remaining -= bytes;
		headers += first ? RTP_JPEG_HEADER_MAX : RTP_JPEG_LATER_HEADER_MAX;
		if (first)
			length_of_headers -= QUANTIZATION_HEADER + 2 * TABLE;
		first = false;
	}
	stream->sequence += (uint16_t)made;
	stream->packet_count += made;
	stream->octet_count += octets;
	stream->fragment_offset = offset;
	stream->frame_scan_length = scan->scan_length;
	stream->in_progress = remaining != 0;
	return (int32_t)made;
}

void rtp_jpeg_take_back(rtp_jpeg_stream_t *stream, const rtp_jpeg_part_t *parts, uint32_t count)
{
	uint32_t framing = (stream->channel < 0) ? 0 : FRAMING;
	for (uint32_t i = 0; i < count; i++) {
		stream->octet_count -= (uint32_t)(parts[2 * i].length + parts[2 * i + 1].length) - framing - RTP_HEADER;
		stream->fragment_offset -= (uint32_t)parts[2 * i + 1].length;
	}
	stream->sequence -= (uint16_t)count;
	stream->packet_count -= count;
	if (count)
		stream->in_progress = true;
	if (!stream->fragment_offset)
		stream->frame_scan_length = 0;
}

rtp_jpeg_position_t rtp_jpeg_position(const rtp_jpeg_stream_t *stream)
{
	return (rtp_jpeg_position_t){
		.fragment_offset = stream->fragment_offset,
		.frame_scan_length = stream->frame_scan_length,
		.packet_count = stream->packet_count,
		.octet_count = stream->octet_count,
		.sequence = stream->sequence,
		.in_progress = stream->in_progress,
	};
}

void rtp_jpeg_rewind(rtp_jpeg_stream_t *stream, const rtp_jpeg_position_t *position)
{
	stream->fragment_offset = position->fragment_offset;
	stream->frame_scan_length = position->frame_scan_length;
	stream->packet_count = position->packet_count;
	stream->octet_count = position->octet_count;
	stream->sequence = position->sequence;
	stream->in_progress = position->in_progress;
}

const char *rtp_jpeg_error_name(int error)
{
	switch (error) {
	case 0: return "no error";
	case RTP_JPEG_ERROR_LIMIT: return "packet limit out of range";
	case RTP_JPEG_ERROR_FRAME: return "frame is shorter than its scan";
	case RTP_JPEG_ERROR_SCAN: return "scan does not belong to this frame";
	case RTP_JPEG_ERROR_NOT_RESTORED: return "last frame not restored";
	default: return "unknown error";
	}
}
