/* SPDX-License-Identifier: MIT */
#include "../../../hosts/simulator/core/test_card.h"
#include "reference_decoder.h"
#include "testing.h"

static const struct {
	int width, height;
} sizes[] = {
	{ 160, 120 },
	{ 176, 144 },
	{ 240, 176 },
	{ 320, 240 },
	{ 400, 296 },
	{ 480, 320 },
	{ 640, 480 },
	{ 800, 600 },
	{ 1024, 768 },
	{ 1280, 720 },
	{ 1280, 1024 },
	{ 1600, 1200 },
};
#define SIZE_COUNT (sizeof(sizes) / sizeof(sizes[0]))

typedef struct {
	test_card_t card;
	uint8_t *memory;
	size_t size;
} owned_card_t;

static owned_card_t make_card(int width, int height, int sampling)
{
	owned_card_t owned;
	owned.size = test_card_size(width, height, sampling);
	owned.memory = allocate(owned.size);
	if (test_card_init(&owned.card, width, height, sampling, owned.memory, owned.size))
		abort();
	return owned;
}

static int32_t encode_card(
	const test_card_t *card, int width, int height, int sampling, int quality, uint8_t *out, size_t size)
{
	jpeg_encoder_t encoder;
	if (jpeg_encoder_init(&encoder, width, height, sampling, quality, 0))
		abort();
	return jpeg_encoder_encode(&encoder, test_card_picture(card), out, size);
}

static void can_be_read_at_every_size_and_quality(void)
{
	static const int qualities[] = { 0, 12, 63 };
	uint32_t state = 1;
	for (size_t i = 0; i < SIZE_COUNT; i++) {
		int width = sizes[i].width, height = sizes[i].height;
		for (int j = 0; j < 3; j++) {
			/* both samplings and all qualities at the small sizes; the reference decoder is slow */
			int sampling = (i + (size_t)j) % 2 ? JPEG_ENCODER_420 : JPEG_ENCODER_422;
			owned_card_t owned = make_card(width, height, sampling);
			size_t room = (size_t)(width * height * 2);
			uint8_t *out = allocate(room);
			decoded_t decoded;
			uint32_t number = next_random(&state) % TEST_CARD_NUMBERS, time = next_random(&state) % TEST_CARD_DAY,
					 seen_number, seen_time;
			test_card_describe(&owned.card, qualities[j], 299);
			test_card_draw(&owned.card, number, time);
			int32_t length = encode_card(&owned.card, width, height, sampling, qualities[j], out, room);
			CHECK(length > 0);
			const char *error = decode(out, (size_t)length, &decoded);
			CHECK_CASE(!error, "%dx%d: %s", width, height, error);
			CHECK_CASE(!test_card_read(decoded.planes[0], decoded.stride[0] * (size_t)height, decoded.stride[0], width,
						   height, &seen_number, &seen_time),
				"%dx%d quality %d", width, height, qualities[j]);
			CHECK_CASE(seen_number == number && seen_time == time, "%dx%d quality %d", width, height, qualities[j]);
			decoded_free(&decoded);
			free(out);
			free(owned.memory);
			if (i > 7)
				break;
		}
	}
}

static void redraws_all_that_changed(void)
{
	/* the picture is that of a fresh card, independent of earlier drawings */
	static const uint32_t numbers[] = { 0, 1, 9, 10, 99999999, 100000000, 4294967295u, 12345678 };
	static const uint32_t times[] = { 0, 999, 1000, 1001, 86399999, 86400000, 4294967295u, 45296789 };
	for (int sampling = JPEG_ENCODER_422; sampling <= JPEG_ENCODER_420; sampling++) {
		owned_card_t worn = make_card(320, 240, sampling);
		for (int i = 0; i < 8; i++) {
			owned_card_t fresh = make_card(320, 240, sampling);
			test_card_describe(&worn.card, i * 9, i * 150 + 5);
			test_card_draw(&worn.card, numbers[i], times[i]);
			test_card_draw(&fresh.card, numbers[i], times[i]);
			test_card_describe(&fresh.card, i * 9, i * 150 + 5);
			CHECK_CASE(!memcmp(worn.memory, fresh.memory, worn.size), "step %d", i);
			free(fresh.memory);
		}
		free(worn.memory);
	}
}

static void draws_inside_its_planes_at_any_size(void)
{
	/* memory of the exact size, so that the sanitizer detects samples drawn outside it.
	 * At the sensor's sizes the text must overlap nothing. */
	for (int sampling = JPEG_ENCODER_422; sampling <= JPEG_ENCODER_420; sampling++) {
		for (int width = TEST_CARD_WIDTH_MIN; width < 700; width += 1 + width / 16) {
			for (int height = TEST_CARD_HEIGHT_MIN; height < 700; height += 1 + height / 16) {
				owned_card_t owned = make_card(width, height, sampling);
				uint32_t number, time;
				test_card_describe(&owned.card, 63, 1199);
				test_card_draw(&owned.card, 99999999, 86399999);
				test_card_draw(&owned.card, 0, 0);
				const jpeg_picture_t *picture = test_card_picture(&owned.card);
				CHECK_CASE(
					!test_card_read(picture->y, picture->y_size, picture->y_stride, width, height, &number, &time)
						&& number == 0 && time == 0,
					"%dx%d", width, height);
				free(owned.memory);
			}
		}
	}
}

