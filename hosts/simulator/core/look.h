/* SPDX-License-Identifier: MIT */
/*
 * The look of the simulated picture: what a sensor's controls do to it.
 */

#ifndef SIMULATOR_LOOK_H
#define SIMULATOR_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jpeg_encoder.h"

/** Controls, with the ranges of an OV2640. camera.ts has the same order. */
typedef enum {
	LOOK_BRIGHTNESS, /**< -2 to 2 */
	LOOK_CONTRAST,   /**< -2 to 2 */
	LOOK_SATURATION, /**< -2 (grey) to 2 */
	LOOK_EFFECT,     /**< 0 none, 1 negative, 2 grey, 3 red, 4 green, 5 blue, 6 sepia */
	LOOK_MIRROR,     /**< 0 or 1: left and right are exchanged */
	LOOK_FLIP,       /**< 0 or 1: top and bottom are exchanged */
	LOOK_CONTROLS,
} look_control_t;

/** All zeros is the picture as it is. */
typedef struct {
	int8_t values[LOOK_CONTROLS];
	/** Sample by sample, valid unless `look_is_plain`. */
	uint8_t luma[256], cb[256], cr[256];
} look_t;

/** @param control below LOOK_CONTROLS; @param value in its range */
void look_set(look_t *look, look_control_t control, int value);

/** Whether the picture stays as it is. */
bool look_is_plain(const look_t *look);

/** Copies a picture as it looks.
 *  @param width,height pixels, even; @param sampling JPEG_ENCODER_422 or JPEG_ENCODER_420
 *  @param planes room for all planes of `picture`: y_size + 2 * chroma_size bytes
 *  @returns the copy, over `planes` and with the same strides */
jpeg_picture_t look_apply(
	const look_t *look, const jpeg_picture_t *picture, int width, int height, int sampling, uint8_t *planes);

#endif
