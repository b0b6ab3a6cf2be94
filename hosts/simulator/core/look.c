/* SPDX-License-Identifier: MIT */
#include "look.h"

enum { MIDDLE = 128 };

/** Colours of the effects from red on: Cb, Cr. */
static const uint8_t tints[][2] = { { 110, 190 }, { 90, 80 }, { 190, 100 }, { 100, 150 } };

enum { EFFECT_NEGATIVE = 1, EFFECT_GREY, EFFECT_TINTS };

static uint8_t clamp(int value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/** @returns a chroma sample; @param which 0: Cb, 1: Cr */
static uint8_t chroma(const look_t *look, int value, int which)
{
	int effect = look->values[LOOK_EFFECT];
	if (effect >= EFFECT_TINTS)
		return tints[effect - EFFECT_TINTS][which];
	if (effect == EFFECT_GREY)
		return MIDDLE;
	int distance = (value - MIDDLE) * (2 + look->values[LOOK_SATURATION]) / 2;
	return clamp(MIDDLE + (effect == EFFECT_NEGATIVE ? -distance : distance));
}

void look_set(look_t *look, look_control_t control, int value)
{
	look->values[control] = (int8_t)value;
	for (int i = 0; i < 256; i++) {
		int luma = MIDDLE + (i - MIDDLE) * (4 + look->values[LOOK_CONTRAST]) / 4 + 20 * look->values[LOOK_BRIGHTNESS];
		look->luma[i] = clamp(look->values[LOOK_EFFECT] == EFFECT_NEGATIVE ? 255 - luma : luma);
		look->cb[i] = chroma(look, i, 0);
		look->cr[i] = chroma(look, i, 1);
	}
}

bool look_is_plain(const look_t *look)
{
	for (int i = 0; i < LOOK_CONTROLS; i++)
		if (look->values[i])
			return false;
	return true;
}

static void apply_plane(const look_t *look, const uint8_t *from, uint8_t *to, size_t stride, int width, int height,
	const uint8_t table[256])
{
	bool mirror = look->values[LOOK_MIRROR], flip = look->values[LOOK_FLIP];
	for (int y = 0; y < height; y++, to += stride) {
		const uint8_t *row = from + (size_t)(flip ? height - 1 - y : y) * stride;
		if (mirror)
			for (int x = 0; x < width; x++)
				to[x] = table[row[width - 1 - x]];
		else
			for (int x = 0; x < width; x++)
				to[x] = table[row[x]];
	}
}

jpeg_picture_t look_apply(
	const look_t *look, const jpeg_picture_t *picture, int width, int height, int sampling, uint8_t *planes)
{
	jpeg_picture_t result = *picture;
	uint8_t *cb = planes + picture->y_size, *cr = cb + picture->chroma_size;
	int chroma_height = sampling == JPEG_ENCODER_420 ? height / 2 : height;
	apply_plane(look, picture->y, planes, picture->y_stride, width, height, look->luma);
	apply_plane(look, picture->cb, cb, picture->chroma_stride, width / 2, chroma_height, look->cb);
	apply_plane(look, picture->cr, cr, picture->chroma_stride, width / 2, chroma_height, look->cr);
	result.y = planes;
	result.cb = cb;
	result.cr = cr;
	return result;
}
