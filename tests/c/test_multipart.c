/* SPDX-License-Identifier: MIT */
/*
 * Tests of the parts of a picture stream, however the socket cuts them. The frame has its exact length on the heap.
 */

#include "multipart.h"

#include "check.h"

#define LINE "\r\n--" MULTIPART_BOUNDARY "\r\n"

/** An image of `length` bytes with SOI and EOI. */
static bytes_t image_of(size_t length)
{
	bytes_t image = { malloc(length), length };
	if (!image.data)
		abort();
	for (size_t i = 0; i < length; i++)
		image.data[i] = (uint8_t)(i % 251);
	image.data[0] = 0xff;
	image.data[1] = 0xd8;
	image.data[length - 2] = 0xff;
	image.data[length - 1] = 0xd9;
	return image;
}

static void append_text(bytes_t *bytes, const char *text)
{
	bytes_append(bytes, (const uint8_t *)text, strlen(text));
}

/** What a viewer receives if each piece has at most `limit` bytes. @param limit 0: of every length, in turn */
static bytes_t receive(multipart_t *part, const uint8_t *frame, uint32_t limit)
{
	bytes_t received = { NULL, 0 };
	const uint8_t *bytes = NULL;
	for (uint32_t turn = 0; part->in_progress; turn++) {
		uint32_t count = multipart_peek(part, frame, limit ? limit : 1 + turn % 17, &bytes);
		if (!count)
			break;
		bytes_append(&received, bytes, count);
		multipart_advance(part, count);
	}
	return received;
}

static bool same(const bytes_t *a, const bytes_t *b)
{
	return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

static void part_is_header_image_and_boundary_line(void)
{
	static const uint32_t limits[] = { 1, 2, 7, 100, 1400, 1000000, 0 };
	bytes_t image = image_of(2345), expected = { NULL, 0 };
	append_text(&expected, "Content-Type: image/jpeg\r\nContent-Length: 2345\r\nX-Timestamp: 12.000345\r\n\r\n");
	bytes_append(&expected, image.data, image.length);
	append_text(&expected, LINE);
	multipart_t part = { 0 };
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		multipart_begin(&part, 2345, 12000345);
		bytes_t received = receive(&part, image.data, limits[i]);
		CHECK(same(&received, &expected));
		CHECK(!part.in_progress);
		CHECK(multipart_octets(&part) == 2345 * (i + 1));
		bytes_free(&received);
	}
	bytes_free(&expected);
	bytes_free(&image);
}

static void longest_header_fits(void)
{
	multipart_t part = { 0 };
	multipart_begin(&part, UINT32_MAX - 1000, UINT64_MAX);
	CHECK(part.header_length <= MULTIPART_HEADER_MAX);
	CHECK(memcmp(part.header + part.header_length - 4, "\r\n\r\n", 4) == 0);
	multipart_begin(&part, 1, 0);
	CHECK(strstr((const char *)part.header, "X-Timestamp: 0.000000\r\n\r\n"));
}

static void single_image_has_nothing_around_it(void)
{
	bytes_t image = image_of(1000);
	multipart_t part = { 0 };
	multipart_begin_single(&part, 1000);
	bytes_t received = receive(&part, image.data, 300);
	CHECK(same(&received, &image));
	bytes_free(&received);
	/* after a part with a header as well */
	multipart_begin(&part, 1000, 1);
	received = receive(&part, image.data, 0);
	bytes_free(&received);
	multipart_begin_single(&part, 1000);
	received = receive(&part, image.data, 0);
	CHECK(same(&received, &image));
	CHECK(multipart_octets(&part) == 3000);
	bytes_free(&received);
	bytes_free(&image);
}

static void bytes_taken_back_come_again(void)
{
	bytes_t image = image_of(500), whole, received = { NULL, 0 };
	multipart_t part = { 0 };
	multipart_begin(&part, 500, 5);
	whole = receive(&part, image.data, 1000);
	multipart_begin(&part, 500, 5);
	const uint8_t *bytes = NULL;
	while (part.in_progress) {
		/* three pieces are gathered, and the socket takes a third of their bytes, at least one */
		uint8_t gathered[3 * 64];
		uint32_t count = 0;
		for (int i = 0; i < 3; i++) {
			uint32_t piece = multipart_peek(&part, image.data, 64, &bytes);
			memcpy(gathered + count, bytes, piece);
			multipart_advance(&part, piece);
			count += piece;
		}
		uint32_t taken = count > 3 ? count / 3 : 1;
		multipart_take_back(&part, count - taken);
		bytes_append(&received, gathered, taken);
	}
	CHECK(same(&received, &whole));
	bytes_free(&received);
	bytes_free(&whole);
	bytes_free(&image);
}

/** Wherever the frame is taken away, the part has its length and its image ends with EOI. */
static void part_without_its_frame_is_filled_up(void)
{
	bytes_t image = image_of(777);
	multipart_t part = { 0 };
	multipart_begin(&part, 777, 5);
	bytes_t whole = receive(&part, image.data, 1000);
	uint32_t header = part.header_length;
	for (uint32_t cut = 1; cut < whole.length; cut++) {
		bytes_t received = { NULL, 0 };
		const uint8_t *bytes = NULL;
		multipart_begin(&part, 777, 5);
		while (received.length < cut) {
			uint32_t count = multipart_peek(&part, image.data, cut - (uint32_t)received.length, &bytes);
			bytes_append(&received, bytes, count);
			multipart_advance(&part, count);
		}
		multipart_pad(&part);
		CHECK(part.in_progress);
		bytes_t rest = receive(&part, NULL, 0);
		bytes_append(&received, rest.data, rest.length);
		CHECK(received.length == whole.length);
		CHECK(memcmp(received.data, whole.data, cut) == 0);
		const uint8_t *end = received.data + header + 777;
		CHECK(end[-2] == 0xff || cut >= header + 776);
		CHECK(end[-1] == 0xd9);
		CHECK(memcmp(end, LINE, sizeof(LINE) - 1) == 0);
		bytes_free(&rest);
		bytes_free(&received);
	}
	bytes_free(&whole);
	bytes_free(&image);
}

static void part_of_which_nothing_was_sent_is_dropped(void)
{
	multipart_t part = { 0 };
	multipart_begin(&part, 100, 5);
	multipart_pad(&part);
	CHECK(!part.in_progress);
	const uint8_t *bytes;
	CHECK(multipart_peek(&part, NULL, 100, &bytes) == 0);
	CHECK(multipart_octets(&part) == 0);
}

int main(void)
{
	test("multipart-part-is-header-image-and-boundary-line", part_is_header_image_and_boundary_line);
	test("multipart-longest-header-fits", longest_header_fits);
	test("multipart-single-image-has-nothing-around-it", single_image_has_nothing_around_it);
	test("multipart-bytes-taken-back-come-again", bytes_taken_back_come_again);
	test("multipart-part-without-its-frame-is-filled-up", part_without_its_frame_is_filled_up);
	test("multipart-part-of-which-nothing-was-sent-is-dropped", part_of_which_nothing_was_sent_is_dropped);
	return check_failures ? 1 : 0;
}
