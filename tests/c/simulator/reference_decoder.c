/* SPDX-License-Identifier: MIT */
#include "reference_decoder.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	int count[17];
	uint8_t values[256];
	bool defined;
} huffman_t;

typedef struct {
	const uint8_t *data;
	size_t length, position;
	uint32_t bits;
	int bit_count;
	const char *error;
} reader_t;

/* clang-format off */
static const uint8_t zigzag_row_column[64] = {
	0x00, 0x01, 0x10, 0x20, 0x11, 0x02, 0x03, 0x12, 0x21, 0x30, 0x40, 0x31, 0x22, 0x13, 0x04, 0x05,
	0x14, 0x23, 0x32, 0x41, 0x50, 0x60, 0x51, 0x42, 0x33, 0x24, 0x15, 0x06, 0x07, 0x16, 0x25, 0x34,
	0x43, 0x52, 0x61, 0x70, 0x71, 0x62, 0x53, 0x44, 0x35, 0x26, 0x17, 0x27, 0x36, 0x45, 0x54, 0x63,
	0x72, 0x73, 0x64, 0x55, 0x46, 0x37, 0x47, 0x56, 0x65, 0x74, 0x75, 0x66, 0x57, 0x67, 0x76, 0x77,
};
/* clang-format on */

static int next_bit(reader_t *reader)
{
	if (!reader->bit_count) {
		if (reader->position + 1 >= reader->length) {
			reader->error = "scan ends early";
			return 0;
		}
		uint8_t byte = reader->data[reader->position++];
		if (byte == 0xFF) {
			if (reader->data[reader->position] != 0) {
				reader->error = "marker inside entropy-coded data";
				return 0;
			}
			reader->position++;
		}
		reader->bits = byte;
		reader->bit_count = 8;
	}
	return reader->bits >> --reader->bit_count & 1;
}

static int next_bits(reader_t *reader, int count)
{
	int value = 0;
	while (count-- > 0)
		value = value << 1 | next_bit(reader);
	return value;
}

/* F.2.2.1 */
static int extend(int value, int bits)
{
	return bits && value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
}

static int next_symbol(reader_t *reader, const huffman_t *table)
{
	int code = 0, first = 0, index = 0;
	for (int length = 1; length <= 16; length++) {
		code = code << 1 | next_bit(reader);
		if (code - first < table->count[length])
			return table->values[index + code - first];
		index += table->count[length];
		first = (first + table->count[length]) << 1;
	}
	reader->error = "no such Huffman code";
	return 0;
}

static void decode_block(reader_t *reader, const huffman_t *dc, const huffman_t *ac, const uint8_t *table,
	int *predictor, uint8_t *out, size_t stride)
{
	static double cosine[8][8];
	if (cosine[0][0] == 0) {
		for (int x = 0; x < 8; x++) {
			for (int u = 0; u < 8; u++)
				cosine[x][u] = cos((2 * x + 1) * u * 3.14159265358979323846 / 16) * (u ? 1 : sqrt(0.5)) / 2;
		}
	}
	double coefficients[8][8] = { { 0 } };
	int bits = next_symbol(reader, dc);
	if (bits > 11)
		reader->error = "DC category above 11";
	*predictor += extend(next_bits(reader, bits), bits);
	coefficients[0][0] = *predictor * table[0];
	for (int k = 1; k < 64 && !reader->error; k++) {
		int symbol = next_symbol(reader, ac);
		bits = symbol & 15;
		if (!bits) {
			if (symbol == 0xF0) {
				k += 15;
				continue;
			}
			if (symbol)
				reader->error = "AC symbol that baseline does not have";
			break;
		}
		k += symbol >> 4;
		if (k > 63 || bits > 10) {
			reader->error = "AC coefficient out of range";
			break;
		}
		coefficients[zigzag_row_column[k] >> 4][zigzag_row_column[k] & 15] =
			extend(next_bits(reader, bits), bits) * table[k];
	}
	if (reader->error)
		return;
	double half[8][8];
	for (int v = 0; v < 8; v++) {
		for (int x = 0; x < 8; x++) {
			double sum = 0;
			for (int u = 0; u < 8; u++)
				sum += coefficients[v][u] * cosine[x][u];
			half[v][x] = sum;
		}
	}
	for (int y = 0; y < 8; y++) {
		for (int x = 0; x < 8; x++) {
			double sum = 128.5;
			for (int v = 0; v < 8; v++)
				sum += half[v][x] * cosine[y][v];
			out[(size_t)y * stride + (size_t)x] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
		}
	}
}

/* Ends the entropy-coded data before a marker; the rest of its last byte must be ones.
 * Returns the marker's second byte. */
static int next_marker(reader_t *reader)
{
	uint32_t mask = (1u << reader->bit_count) - 1;
	if ((reader->bits & mask) != mask)
		reader->error = "padding is not ones";
	reader->bit_count = 0;
	if (reader->position + 2 > reader->length || reader->data[reader->position] != 0xFF) {
		reader->error = "marker expected";
		return -1;
	}
	reader->position += 2;
	return reader->data[reader->position - 1];
}

