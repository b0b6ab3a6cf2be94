/* SPDX-License-Identifier: MIT */
/*
 * JPEG parser (ITU-T T.81 Annex B) for untrusted bytes. See jpeg_scan.h.
 */

#include "jpeg_scan.h"

#include <string.h>

/* Marker codes: the byte after 0xFF (T.81 table B.1). */
enum {
	MARKER_SOF0 = 0xc0,
	MARKER_SOF1 = 0xc1,
	MARKER_SOF2 = 0xc2,
	MARKER_SOF3 = 0xc3,
	MARKER_DHT = 0xc4,
	MARKER_SOF5 = 0xc5,
	MARKER_SOF7 = 0xc7,
	MARKER_SOF9 = 0xc9,
	MARKER_DAC = 0xcc,
	MARKER_SOF15 = 0xcf,
	MARKER_RST0 = 0xd0,
	MARKER_RST7 = 0xd7,
	MARKER_SOI = 0xd8,
	MARKER_EOI = 0xd9,
	MARKER_SOS = 0xda,
	MARKER_DQT = 0xdb,
	MARKER_DNL = 0xdc,
	MARKER_DRI = 0xdd,
	MARKER_DHP = 0xde,
	MARKER_EXP = 0xdf,
	MARKER_APP0 = 0xe0,
	MARKER_APP15 = 0xef,
	MARKER_COM = 0xfe,
};

/*
 * The Huffman tables that a receiver assumes (T.81 Annex K.3, RFC 2435 Appendix B), in DHT's format: 16 counts of codes
 * by length, then the symbols. One memcmp tells whether an image uses them.
 */

/* Table K.3: luminance DC */
/* clang-format off */
static const uint8_t luma_dc[28] = {
	0x00, 0x01, 0x05, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
};
/* clang-format on */

/* Table K.5: luminance AC */
/* clang-format off */
static const uint8_t luma_ac[178] = {
	0x00, 0x02, 0x01, 0x03, 0x03, 0x02, 0x04, 0x03, 0x05, 0x05, 0x04, 0x04, 0x00, 0x00, 0x01, 0x7d,
	0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
	0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0,
	0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
	0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
	0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
	0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
	0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
	0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5,
	0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
	0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
	0xf9, 0xfa,
};
/* clang-format on */

/* Table K.4: chrominance DC */
/* clang-format off */
static const uint8_t chroma_dc[28] = {
	0x00, 0x03, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
};
/* clang-format on */

/* Table K.6: chrominance AC */
/* clang-format off */
static const uint8_t chroma_ac[178] = {
	0x00, 0x02, 0x01, 0x02, 0x04, 0x04, 0x03, 0x04, 0x07, 0x05, 0x04, 0x04, 0x00, 0x01, 0x02, 0x77,
	0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71,
	0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0,
	0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26,
	0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48,
	0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68,
	0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
	0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5,
	0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
	0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
	0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
	0xf9, 0xfa,
};
/* clang-format on */

/** Contents of a Huffman table slot. */
enum {
	HUFFMAN_ABSENT,
	HUFFMAN_LUMA,
	HUFFMAN_CHROMA,
	HUFFMAN_OTHER,
};

/** The headers parsed so far. */
typedef struct {
	uint32_t table_offset[4]; /* quantization tables by id; 0: not defined (offset 0 is SOI) */
	uint8_t huffman[2][4];    /* HUFFMAN_*, by class (DC, AC) and id */
	uint8_t component[3];     /* component ids, in the order of SOF */
	uint8_t table_id[3];      /* quantization table ids, in the order of SOF */
	bool frame_header;        /* SOF was seen */
} headers_t;

static uint16_t get16(const uint8_t *data)
{
	return (uint16_t)((data[0] << 8) | data[1]);
}

/* The parsers below receive a segment's parameters without the marker and the length field: `data[offset]` to
   `data[end - 1]`, which lies within the image. */

/*
 * DQT (T.81 B.2.4.1), any number of tables in one segment:
 *
 *   +----+----+----------------------------------+
 *   | Pq | Tq | Q(0..63), zig-zag order          |
 *   +----+----+----------------------------------+
 *     4    4    64 x 8 bits (Pq 0), x 16 bits (Pq 1)
 *
 * A later definition of an id replaces the earlier one.
 */
