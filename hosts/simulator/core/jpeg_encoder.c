/* SPDX-License-Identifier: MIT */
#include "jpeg_encoder.h"

#include <string.h>

/* ITU-T T.81 Annex A, figure A.6: the position in the block of the k-th coefficient */
/* clang-format off */
static const uint8_t zigzag[64] = {
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
};
/* clang-format on */

/* Annex K.1, tables K.1 (luma) and K.2 (chroma), in rows */
/* clang-format off */
static const uint8_t base_quantization[2][64] = {
	{
		16, 11, 10, 16, 24, 40, 51, 61,
		12, 12, 14, 19, 26, 58, 60, 55,
		14, 13, 16, 24, 40, 57, 69, 56,
		14, 17, 22, 29, 51, 87, 80, 62,
		18, 22, 37, 56, 68, 109, 103, 77,
		24, 35, 55, 64, 81, 104, 113, 92,
		49, 64, 78, 87, 103, 121, 120, 101,
		72, 92, 95, 98, 112, 100, 103, 99,
	}, {
		17, 18, 24, 47, 99, 99, 99, 99,
		18, 21, 26, 66, 99, 99, 99, 99,
		24, 26, 56, 99, 99, 99, 99, 99,
		47, 66, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
	},
};
/* clang-format on */

/* Annex K.3, tables K.3 to K.6: the number of codes of 1 to 16 bits, then their values, as in DHT */
static const uint8_t dc_counts[2][16] = {
	{ 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0 },
	{ 0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0 },
};
static const uint8_t dc_values[12] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
static const uint8_t ac_counts[2][16] = {
	{ 0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d },
	{ 0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77 },
};
/* clang-format off */
static const uint8_t ac_values[2][162] = {
	{
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
	}, {
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
	},
};
/* clang-format on */

/* ---- Set-up ---- */

/* Annex C: the codes of one length count up; from one length to the next they double */
static void derive_codes(uint32_t *codes, const uint8_t counts[16], const uint8_t *values)
{
	uint32_t code = 0;
	for (uint32_t length = 1; length <= 16; length++) {
		for (int i = counts[length - 1]; i > 0; i--)
			codes[*values++] = code++ << 8 | length;
		code <<= 1;
	}
}

int jpeg_encoder_set_quality(jpeg_encoder_t *encoder, int quality)
{
	if (quality < 0 || quality > JPEG_ENCODER_QUALITY_MAX)
		return JPEG_ENCODER_ERROR_QUALITY;
	encoder->quality = (uint8_t)quality;
	for (int table = 0; table < 2; table++) {
		for (int k = 0; k < 64; k++) {
			int entry = (base_quantization[table][zigzag[k]] * quality + 8) >> 4;
			entry = entry < 1 ? 1 : entry > 255 ? 255 : entry;
			encoder->quantization[table][k] = (uint8_t)entry;
			encoder->reciprocal[table][k] = ((1u << 20) + 8 * (uint32_t)entry - 1) / (8 * (uint32_t)entry);
		}
	}
	return 0;
}

int jpeg_encoder_init(jpeg_encoder_t *encoder, int width, int height, int sampling, int quality, int restart_interval)
{
	if (width < 1 || width > 65535 || height < 1 || height > 65535)
		return JPEG_ENCODER_ERROR_SIZE;
	if (sampling != JPEG_ENCODER_422 && sampling != JPEG_ENCODER_420)
		return JPEG_ENCODER_ERROR_SAMPLING;
	if (restart_interval < 0 || restart_interval > 65535)
		return JPEG_ENCODER_ERROR_RESTART;
	if (quality < 0 || quality > JPEG_ENCODER_QUALITY_MAX)
		return JPEG_ENCODER_ERROR_QUALITY;

	memset(encoder, 0, sizeof(*encoder));
	encoder->width = (uint16_t)width;
	encoder->height = (uint16_t)height;
	encoder->sampling = (uint8_t)sampling;
	encoder->restart_interval = (uint16_t)restart_interval;
	for (int table = 0; table < 2; table++) {
		derive_codes(encoder->dc_codes[table], dc_counts[table], dc_values);
		derive_codes(encoder->ac_codes[table], ac_counts[table], ac_values[table]);
	}
	return jpeg_encoder_set_quality(encoder, quality);
}

