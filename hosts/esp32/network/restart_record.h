/* SPDX-License-Identifier: MIT */
/*
 * A record that survives a restart: numbers and the last notice. Its memory is not cleared at a reset but is lost with
 * power, so a checksum tells a valid record from random contents.
 *
 * The caller supplies the record and calls from one thread.
 */
#ifndef RESTART_RECORD_H
#define RESTART_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESTART_NUMBERS 12
/* Octets of the notice, including the terminating 0. */
#define RESTART_NOTICE 160

typedef struct {
	uint32_t layout;
	uint32_t numbers[RESTART_NUMBERS];
	char notice[RESTART_NOTICE];
	uint32_t checksum;
} restart_record_t;

_Static_assert(sizeof(restart_record_t) <= 256, "RTC memory is scarce");

/* Whether the record is intact. */
bool restart_record_is_valid(const restart_record_t *record);

/* Sets all numbers to 0 and the notice to "". */
void restart_record_clear(restart_record_t *record);

/* Returns 0 for an index of RESTART_NUMBERS or more. */
uint32_t restart_record_get(const restart_record_t *record, size_t index);

/* No effect for an index of RESTART_NUMBERS or more. */
void restart_record_set(restart_record_t *record, size_t index, uint32_t value);

/* Stores as much of the text as fits, cut at a character boundary, with control characters replaced by spaces.
 * UTF-8, 0-terminated. */
void restart_record_note(restart_record_t *record, const char *text);

#endif
