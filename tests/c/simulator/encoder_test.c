/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "../../../hosts/simulator/core/jpeg_encoder.h"
#include "../../../modules/jpeg/core/jpeg_scan.h"
#include "reference_decoder.h"
#include "testing.h"

/* ---- Pictures ---- */

typedef struct {
	jpeg_picture_t picture;
	uint8_t *memory[3];
	int width[3], height[3];
} image_t;

typedef uint8_t (*paint_t)(int plane, int x, int y);

/* Planes of the exact size, each in its own memory block. */
static image_t paint(int width, int height, int sampling, paint_t sample)
{
	image_t image;
	for (int i = 0; i < 3; i++) {
		image.width[i] = i ? (width + 1) / 2 : width;
		image.height[i] = i && sampling == JPEG_ENCODER_420 ? (height + 1) / 2 : height;
		image.memory[i] = allocate((size_t)(image.width[i] * image.height[i]));
		for (int y = 0; y < image.height[i]; y++) {
			for (int x = 0; x < image.width[i]; x++)
				image.memory[i][y * image.width[i] + x] = sample(i, x, y);
		}
	}
	image.picture = (jpeg_picture_t){
		.y = image.memory[0],
		.cb = image.memory[1],
		.cr = image.memory[2],
		.y_stride = (size_t)image.width[0],
		.chroma_stride = (size_t)image.width[1],
		.y_size = (size_t)(image.width[0] * image.height[0]),
		.chroma_size = (size_t)(image.width[1] * image.height[1]),
	};
	return image;
}

static void image_free(image_t *image)
{
	for (int i = 0; i < 3; i++)
		free(image->memory[i]);
}

static uint8_t soft(int plane, int x, int y)
{
	return (uint8_t)(128 + 60 * sin(x * 0.07 + plane) + 50 * cos(y * 0.05 - x * 0.02 * plane));
}

static uint8_t noise(int plane, int x, int y)
{
	uint32_t state = (uint32_t)(plane * 7919 + x * 104729 + y * 1299709 + 1);
	for (int i = 0; i < 4; i++)
		next_random(&state);
	return (uint8_t)(state >> 11);
}

/* the largest possible coefficients */
static uint8_t extreme(int plane, int x, int y)
{
	return ((x / 8 + y / 8) % 2 ? (x + y + plane) % 2 : (x / 4 + y / 2) % 2) ? 255 : 0;
}

/* the largest possible DC difference between blocks */
static uint8_t squares(int plane, int x, int y)
{
	return (x / 8 + y / 8 + plane) % 2 ? 255 : 0;
}

/* encodes into the caller's memory, which is large enough for any image */
static int32_t encode(const image_t *image, int sampling, int quality, int restart_interval, uint8_t *out, size_t size)
{
	jpeg_encoder_t encoder;
	int error = jpeg_encoder_init(&encoder, image->width[0], image->height[0], sampling, quality, restart_interval);
	return error ? error : jpeg_encoder_encode(&encoder, &image->picture, out, size);
}

static size_t ample(const image_t *image)
{
	return 2000 + (size_t)(image->width[0] + 16) * (size_t)(image->height[0] + 16) * 8;
}

/* PSNR over all three planes, dB */
static double likeness(const image_t *image, const decoded_t *decoded)
{
	double sum = 0, count = 0;
	for (int i = 0; i < 3; i++) {
		for (int y = 0; y < image->height[i]; y++) {
			for (int x = 0; x < image->width[i]; x++, count++) {
				double difference = image->memory[i][y * image->width[i] + x]
					- decoded->planes[i][(size_t)y * decoded->stride[i] + (size_t)x];
				sum += difference * difference;
			}
		}
	}
	return sum == 0 ? 99 : 10 * log10(255.0 * 255.0 * count / sum);
}

/* ---- Tests ---- */

static void writes_segments_in_the_order_of_the_sensor(void)
{
	uint8_t out[4000];
	image_t image = paint(16, 8, JPEG_ENCODER_422, soft);
	decoded_t decoded;
	int32_t length = encode(&image, JPEG_ENCODER_422, 12, 0, out, sizeof(out));
	CHECK(length > JPEG_ENCODER_HEADER_LENGTH);
	const char *error = decode(out, (size_t)length, &decoded);
	CHECK_CASE(!error, "%s", error);
	CHECK(decoded.segment_count == 9 && !memcmp(decoded.segments, "\xE0\xDB\xDB\xC0\xC4\xC4\xC4\xC4\xDA", 9));
	CHECK(decoded.scan_offset == JPEG_ENCODER_HEADER_LENGTH);
	decoded_free(&decoded);

	length = encode(&image, JPEG_ENCODER_422, 12, 3, out, sizeof(out));
	error = decode(out, (size_t)length, &decoded);
	CHECK_CASE(!error, "%s", error);
	CHECK(decoded.segment_count == 10 && !memcmp(decoded.segments, "\xE0\xDB\xDB\xC0\xC4\xC4\xC4\xC4\xDD\xDA", 10));
	CHECK(decoded.scan_offset == JPEG_ENCODER_HEADER_LENGTH + 6 && decoded.restart_interval == 3);
	decoded_free(&decoded);
	image_free(&image);
}