/* ---- Output: bytes, then bits with stuffing ---- */

typedef struct {
	uint8_t *next;
	uint8_t *end;
	uint64_t bits; /* the low `count` bits are not yet written, the bits above them are */
	int count;     /* below 32 between calls of put_bits */
	bool full;
} writer_t;

static void put_bytes(writer_t *writer, const uint8_t *bytes, size_t count)
{
	if (count > (size_t)(writer->end - writer->next)) {
		writer->full = true;
		return;
	}
	memcpy(writer->next, bytes, count);
	writer->next += count;
}

static void put_stuffed(writer_t *writer, uint8_t byte)
{
	if (writer->next == writer->end) {
		writer->full = true;
		return;
	}
	*writer->next++ = byte;
	if (byte == 0xFF) {
		/* B.1.1.5: 0xFF in the scan is followed by 0 */
		if (writer->next == writer->end) {
			writer->full = true;
			return;
		}
		*writer->next++ = 0;
	}
}

static void flush_32(writer_t *writer)
{
	uint32_t word = (uint32_t)(writer->bits >> (writer->count - 32));
	writer->count -= 32;
	/* true for every word with a byte 0xFF and for few others */
	bool stuffing = (word & 0x80808080u & ~(word + 0x01010101u)) != 0;
	if (!stuffing && writer->end - writer->next >= 4) {
		writer->next[0] = (uint8_t)(word >> 24);
		writer->next[1] = (uint8_t)(word >> 16);
		writer->next[2] = (uint8_t)(word >> 8);
		writer->next[3] = (uint8_t)word;
		writer->next += 4;
		return;
	}
	for (int shift = 24; shift >= 0; shift -= 8)
		put_stuffed(writer, (uint8_t)(word >> shift));
}

/* length: 1 to 32 bits; `value` must fit */
static inline void put_bits(writer_t *writer, uint32_t value, int length)
{
	writer->bits = writer->bits << length | value;
	writer->count += length;
	if (writer->count >= 32)
		flush_32(writer);
}

/* F.1.2.3: the last byte before a marker is padded with ones */
static void align(writer_t *writer)
{
	put_bits(writer, 0x7F, 7);
	while (writer->count >= 8) {
		writer->count -= 8;
		put_stuffed(writer, (uint8_t)(writer->bits >> writer->count));
	}
	writer->count = 0;
	writer->bits = 0;
}

/* ---- One block ---- */

/* Forward DCT after Loeffler, Ligtenberg and Moschytz (ICASSP 1989): 12 multiplications for 8 points. The constants
 * have 13 fractional bits, the first pass keeps 2 more bits than the result: the accuracy of libjpeg's "islow". The
 * result is 8 times that of A.3.3, and the quantizer divides by 8 times the table. */
#define FIX_0_298 2446
#define FIX_0_390 3196
#define FIX_0_541 4433
#define FIX_0_765 6270
#define FIX_0_899 7373
#define FIX_1_175 9633
#define FIX_1_501 12299
#define FIX_1_847 15137
#define FIX_1_961 16069
#define FIX_2_053 16819
#define FIX_2_562 20995
#define FIX_3_072 25172

static inline int32_t round_shift(int32_t value, int shift)
{
	return (value + (1 << (shift - 1))) >> shift;
}

/* step: distance between two of the 8 points. keep:
 * bits by which the even part is shifted up (first pass) or, if negative, down. */
