/* SPDX-License-Identifier: MIT */
/*
 * encode-libjpeg FILE WIDTH HEIGHT SAMPLING QUALITY RESTART-INTERVAL: encodes a picture with libjpeg, so that the
 * camera is also tested with images of another encoder than its own. SAMPLING is 422 or 420; QUALITY is libjpeg's, 1 to
 * 100.
 */
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

int main(int argc, char **argv)
{
	if (argc != 7) {
		fprintf(stderr, "usage: encode-libjpeg FILE WIDTH HEIGHT SAMPLING QUALITY RESTART-INTERVAL\n");
		return 2;
	}
	FILE *file = fopen(argv[1], "wb");
	unsigned width = (unsigned)atoi(argv[2]), height = (unsigned)atoi(argv[3]);
	JSAMPLE *row = malloc((size_t)width * 3);
	if (!file || !row)
		return 1;
	struct jpeg_compress_struct encoder;
	struct jpeg_error_mgr errors;
	encoder.err = jpeg_std_error(&errors);
	jpeg_create_compress(&encoder);
	jpeg_stdio_dest(&encoder, file);
	encoder.image_width = width;
	encoder.image_height = height;
	encoder.input_components = 3;
	encoder.in_color_space = JCS_RGB;
	jpeg_set_defaults(&encoder);
	jpeg_set_quality(&encoder, atoi(argv[5]), TRUE);
	encoder.comp_info[0].h_samp_factor = 2;
	encoder.comp_info[0].v_samp_factor = atoi(argv[4]) == 420 ? 2 : 1;
	encoder.restart_interval = (unsigned)atoi(argv[6]);
	jpeg_start_compress(&encoder, TRUE);
	unsigned noise = 1;
	while (encoder.next_scanline < height) {
		unsigned y = encoder.next_scanline;
		for (unsigned x = 0; x < width; x++) {
			noise = noise * 1664525u + 1013904223u;
			row[3 * x] = (JSAMPLE)(x * 255 / width);
			row[3 * x + 1] = (JSAMPLE)(y * 255 / height);
			row[3 * x + 2] = (JSAMPLE)(((x / 16 + y / 16) & 1) * 160 + (noise >> 28));
		}
		jpeg_write_scanlines(&encoder, &row, 1);
	}
	jpeg_finish_compress(&encoder);
	jpeg_destroy_compress(&encoder);
	free(row);
	return fclose(file) ? 1 : 0;
}