static void is_carried_by_rtp(void)
{
	static const struct {
		int sampling, restart_interval, type;
	} cases[] = {
		{ JPEG_ENCODER_422, 0, 0 },
		{ JPEG_ENCODER_420, 0, 1 },
		{ JPEG_ENCODER_422, 4, 64 },
		{ JPEG_ENCODER_420, 1, 65 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		image_t image = paint(80, 48, cases[i].sampling, noise);
		size_t size = ample(&image);
		uint8_t *out = allocate(size);
		jpeg_scan_t scan;
		int32_t length = encode(&image, cases[i].sampling, 8, cases[i].restart_interval, out, size);
		CHECK(length > 0);
		int result = jpeg_scan_parse(out, (size_t)length, &scan);
		CHECK_CASE(result == 0, "%s", jpeg_error_name(result));
		CHECK(scan.type == cases[i].type && scan.width == 80 && scan.height == 48
			&& scan.restart_interval == cases[i].restart_interval);
		CHECK(scan.scan_offset + scan.scan_length == (uint32_t)length);
		free(out);
		image_free(&image);
	}
}

static void decodes_to_what_was_encoded(void)
{
	static const struct {
		paint_t paint;
		int quality;
		double likeness;
	} cases[] = {
		{ soft, 0, 50 },
		{ soft, 12, 38 },
		{ soft, 63, 30 },
		{ noise, 0, 50 },
		{ noise, 4, 25 },
		{ extreme, 0, 45 },
		{ squares, 0, 50 },
		{ squares, 12, 40 },
	};
	for (int sampling = JPEG_ENCODER_422; sampling <= JPEG_ENCODER_420; sampling++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			image_t image = paint(160, 112, sampling, cases[i].paint);
			size_t size = ample(&image);
			uint8_t *out = allocate(size);
			decoded_t decoded;
			int32_t length = encode(&image, sampling, cases[i].quality, 0, out, size);
			CHECK_CASE(length > 0, "case %d: %s", (int)i, jpeg_encoder_error_name(length));
			const char *error = decode(out, (size_t)length, &decoded);
			CHECK_CASE(!error, "case %d: %s", (int)i, error);
			double alike = likeness(&image, &decoded);
			CHECK_CASE(alike >= cases[i].likeness, "case %d sampling %x: %.1f dB", (int)i, sampling, alike);
			decoded_free(&decoded);
			free(out);
			image_free(&image);
		}
	}
}

static void repeats_the_edge_of_sizes_that_fill_no_mcu(void)
{
	for (int sampling = JPEG_ENCODER_422; sampling <= JPEG_ENCODER_420; sampling++) {
		for (int width = 1; width <= 34; width++) {
			for (int height = 1; height <= 34; height += width % 3 + 1) {
				image_t image = paint(width, height, sampling, soft);
				size_t size = ample(&image);
				uint8_t *out = allocate(size);
				decoded_t decoded;
				int32_t length = encode(&image, sampling, 0, 0, out, size);
				CHECK(length > 0);
				const char *error = decode(out, (size_t)length, &decoded);
				CHECK_CASE(!error, "%dx%d: %s", width, height, error);
				CHECK(decoded.width == width && decoded.height == height);
				CHECK_CASE(
					likeness(&image, &decoded) > 48, "%dx%d: %.1f dB", width, height, likeness(&image, &decoded));
				uint8_t edge = decoded.planes[0][width - 1], beyond = decoded.planes[0][decoded.stride[0] - 1];
				CHECK_CASE(abs(edge - beyond) <= 2, "%dx%d: %d beyond the edge of %d", width, height, beyond, edge);
				decoded_free(&decoded);
				free(out);
				image_free(&image);
			}
		}
	}
}

