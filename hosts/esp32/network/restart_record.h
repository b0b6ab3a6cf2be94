/*
 * What a chip keeps of itself over a restart, in memory that is neither cleared at a reset nor safe from a loss of power: numbers, and
 * the last notice. A checksum tells a record from what such memory holds otherwise.
 *
 * The caller supplies the record, and calls from one thread.
 */
#ifndef RESTART_RECORD_H
#define RESTART_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESTART_NUMBERS 12
/* Octets of the notice, with its end. */
#define RESTART_NOTICE 160

typedef struct {
	uint32_t layout;
	uint32_t numbers[RESTART_NUMBERS];
	char notice[RESTART_NOTICE];
	uint32_t checksum;
} restart_record_t;

_Static_assert(sizeof(restart_record_t) <= 256, "RTC memory is short");

/* Whether all of it is as it was written. */
bool restart_record_is_valid(const restart_record_t *record);

/* Numbers are 0, the notice is empty. */
void restart_record_clear(restart_record_t *record);

/* 0 beyond RESTART_NUMBERS. */
uint32_t restart_record_get(const restart_record_t *record, size_t index);

/* Beyond RESTART_NUMBERS without effect. */
void restart_record_set(restart_record_t *record, size_t index, uint32_t value);

/* Keeps as much of the text as there is room for, up to a character's border, control characters as spaces. UTF-8, ended by 0. */
void restart_record_note(restart_record_t *record, const char *text);

#endif
