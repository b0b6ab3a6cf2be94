/* SPDX-License-Identifier: MIT */
/*
 * Tests of the scanner of heads: bounds (each buffer has its exact length on the heap), the place of what is found, and
 * heads that are cut or damaged anywhere. tests/unit/rtsp has the tests of what is accepted.
 */

#include "octet_words.h"
#include "rtsp_head.h"

#include "check.h"

static const char methods[] = "\5SETUP\7OPTIONS", names[] = "\4cseq\5range\7session";
enum { CSEQ, RANGE, SESSION };
enum { LINES = 8 };

static union {
	rtsp_head_t head;
	uint8_t room[sizeof(rtsp_head_t) + LINES * sizeof(rtsp_head_line_t)];
} table;
static rtsp_head_t *const head = &table.head;

static bytes_t of_text(const char *text)
{
	return bytes_copy((const uint8_t *)text, strlen(text));
}

static rtsp_head_result_t scan(bytes_t bytes, size_t limit)
{
	rtsp_head_limits_t limits = { .length = limit, .lines = LINES };
	return rtsp_head_scan(head, &limits, bytes.data, bytes.length, methods, names);
}

static void what_is_checked_is_not_checked_again(void)
{
	static const char text[] = "SETUP * RTSP/1.0\r\nCSeq: 7\r\nRange: 1\r\n\r\n";
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		for (size_t checked = 0; checked < sizeof(text); checked++) {
			rtsp_head_limits_t limits = { .length = 100, .checked = checked, .lines = LINES };
			bytes_t bytes = of_text(text);
			CHECK(rtsp_head_scan(head, &limits, bytes.data, bytes.length, methods, names) == RTSP_HEAD_COMPLETE);
			bytes.data[i] = 1;
			rtsp_head_result_t result = rtsp_head_scan(head, &limits, bytes.data, bytes.length, methods, names);
			CHECK(checked > i || result == RTSP_HEAD_MALFORMED);
			bytes_free(&bytes);
		}
	}
}

static rtsp_head_result_t scan_text(const char *text)
{
	bytes_t bytes = of_text(text);
	rtsp_head_result_t result = scan(bytes, 4096);
	bytes_free(&bytes);
	return result;
}

static bool is_value(const char *octets, uint8_t name, const char *expected)
{
	char value[RTSP_HEAD_VALUE + 1];
	size_t length = rtsp_head_value_length(head, name);
	rtsp_head_value(head, (const uint8_t *)octets, name, (uint8_t *)value);
	value[length] = 0;
	return !strcmp(value, expected);
}

static void the_table_has_the_size_that_head_ts_makes(void)
{
	CHECK(sizeof(rtsp_head_t) == 40 && sizeof(rtsp_head_line_t) == 12);
}

static void places_are_found(void)
{
	static const char text[] =
		"OPTIONS rtsp://h/ RTSP/1.0 \r\nCSEQ :\t7 \r\nX: 1\r\n y\r\nRange: a\r\n b\r\nrange: c\r\n\r\nrest";
	CHECK(scan_text(text) == RTSP_HEAD_COMPLETE);
	CHECK(head->length == sizeof(text) - 1 - 4 && head->method_index == 1);
	CHECK(head->method.end == 7 && head->url.begin == 8 && head->url.end == 17);
	CHECK(head->version.begin == 18 && head->version.end == 26);
	CHECK(head->present == (1u << CSEQ | 1u << RANGE | RTSP_HEAD_IS_RTSP_1_0));
	CHECK(is_value(text, CSEQ, "7") && is_value(text, RANGE, "a b, c") && is_value(text, SESSION, ""));
	CHECK(rtsp_head_only_line(head, CSEQ) && !rtsp_head_only_line(head, RANGE) && !rtsp_head_only_line(head, SESSION));
	CHECK(scan_text("setup * HTTP/1.1\n\n") == RTSP_HEAD_COMPLETE);
	CHECK(head->method_index == OCTET_UNKNOWN_WORD && head->present == RTSP_HEAD_IS_HTTP && head->count == 0);
}

static void a_head_that_is_cut_is_incomplete(void)
{
	static const char text[] = "SETUP * RTSP/1.0\r\nCSeq: 7\r\n 8\r\nSession: 9\r\n\r\n";
	for (size_t length = 0; length < sizeof(text) - 1; length++) {
		bytes_t part = bytes_copy((const uint8_t *)text, length);
		CHECK(scan(part, sizeof(text) - 1) == RTSP_HEAD_INCOMPLETE);
		CHECK(length < 8 || scan(part, length - 1) == (length < 19 ? RTSP_HEAD_URL_TOO_LONG : RTSP_HEAD_TOO_LARGE));
		bytes_free(&part);
	}
	CHECK(scan_text(text) == RTSP_HEAD_COMPLETE);
}

static void lines_do_not_exceed_the_table(void)
{
	char text[200] = "SETUP * RTSP/1.0\r\nCSeq:1\r\n";
	for (int lines = 1; lines < LINES; lines++)
		strcat(text, lines & 1 ? " x\r\n" : "Range:1\r\n");
	strcat(text, "\r\n");
	CHECK(scan_text(text) == RTSP_HEAD_COMPLETE && head->count == LINES);
	memcpy(text + strlen(text) - 2, " \r\n\r\n", 6);
	CHECK(scan_text(text) == RTSP_HEAD_TOO_LARGE && head->count == LINES);
}

