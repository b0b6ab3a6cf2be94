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

/** A dimension in blocks of 8 pixels, rounded up as decoders do; 0 when it doesn't fit 8 bits (`a=x-dimensions` says it then). */
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
 * Main JPEG header, RFC 2435 section 3.1. Type-specific 0: progressively scanned. Q 255: the tables come in band, in every
 * frame, and may change from frame to frame; no table of another Q can be mistaken for them:
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
	p = put32(p, fragment_offset);      // below 2^24, so Type-specific is 0
	*p++ = scan->type;
	*p++ = 255;
	*p++ = blocks(scan->width);
	*p++ = blocks(scan->height);
	return p;
}

/*
 * Restart marker header, RFC 2435 section 3.1.7. F 1, L 1, count 0x3FFF: the frame is to be put together whole before it is
 * decoded, so that fragments need not be cut at restart markers:
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
 * Quantization table header, RFC 2435 section 3.1.8, in the first packet of every frame. Precision 0: both tables are of 8-bit
 * values. Length 128 always: gortsplib rejects 0, go2rtc takes 128 bytes unseen:
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

/** Whether the offsets of `scan` are those of a parsed image that fits into `length` bytes. */
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

int32_t rtp_jpeg_next(rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, uint8_t *frame, size_t length, uint32_t limit,
	rtp_jpeg_packet_t *packet)
{
	packet->data = NULL;
	packet->length = 0;

	int result = rtp_jpeg_restore(stream, frame, length);
	if (result)
		return result;
	if ((limit < RTP_JPEG_LIMIT_MIN) || (limit > RTP_JPEG_LIMIT_MAX))
		return RTP_JPEG_ERROR_LIMIT;
	if (!stream->in_progress)
		return 0;
	result = check_scan(scan, length);
	if (result)
		return result;

	bool first = stream->fragment_offset == 0;
	if (!first && (stream->frame_scan_length != scan->scan_length))
		return RTP_JPEG_ERROR_SCAN;

	uint32_t payload_offset = scan->scan_offset + stream->fragment_offset;
	uint32_t remaining = scan->scan_length - stream->fragment_offset;
	uint32_t framing = (stream->channel < 0) ? 0 : FRAMING;
	uint32_t headers = RTP_HEADER + JPEG_HEADER;        // as `limit` counts: without framing
	if (scan->type >= 64)
		headers += RESTART_HEADER;
	if (first)
		headers += QUANTIZATION_HEADER + 2 * TABLE;
	uint8_t *start;

	// No room in front of the payload (one table for all components, no DHT): the packet is put together in the stream instead
	// and takes as much of the scan as fits there. Only a first packet can meet this: behind it there is scan to write over.
	bool bounce = framing + headers > payload_offset;
	if (bounce) {
		limit = RTP_JPEG_LIMIT_MIN;
		start = stream->buffer;
	}
	else
		start = frame + payload_offset - framing - headers;

	uint32_t count = limit - headers;
	if (count > remaining)
		count = remaining;
	bool last = count == remaining;

	// The tables lie where the headers go, or partly so: fetch both before anything is written.
	uint8_t tables[2 * TABLE];
	if (first) {
		memcpy(tables, frame + scan->table_offset[0], TABLE);
		memcpy(tables + TABLE, frame + scan->table_offset[1], TABLE);
	}
	if (bounce) {
		memcpy(start + framing + headers, frame + payload_offset, count);
		stream->copied_octets += count;
	}
	else {
		stream->saved_offset = payload_offset - framing - headers;
		stream->saved_length = (uint16_t)(framing + headers);
		memcpy(stream->buffer, start, framing + headers);
	}

	uint8_t *p = start;
	if (framing)
		p = put_framing(p, stream->channel, headers + count);
	p = put_rtp_header(p, stream, last);
	p = put_jpeg_header(p, scan, stream->fragment_offset);
	if (scan->type >= 64)
		p = put_restart_header(p, scan);
	if (first)
		put_quantization(p, tables);

	stream->sequence += 1;
	stream->packet_count += 1;
	stream->octet_count += headers - RTP_HEADER + count;
	stream->fragment_offset += count;
	stream->frame_scan_length = scan->scan_length;
	stream->in_progress = !last;

	packet->data = start;
	packet->length = framing + headers + count;
	return (int32_t)packet->length;
}

const char *rtp_jpeg_error_name(int error)
{
	switch (error) {
		case 0: return "no error";
		case RTP_JPEG_ERROR_LIMIT: return "packet limit out of range";
		case RTP_JPEG_ERROR_FRAME: return "frame is shorter than its scan";
		case RTP_JPEG_ERROR_SCAN: return "scan is not of this frame";
		case RTP_JPEG_ERROR_NOT_RESTORED: return "last frame not restored";
		default: return "unknown error";
	}
}
