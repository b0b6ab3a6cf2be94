/* SPDX-License-Identifier: MIT */
/*
 * A baseline JPEG decoder for testing the encoder, written from ITU-T T.81 alone: slow, in floating point, and strict
 * about the encoder's guarantees (stuffing, order of restart markers, nothing between segments).
 */

#ifndef REFERENCE_DECODER_H
#define REFERENCE_DECODER_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
	int width, height;     /* pixels */
	int sampling;          /* of luma, as in SOF0 */
	int restart_interval;  /* MCUs, 0 without DRI */
	int restarts;          /* markers seen */
	size_t scan_offset;    /* bytes */
	uint8_t tables[2][64]; /* as in DQT */
	char segments[16];     /* second bytes of the markers before the scan, in order */
	int segment_count;
	int plane_width[3], plane_height[3]; /* the picture's own samples */
	size_t stride[3];                    /* bytes per row: whole MCUs */
	uint8_t *planes[3];                  /* Y, Cb, Cr; `decoded_free` frees them */
} decoded_t;

/** @returns NULL, or an error message; `out` then needs no freeing */
const char *decode(const uint8_t *data, size_t length, decoded_t *out);

void decoded_free(decoded_t *decoded);

#endif
