/* SPDX-License-Identifier: MIT */
/*
 * The simulated camera's picture, which a person can judge by eye and a program can read.
 *
 *   ▌▐ ▌▐ ▌▐ ▌▐ ▌▐ ▌▐   castellated border: is the picture cropped?
 *   640X480 4:2:2 Q12   the sensor's settings
 *   ███ colour bars ███  75 %, over them a zone plate whose rings are finer and finer: sharpness, and blocks at low
 *                        quality
 *   ▓▓▒▒░░ grey steps    black to white
 *   ────────●─────────   moves back and forth once every two seconds: is the motion even?
 *    12:34:56.789        wall clock, to read the latency off the screen
 *      #00001234         frame number, to see losses
 *   ▀▄▀▀▄▄▀▀▄▀▄▄▀▀▄▀▄   the same two numbers, 32 cells each, for `test_card_read`
 *
 * The background is drawn once; a frame redraws the digits and cells that changed and the strip of the moving mark.
 */

#ifndef TEST_CARD_H
#define TEST_CARD_H

#include <stddef.h>
#include <stdint.h>

#include "jpeg_encoder.h"

/** Smallest and largest picture in pixels. Below, the clock is not legible; above, sizes do not fit 32 bits. */
#define TEST_CARD_WIDTH_MIN 120
#define TEST_CARD_HEIGHT_MIN 80
#define TEST_CARD_DIMENSION_MAX 4096

/** Time and frame number wrap at these values: a day in milliseconds, and the 8 digits shown. */
#define TEST_CARD_DAY 86400000u
#define TEST_CARD_NUMBERS 100000000u

/** A test card. The caller owns the planes' memory. All fields are private. */
typedef struct {
	jpeg_picture_t picture;
	uint8_t *y, *cb, *cr;   /* the planes of `picture`, writable */
	uint16_t width, height; /* pixels */
	uint8_t sampling;
	char description[40]; /* the text on top, as drawn */
	char clock[13];       /* digits as drawn; NUL where none is drawn yet */
	char number[10];
	uint64_t code; /* cells as drawn */
	uint8_t coded; /* whether cells are drawn */
} test_card_t;

/** Memory needed for the planes of a card.
 *  @param width,height pixels; @param sampling JPEG_ENCODER_422 or JPEG_ENCODER_420
 *  @returns bytes: 2 per pixel (4:2:2) or 1.5 (4:2:0), plus rounding; 0 if the size or the sampling is out of range */
size_t test_card_size(int width, int height, int sampling);

/** Draws the background, once for every size. This takes about a million instructions at VGA.
 *  @param memory the caller's, in use as long as the card; @param size its bytes, at least `test_card_size`
 *  @returns 0, or -1 with nothing written if the size is out of range or the memory too small */
int test_card_init(test_card_t *card, int width, int height, int sampling, uint8_t *memory, size_t size);

/** Draws the text at the top if it has changed.
 *  @param quality 0..63; @param frame_rate frames per second times 10, 1..1200 */
void test_card_describe(test_card_t *card, int quality, int frame_rate);

/** Draws the parts that change from frame to frame.
 *  @param number frame number, shown modulo TEST_CARD_NUMBERS
 *  @param time wall clock, milliseconds since midnight, taken modulo TEST_CARD_DAY */
void test_card_draw(test_card_t *card, uint32_t number, uint32_t time);

/** The planes, for the encoder. Valid as long as the card. */
const jpeg_picture_t *test_card_picture(const test_card_t *card);

/** Reads the cells of a decoded picture, for tests that measure latency and loss through a client.
 *  @param luma 8 bits per pixel; @param size its bytes; @param stride bytes per row
 *  @param width,height of the picture in pixels, unscaled
 *  @param number,time receive the values that were drawn
 *  @returns 0, or -1 if this is not a test card:
 *    size out of range, a cell neither black nor white, or a time past midnight */
int test_card_read(
	const uint8_t *luma, size_t size, size_t stride, int width, int height, uint32_t *number, uint32_t *time);

#endif
