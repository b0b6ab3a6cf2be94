/* SPDX-License-Identifier: MIT */
/* See restart_record.h. */

#include <string.h>

#include "restart_record.h"

/* Identifies the record's layout. It changes with it, so that a program does not read another version's record. */
#define LAYOUT 0x52535431u

/* FNV-1a over everything before the checksum. It detects every single-octet error. */
static uint32_t compute_checksum(const restart_record_t *record)
{
	const uint8_t *bytes = (const uint8_t *)record;
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < offsetof(restart_record_t, checksum); i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

bool restart_record_is_valid(const restart_record_t *record)
{
	return record->layout == LAYOUT && record->checksum == compute_checksum(record)
		&& record->notice[RESTART_NOTICE - 1] == 0;
}

void restart_record_clear(restart_record_t *record)
{
	memset(record, 0, sizeof(*record));
	record->layout = LAYOUT;
	record->checksum = compute_checksum(record);
}

uint32_t restart_record_get(const restart_record_t *record, size_t index)
{
	return index < RESTART_NUMBERS ? record->numbers[index] : 0;
}

void restart_record_set(restart_record_t *record, size_t index, uint32_t value)
{
	if (index >= RESTART_NUMBERS)
		return;
	record->numbers[index] = value;
	record->checksum = compute_checksum(record);
}

void restart_record_note(restart_record_t *record, const char *text)
{
	size_t length = 0;
	while (length < RESTART_NOTICE - 1 && text[length])
		length += 1;
	/* do not cut a character in half */
	if (text[length]) {
		while (length && ((uint8_t)text[length] & 0xc0) == 0x80)
			length -= 1;
	}
	memset(record->notice, 0, sizeof(record->notice));
	for (size_t i = 0; i < length; i++)
		record->notice[i] = (uint8_t)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
	record->checksum = compute_checksum(record);
}
