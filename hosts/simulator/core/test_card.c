/* SPDX-License-Identifier: MIT */
#include "test_card.h"

#include <string.h>

/* ---- Font: 5 x 7 cells per character, one byte per row, bit 4 leftmost ---- */

#define GLYPH_WIDTH 5
#define GLYPH_HEIGHT 7
#define GLYPH_PITCH 6

static const char glyph_names[] = "0123456789:.#QFPSX";
static const uint8_t glyphs[][GLYPH_HEIGHT] = {
	{ 0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E },
	{ 0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E },
	{ 0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F },
	{ 0x0E, 0x11, 0x01, 0x06, 0x01, 0x11, 0x0E },
	{ 0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02 },
	{ 0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E },
	{ 0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E },
	{ 0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08 },
	{ 0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E },
	{ 0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C },
	{ 0x00, 0x04, 0x04, 0x00, 0x04, 0x04, 0x00 },
	{ 0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x0C },
	{ 0x0A, 0x0A, 0x1F, 0x0A, 0x1F, 0x0A, 0x0A },
	{ 0x0E, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0D },
	{ 0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x10 },
	{ 0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10 },
	{ 0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E },
	{ 0x11, 0x11, 0x0A, 0x04, 0x0A, 0x11, 0x11 },
};

static const uint8_t *find_glyph(char name)
{
	const char *found = name ? strchr(glyph_names, name) : NULL;
	return found ? glyphs[found - glyph_names] : NULL;
}

/* ---- Layout ---- */

/* All in luma pixels; `top` and `height` of the bands are even, so that 4:2:0 chroma follows them. */
typedef struct {
	int border; /* thickness */
	int text_scale, text_left, text_top;
	int bars_top, bars_height;
	int steps_top, steps_height;
	int sweep_top, sweep_height;
	int scale; /* pixels a font cell of the large digits */
	int clock_left, clock_top;
	int number_left, number_top;
	int cell_width, cell_height, cells_left, cells_top;
} layout_t;

static int even(int value)
{
	return value & ~1;
}

/* aligns to the grid of DCT blocks if the picture has enough of them: edges inside a block cost many bits and blur */
static int snap(int value, int height)
{
	return height < 240 ? even(value) : (value + 4) & ~7;
}

static int at_least(int value, int least)
{
	return value < least ? least : value;
}

static int text_width(int length, int scale)
{
	return (length * GLYPH_PITCH - 1) * scale;
}

#define CLOCK_LENGTH 12
#define NUMBER_LENGTH 9

static layout_t layout(int width, int height)
{
	layout_t l;
	int by_height = height / 60;
	l.scale = width / 80;
	if (l.scale > by_height)
		l.scale = by_height;
	l.scale = at_least(l.scale, 1);
	l.border = even(at_least(l.scale, 2));

	/* the lower half, from the bottom up: cells, number, clock */
	l.cell_width = (width - 4 * l.border) / 32;
	l.cell_height = even(at_least(l.scale * 2, 4));
	l.cells_left = (width - 32 * l.cell_width) / 2;
	l.cells_top = snap(height - l.border - l.scale * 2 - 2 * l.cell_height, height);
	l.number_left = snap((width - text_width(NUMBER_LENGTH, l.scale)) / 2, height);
	l.number_top = snap(l.cells_top - l.scale * 2 - GLYPH_HEIGHT * l.scale, height);
	l.clock_left = snap((width - text_width(CLOCK_LENGTH, l.scale)) / 2, height);
	l.clock_top = snap(l.number_top - l.scale * 2 - GLYPH_HEIGHT * l.scale, height);

	/* the upper half: text, then the bands share the rest */
	l.text_scale = at_least(width / 200, 1);
	if (l.text_scale * 24 > height)
		l.text_scale = at_least(height / 24, 1);
	l.text_left = l.border * 3;
	l.text_top = l.border + at_least(l.text_scale, 2);
	l.bars_top = snap(l.text_top + GLYPH_HEIGHT * l.text_scale + (height < 240 ? 2 : 6), height);
	int room = l.clock_top - l.scale * 2 - l.bars_top;
	l.sweep_height = snap(at_least(room / 8, 4), height);
	l.steps_height = snap(at_least(room / 7, 4), height);
	l.bars_height = snap(room - l.sweep_height - l.steps_height - (height < 240 ? 0 : 3), height);
	l.steps_top = l.bars_top + l.bars_height;
	l.sweep_top = l.steps_top + l.steps_height;
	return l;
}