static int parse_dqt(const uint8_t *data, uint32_t offset, uint32_t end, headers_t *headers)
{
	while (offset < end) {
		uint8_t precision_id = data[offset++];
		// RTP can carry 16-bit tables (precision bit, section 3.1.8), but baseline decoders do not accept them.
		if (precision_id & 0xf0)
			return JPEG_ERROR_TABLE_16_BIT;
		if (precision_id > 3)
			return JPEG_ERROR_TABLE_ID;
		if (end - offset < 64)
			return JPEG_ERROR_SEGMENT_LENGTH;
		headers->table_offset[precision_id] = offset;
		offset += 64;
	}
	return 0;
}

/*
 * DHT (T.81 B.2.4.2), any number of tables in one segment:
 *
 *   +----+----+------------------+---------------+
 *   | Tc | Th | L(1..16), counts | V, symbols    |
 *   +----+----+------------------+---------------+
 *     4    4    16 x 8 bits        sum(L) x 8 bits
 */
static int parse_dht(const uint8_t *data, uint32_t offset, uint32_t end, headers_t *headers)
{
	while (offset < end) {
		uint8_t class = data[offset] >> 4, id = data[offset] & 0x0f;
		offset += 1;
		if ((class > 1) || (id > 3))
			return JPEG_ERROR_TABLE_ID;
		if (end - offset < 16)
			return JPEG_ERROR_SEGMENT_LENGTH;

		const uint8_t *table = data + offset;
		uint32_t length = 16;
		for (int i = 0; i < 16; i++)
			length += table[i];
		if (end - offset < length)
			return JPEG_ERROR_SEGMENT_LENGTH;
		offset += length;

		const uint8_t *luma = class ? luma_ac : luma_dc, *chroma = class ? chroma_ac : chroma_dc;
		uint8_t *slot = &headers->huffman[class][id];
		if (length != (class ? sizeof(luma_ac) : sizeof(luma_dc)))
			*slot = HUFFMAN_OTHER;
		else if (!memcmp(table, luma, length))
			*slot = HUFFMAN_LUMA;
		else
			*slot = memcmp(table, chroma, length) ? HUFFMAN_OTHER : HUFFMAN_CHROMA;
	}
	return 0;
}

/*
 * SOF0 (T.81 B.2.2) with three components; each component's H and V in 4 bits:
 *
 *   +---+-------+-------+----+----+----+-----+----+----+-----+----+----+-----+
 *   | 8 |   Y   |   X   |  3 | C1 | HV | Tq1 | C2 | HV | Tq2 | C3 | HV | Tq3 |
 *   +---+-------+-------+----+----+----+-----+----+----+-----+----+----+-----+
 *     1     2       2      1    1    1    1     1    1    1     1    1    1   bytes
 */
static int parse_sof(const uint8_t *data, uint32_t offset, uint32_t end, headers_t *headers, jpeg_scan_t *out)
{
	if (headers->frame_header)
		return JPEG_ERROR_TWO_FRAME_HEADERS;
	if (end - offset < 6)
		return JPEG_ERROR_SEGMENT_LENGTH;
	data += offset;
	if (data[0] != 8)
		return JPEG_ERROR_PRECISION;
	uint8_t count = data[5];
	if (end - offset != 6u + 3u * count)
		return JPEG_ERROR_SEGMENT_LENGTH;

	out->height = get16(data + 1);
	out->width = get16(data + 3);
	// A height of 0 announces DNL after the scan, which RTP cannot carry.
	if (!out->width || !out->height)
		return JPEG_ERROR_ZERO_DIMENSIONS;

	if (count != 3)
		return (count == 1) ? JPEG_ERROR_GREYSCALE
			: (count == 4)  ? JPEG_ERROR_FOUR_COMPONENTS
							: JPEG_ERROR_COMPONENT_COUNT;

	const uint8_t *component = data + 6;
	for (int i = 0; i < 3; i++) {
		headers->component[i] = component[3 * i];
		headers->table_id[i] = component[3 * i + 2];
		if (headers->table_id[i] > 3)
			return JPEG_ERROR_TABLE_ID;
	}
	uint8_t luma = component[1], cb = component[4], cr = component[7];
	if ((luma == cb) && (luma == cr))
		return JPEG_ERROR_SAMPLING_444;
	if ((cb != 0x11) || (cr != 0x11))
		return JPEG_ERROR_SAMPLING;
	if ((luma != 0x21) && (luma != 0x22))
		return (luma == 0x12) ? JPEG_ERROR_SAMPLING_440
			: (luma == 0x41)  ? JPEG_ERROR_SAMPLING_411
							  : JPEG_ERROR_SAMPLING;
	// The payload has room for one chroma table (section 4.2).
	if (headers->table_id[1] != headers->table_id[2])
		return JPEG_ERROR_CHROMA_TABLES;

	out->sampling = luma;
	headers->frame_header = true;
	return 0;
}

