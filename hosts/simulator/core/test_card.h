/*
 * The picture that the simulated camera shows: something a person can judge by eye, and a program can read.
 *
 *   ▌▐ ▌▐ ▌▐ ▌▐ ▌▐ ▌▐   castellated border: is the picture cropped?
 *   640X480 4:2:2 Q12   what the sensor is set to
 *   ███ colour bars ███  75 %, over them a zone plate whose rings are finer and finer: sharpness, and blocks at low quality
 *   ▓▓▒▒░░ grey steps    black to white
 *   ────────●─────────   goes to and fro once in two seconds: is the motion even?
 *    12:34:56.789        wall clock, to read the latency off the screen
 *      #00001234         frame number, to see what is lost
 *   ▀▄▀▀▄▄▀▀▄▀▄▄▀▀▄▀▄   the same two numbers, 32 cells each, for `test_card_read`
 *
 * The background is drawn once; a frame redraws the digits and cells that changed and the strip of the moving mark.
 */

#ifndef TEST_CARD_H
#define TEST_CARD_H

#include <stddef.h>
#include <stdint.h>

#include "jpeg_encoder.h"

/** Smallest and largest picture in pixels: the clock is not legible below, memory is counted in 32 bits above. */
#define TEST_CARD_WIDTH_MIN 120
#define TEST_CARD_HEIGHT_MIN 80
#define TEST_CARD_DIMENSION_MAX 4096

/** Time and frame number wrap at these: a day in milliseconds, and the 8 digits that are shown. */
#define TEST_CARD_DAY 86400000u
#define TEST_CARD_NUMBERS 100000000u

/** A test card. Owns nothing: the planes are memory of the caller. All fields are private. */
typedef struct {
	jpeg_picture_t picture;
	uint8_t *y, *cb, *cr;   /* the planes of `picture`, to be written */
	uint16_t width, height; /* pixels */
	uint8_t sampling;
	char description[40];   /* the text on top, as drawn */
	char clock[13];         /* digits as drawn; NUL where none is yet */
	char number[10];
	uint64_t code;          /* cells as drawn */
	uint8_t coded;          /* whether they are */
} test_card_t;

/** Memory the planes of a card need.
 *  @param width,height pixels; @param sampling JPEG_ENCODER_422 or JPEG_ENCODER_420
 *  @returns bytes, 2 a pixel (4:2:2) or 1.5 (4:2:0) and rounding; 0 when the size or the sampling is out of range */
size_t test_card_size(int width, int height, int sampling);

/** Draws the background. About a million instructions at VGA, once for every size.
 *  @param memory of the caller, used until the card is; @param size its bytes, at least `test_card_size`
 *  @returns 0, or -1 when the size is out of range or the memory too small, with nothing written */
int test_card_init(test_card_t *card, int width, int height, int sampling, uint8_t *memory, size_t size);

/** Draws the text on top, if it changed.
 *  @param quality 0..63; @param frame_rate frames a second times 10, 1..1200 */
void test_card_describe(test_card_t *card, int quality, int frame_rate);

/** Draws what changes from frame to frame.
 *  @param number frame number, shown modulo TEST_CARD_NUMBERS
 *  @param time wall clock, milliseconds since midnight, taken modulo TEST_CARD_DAY */
void test_card_draw(test_card_t *card, uint32_t number, uint32_t time);

/** The planes, as the encoder takes them. Valid as long as the card. */
const jpeg_picture_t *test_card_picture(const test_card_t *card);

/** Reads the cells of a decoded picture: for tests that measure latency and loss on the far side of a client.
 *  @param luma 8 bits a pixel; @param size its bytes; @param stride bytes a row
 *  @param width,height of the picture in pixels, not scaled since
 *  @param number,time as they were drawn
 *  @returns 0, or -1 when this is no test card: out of range, a cell neither black nor white, or a time past midnight */
int test_card_read(const uint8_t *luma, size_t size, size_t stride, int width, int height, uint32_t *number, uint32_t *time);

#endif
