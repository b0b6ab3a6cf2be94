/* SPDX-License-Identifier: MIT */
/*
 * Tests of the octets core: bounds (each buffer has its exact length on the heap), UTF-8, base64 in pieces.
 */

#include "octet_base64.h"
#include "octet_text.h"
#include "octet_words.h"

#include "check.h"

static bytes_t of_text(const char *text)
{
	return bytes_copy((const uint8_t *)text, strlen(text));
}

static void nothing_is_read_of_nothing(void)
{
	bytes_t none = of_text("x");
	CHECK(octet_classify(none.data, 0) == 0);
	CHECK(octet_classify_text(none.data, 0) == 0);
	CHECK(octet_span(none.data, 0, 0xff) == 0);
	CHECK(octet_find(NULL, 0, 0) == 0);
	CHECK(octet_find_last(none.data, 0, 0) == 0);
	CHECK(octet_skip(none.data, 0, 0) == 0);
	CHECK(octet_trim(none.data, 0, 0) == 0);
	CHECK(octet_copy_visible(none.data, none.data, 0) == 0);
	octet_copy_text(none.data, none.data, 0);
	bytes_free(&none);
}

static void ranges_end_where_they_say(void)
{
	bytes_t slashes = of_text("////");
	CHECK(octet_skip(slashes.data, 4, '/') == 4);
	CHECK(octet_trim(slashes.data, 4, '/') == 0);
	CHECK(octet_find(slashes.data, 4, 'x') == 4);
	CHECK(octet_find_last(slashes.data, 4, 'x') == 0);
	CHECK(octet_find_last(slashes.data, 4, '/') == 4);
	CHECK(octet_span(slashes.data, 4, OCTET_SEPARATOR) == 4);
	bytes_free(&slashes);
}

/** A truncated sequence at the end of an engine text must not cause reads beyond it. */
static void classes_of_a_text_that_is_cut(void)
{
	bytes_t text = bytes_copy((const uint8_t *)"\xc2", 1);
	CHECK(octet_classify_text(text.data, 1) == OCTET_HIGH);
	bytes_free(&text);
	text = bytes_copy((const uint8_t *)"a\xc0\x80", 3);
	CHECK(octet_classify_text(text.data, 3) == (OCTET_LETTER | OCTET_HIGH | OCTET_CONTROL));
	bytes_free(&text);
}

/** Every sequence of up to three octets from UTF-8's boundary values, at the end of the buffer. */
static void text_of_every_short_sequence_is_utf8(void)
{
	/* clang-format off */
	static const uint8_t edges[] = {
		0x00, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
		0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
	};
	/* clang-format on */
	const size_t count = sizeof(edges);
	for (size_t number = 0; number < count * count * count; number++) {
		uint8_t source[3] = { edges[number % count], edges[number / count % count], edges[number / count / count] };
		for (size_t length = 1; length <= 3; length++) {
			bytes_t octets = bytes_copy(source, length), target = bytes_copy(source, length),
					again = bytes_copy(source, length);
			octet_copy_text(target.data, octets.data, length);
			// valid UTF-8 is not changed
			octet_copy_text(again.data, target.data, length);
			CHECK(!memcmp(again.data, target.data, length));
			CHECK(!(octet_classify(target.data, length) & (OCTET_CONTROL | OCTET_LINE_END)));
			for (size_t i = 0; i < length; i++)
				CHECK(target.data[i] == octets.data[i] || target.data[i] == '?');
			size_t written = octet_copy_visible(again.data, target.data, length);
			CHECK(written <= length && !(octet_classify(again.data, written) & (OCTET_CONTROL | OCTET_HIGH)));
			bytes_free(&octets);
			bytes_free(&target);
			bytes_free(&again);
		}
	}
}

static void text_may_be_copied_in_place(void)
{
	bytes_t text = of_text("a\xff\x01\xc3\xa9");
	octet_copy_text(text.data, text.data, text.length);
	CHECK(!memcmp(text.data, "a??\xc3\xa9", 5));
	CHECK(octet_copy_visible(text.data, text.data, text.length) == 4 && !memcmp(text.data, "a???", 4));
	bytes_free(&text);
}

/** Pseudo-random octets, mostly from the base64 alphabet. Decoding them whole and in pieces of 1 to 7 octets must give
 *  the same result, which must fit its buffer. */