static void refuses_sizes_it_cannot_draw(void)
{
	test_card_t card;
	uint8_t byte;
	CHECK(test_card_size(TEST_CARD_WIDTH_MIN - 1, 480, JPEG_ENCODER_422) == 0);
	CHECK(test_card_size(640, TEST_CARD_HEIGHT_MIN - 1, JPEG_ENCODER_422) == 0);
	CHECK(test_card_size(640, TEST_CARD_DIMENSION_MAX + 1, JPEG_ENCODER_422) == 0);
	CHECK(test_card_size(640, 480, 0x11) == 0);
	CHECK(test_card_size(640, 480, JPEG_ENCODER_422) == 640 * 480 * 2);
	CHECK(test_card_size(640, 480, JPEG_ENCODER_420) == 640 * 480 * 3 / 2);
	CHECK(test_card_init(&card, 640, 480, JPEG_ENCODER_422, &byte, 640 * 480 * 2 - 1) == -1);
	CHECK(test_card_init(&card, 100, 480, JPEG_ENCODER_422, &byte, 1) == -1);
	CHECK(test_card_init(&card, 640, 480, JPEG_ENCODER_422, NULL, 640 * 480 * 2) == -1);
}

static void fits_the_drivers_buffers_at_quality_12(void)
{
	/* width * height / 5 bytes as in esp32-camera, and at least QVGA's (simulator.c) */
	for (size_t i = 0; i < SIZE_COUNT; i++) {
		int width = sizes[i].width, height = sizes[i].height, room = width * height / 5;
		if (room < 320 * 240 / 5)
			room = 320 * 240 / 5;
		uint8_t *out = allocate((size_t)room);
		owned_card_t owned = make_card(width, height, JPEG_ENCODER_422);
		test_card_describe(&owned.card, 12, 299);
		test_card_draw(&owned.card, 88888888, 80888888);
		int32_t length = encode_card(&owned.card, width, height, JPEG_ENCODER_422, 12, out, (size_t)room);
		CHECK_CASE(length > 0, "%dx%d", width, height);
		CHECK_CASE(length < room * 9 / 10, "%dx%d: %d bytes of %d", width, height, (int)length, room);
		if (width == 640)
			CHECK_CASE(length > 15000 && length < 30000, "VGA: %d bytes", (int)length);
		free(owned.memory);
		free(out);
	}
}

static void reading_refuses_other_pictures(void)
{
	uint32_t number, time, state = 7;
	size_t size = 320 * 240;
	uint8_t *luma = allocate(size);
	memset(luma, 128, size);
	CHECK(test_card_read(luma, size, 320, 320, 240, &number, &time) == -1);
	memset(luma, 255, size);
	CHECK(test_card_read(luma, size, 320, 320, 240, &number, &time) == -1);
	for (size_t i = 0; i < size; i++)
		luma[i] = (uint8_t)next_random(&state);
	CHECK(test_card_read(luma, size, 320, 320, 240, &number, &time) == -1);
	CHECK(test_card_read(luma, size - 1, 320, 320, 240, &number, &time) == -1);
	CHECK(test_card_read(luma, size, 319, 320, 240, &number, &time) == -1);
	CHECK(test_card_read(luma, size, 320, 32, 24, &number, &time) == -1);
	free(luma);
}

/* card_test FOLDER: writes NAME.jpg, and NAME.yuv with Y, Cb, Cr as drawn.
 * run.mjs decodes the images with ffmpeg and compares. */
static int write_samples(const char *folder)
{
	static const struct {
		const char *name;
		int width, height, sampling, quality;
	} samples[] = {
		{ "vga-422", 640, 480, JPEG_ENCODER_422, 12 },
		{ "cif-420", 400, 296, JPEG_ENCODER_420, 12 },
		{ "qqvga-422", 160, 120, JPEG_ENCODER_422, 0 },
		{ "uxga-422", 1600, 1200, JPEG_ENCODER_422, 12 },
	};
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		int width = samples[i].width, height = samples[i].height, sampling = samples[i].sampling;
		owned_card_t owned = make_card(width, height, sampling);
		size_t room = (size_t)(width * height * 2);
		uint8_t *out = allocate(room);
		char path[1024];
		test_card_describe(&owned.card, samples[i].quality, 250);
		test_card_draw(&owned.card, 1234, 45296789);
		int32_t length = encode_card(&owned.card, width, height, sampling, samples[i].quality, out, room);
		for (int j = 0; j < 2 && length > 0; j++) {
			snprintf(path, sizeof(path), "%s/%s.%s", folder, samples[i].name, j ? "yuv" : "jpg");
			FILE *file = fopen(path, "wb");
			if (!file)
				return 1;
			fwrite(j ? owned.memory : out, 1, j ? owned.size : (size_t)length, file);
			fclose(file);
		}
		free(out);
		free(owned.memory);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return write_samples(argv[1]);
	test("card-can-be-read-at-every-size-and-quality", can_be_read_at_every_size_and_quality);
	test("card-redraws-all-that-changed", redraws_all_that_changed);
	test("card-draws-inside-its-planes-at-any-size", draws_inside_its_planes_at_any_size);
	test("card-refuses-sizes-it-cannot-draw", refuses_sizes_it_cannot_draw);
	test("card-fits-the-drivers-buffers-at-quality-12", fits_the_drivers_buffers_at_quality_12);
	test("card-reading-refuses-other-pictures", reading_refuses_other_pictures);
	return check_failures != 0;
}