static inline void dct_pass(int32_t *data, int step, int keep)
{
	int32_t t0 = data[0] + data[7 * step], t7 = data[0] - data[7 * step];
	int32_t t1 = data[step] + data[6 * step], t6 = data[step] - data[6 * step];
	int32_t t2 = data[2 * step] + data[5 * step], t5 = data[2 * step] - data[5 * step];
	int32_t t3 = data[3 * step] + data[4 * step], t4 = data[3 * step] - data[4 * step];
	int32_t t10 = t0 + t3, t13 = t0 - t3, t11 = t1 + t2, t12 = t1 - t2;
	int down = 13 - keep;

	data[0] = keep > 0 ? (t10 + t11) * (1 << keep) : round_shift(t10 + t11, -keep);
	data[4 * step] = keep > 0 ? (t10 - t11) * (1 << keep) : round_shift(t10 - t11, -keep);
	int32_t z1 = (t12 + t13) * FIX_0_541;
	data[2 * step] = round_shift(z1 + t13 * FIX_0_765, down);
	data[6 * step] = round_shift(z1 - t12 * FIX_1_847, down);

	int32_t z2 = t5 + t6, z3 = t4 + t6, z4 = t5 + t7;
	int32_t z5 = (z3 + z4) * FIX_1_175;
	z1 = (t4 + t7) * -FIX_0_899;
	z2 *= -FIX_2_562;
	z3 = z3 * -FIX_1_961 + z5;
	z4 = z4 * -FIX_0_390 + z5;
	data[7 * step] = round_shift(t4 * FIX_0_298 + z1 + z3, down);
	data[5 * step] = round_shift(t5 * FIX_2_053 + z2 + z4, down);
	data[3 * step] = round_shift(t6 * FIX_3_072 + z2 + z3, down);
	data[step] = round_shift(t7 * FIX_1_501 + z1 + z4, down);
}

static void forward_dct(int32_t block[64])
{
	for (int row = 0; row < 64; row += 8)
		dct_pass(block + row, 1, 2);
	for (int column = 0; column < 8; column++)
		dct_pass(block + column, 8, -2);
}

/* number of bits of a positive number: its category (F.1.2.1) */
static inline int category(uint32_t value)
{
#if defined(__GNUC__)
	return 32 - __builtin_clz(value);
#else
	int bits = 0;
	while (value) {
		bits++;
		value >>= 1;
	}
	return bits;
#endif
}

static inline void put_dc(const jpeg_encoder_t *encoder, writer_t *writer, int table, int32_t dc, int32_t *predictor)
{
	int32_t difference = dc - *predictor;
	*predictor = dc;
	if (!difference) {
		uint32_t code = encoder->dc_codes[table][0];
		put_bits(writer, code >> 8, code & 0xFF);
		return;
	}
	/* F.1.2.1: a negative difference is sent as the low bits of the difference minus 1 */
	int bits = category((uint32_t)(difference < 0 ? -difference : difference));
	uint32_t code = encoder->dc_codes[table][bits];
	uint32_t extra = (uint32_t)(difference < 0 ? difference - 1 : difference) & ((1u << bits) - 1);
	put_bits(writer, (code >> 8) << bits | extra, (int)(code & 0xFF) + bits);
}

static inline void put_ac(const jpeg_encoder_t *encoder, writer_t *writer, int table, const int32_t block[64])
{
	const uint32_t *codes = encoder->ac_codes[table];
	const uint8_t *quantization = encoder->quantization[table];
	int run = 0;
	for (int k = 1; k < 64; k++) {
		int32_t coefficient = block[zigzag[k]];
		uint32_t magnitude = (uint32_t)(coefficient < 0 ? -coefficient : coefficient) + 4u * quantization[k];
		if (magnitude < 8u * quantization[k]) {
			run++;
			continue;
		}
		/* below 2^14 times at most 2^17 */
		uint32_t level = magnitude * encoder->reciprocal[table][k] >> 20;
		if (level > 1023)
			level = 1023;
		while (run > 15) {
			put_bits(writer, codes[0xF0] >> 8, codes[0xF0] & 0xFF);
			run -= 16;
		}
		int bits = category(level);
		uint32_t code = codes[run << 4 | bits];
		uint32_t extra = coefficient < 0 ? ~level & ((1u << bits) - 1) : level;
		put_bits(writer, (code >> 8) << bits | extra, (int)(code & 0xFF) + bits);
		run = 0;
	}
	if (run)
		put_bits(writer, codes[0] >> 8, codes[0] & 0xFF);
}

typedef struct {
	const uint8_t *data;
	size_t stride;
	int width;
	int height;
} plane_t;

/* Reads the 8 x 8 samples at x, y, minus 128. Beyond the plane it repeats the last column and row. Returns true if all
 * 64 are equal, and then sets only block[0]. A test card consists mostly of such blocks, which need no DCT. */