/** Checks that the selected table is the one that a receiver assumes for the component, whatever its id. An undefined
 *  id stands for the standard table if it is the customary one: 0 luma, 1 chroma (MJPEG images omit DHT). */
static int check_huffman(const headers_t *headers, int class, int id, int wanted)
{
	if (id > 3)
		return JPEG_ERROR_TABLE_ID;
	int found = headers->huffman[class][id];
	if (found == HUFFMAN_ABSENT)
		found = (id == 0) ? HUFFMAN_LUMA : (id == 1) ? HUFFMAN_CHROMA : HUFFMAN_OTHER;
	if (found == wanted)
		return 0;
	return (found == HUFFMAN_OTHER) ? JPEG_ERROR_HUFFMAN : JPEG_ERROR_HUFFMAN_SELECTION;
}

/*
 * SOS (T.81 B.2.3) with three components, Td and Ta in 4 bits:
 *
 *   +---+-----+----+----+-----+----+----+-----+----+----+------+-------+---------+
 *   | 3 | Cs1 | Td | Ta | Cs2 | Td | Ta | Cs3 | Td | Ta | Ss 0 | Se 63 | AhAl 0  |
 *   +---+-----+----+----+-----+----+----+-----+----+----+------+-------+---------+
 *     1    1      1        1      1        1      1        1       1        1      bytes
 */
static int parse_sos(const uint8_t *data, uint32_t offset, uint32_t end, const headers_t *headers, jpeg_scan_t *out)
{
	if (!headers->frame_header)
		return JPEG_ERROR_NO_FRAME_HEADER;
	if ((end - offset < 1) || (end - offset != 4u + 2u * data[offset]))
		return JPEG_ERROR_SEGMENT_LENGTH;
	data += offset;
	if (data[0] != 3)
		return JPEG_ERROR_SCAN_COMPONENTS;
	for (int i = 0; i < 3; i++) {
		if (data[1 + 2 * i] != headers->component[i])
			return JPEG_ERROR_SCAN_COMPONENTS;
		int wanted = i ? HUFFMAN_CHROMA : HUFFMAN_LUMA, selectors = data[2 + 2 * i], result;
		if ((result = check_huffman(headers, 0, selectors >> 4, wanted)))
			return result;
		if ((result = check_huffman(headers, 1, selectors & 0x0f, wanted)))
			return result;
	}
	if ((data[7] != 0) || (data[8] != 63) || (data[9] != 0))
		return JPEG_ERROR_SCAN_PARAMETERS;

	out->table_offset[0] = headers->table_offset[headers->table_id[0]];
	out->table_offset[1] = headers->table_offset[headers->table_id[1]];
	if (!out->table_offset[0] || !out->table_offset[1])
		return JPEG_ERROR_TABLE_MISSING;
	return 0;
}

/** Finds EOI at the end of a whole image, behind which there may be padding. */
static int find_last_eoi(const uint8_t *data, uint32_t length, jpeg_scan_t *out)
{
	uint32_t end = length;
	while ((end - out->scan_offset >= 2) && ((data[end - 2] != 0xff) || (data[end - 1] != MARKER_EOI)))
		end -= 1;
	if (end - out->scan_offset < 2)
		return JPEG_ERROR_TRUNCATED;
	if (end - out->scan_offset == 2)
		return JPEG_ERROR_EMPTY_SCAN;
	if (end - out->scan_offset > JPEG_SCAN_LENGTH_MAX)
		return JPEG_ERROR_TOO_LONG;
	out->scan_length = end - out->scan_offset;
	return 0;
}

/** Finds EOI. It searches forward because the bytes after EOI (DMA padding) are stale data that may contain another
 *  EOI. It uses memchr because 0xFF is rare: 41 of the 23,269 bytes of scan in tests/vectors/ov2640-svga.jpg.
 *  Between them the C library compares a word or a vector at a time: 4,200 instructions for that image on x86-64. */