static void base64_is_the_same_however_it_is_cut(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/====\r\n \t";
	uint32_t random = 4648;
	for (int round = 0; round < 20000; round++) {
		uint8_t source[40];
		random = random * 1664525 + 1013904223;
		size_t length = random >> 8 & 31;
		for (size_t i = 0; i < length; i++) {
			random = random * 1664525 + 1013904223;
			uint32_t pick = random >> 16;
			source[i] = pick % 97 ? (uint8_t)alphabet[pick % (sizeof(alphabet) - 1)] : (uint8_t)pick;
		}
		octet_base64_t whole = { 0 }, cut = { 0 };
		bytes_t piece = bytes_copy(source, length), target = bytes_copy(NULL, 0), joined = bytes_copy(NULL, 0);
		free(target.data);
		target.data = malloc((length + 3) / 4 * 3 + !length);
		target.length = octet_base64_decode(&whole, piece.data, length, target.data);
		CHECK(target.length <= (length + 3) / 4 * 3);
		size_t step = 1 + (size_t)round % 7;
		for (size_t offset = 0; offset < length; offset += step) {
			uint8_t part[6];
			size_t taken = length - offset < step ? length - offset : step;
			bytes_append(&joined, part, octet_base64_decode(&cut, piece.data + offset, taken, part));
		}
		CHECK(joined.length == target.length && (!joined.length || !memcmp(joined.data, target.data, joined.length)));
		CHECK(whole.broken == cut.broken
			&& (whole.broken || (whole.count == cut.count && whole.bits == cut.bits && whole.padding == cut.padding)));
		CHECK(whole.count < 4 && whole.bits < 64 && whole.padding < 2);
		bytes_free(&piece);
		bytes_free(&target);
		bytes_free(&joined);
	}
}

static void numbers_are_written_in_decimal(void)
{
	static const struct {
		double number;
		const char *text;
	} table[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -1, "-1" },
		{ 4294967295.0, "4294967295" },
		{ 9007199254740991.0, "9007199254740991" },
		{ 1e300, "9007199254740992" },
		{ 2.9, "2" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char digits[OCTET_DIGITS];
		CHECK(!strcmp(octet_write_decimal(digits, table[i].number), table[i].text));
	}
}

static const char words[] = "\5first\6second";

static void words_are_found(void)
{
	CHECK(octet_find_word(words, (const uint8_t *)"Second", 6, true) == 1);
	CHECK(octet_find_word(words, (const uint8_t *)"Second", 6, false) == OCTET_UNKNOWN_WORD);
	CHECK(octet_find_word(words, (const uint8_t *)"firs", 4, true) == OCTET_UNKNOWN_WORD);
	CHECK(octet_find_word("", (const uint8_t *)"", 0, true) == OCTET_UNKNOWN_WORD);
}

static int32_t find_parameters(const char *text, octet_range_t *values)
{
	bytes_t list = of_text(text);
	int32_t flags = octet_find_parameters(list.data, list.length, ',', words, values);
	bytes_free(&list);
	return flags;
}

static void parameters_are_found(void)
{
	octet_range_t values[2];
	CHECK(find_parameters(" First = \"a,b\" ,x=1,, second=", values) == 3);
	CHECK(values[0].begin == 10 && values[0].end == 13 && values[1].begin == values[1].end);
	CHECK(find_parameters("first=1,FIRST=22", values) == (1 | OCTET_PARAMETER_REPEATED));
	CHECK(values[0].begin == 14 && values[0].end == 16);
	CHECK(find_parameters("first= \"g\"h ,second=\"", values) == OCTET_PARAMETERS_MALFORMED);
	CHECK(find_parameters("first= \"g\"h ,second= i\"j\"", values) == 3);
	CHECK(values[0].begin == 7 && values[0].end == 11 && values[1].begin == 21 && values[1].end == 25);
	CHECK(find_parameters("x,second", values) == (2 | OCTET_PARAMETER_BARE));
	CHECK(find_parameters("", values) == 0 && find_parameters("=1,=2", values) == 0);
	CHECK(find_parameters("a=\"", values) == OCTET_PARAMETERS_MALFORMED);
	CHECK(find_parameters("first=\"", values) == OCTET_PARAMETERS_MALFORMED);
	CHECK(find_parameters("first=\"\"", values) == 1 && values[0].begin == 7 && values[0].end == 7);
}

static void parameters_are_limited(void)
{
	char list[4 * OCTET_MOST_PARAMETERS + 1] = "";
	octet_range_t values[2];
	for (int i = 1; i < OCTET_MOST_PARAMETERS; i++)
		strcat(list, "x=,");
	CHECK(find_parameters(list, values) == OCTET_PARAMETER_REPEATED);
	strcat(list, ",");
	CHECK(find_parameters(list, values) == OCTET_PARAMETERS_MALFORMED);
}

int main(void)
{
	test("octets-numbers-are-written-in-decimal", numbers_are_written_in_decimal);
	test("octets-words-are-found", words_are_found);
	test("octets-parameters-are-found", parameters_are_found);
	test("octets-parameters-are-limited", parameters_are_limited);
	test("octets-of-nothing", nothing_is_read_of_nothing);
	test("octets-ranges-end-where-they-say", ranges_end_where_they_say);
	test("octets-classes-of-a-text-that-is-cut", classes_of_a_text_that_is_cut);
	test("octets-text-of-every-short-sequence-is-utf8", text_of_every_short_sequence_is_utf8);
	test("octets-text-may-be-copied-in-place", text_may_be_copied_in_place);
	test("octets-base64-is-the-same-however-it-is-cut", base64_is_the_same_however_it_is_cut);
	return check_failures ? 1 : 0;
}
