/* SPDX-License-Identifier: MIT */
/*
 * read-cards WIDTH HEIGHT BYTES: reads pictures of BYTES bytes each, luma first, from standard input. Prints a line
 * "NUMBER TIME" for each, or "?" for a picture that is not a test card.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../hosts/simulator/core/test_card.h"

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: read-cards WIDTH HEIGHT BYTES\n");
		return 2;
	}
	int width = atoi(argv[1]), height = atoi(argv[2]);
	size_t size = (size_t)atol(argv[3]);
	uint8_t *picture = malloc(size ? size : 1);
	if (!picture || width < 1 || height < 1 || size < (size_t)width * (size_t)height)
		return 2;
	size_t length;
	while ((length = fread(picture, 1, size, stdin)) == size) {
		uint32_t number, time;
		if (test_card_read(picture, (size_t)width * (size_t)height, (size_t)width, width, height, &number, &time))
			printf("?\n");
		else
			printf("%u %u\n", (unsigned)number, (unsigned)time);
	}
	free(picture);
	if (length) {
		fprintf(stderr, "the last picture has %zu of %zu bytes\n", length, size);
		return 1;
	}
	return 0;
}
