/* SPDX-License-Identifier: MIT */
/*
 * make-frames PREFIX WIDTH HEIGHT SAMPLING QUALITY RESTART-INTERVAL COUNT: writes test cards as JPEG files
 * PREFIX-0.jpg, PREFIX-1.jpg, ... with the simulated camera's encoder. SAMPLING is 422 or 420.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../hosts/simulator/core/test_card.h"

int main(int argc, char **argv)
{
	if (argc != 8) {
		fprintf(stderr, "usage: make-frames PREFIX WIDTH HEIGHT SAMPLING QUALITY RESTART-INTERVAL COUNT\n");
		return 2;
	}
	int width = atoi(argv[2]), height = atoi(argv[3]), quality = atoi(argv[5]), interval = atoi(argv[6]),
		count = atoi(argv[7]);
	int sampling = atoi(argv[4]) == 420 ? JPEG_ENCODER_420 : JPEG_ENCODER_422;
	size_t room = test_card_size(width, height, sampling), limit = (size_t)width * (size_t)height * 2;
	uint8_t *memory = malloc(room), *image = malloc(limit);
	test_card_t card;
	jpeg_encoder_t encoder;
	if (!memory || !image || test_card_init(&card, width, height, sampling, memory, room) < 0
		|| jpeg_encoder_init(&encoder, width, height, sampling, quality, interval) < 0) {
		fprintf(stderr, "an argument is out of range\n");
		return 2;
	}
	test_card_describe(&card, quality, 250);
	for (int i = 0; i < count; i++) {
		char name[1024];
		test_card_draw(&card, (uint32_t)i, (uint32_t)i * 40);
		int32_t length = jpeg_encoder_encode(&encoder, test_card_picture(&card), image, limit);
		snprintf(name, sizeof(name), "%s-%d.jpg", argv[1], i);
		FILE *file = fopen(name, "wb");
		if (length < 0 || !file || fwrite(image, 1, (size_t)length, file) != (size_t)length || fclose(file)) {
			fprintf(stderr, "%s: cannot be written\n", name);
			return 1;
		}
	}
	free(memory);
	free(image);
	return 0;
}
