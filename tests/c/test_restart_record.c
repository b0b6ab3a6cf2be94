/* SPDX-License-Identifier: MIT */
/* Tests of hosts/esp32/network/restart_record.c, with memory that was not cleared. */

#include "check.h"
#include "restart_record.h"

static restart_record_t make_record(void)
{
	restart_record_t record;
	restart_record_clear(&record);
	restart_record_set(&record, 0, 3600);
	restart_record_set(&record, RESTART_NUMBERS - 1, 0xffffffff);
	restart_record_note(&record, "no frame from the camera for 12 s");
	return record;
}

static void record_keeps_what_was_written(void)
{
	restart_record_t record = make_record();
	CHECK(restart_record_is_valid(&record));
	CHECK(restart_record_get(&record, 0) == 3600);
	CHECK(restart_record_get(&record, 1) == 0);
	CHECK(restart_record_get(&record, RESTART_NUMBERS - 1) == 0xffffffff);
	CHECK(!strcmp(record.notice, "no frame from the camera for 12 s"));
	restart_record_clear(&record);
	CHECK(restart_record_is_valid(&record));
	CHECK(restart_record_get(&record, 0) == 0);
	CHECK(record.notice[0] == 0);
}

static void every_flipped_bit_is_found(void)
{
	for (size_t bit = 0; bit < 8 * sizeof(restart_record_t); bit++) {
		restart_record_t record = make_record();
		((uint8_t *)&record)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(!restart_record_is_valid(&record));
	}
}

static void record_of_another_layout_is_none(void)
{
	restart_record_t record = make_record();
	record.layout += 1;
	/* its checksum is valid, like that of a program with another layout */
	restart_record_set(&record, 0, 1);
	CHECK(!restart_record_is_valid(&record));
}

static void memory_after_power_on_is_no_record(void)
{
	restart_record_t record;
	static const uint8_t fillings[] = { 0x00, 0xff, 0xa5, 0x55 };
	for (size_t i = 0; i < sizeof(fillings); i++) {
		memset(&record, fillings[i], sizeof(record));
		CHECK(!restart_record_is_valid(&record));
	}
	uint32_t random = 1;
	for (int n = 0; n < 100000; n++) {
		for (size_t i = 0; i < sizeof(record); i++) {
			random = random * 1664525 + 1013904223;
			((uint8_t *)&record)[i] = (uint8_t)(random >> 24);
		}
		CHECK(!restart_record_is_valid(&record));
	}
}

static void index_beyond_the_numbers_changes_nothing(void)
{
	restart_record_t record = make_record(), before = record;
	restart_record_set(&record, RESTART_NUMBERS, 1);
	restart_record_set(&record, SIZE_MAX, 1);
	CHECK(!memcmp(&record, &before, sizeof(record)));
	CHECK(restart_record_get(&record, RESTART_NUMBERS) == 0);
	CHECK(restart_record_get(&record, SIZE_MAX) == 0);
}

static void long_notice_ends_at_a_character(void)
{
	/* octets of a character; U+00E9, U+20AC and U+1F4F7 */
	static const char *const characters[] = { "e", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\xb7" };
	for (size_t size = 1; size <= 4; size++) {
		for (size_t count = RESTART_NOTICE / size - 2; count < RESTART_NOTICE / size + 3; count++) {
			char text[1000] = "";
			for (size_t i = 0; i < count; i++)
				strcat(text, characters[size - 1]);
			restart_record_t record = make_record();
			restart_record_note(&record, text);
			size_t most = (RESTART_NOTICE - 1) / size, kept = count < most ? count : most;
			CHECK(restart_record_is_valid(&record));
			CHECK(strlen(record.notice) == kept * size);
			CHECK(!strncmp(record.notice, text, kept * size));
		}
	}
}

static void notice_is_one_line(void)
{
	restart_record_t record = make_record();
	restart_record_note(&record, "internal error\n at main.ts:1\x7f\tx\x01");
	CHECK(!strcmp(record.notice, "internal error  at main.ts:1  x "));
	/* nothing of a longer previous notice remains */
	restart_record_note(&record, "short");
	for (size_t i = strlen("short"); i < RESTART_NOTICE; i++)
		CHECK(record.notice[i] == 0);
}

int main(void)
{
	test("record-keeps-what-was-written", record_keeps_what_was_written);
	test("every-flipped-bit-is-found", every_flipped_bit_is_found);
	test("record-of-another-layout-is-none", record_of_another_layout_is_none);
	test("memory-after-power-on-is-no-record", memory_after_power_on_is_no_record);
	test("index-beyond-the-numbers-changes-nothing", index_beyond_the_numbers_changes_nothing);
	test("long-notice-ends-at-a-character", long_notice_ends_at_a_character);
	test("notice-is-one-line", notice_is_one_line);
	return check_failures ? 1 : 0;
}