/* ---- Drawing ---- */

typedef struct {
	uint8_t y, cb, cr;
} colour_t;

static const colour_t panel = { 16, 128, 128 };

static void fill_luma(test_card_t *card, int left, int top, int width, int height, uint8_t value)
{
	uint8_t *row = card->y + (size_t)top * card->picture.y_stride + (size_t)left;
	for (; height > 0; height--, row += card->picture.y_stride)
		memset(row, value, (size_t)width);
}

static void fill(test_card_t *card, int left, int top, int width, int height, colour_t colour)
{
	int shift = card->sampling == JPEG_ENCODER_420;
	size_t offset = (size_t)(top >> shift) * card->picture.chroma_stride + (size_t)(left / 2);
	size_t count = (size_t)((left + width) / 2 - left / 2);
	fill_luma(card, left, top, width, height, colour.y);
	for (height >>= shift; height > 0; height--, offset += card->picture.chroma_stride) {
		memset(card->cb + offset, colour.cb, count);
		memset(card->cr + offset, colour.cr, count);
	}
}

/* Smooths diagonals, which large cells would turn into stairs, like the teletext generator SAA5050. Where two cells
 * meet only at a corner, the corners of the two empty cells beside them are filled along a diagonal half a cell
 * long. */
static void draw_glyph(test_card_t *card, const uint8_t *rows, int left, int top, int scale, uint8_t ink, uint8_t paper)
{
	fill_luma(card, left, top, GLYPH_WIDTH * scale, GLYPH_HEIGHT * scale, paper);
	if (!rows)
		return;
	for (int row = 0; row < GLYPH_HEIGHT; row++) {
		for (int column = 0; column < GLYPH_WIDTH; column++) {
			if (rows[row] >> (GLYPH_WIDTH - 1 - column) & 1)
				fill_luma(card, left + column * scale, top + row * scale, scale, scale, ink);
		}
	}
	int half = scale * 3 / 4;
	if (half < 2)
		return;
	for (int row = 0; row + 1 < GLYPH_HEIGHT; row++) {
		for (int column = 0; column + 1 < GLYPH_WIDTH; column++) {
			int shift = GLYPH_WIDTH - 2 - column;
			int upper = rows[row] >> shift & 3, lower = rows[row + 1] >> shift & 3;
			/* falling: upper left and lower right are set; rising: the other two */
			int falling = upper == 2 && lower == 1, rising = upper == 1 && lower == 2;
			if (!falling && !rising)
				continue;
			int x = left + (column + 1) * scale, y = top + (row + 1) * scale;
			for (int i = 0; i < half; i++) {
				int length = half - i;
				if (falling) {
					fill_luma(card, x, y - 1 - i, length, 1, ink);
					fill_luma(card, x - length, y + i, length, 1, ink);
				}
				else {
					fill_luma(card, x - length, y - 1 - i, length, 1, ink);
					fill_luma(card, x, y + i, length, 1, ink);
				}
			}
		}
	}
}

/* Draws the characters that have changed. */
static void draw_text(
	test_card_t *card, char *there, const char *text, int length, int left, int top, int scale, uint8_t ink)
{
	for (int i = 0; i < length; i++) {
		if (there[i] == text[i])
			continue;
		there[i] = text[i];
		draw_glyph(card, find_glyph(text[i]), left + i * GLYPH_PITCH * scale, top, scale, ink, panel.y);
	}
}