static inline bool load_block(const plane_t *plane, int x, int y, int32_t block[64])
{
	if (x + 8 <= plane->width && y + 8 <= plane->height) {
		const uint8_t *row = plane->data + (size_t)y * plane->stride + (size_t)x;
		uint64_t first, other;
		memcpy(&first, row, 8);
		bool flat = first == (first << 8 | first >> 56);
		for (int i = 1; flat && i < 8; i++) {
			memcpy(&other, row + (size_t)i * plane->stride, 8);
			flat = other == first;
		}
		if (flat) {
			block[0] = row[0] - 128;
			return true;
		}
		for (int i = 0; i < 64; i += 8, row += plane->stride) {
			for (int j = 0; j < 8; j++)
				block[i + j] = row[j] - 128;
		}
		return false;
	}
	for (int i = 0; i < 8; i++) {
		int line = y + i < plane->height ? y + i : plane->height - 1;
		const uint8_t *row = plane->data + (size_t)line * plane->stride;
		for (int j = 0; j < 8; j++)
			block[i * 8 + j] = row[x + j < plane->width ? x + j : plane->width - 1] - 128;
	}
	return false;
}

static void encode_block(
	const jpeg_encoder_t *encoder, writer_t *writer, const plane_t *plane, int x, int y, int table, int32_t *predictor)
{
	int32_t block[64];
	bool flat = load_block(plane, x, y, block);
	if (flat)
		block[0] *= 64;
	else
		forward_dct(block);
	int32_t half = 4 * encoder->quantization[table][0];
	uint32_t magnitude = (uint32_t)((block[0] < 0 ? -block[0] : block[0]) + half);
	int32_t dc = (int32_t)(magnitude * encoder->reciprocal[table][0] >> 20);
	put_dc(encoder, writer, table, block[0] < 0 ? -dc : dc, predictor);
	if (flat) {
		uint32_t code = encoder->ac_codes[table][0];
		put_bits(writer, code >> 8, code & 0xFF);
	}
	else
		put_ac(encoder, writer, table, block);
}

/* ---- The image ---- */

/*
 *  SOI, APP0 (JFIF 1.1, no density), DQT 0, DQT 1, SOF0, DHT x 4, [DRI], SOS, scan, EOI
 */
static void put_header(const jpeg_encoder_t *encoder, writer_t *writer)
{
	static const uint8_t start[] = {
		0xFF,
		0xD8,
		0xFF,
		0xE0,
		0,
		16,
		'J',
		'F',
		'I',
		'F',
		0,
		1,
		1,
		0,
		0,
		1,
		0,
		1,
		0,
		0,
	};
	put_bytes(writer, start, sizeof(start));

	for (uint8_t table = 0; table < 2; table++) {
		const uint8_t segment[] = { 0xFF, 0xDB, 0, 67, table };
		put_bytes(writer, segment, sizeof(segment));
		put_bytes(writer, encoder->quantization[table], 64);
	}

	const uint8_t frame[] = {
		0xFF,
		0xC0,
		0,
		17,
		8,
		(uint8_t)(encoder->height >> 8),
		(uint8_t)encoder->height,
		(uint8_t)(encoder->width >> 8),
		(uint8_t)encoder->width,
		3,
		1,
		encoder->sampling,
		0,
		2,
		0x11,
		1,
		3,
		0x11,
		1,
	};
	put_bytes(writer, frame, sizeof(frame));

	for (uint8_t table = 0; table < 2; table++) {
		const uint8_t dc[] = { 0xFF, 0xC4, 0, 31, table };
		put_bytes(writer, dc, sizeof(dc));
		put_bytes(writer, dc_counts[table], 16);
		put_bytes(writer, dc_values, 12);
		const uint8_t ac[] = { 0xFF, 0xC4, 0, 181, (uint8_t)(0x10 | table) };
		put_bytes(writer, ac, sizeof(ac));
		put_bytes(writer, ac_counts[table], 16);
		put_bytes(writer, ac_values[table], 162);
	}

	if (encoder->restart_interval) {
		const uint8_t restart[] = {
			0xFF,
			0xDD,
			0,
			4,
			(uint8_t)(encoder->restart_interval >> 8),
			(uint8_t)encoder->restart_interval,
		};
		put_bytes(writer, restart, sizeof(restart));
	}

	static const uint8_t scan[] = { 0xFF, 0xDA, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0 };
	put_bytes(writer, scan, sizeof(scan));
}

