/* SPDX-License-Identifier: MIT */
#include "../../../hosts/simulator/core/look.h"
#include "../../../hosts/simulator/core/test_card.h"
#include "testing.h"

enum { WIDTH = 160, HEIGHT = 120 };

/** A picture and its copy as it looks, each in memory of exactly its size. */
typedef struct {
	test_card_t card;
	uint8_t *drawn, *planes;
	jpeg_picture_t seen;
} scene_t;

static scene_t look_at(const look_t *look, int sampling)
{
	scene_t scene;
	size_t size = test_card_size(WIDTH, HEIGHT, sampling);
	scene.drawn = allocate(size);
	scene.planes = allocate(size);
	if (test_card_init(&scene.card, WIDTH, HEIGHT, sampling, scene.drawn, size))
		abort();
	test_card_draw(&scene.card, 7, 8);
	scene.seen = look_apply(look, test_card_picture(&scene.card), WIDTH, HEIGHT, sampling, scene.planes);
	return scene;
}

static void leave(scene_t *scene)
{
	free(scene->drawn);
	free(scene->planes);
}

static double mean(const uint8_t *plane, size_t size)
{
	double sum = 0;
	for (size_t i = 0; i < size; i++)
		sum += plane[i];
	return sum / (double)size;
}

/** Mean distance of the samples from 128. */
static double spread(const uint8_t *plane, size_t size)
{
	double sum = 0;
	for (size_t i = 0; i < size; i++)
		sum += plane[i] < 128 ? 128 - plane[i] : plane[i] - 128;
	return sum / (double)size;
}

static void picture_without_controls_stays_as_it_is(void)
{
	look_t look = { 0 };
	CHECK(look_is_plain(&look));
	look_set(&look, LOOK_CONTRAST, 1);
	CHECK(!look_is_plain(&look));
	look_set(&look, LOOK_CONTRAST, 0);
	CHECK(look_is_plain(&look));
	scene_t scene = look_at(&look, JPEG_ENCODER_422);
	const jpeg_picture_t *drawn = test_card_picture(&scene.card);
	CHECK(!memcmp(scene.planes, drawn->y, drawn->y_size + 2 * drawn->chroma_size));
	leave(&scene);
}

static void brightness_contrast_and_saturation_go_up_with_their_values(void)
{
	double light[3], contrast[3], colour[3];
	for (int i = 0; i < 3; i++) {
		look_t look = { 0 };
		look_set(&look, LOOK_BRIGHTNESS, 2 * i - 2);
		scene_t scene = look_at(&look, JPEG_ENCODER_420);
		light[i] = mean(scene.seen.y, scene.seen.y_size);
		leave(&scene);
		look = (look_t){ 0 };
		look_set(&look, LOOK_CONTRAST, 2 * i - 2);
		scene = look_at(&look, JPEG_ENCODER_420);
		contrast[i] = spread(scene.seen.y, scene.seen.y_size);
		leave(&scene);
		look = (look_t){ 0 };
		look_set(&look, LOOK_SATURATION, 2 * i - 2);
		scene = look_at(&look, JPEG_ENCODER_420);
		colour[i] = spread(scene.seen.cb, scene.seen.chroma_size);
		leave(&scene);
	}
	CHECK(light[0] + 10 < light[1] && light[1] + 10 < light[2]);
	CHECK(contrast[0] + 10 < contrast[1] && contrast[1] + 5 < contrast[2]);
	CHECK(colour[0] == 0 && colour[1] > 5 && colour[2] > colour[1] + 5);
}

static void effects_change_colour_and_light(void)
{
	for (int effect = 0; effect <= 6; effect++) {
		look_t look = { 0 };
		look_set(&look, LOOK_EFFECT, effect);
		scene_t scene = look_at(&look, JPEG_ENCODER_422);
		double cb = mean(scene.seen.cb, scene.seen.chroma_size), cr = mean(scene.seen.cr, scene.seen.chroma_size);
		bool negative = scene.seen.y[0] == 255 - test_card_picture(&scene.card)->y[0];
		leave(&scene);
		CHECK_CASE(negative == (effect == 1), "effect %d", effect);
		static const int tints[][2] = { { 128, 128 }, { 110, 190 }, { 90, 80 }, { 190, 100 }, { 100, 150 } };
		if (effect >= 2)
			CHECK_CASE(cb == tints[effect - 2][0] && cr == tints[effect - 2][1], "effect %d", effect);
	}
}

static void mirror_and_flip_exchange_sides(void)
{
	for (int i = 0; i < 8; i++) {
		int mirror = i & 1, flip = i >> 1 & 1, sampling = i & 4 ? JPEG_ENCODER_420 : JPEG_ENCODER_422;
		look_t look = { 0 };
		look_set(&look, LOOK_MIRROR, mirror);
		look_set(&look, LOOK_FLIP, flip);
		scene_t scene = look_at(&look, sampling);
		const jpeg_picture_t *drawn = test_card_picture(&scene.card);
		int rows = sampling == JPEG_ENCODER_420 ? HEIGHT / 2 : HEIGHT, columns = WIDTH / 2, differences = 0;
		for (int y = 0; y < HEIGHT; y++)
			for (int x = 0; x < WIDTH; x++)
				differences += scene.seen.y[y * WIDTH + x]
					!= drawn->y[(flip ? HEIGHT - 1 - y : y) * WIDTH + (mirror ? WIDTH - 1 - x : x)];
		for (int y = 0; y < rows; y++)
			for (int x = 0; x < columns; x++) {
				int at = (flip ? rows - 1 - y : y) * columns + (mirror ? columns - 1 - x : x);
				differences += scene.seen.cb[y * columns + x] != drawn->cb[at];
				differences += scene.seen.cr[y * columns + x] != drawn->cr[at];
			}
		leave(&scene);
		CHECK_CASE(differences == 0, "mirror %d, flip %d: %d samples", mirror, flip, differences);
	}
}

int main(void)
{
	test("look-without-controls-is-the-picture-as-it-is", picture_without_controls_stays_as_it_is);
	test("look-has-more-light-contrast-and-colour-with-higher-values",
		brightness_contrast_and_saturation_go_up_with_their_values);
	test("look-has-effects-of-colour-and-light", effects_change_colour_and_light);
	test("look-mirrors-and-flips", mirror_and_flip_exchange_sides);
	return check_failures != 0;
}