/* Writes value in decimal with `digits` digits, the last at end[-1]. Returns a pointer to the first. */
static char *put_decimal(char *end, uint32_t value, int digits)
{
	for (; digits > 0; digits--, value /= 10)
		*--end = (char)('0' + value % 10);
	return end;
}

/* ---- Background ---- */

static void draw_border(test_card_t *card, const layout_t *l)
{
	const colour_t white = { 235, 128, 128 };
	int pitch = 4 * l->border;
	for (int x = 0; x < card->width; x += pitch) {
		int length = x + pitch / 2 > card->width ? card->width - x : pitch / 2;
		fill(card, x, 0, length, l->border, white);
		fill(card, x, card->height - l->border, length, l->border, white);
	}
	for (int y = 0; y < card->height; y += pitch) {
		int length = y + pitch / 2 > card->height ? card->height - y : pitch / 2;
		fill(card, 0, y, l->border, length, white);
		fill(card, card->width - l->border, y, l->border, length, white);
	}
}

/* 75 % of full range, ITU-R BT.601: white, yellow, cyan, green, magenta, red, blue, black */
static void draw_bars(test_card_t *card, const layout_t *l)
{
	static const colour_t bars[8] = {
		{ 191, 128, 128 },
		{ 169, 32, 143 },
		{ 134, 160, 32 },
		{ 112, 65, 48 },
		{ 79, 191, 208 },
		{ 57, 96, 224 },
		{ 22, 224, 113 },
		{ 0, 128, 128 },
	};
	int left = even(l->border * 2), right = card->width - left;
	for (int i = 0; i < 8; i++) {
		int from = snap(left + (right - left) * i / 8, card->height),
			to = snap(left + (right - left) * (i + 1) / 8, card->height);
		fill(card, from, l->bars_top, to - from, l->bars_height, bars[i]);
	}
	for (int i = 0; i < 11; i++) {
		int from = snap(left + (right - left) * i / 11, card->height),
			to = snap(left + (right - left) * (i + 1) / 11, card->height);
		const colour_t grey = { (uint8_t)(i * 255 / 10), 128, 128 };
		fill(card, from, l->steps_top, to - from, l->steps_height, grey);
	}
}

/* Sine of a turn (65536 is a full turn), -127 to 127.
 * The half waves are parabolas, within 6 % of the sine, which is not visible here. */
static int wave(uint32_t turn)
{
	int32_t half = (int32_t)(turn & 0x7FFF);
	int32_t value = (half * (0x8000 - half) >> 14) * 127 >> 14;
	return turn & 0x8000 ? -value : value;
}

/* Rings whose pitch falls with the radius, to three pixels at the rim, surrounded by a plain dark ring. */
static void draw_zone_plate(test_card_t *card, const layout_t *l)
{
	const int shift = card->sampling == JPEG_ENCODER_420;
	int radius = l->bars_height * 7 / 16, rim = at_least(radius / 16, 1);
	int x0 = card->width / 2, y0 = l->bars_top + l->bars_height / 2;
	uint32_t outer = (uint32_t)((radius + rim) * (radius + rim)), inner = (uint32_t)(radius * radius);
	for (int y = y0 - radius - rim; y <= y0 + radius + rim; y++) {
		for (int x = x0 - radius - rim; x <= x0 + radius + rim; x++) {
			int dx = x - x0, dy = y - y0;
			uint32_t square = (uint32_t)(dx * dx + dy * dy);
			if (square > outer)
				continue;
			/* square / (6 radius) turns, so square / (3 radius) is the local pitch: 1/3 of a turn a pixel at the rim */
			uint32_t turn = (uint32_t)((uint64_t)square * 65536 / (6 * (uint32_t)radius)) + 0x4000;
			int value = square > inner ? 16 : 128 + wave(turn) * 7 / 8;
			card->y[(size_t)y * card->picture.y_stride + (size_t)x] = (uint8_t)value;
			size_t offset = (size_t)(y >> shift) * card->picture.chroma_stride + (size_t)(x / 2);
			card->cb[offset] = card->cr[offset] = 128;
		}
	}
}