static int find_eoi(const uint8_t *data, uint32_t length, jpeg_scan_t *out)
{
	const uint8_t *start = data + out->scan_offset, *end = data + length, *p = start;

	for (;;) {
		p = memchr(p, 0xff, (size_t)(end - p));
		if (!p)
			return JPEG_ERROR_TRUNCATED;
		do {
			p += 1;
			if (p == end)
				return JPEG_ERROR_TRUNCATED;
		} while (*p == 0xff);

		uint8_t marker = *p++;
		if (marker == 0x00) // a stuffed byte: the 0xFF is data
			continue;
		if ((marker >= MARKER_RST0) && (marker <= MARKER_RST7)) {
			if (!out->restart_interval)
				return JPEG_ERROR_RESTART_MARKER;
			continue;
		}
		if (marker == MARKER_EOI)
			break;
		switch (marker) {
		case MARKER_DNL: return JPEG_ERROR_DNL;
		case MARKER_SOS: return JPEG_ERROR_SECOND_SCAN;
		// A DMA overrun: the rest of this image is lost, and the next one begins in its buffer.
		case MARKER_SOI: return JPEG_ERROR_SECOND_IMAGE;
		default: return JPEG_ERROR_SCAN_MARKER;
		}
	}
	if (p - start <= 2)
		return JPEG_ERROR_EMPTY_SCAN;
	if ((size_t)(p - start) > JPEG_SCAN_LENGTH_MAX)
		return JPEG_ERROR_TOO_LONG;
	out->scan_length = (uint32_t)(p - start);
	return 0;
}

/** @returns the error for a marker that is not allowed before the scan of an image that RTP can carry */
static int refuse_marker(uint8_t marker)
{
	switch (marker) {
	case MARKER_EOI: return JPEG_ERROR_NO_SCAN;
	case MARKER_SOF2: return JPEG_ERROR_PROGRESSIVE;
	case MARKER_SOF3: return JPEG_ERROR_LOSSLESS;
	case MARKER_DHP:
	case MARKER_EXP: return JPEG_ERROR_HIERARCHICAL;
	case MARKER_DAC: return JPEG_ERROR_ARITHMETIC;
	case MARKER_DNL: return JPEG_ERROR_DNL;
	default: break;
	}
	if ((marker >= MARKER_SOF5) && (marker <= MARKER_SOF7))
		return JPEG_ERROR_HIERARCHICAL;
	// 0xC8 is reserved and belongs to no group.
	if ((marker >= MARKER_SOF9) && (marker <= MARKER_SOF15))
		return JPEG_ERROR_ARITHMETIC;
	return JPEG_ERROR_MARKER;
}

static int parse(const uint8_t *data, uint32_t length, bool whole, jpeg_scan_t *out)
{
	headers_t headers = { 0 };
	uint32_t offset = 2;

	if ((length < 2) || (data[0] != 0xff) || (data[1] != MARKER_SOI))
		return JPEG_ERROR_NOT_JPEG;

	for (;;) {
		if (offset == length)
			return JPEG_ERROR_TRUNCATED;
		if (data[offset] != 0xff)
			return JPEG_ERROR_MARKER;
		// Any number of 0xFF may precede a marker (T.81 B.1.1.2).
		do {
			offset += 1;
			if (offset == length)
				return JPEG_ERROR_TRUNCATED;
		} while (data[offset] == 0xff);

		uint8_t marker = data[offset++];
		bool skip = ((marker >= MARKER_APP0) && (marker <= MARKER_APP15)) || (marker == MARKER_COM);
		if (!skip && (marker != MARKER_DQT) && (marker != MARKER_DHT) && (marker != MARKER_DRI)
			&& (marker != MARKER_SOF0) && (marker != MARKER_SOF1) && (marker != MARKER_SOS))
			return refuse_marker(marker);

		if (length - offset < 2)
			return JPEG_ERROR_TRUNCATED;
		uint32_t segment = get16(data + offset);
		if (segment < 2)
			return JPEG_ERROR_SEGMENT_LENGTH;
		if (length - offset < segment)
			return JPEG_ERROR_TRUNCATED;
		uint32_t end = offset + segment;
		offset += 2;

		int result = 0;
		switch (marker) {
		case MARKER_DQT: result = parse_dqt(data, offset, end, &headers); break;
		case MARKER_DHT: result = parse_dht(data, offset, end, &headers); break;
		case MARKER_DRI:
			if (segment != 4)
				return JPEG_ERROR_SEGMENT_LENGTH;
			out->restart_interval = get16(data + offset);
			break;
		case MARKER_SOF1:
			// 12-bit samples use SOF1, and the precision tells the user more than the coding process.
			return ((offset < end) && (data[offset] == 12)) ? JPEG_ERROR_PRECISION : JPEG_ERROR_EXTENDED;
		case MARKER_SOF0: result = parse_sof(data, offset, end, &headers, out); break;
		case MARKER_SOS:
			result = parse_sos(data, offset, end, &headers, out);
			if (result)
				return result;
			// Section 4.1: type 0 is 4:2:2, type 1 is 4:2:0; adding 64 means that restart markers are present.
			out->type = (uint8_t)(((out->sampling == 0x22) ? 1 : 0) + (out->restart_interval ? 64 : 0));
			out->scan_offset = end;
			return whole ? find_last_eoi(data, length, out) : find_eoi(data, length, out);
		default: break;
		}
		if (result)
			return result;
		offset = end;
	}
}