static void flat_blocks_need_no_dct_to_be_exact(void)
{
	/* the shortcut for flat blocks must agree with the DCT:
	 * one sample differs, at a quality that loses the difference */
	for (int value = 0; value < 256; value++) {
		uint8_t luma[128], chroma[64], flat[1000], other[1000];
		memset(luma, value, sizeof(luma));
		memset(chroma, 255 - value, sizeof(chroma));
		jpeg_picture_t picture = { luma, chroma, chroma, 16, 8, sizeof(luma), sizeof(chroma) };
		jpeg_encoder_t encoder;
		CHECK(!jpeg_encoder_init(&encoder, 16, 8, JPEG_ENCODER_422, 63, 0));
		int32_t flat_length = jpeg_encoder_encode(&encoder, &picture, flat, sizeof(flat));
		luma[77] ^= 1;
		int32_t other_length = jpeg_encoder_encode(&encoder, &picture, other, sizeof(other));
		CHECK_CASE(
			flat_length > 0 && flat_length == other_length && !memcmp(flat, other, (size_t)flat_length), "%d", value);
	}
}

static void higher_quality_number_is_never_finer(void)
{
	jpeg_encoder_t encoder, before;
	image_t image = paint(160, 120, JPEG_ENCODER_422, noise);
	size_t size = ample(&image);
	uint8_t *out = allocate(size);
	int32_t length_before = INT32_MAX;
	CHECK(!jpeg_encoder_init(&encoder, 160, 120, JPEG_ENCODER_422, 0, 0));
	before = encoder;
	for (int quality = 0; quality <= JPEG_ENCODER_QUALITY_MAX; quality++) {
		CHECK(!jpeg_encoder_set_quality(&encoder, quality));
		for (int k = 0; k < 128; k++)
			CHECK_CASE(
				encoder.quantization[k / 64][k % 64] >= before.quantization[k / 64][k % 64], "quality %d", quality);
		int32_t length = jpeg_encoder_encode(&encoder, &image.picture, out, size);
		CHECK_CASE(length > 0 && length <= length_before, "quality %d: %d bytes after %d", quality, (int)length,
			(int)length_before);
		length_before = length;
		before = encoder;
	}
	CHECK(before.quantization[0][0] == 63 && before.quantization[1][63] == 255);
	CHECK(!jpeg_encoder_set_quality(&encoder, 16) && encoder.quantization[0][0] == 16
		&& encoder.quantization[0][63] == 99);
	CHECK(
		!jpeg_encoder_set_quality(&encoder, 0) && encoder.quantization[0][0] == 1 && encoder.quantization[1][63] == 1);
	free(out);
	image_free(&image);
}

static void restart_markers_change_nothing_but_the_scan(void)
{
	for (int sampling = JPEG_ENCODER_422; sampling <= JPEG_ENCODER_420; sampling++) {
		image_t image = paint(176, 144, sampling, noise);
		size_t size = ample(&image);
		uint8_t *out = allocate(size);
		decoded_t plain, decoded;
		int mcus = 11 * (sampling == JPEG_ENCODER_420 ? 9 : 18);
		CHECK(!decode(out, (size_t)encode(&image, sampling, 6, 0, out, size), &plain));
		CHECK(plain.restarts == 0);
		static const int intervals[] = { 1, 2, 7, 11, 98, 99, 100, 197, 198, 199, 65535 };
		for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
			int32_t length = encode(&image, sampling, 6, intervals[i], out, size);
			CHECK(length > 0);
			const char *error = decode(out, (size_t)length, &decoded);
			CHECK_CASE(!error, "interval %d: %s", intervals[i], error);
			CHECK_CASE(decoded.restarts == (mcus - 1) / intervals[i], "interval %d: %d markers", intervals[i],
				decoded.restarts);
			for (int p = 0; p < 3; p++)
				CHECK_CASE(!memcmp(plain.planes[p], decoded.planes[p], plain.stride[p] * (size_t)plain.plane_height[p]),
					"interval %d", intervals[i]);
			decoded_free(&decoded);
		}
		decoded_free(&plain);
		free(out);
		image_free(&image);
	}
}

static void respects_every_size_of_the_output(void)
{
	static const paint_t paints[] = { soft, noise, extreme };
	for (int i = 0; i < 6; i++) {
		image_t image = paint(48, 32, JPEG_ENCODER_422, paints[i / 2]);
		size_t size = ample(&image);
		uint8_t *whole = allocate(size);
		int restart_interval = i % 2;
		int32_t length = encode(&image, JPEG_ENCODER_422, 0, restart_interval, whole, size);
		CHECK(length > 0);
		for (int32_t room = 0; room <= length + 20; room++) {
			uint8_t *out = allocate((size_t)room);
			int32_t result = encode(&image, JPEG_ENCODER_422, 0, restart_interval, out, (size_t)room);
			CHECK_CASE(result == (room < length ? JPEG_ENCODER_ERROR_NO_ROOM : length), "%d bytes of %d: %d", (int)room,
				(int)length, (int)result);
			CHECK(room < length || !memcmp(out, whole, (size_t)length));
			free(out);
		}
		CHECK(encode(&image, JPEG_ENCODER_422, 0, 0, NULL, 1000) == JPEG_ENCODER_ERROR_NO_ROOM);
		free(whole);
		image_free(&image);
	}
}

