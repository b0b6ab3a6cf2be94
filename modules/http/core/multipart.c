/* SPDX-License-Identifier: MIT */
#include "multipart.h"

#include <string.h>

static const char TRAILER[] = "\r\n--" MULTIPART_BOUNDARY "\r\n";

enum {
	TRAILER_LENGTH = sizeof(TRAILER) - 1,
	PADDING = 256,
};

#define EOI4 0xff, 0xd9, 0xff, 0xd9, 0xff, 0xd9, 0xff, 0xd9
#define EOI32 EOI4, EOI4, EOI4, EOI4, EOI4, EOI4, EOI4, EOI4
static const uint8_t EOI[PADDING] = { EOI32, EOI32, EOI32, EOI32 };

static uint8_t *put_text(uint8_t *at, const char *text)
{
	size_t length = strlen(text);
	memcpy(at, text, length);
	return at + length;
}

/** @param digits at least so many, with leading zeros */
static uint8_t *put_number(uint8_t *at, uint64_t number, uint32_t digits)
{
	uint8_t reversed[20];
	uint32_t count = 0;
	for (; number || count < digits; number /= 10)
		reversed[count++] = (uint8_t)('0' + number % 10);
	while (count)
		*at++ = reversed[--count];
	return at;
}

static void begin(multipart_t *self, uint32_t image_length)
{
	self->octets_before = multipart_octets(self);
	self->image_length = image_length;
	self->position = 0;
	self->in_progress = true;
	self->padding = false;
}

void multipart_begin(multipart_t *self, uint32_t image_length, uint64_t capture_time)
{
	begin(self, image_length);
	uint8_t *at = put_text(self->header, "Content-Type: image/jpeg\r\nContent-Length: ");
	at = put_number(at, image_length, 1);
	at = put_text(at, "\r\nX-Timestamp: ");
	at = put_number(at, capture_time / 1000000, 1);
	*at++ = '.';
	at = put_number(at, capture_time % 1000000, 6);
	at = put_text(at, "\r\n\r\n");
	self->header_length = (uint8_t)(at - self->header);
	self->length = self->header_length + image_length + TRAILER_LENGTH;
}

void multipart_begin_single(multipart_t *self, uint32_t image_length)
{
	begin(self, image_length);
	self->header_length = 0;
	self->length = image_length;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t multipart_peek(const multipart_t *self, const uint8_t *frame, uint32_t limit, const uint8_t **bytes)
{
	uint32_t position = self->position;
	if (!self->in_progress)
		return 0;
	if (position < self->header_length) {
		*bytes = self->header + position;
		return least(limit, self->header_length - position);
	}
	position -= self->header_length;
	if (position >= self->image_length) {
		position -= self->image_length;
		*bytes = (const uint8_t *)TRAILER + position;
		return least(limit, TRAILER_LENGTH - position);
	}
	uint32_t left = self->image_length - position;
	if (self->padding) {
		/* so that the last byte is the end of a marker */
		uint32_t odd = left & 1;
		*bytes = EOI + odd;
		return least(limit, least(left, PADDING - odd));
	}
	*bytes = frame + position;
	return least(limit, left);
}

void multipart_advance(multipart_t *self, uint32_t count)
{
	self->position += count;
	self->in_progress = self->position < self->length;
}

void multipart_take_back(multipart_t *self, uint32_t count)
{
	self->position -= count;
	self->in_progress = self->position < self->length;
}

void multipart_pad(multipart_t *self)
{
	if (self->position == 0)
		self->in_progress = false;
	else
		self->padding = true;
}

uint32_t multipart_octets(const multipart_t *self)
{
	if (self->position <= self->header_length)
		return self->octets_before;
	return self->octets_before + least(self->position - self->header_length, self->image_length);
}