size_t test_card_size(int width, int height, int sampling)
{
	if (width < TEST_CARD_WIDTH_MIN || width > TEST_CARD_DIMENSION_MAX || height < TEST_CARD_HEIGHT_MIN
		|| height > TEST_CARD_DIMENSION_MAX)
		return 0;
	size_t chroma_width = ((size_t)width + 1) / 2;
	if (sampling == JPEG_ENCODER_422)
		return (size_t)height * (2 * chroma_width) + 2 * (size_t)height * chroma_width;
	if (sampling == JPEG_ENCODER_420)
		return (size_t)height * (2 * chroma_width) + 2 * (((size_t)height + 1) / 2) * chroma_width;
	return 0;
}

int test_card_init(test_card_t *card, int width, int height, int sampling, uint8_t *memory, size_t size)
{
	size_t needed = test_card_size(width, height, sampling);
	if (!needed || !memory || size < needed)
		return -1;

	memset(card, 0, sizeof(*card));
	jpeg_picture_t *picture = &card->picture;
	picture->chroma_stride = ((size_t)width + 1) / 2;
	picture->y_stride = 2 * picture->chroma_stride;
	picture->y_size = picture->y_stride * (size_t)height;
	picture->chroma_size = (needed - picture->y_size) / 2;
	picture->y = card->y = memory;
	picture->cb = card->cb = memory + picture->y_size;
	picture->cr = card->cr = card->cb + picture->chroma_size;
	card->width = (uint16_t)width;
	card->height = (uint16_t)height;
	card->sampling = (uint8_t)sampling;

	layout_t l = layout(width, height);
	memset(card->y, panel.y, picture->y_size);
	memset(card->cb, panel.cb, picture->chroma_size);
	memset(card->cr, panel.cr, picture->chroma_size);
	draw_border(card, &l);
	draw_bars(card, &l);
	draw_zone_plate(card, &l);
	return 0;
}

/* ---- Moving parts ---- */

void test_card_describe(test_card_t *card, int quality, int frame_rate)
{
	/* "1600X1200 4:2:0 Q12 29.9 FPS" */
	char text[sizeof(card->description)];
	char *next = text;
	memset(text, ' ', sizeof(text));
	next = put_decimal(next + (card->width < 1000 ? 3 : 4), card->width, card->width < 1000 ? 3 : 4)
		+ (card->width < 1000 ? 3 : 4);
	*next++ = 'X';
	int digits = card->height < 100 ? 2 : card->height < 1000 ? 3 : 4;
	next = put_decimal(next + digits, card->height, digits) + digits + 1;
	memcpy(next, card->sampling == JPEG_ENCODER_420 ? "4:2:0" : "4:2:2", 5);
	next += 6;
	*next++ = 'Q';
	digits = quality < 10 ? 1 : 2;
	next = put_decimal(next + digits, (uint32_t)quality, digits) + digits + 1;
	uint32_t whole = (uint32_t)frame_rate / 10, tenths = (uint32_t)frame_rate % 10;
	digits = whole < 10 ? 1 : whole < 100 ? 2 : whole < 1000 ? 3 : 4;
	if (frame_rate)
		next = put_decimal(next + digits, whole, digits) + digits;
	if (tenths) {
		*next++ = '.';
		*next++ = (char)('0' + tenths);
	}
	next++;
	if (frame_rate)
		memcpy(next, "FPS", 3);

	/* characters that do not fit between the borders are not drawn */
	layout_t l = layout(card->width, card->height);
	int room = (card->width - 2 * l.text_left + l.text_scale) / (GLYPH_PITCH * l.text_scale);
	int length = room < (int)sizeof(text) ? room : (int)sizeof(text);
	draw_text(card, card->description, text, length, l.text_left, l.text_top, l.text_scale, 200);
}