static const char *decode_scan(reader_t *reader, decoded_t *out, huffman_t tables[2][2])
{
	int vertical = out->sampling & 15;
	int columns = (out->width + 15) / 16, rows = (out->height + 8 * vertical - 1) / (8 * vertical);
	for (int i = 0; i < 3; i++) {
		int horizontal_blocks = i ? 1 : 2, vertical_blocks = i ? 1 : vertical;
		out->stride[i] = (size_t)(columns * horizontal_blocks * 8);
		out->plane_width[i] = i ? (out->width + 1) / 2 : out->width;
		out->plane_height[i] = i && vertical == 2 ? (out->height + 1) / 2 : out->height;
		out->planes[i] = malloc(out->stride[i] * (size_t)(rows * vertical_blocks * 8));
		if (!out->planes[i])
			return "no memory";
	}
	int predictors[3] = { 0, 0, 0 }, mcu = 0;
	for (int row = 0; row < rows; row++) {
		for (int column = 0; column < columns; column++, mcu++) {
			if (out->restart_interval && mcu && mcu % out->restart_interval == 0) {
				if (next_marker(reader) != 0xD0 + out->restarts % 8)
					return "restart marker expected";
				out->restarts++;
				memset(predictors, 0, sizeof(predictors));
			}
			for (int i = 0; i < 3; i++) {
				for (int v = 0; v < (i ? 1 : vertical); v++) {
					for (int h = 0; h < (i ? 1 : 2); h++) {
						int x = column * (i ? 8 : 16) + h * 8, y = row * (i ? 8 : 8 * vertical) + v * 8;
						decode_block(reader, &tables[0][i > 0], &tables[1][i > 0], out->tables[i > 0], &predictors[i],
							out->planes[i] + (size_t)y * out->stride[i] + (size_t)x, out->stride[i]);
						if (reader->error)
							return reader->error;
					}
				}
			}
		}
	}
	if (next_marker(reader) != 0xD9)
		return "EOI expected";
	if (reader->error)
		return reader->error;
	return reader->position == reader->length ? NULL : "bytes behind EOI";
}

static const char *decode_segments(const uint8_t *data, size_t length, decoded_t *out)
{
	huffman_t tables[2][2];
	memset(tables, 0, sizeof(tables));
	if (length < 4 || data[0] != 0xFF || data[1] != 0xD8)
		return "SOI expected";
	for (size_t position = 2; position + 4 <= length;) {
		int marker = data[position + 1];
		size_t size = (size_t)data[position + 2] << 8 | data[position + 3];
		const uint8_t *body = data + position + 4;
		if (data[position] != 0xFF || size < 2 || position + 2 + size > length)
			return "segment expected";
		if (out->segment_count == (int)sizeof(out->segments))
			return "too many segments";
		out->segments[out->segment_count++] = (char)marker;
		position += 2 + size;
		size -= 2;
		switch (marker) {
		case 0xE0: break;
		case 0xDB:
			if (size != 65 || body[0] > 1)
				return "one 8-bit table a DQT expected";
			memcpy(out->tables[body[0]], body + 1, 64);
			break;
		case 0xC0:
			if (size != 15 || body[0] != 8 || body[5] != 3)
				return "baseline of three components expected";
			out->height = body[1] << 8 | body[2];
			out->width = body[3] << 8 | body[4];
			out->sampling = body[7];
			if ((out->sampling != 0x21 && out->sampling != 0x22) || body[8] != 0 || body[10] != 0x11 || body[11] != 1
				|| body[13] != 0x11 || body[14] != 1)
				return "unexpected sampling or tables";
			break;
		case 0xC4:
			{
				if (size < 17 || (body[0] & ~0x11))
					return "bad DHT";
				huffman_t *table = &tables[body[0] >> 4][body[0] & 1];
				int total = 0;
				for (int i = 1; i <= 16; i++)
					total += table->count[i] = body[i];
				if ((size_t)total + 17 != size || total > 256)
					return "bad DHT";
				memcpy(table->values, body + 17, (size_t)total);
				table->defined = true;
				break;
			}
		case 0xDD:
			if (size != 2)
				return "bad DRI";
			out->restart_interval = body[0] << 8 | body[1];
			break;
		case 0xDA:
			{
				static const uint8_t scan[] = { 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0 };
				if (size != sizeof(scan) || memcmp(body, scan, sizeof(scan)))
					return "unexpected SOS";
				if (!out->width || !tables[0][0].defined || !tables[0][1].defined || !tables[1][0].defined
					|| !tables[1][1].defined)
					return "something is missing in front of SOS";
				out->scan_offset = position;
				reader_t reader = { data, length, position, 0, 0, NULL };
				return decode_scan(&reader, out, tables);
			}
		default: return "unexpected marker";
		}
	}
	return "no scan";
}

const char *decode(const uint8_t *data, size_t length, decoded_t *out)
{
	memset(out, 0, sizeof(*out));
	const char *error = decode_segments(data, length, out);
	if (error)
		decoded_free(out);
	return error;
}

void decoded_free(decoded_t *decoded)
{
	for (int i = 0; i < 3; i++) {
		free(decoded->planes[i]);
		decoded->planes[i] = NULL;
	}
}