static int parse_image(const uint8_t *data, size_t length, bool whole, jpeg_scan_t *out)
{
	int result = JPEG_ERROR_TOO_LONG;

	memset(out, 0, sizeof(*out));
	if (length <= 0x7fffffffu)
		result = parse(data, (uint32_t)length, whole, out);
	if (result)
		memset(out, 0, sizeof(*out));
	return result;
}

int jpeg_scan_parse(const uint8_t *data, size_t length, jpeg_scan_t *out)
{
	return parse_image(data, length, false, out);
}

int jpeg_scan_parse_whole(const uint8_t *data, size_t length, jpeg_scan_t *out)
{
	return parse_image(data, length, true, out);
}

const char *jpeg_error_name(int error)
{
	static const char *const names[] = {
		[0] = "no error",
		[-JPEG_ERROR_NOT_JPEG] = "not a JPEG image",
		[-JPEG_ERROR_TRUNCATED] = "truncated",
		[-JPEG_ERROR_TOO_LONG] = "too long (scan above 16 MiB)",
		[-JPEG_ERROR_MARKER] = "unexpected marker in the headers",
		[-JPEG_ERROR_SEGMENT_LENGTH] = "wrong segment length",
		[-JPEG_ERROR_NO_SCAN] = "no scan",
		[-JPEG_ERROR_NO_FRAME_HEADER] = "no frame header (SOF0)",
		[-JPEG_ERROR_TWO_FRAME_HEADERS] = "two frame headers",
		[-JPEG_ERROR_EXTENDED] = "unsupported extended sequential coding (SOF1)",
		[-JPEG_ERROR_PROGRESSIVE] = "unsupported progressive coding (SOF2)",
		[-JPEG_ERROR_LOSSLESS] = "unsupported lossless coding (SOF3)",
		[-JPEG_ERROR_HIERARCHICAL] = "unsupported hierarchical coding",
		[-JPEG_ERROR_ARITHMETIC] = "unsupported arithmetic coding",
		[-JPEG_ERROR_PRECISION] = "unsupported sample precision (not 8-bit)",
		[-JPEG_ERROR_ZERO_DIMENSIONS] = "width or height is zero",
		[-JPEG_ERROR_GREYSCALE] = "unsupported greyscale image",
		[-JPEG_ERROR_FOUR_COMPONENTS] = "unsupported four-component image (CMYK)",
		[-JPEG_ERROR_COMPONENT_COUNT] = "unsupported number of components",
		[-JPEG_ERROR_SAMPLING_444] = "unsupported sampling (4:4:4)",
		[-JPEG_ERROR_SAMPLING_440] = "unsupported sampling (4:4:0)",
		[-JPEG_ERROR_SAMPLING_411] = "unsupported sampling (4:1:1)",
		[-JPEG_ERROR_SAMPLING] = "unsupported sampling",
		[-JPEG_ERROR_TABLE_16_BIT] = "unsupported 16-bit quantization table",
		[-JPEG_ERROR_TABLE_ID] = "invalid table id",
		[-JPEG_ERROR_TABLE_MISSING] = "quantization table missing",
		[-JPEG_ERROR_CHROMA_TABLES] = "Cb and Cr use different quantization tables",
		[-JPEG_ERROR_HUFFMAN] = "Huffman tables are not the standard ones",
		[-JPEG_ERROR_HUFFMAN_SELECTION] = "standard Huffman tables selected for the wrong components",
		[-JPEG_ERROR_SCAN_COMPONENTS] = "scan without all three components in order",
		[-JPEG_ERROR_SCAN_PARAMETERS] = "scan parameters are not baseline",
		[-JPEG_ERROR_EMPTY_SCAN] = "empty scan",
		[-JPEG_ERROR_RESTART_MARKER] = "restart marker without restart interval (DRI)",
		[-JPEG_ERROR_DNL] = "unsupported height after the scan (DNL)",
		[-JPEG_ERROR_SECOND_SCAN] = "more than one scan",
		[-JPEG_ERROR_SECOND_IMAGE] = "truncated: another image begins in the scan",
		[-JPEG_ERROR_SCAN_MARKER] = "unexpected marker in the scan",
	};

	if ((error > 0) || (error < JPEG_ERROR_LAST))
		return "unknown error";
	return names[-error];
}