/* The mark is at the left end at even seconds and at the right end at odd ones, so that two screens can be compared. */
static void draw_sweep(test_card_t *card, const layout_t *l, uint32_t time)
{
	int left = l->border * 2, width = card->width - 2 * left;
	int margin = at_least(l->sweep_height / 8, 1);
	int size = l->sweep_height - 2 * margin;
	int phase = (int)(time % 2000);
	int back = phase >= 1000;
	int x = (width - size) * (back ? 2000 - phase : phase) / 1000;

	/* two rows are drawn and then copied: the field with its tail, then the same with the mark */
	uint8_t *row = card->y + (size_t)l->sweep_top * card->picture.y_stride + (size_t)left;
	memset(row, 40, (size_t)width);
	for (int i = 1; i < 10; i++)
		row[width * i / 10] = 90;
	int tail = width / 5;
	for (int i = 0; i < tail; i++) {
		int at = back ? x + size + i : x - 1 - i;
		if (at >= 0 && at < width)
			row[at] = (uint8_t)(40 + 110 * (tail - i) / tail);
	}
	for (int i = 1; i < l->sweep_height; i++)
		memcpy(row + (size_t)i * card->picture.y_stride, row, (size_t)width);
	fill_luma(card, left + x, l->sweep_top + margin, size, size, 245);
}

static void draw_cells(test_card_t *card, const layout_t *l, uint64_t code)
{
	uint64_t changed = card->coded ? card->code ^ code : ~(uint64_t)0;
	card->code = code;
	card->coded = 1;
	for (int i = 0; i < 64; i++) {
		if (changed >> (63 - i) & 1) {
			fill_luma(card, l->cells_left + (i & 31) * l->cell_width, l->cells_top + (i >> 5) * l->cell_height,
				l->cell_width, l->cell_height, code >> (63 - i) & 1 ? 235 : 36);
		}
	}
}

void test_card_draw(test_card_t *card, uint32_t number, uint32_t time)
{
	layout_t l = layout(card->width, card->height);
	number %= TEST_CARD_NUMBERS;
	time %= TEST_CARD_DAY;

	char clock[] = "00:00:00.000", digits[] = "#00000000";
	put_decimal(clock + 2, time / 3600000, 2);
	put_decimal(clock + 5, time / 60000 % 60, 2);
	put_decimal(clock + 8, time / 1000 % 60, 2);
	put_decimal(clock + 12, time % 1000, 3);
	put_decimal(digits + 9, number, 8);
	draw_text(card, card->clock, clock, CLOCK_LENGTH, l.clock_left, l.clock_top, l.scale, 245);
	draw_text(card, card->number, digits, NUMBER_LENGTH, l.number_left, l.number_top, l.scale, 180);
	draw_sweep(card, &l, time);
	draw_cells(card, &l, (uint64_t)number << 32 | time);
}

const jpeg_picture_t *test_card_picture(const test_card_t *card)
{
	return &card->picture;
}

int test_card_read(
	const uint8_t *luma, size_t size, size_t stride, int width, int height, uint32_t *number, uint32_t *time)
{
	if (!test_card_size(width, height, JPEG_ENCODER_422) || stride < (size_t)width || size / stride < (size_t)height)
		return -1;
	layout_t l = layout(width, height);
	uint64_t code = 0;
	for (int i = 0; i < 64; i++) {
		/* the mean of the middle of the cell, since encoding blurs its rim */
		int left = l.cells_left + (i & 31) * l.cell_width + l.cell_width / 4;
		int top = l.cells_top + (i >> 5) * l.cell_height + l.cell_height / 4;
		int columns = at_least(l.cell_width / 2, 1), rows = at_least(l.cell_height / 2, 1), sum = 0;
		for (int y = 0; y < rows; y++) {
			for (int x = 0; x < columns; x++)
				sum += luma[(size_t)(top + y) * stride + (size_t)(left + x)];
		}
		int mean = sum / (columns * rows);
		if (mean > 90 && mean < 160)
			return -1;
		code = code << 1 | (mean >= 160);
	}
	*number = (uint32_t)(code >> 32);
	*time = (uint32_t)code;
	return *number < TEST_CARD_NUMBERS && *time < TEST_CARD_DAY ? 0 : -1;
}