static bool plane_fits(const plane_t *plane, size_t size)
{
	return plane->data && plane->stride >= (size_t)plane->width && size / plane->stride >= (size_t)plane->height - 1
		&& size - ((size_t)plane->height - 1) * plane->stride >= (size_t)plane->width;
}

int32_t jpeg_encoder_encode(const jpeg_encoder_t *encoder, const jpeg_picture_t *picture, uint8_t *out, size_t size)
{
	int tall = encoder->sampling == JPEG_ENCODER_420;
	int chroma_height = tall ? (encoder->height + 1) / 2 : encoder->height;
	plane_t y = { picture->y, picture->y_stride, encoder->width, encoder->height };
	plane_t cb = { picture->cb, picture->chroma_stride, (encoder->width + 1) / 2, chroma_height };
	plane_t cr = { picture->cr, picture->chroma_stride, cb.width, chroma_height };
	if (!plane_fits(&y, picture->y_size) || !plane_fits(&cb, picture->chroma_size)
		|| !plane_fits(&cr, picture->chroma_size))
		return JPEG_ENCODER_ERROR_PICTURE;
	if (size > INT32_MAX)
		size = INT32_MAX;
	if (!out || !size)
		return JPEG_ENCODER_ERROR_NO_ROOM;

	writer_t writer = { out, out + size, 0, 0, false };
	put_header(encoder, &writer);

	int32_t predictors[3] = { 0, 0, 0 };
	uint32_t until_restart = encoder->restart_interval;
	uint8_t restart = 0;
	int mcu_height = tall ? 16 : 8;
	for (int top = 0; top < encoder->height && !writer.full; top += mcu_height) {
		int chroma_top = tall ? top / 2 : top;
		for (int left = 0; left < encoder->width; left += 16) {
			if (encoder->restart_interval && until_restart-- == 0) {
				/* F.1.1.5.2 and E.1.4: RST0 to RST7 in turn; prediction restarts */
				const uint8_t marker[] = { 0xFF, (uint8_t)(0xD0 | restart) };
				align(&writer);
				put_bytes(&writer, marker, sizeof(marker));
				restart = (restart + 1) & 7;
				until_restart = encoder->restart_interval - 1u;
				memset(predictors, 0, sizeof(predictors));
			}
			for (int line = 0; line < mcu_height; line += 8) {
				encode_block(encoder, &writer, &y, left, top + line, 0, &predictors[0]);
				encode_block(encoder, &writer, &y, left + 8, top + line, 0, &predictors[0]);
			}
			encode_block(encoder, &writer, &cb, left / 2, chroma_top, 1, &predictors[1]);
			encode_block(encoder, &writer, &cr, left / 2, chroma_top, 1, &predictors[2]);
		}
	}
	align(&writer);
	static const uint8_t end[] = { 0xFF, 0xD9 };
	put_bytes(&writer, end, sizeof(end));
	return writer.full ? JPEG_ENCODER_ERROR_NO_ROOM : (int32_t)(writer.next - out);
}

const char *jpeg_encoder_error_name(int error)
{
	switch (error) {
	case JPEG_ENCODER_ERROR_SIZE: return "width and height must be 1 to 65535";
	case JPEG_ENCODER_ERROR_SAMPLING: return "sampling must be 4:2:2 or 4:2:0";
	case JPEG_ENCODER_ERROR_QUALITY: return "quality must be 0 to 63";
	case JPEG_ENCODER_ERROR_RESTART: return "restart interval must be 0 to 65535 MCUs";
	case JPEG_ENCODER_ERROR_PICTURE: return "a plane is smaller than the picture";
	case JPEG_ENCODER_ERROR_NO_ROOM: return "the image is larger than the frame buffer";
	default: return "unknown error";
	}
}
