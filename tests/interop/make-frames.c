/* SPDX-License-Identifier: MIT */
/*
 * make-frames PREFIX WIDTH HEIGHT SAMPLING QUALITY RESTART-INTERVAL CONTRAST COUNT: writes test cards as JPEG files
 * PREFIX-0.jpg, PREFIX-1.jpg, ... with the simulated camera's encoder. SAMPLING is 422 or 420. CONTRAST in percent: a
 * flatter picture gives smaller files than the lowest quality.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../hosts/simulator/core/test_card.h"

/* Copies samples that are nearer to grey. */
static const uint8_t *flatten(uint8_t *flat, const uint8_t *samples, size_t count, int contrast)
{
	for (size_t i = 0; i < count; i++)
		flat[i] = (uint8_t)(128 + (samples[i] - 128) * contrast / 100);
	return flat;
}

int main(int argc, char **argv)
{
	if (argc != 9) {
		fprintf(stderr, "usage: make-frames PREFIX WIDTH HEIGHT SAMPLING QUALITY RESTART-INTERVAL CONTRAST COUNT\n");
		return 2;
	}
	int width = atoi(argv[2]), height = atoi(argv[3]), quality = atoi(argv[5]), interval = atoi(argv[6]),
		contrast = atoi(argv[7]), count = atoi(argv[8]);
	int sampling = atoi(argv[4]) == 420 ? JPEG_ENCODER_420 : JPEG_ENCODER_422;
	size_t room = test_card_size(width, height, sampling), limit = (size_t)width * (size_t)height * 2;
	uint8_t *memory = malloc(room), *flat = malloc(room), *image = malloc(limit);
	test_card_t card;
	jpeg_encoder_t encoder;
	if (!memory || !flat || !image || test_card_init(&card, width, height, sampling, memory, room) < 0
		|| jpeg_encoder_init(&encoder, width, height, sampling, quality, interval) < 0) {
		fprintf(stderr, "an argument is out of range\n");
		return 2;
	}
	test_card_describe(&card, quality, 250);
	for (int i = 0; i < count; i++) {
		char name[1024];
		test_card_draw(&card, (uint32_t)i, (uint32_t)i * 40);
		jpeg_picture_t picture = *test_card_picture(&card);
		picture.y = flatten(flat, picture.y, picture.y_size, contrast);
		picture.cb = flatten(flat + picture.y_size, picture.cb, picture.chroma_size, contrast);
		picture.cr = flatten(flat + picture.y_size + picture.chroma_size, picture.cr, picture.chroma_size, contrast);
		int32_t length = jpeg_encoder_encode(&encoder, &picture, image, limit);
		snprintf(name, sizeof(name), "%s-%d.jpg", argv[1], i);
		FILE *file = fopen(name, "wb");
		if (length < 0 || !file || fwrite(image, 1, (size_t)length, file) != (size_t)length || fclose(file)) {
			fprintf(stderr, "%s: cannot be written\n", name);
			return 1;
		}
	}
	free(memory);
	free(flat);
	free(image);
	return 0;
}