static void refuses_what_it_cannot_encode(void)
{
	jpeg_encoder_t encoder;
	memset(&encoder, 0xA5, sizeof(encoder));
	jpeg_encoder_t untouched = encoder;
	CHECK(jpeg_encoder_init(&encoder, 0, 8, JPEG_ENCODER_422, 0, 0) == JPEG_ENCODER_ERROR_SIZE);
	CHECK(jpeg_encoder_init(&encoder, 8, 65536, JPEG_ENCODER_422, 0, 0) == JPEG_ENCODER_ERROR_SIZE);
	CHECK(jpeg_encoder_init(&encoder, 8, 8, 0x11, 0, 0) == JPEG_ENCODER_ERROR_SAMPLING);
	CHECK(jpeg_encoder_init(&encoder, 8, 8, JPEG_ENCODER_422, -1, 0) == JPEG_ENCODER_ERROR_QUALITY);
	CHECK(jpeg_encoder_init(&encoder, 8, 8, JPEG_ENCODER_422, 64, 0) == JPEG_ENCODER_ERROR_QUALITY);
	CHECK(jpeg_encoder_init(&encoder, 8, 8, JPEG_ENCODER_422, 0, 65536) == JPEG_ENCODER_ERROR_RESTART);
	CHECK(jpeg_encoder_set_quality(&encoder, 64) == JPEG_ENCODER_ERROR_QUALITY);
	CHECK(!memcmp(&encoder, &untouched, sizeof(encoder)));
	for (int error = JPEG_ENCODER_ERROR_NO_ROOM; error < 0; error++)
		CHECK(strcmp(jpeg_encoder_error_name(error), jpeg_encoder_error_name(0)));
}

static void refuses_planes_smaller_than_the_picture(void)
{
	uint8_t out[4000];
	jpeg_encoder_t encoder;
	for (int sampling = JPEG_ENCODER_422; sampling <= JPEG_ENCODER_420; sampling++) {
		image_t image = paint(33, 17, sampling, soft);
		CHECK(!jpeg_encoder_init(&encoder, 33, 17, sampling, 20, 0));
		CHECK(jpeg_encoder_encode(&encoder, &image.picture, out, sizeof(out)) > 0);
		for (int i = 0; i < 6; i++) {
			jpeg_picture_t picture = image.picture;
			switch (i) {
			case 0: picture.y_size--; break;
			case 1: picture.chroma_size--; break;
			case 2: picture.y_stride--; break;
			case 3: picture.chroma_stride = 0; break;
			case 4: picture.cr = NULL; break;
			case 5: picture.y_stride = SIZE_MAX; break;
			}
			CHECK_CASE(
				jpeg_encoder_encode(&encoder, &picture, out, sizeof(out)) == JPEG_ENCODER_ERROR_PICTURE, "case %d", i);
		}
		image_free(&image);
	}
}

int main(void)
{
	test("encoder-writes-segments-in-the-order-of-the-sensor", writes_segments_in_the_order_of_the_sensor);
	test("encoder-is-carried-by-rtp", is_carried_by_rtp);
	test("encoder-decodes-to-what-was-encoded", decodes_to_what_was_encoded);
	test("encoder-repeats-the-edge-of-sizes-that-fill-no-mcu", repeats_the_edge_of_sizes_that_fill_no_mcu);
	test("encoder-flat-blocks-need-no-dct-to-be-exact", flat_blocks_need_no_dct_to_be_exact);
	test("encoder-higher-quality-number-is-never-finer", higher_quality_number_is_never_finer);
	test("encoder-restart-markers-change-nothing-but-the-scan", restart_markers_change_nothing_but_the_scan);
	test("encoder-respects-every-size-of-the-output", respects_every_size_of_the_output);
	test("encoder-refuses-what-it-cannot-encode", refuses_what_it_cannot_encode);
	test("encoder-refuses-planes-smaller-than-the-picture", refuses_planes_smaller_than_the_picture);
	return check_failures != 0;
}
