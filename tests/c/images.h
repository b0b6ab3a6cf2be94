/* SPDX-License-Identifier: MIT */
/*
 * Builds JPEG images segment by segment. The scan's content need not be decodable:
 * the code under test does not decode it.
 */

#ifndef IMAGES_H
#define IMAGES_H

#include "check.h"

/* The segments of a minimal 16x8 image, 4:2:2. */
#define SOI "ffd8\n"
#define SOF "ffc0 0011 08 0008 0010 03  01 21 00  02 11 01  03 11 01\n"
#define SOS "ffda 000c 03  01 00  02 11  03 11  00 3f 00\n"
#define SCAN "12 34 56 78 9a bc de\n"
#define EOI "ffd9\n"

/** Appends a DQT segment with one 8-bit table of the values `first`, `first` + 1, ... */
static inline void add_dqt(bytes_t *image, uint8_t id, uint8_t first)
{
	uint8_t segment[69] = { 0xff, 0xdb, 0, 67, id };
	for (int i = 0; i < 64; i++)
		segment[5 + i] = (uint8_t)(first + i);
	bytes_append(image, segment, sizeof(segment));
}

/** Whether the 64 bytes at `offset` are the table that add_dqt made with `first`. */
static inline bool is_table(const bytes_t *image, uint32_t offset, uint8_t first)
{
	for (uint32_t i = 0; i < 64; i++) {
		if ((offset + i >= image->length) || (image->data[offset + i] != (uint8_t)(first + i)))
			return false;
	}
	return true;
}

/** Appends a scan of `length` bytes including EOI, without any other 0xFF. */
static inline void add_scan(bytes_t *image, size_t length)
{
	bytes_t scan = { malloc(length), length };
	if (!scan.data)
		abort();
	for (size_t i = 0; i < length - 2; i++)
		scan.data[i] = (uint8_t)(i % 251);
	scan.data[length - 2] = 0xff;
	scan.data[length - 1] = 0xd9;
	bytes_append(image, scan.data, length);
	bytes_free(&scan);
}

/** SOI, the quantization tables 0 (values from 1) and 1 (values from 101), then the bytes in `text`. */
static inline bytes_t image_of(const char *text)
{
	bytes_t image = { NULL, 0 };
	bytes_hex(&image, SOI);
	add_dqt(&image, 0, 1);
	add_dqt(&image, 1, 101);
	bytes_hex(&image, text);
	return image;
}

/** SOI and the bytes in `text`, without tables. */
static inline bytes_t bare_image_of(const char *text)
{
	bytes_t image = { NULL, 0 };
	bytes_hex(&image, SOI);
	bytes_hex(&image, text);
	return image;
}

/** A copy of an image with `remove` bytes at `offset` replaced by `insert`. */
static inline bytes_t image_splice(
	const bytes_t *image, size_t offset, size_t remove, const uint8_t *insert, size_t length)
{
	bytes_t result = { malloc(image->length - remove + length), image->length - remove + length };
	if (!result.data)
		abort();
	memcpy(result.data, image->data, offset);
	if (length)
		memcpy(result.data + offset, insert, length);
	memcpy(result.data + offset + length, image->data + offset + remove, image->length - offset - remove);
	return result;
}

/** A small deterministic generator (xorshift32), so that tests are reproducible. */
static inline uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