static void a_value_is_never_longer_than_allowed(void)
{
	static char text[RTSP_HEAD_VALUE + 100];
	for (size_t length = RTSP_HEAD_VALUE - 2; length <= RTSP_HEAD_VALUE; length++) {
		strcpy(text, "SETUP * RTSP/1.0\r\nRange:");
		memset(text + strlen(text), 'x', length);
		strcpy(text + 24 + length, "\r\n y\r\n\r\n");
		CHECK(scan_text(text) == (length + 2 <= RTSP_HEAD_VALUE ? RTSP_HEAD_COMPLETE : RTSP_HEAD_TOO_LARGE));
		CHECK(rtsp_head_value_length(head, RANGE) <= RTSP_HEAD_VALUE);
	}
}

static rtsp_head_result_t scan_reply(const char *text)
{
	bytes_t bytes = of_text(text);
	rtsp_head_limits_t limits = { .length = 4096, .lines = LINES, .reply = true };
	rtsp_head_result_t result = rtsp_head_scan(head, &limits, bytes.data, bytes.length, methods, names);
	bytes_free(&bytes);
	return result;
}

static void status_lines_of_rtsp_are_read(void)
{
	CHECK(scan_reply("RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n$") == RTSP_HEAD_COMPLETE);
	CHECK(head->status == 200 && head->length == 28 && head->version.begin == 0 && head->version.end == 8);
	CHECK(head->present == (1u << CSEQ | RTSP_HEAD_IS_RTSP_1_0) && head->method.end == 0 && head->url.end == 0);
	CHECK(scan_reply("RTSP/2.0 999\n\n") == RTSP_HEAD_COMPLETE && head->status == 999 && head->present == 0);
	/* a reason phrase is text in UTF-8 */
	CHECK(scan_reply("RTSP/1.0 404 \303\204\r\n\r\n") == RTSP_HEAD_COMPLETE && head->status == 404);
	CHECK(scan_reply("RTSP/1.0 200 OK\r\nCSeq: 7\r\n") == RTSP_HEAD_INCOMPLETE);
	static const char *const malformed[] = { "", "RTSP/1.0", "RTSP/1.0 ", "RTSP/1.0 20", "RTSP/1.0 2000 OK",
		"RTSP/1.0 20x OK", "RTSP/1.0 200OK", "RTSP/1.0  200 OK", "RTSP/1.0 099 OK", "RTSP/1.0 200 \1",
		"HTTP/1.0 200 OK", "RTSP/1111111111.1 200 OK", "OPTIONS * RTSP/1.0", "RTSP/1 200 OK", " RTSP/1.0 200 OK" };
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
		char text[64];
		snprintf(text, sizeof(text), "%s\r\n\r\n", malformed[i]);
		CHECK(scan_reply(text) == RTSP_HEAD_MALFORMED);
	}
	CHECK(scan_text("RTSP/1.0 200 OK\r\n\r\n") == RTSP_HEAD_MALFORMED);
}

static void damaged_heads_stay_in_bounds(void)
{
	static const char text[] = "SETUP rtsp://h/ RTSP/1.0\r\nCSeq: 7\r\n 8\r\nSession: 9\r\nRange: 1\r\n\r\n",
					  reply[] = "RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n";
	static const uint8_t octets[] = { 0, '\n', '\r', ' ', ':', '\t', 'A', 0x80, 0xff };
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		for (size_t j = 0; j < sizeof(octets); j++) {
			bytes_t bytes = of_text(text);
			bytes.data[i] = octets[j];
			rtsp_head_result_t result = scan(bytes, 4096);
			CHECK(result != RTSP_HEAD_COMPLETE || head->length <= bytes.length);
			for (uint32_t k = 0; k < head->count; k++) {
				octet_range_t value = head->lines[k].value;
				CHECK(value.begin <= value.end && value.end <= bytes.length);
			}
			bytes_free(&bytes);
		}
	}
	for (size_t i = 0; i < sizeof(reply) - 1; i++) {
		for (size_t j = 0; j < sizeof(octets); j++) {
			char damaged[sizeof(reply)];
			memcpy(damaged, reply, sizeof(reply));
			damaged[i] = (char)octets[j];
			rtsp_head_result_t result = scan_reply(damaged);
			CHECK(result != RTSP_HEAD_COMPLETE || (head->length <= sizeof(reply) - 1 && head->status >= 100));
		}
	}
}

int main(void)
{
	test("head-table-has-its-size", the_table_has_the_size_that_head_ts_makes);
	test("head-unchecked-octets-are-checked", what_is_checked_is_not_checked_again);
	test("head-places-are-found", places_are_found);
	test("head-that-is-cut-is-incomplete", a_head_that_is_cut_is_incomplete);
	test("head-lines-do-not-exceed-the-table", lines_do_not_exceed_the_table);
	test("head-value-is-never-longer-than-allowed", a_value_is_never_longer_than_allowed);
	test("head-status-lines-of-rtsp-are-read", status_lines_of_rtsp_are_read);
	test("head-damaged-anywhere-stays-in-bounds", damaged_heads_stay_in_bounds);
	return check_failures ? 1 : 0;
}
