/*
 * make-frames FOLDER WIDTH HEIGHT QUALITY COUNT: test cards as JPEG files, by the simulated camera's encoder.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../hosts/simulator/core/test_card.h"

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: make-frames FOLDER WIDTH HEIGHT QUALITY COUNT\n");
		return 2;
	}
	int width = atoi(argv[2]), height = atoi(argv[3]), quality = atoi(argv[4]), count = atoi(argv[5]);
	size_t room = test_card_size(width, height, JPEG_ENCODER_422), limit = (size_t)width * (size_t)height;
	uint8_t *memory = malloc(room), *image = malloc(limit);
	test_card_t card;
	jpeg_encoder_t encoder;
	if (!memory || !image || test_card_init(&card, width, height, JPEG_ENCODER_422, memory, room) < 0 ||
		jpeg_encoder_init(&encoder, width, height, JPEG_ENCODER_422, quality, 0) < 0) {
		fprintf(stderr, "size or quality out of range\n");
		return 2;
	}
	test_card_describe(&card, quality, 250);
	for (int i = 0; i < count; i++) {
		char name[1024];
		test_card_draw(&card, (uint32_t)i, (uint32_t)i * 40);
		int32_t length = jpeg_encoder_encode(&encoder, test_card_picture(&card), image, limit);
		snprintf(name, sizeof(name), "%s/%05d.jpg", argv[1], i);
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
