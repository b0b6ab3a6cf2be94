/* SPDX-License-Identifier: MIT */
/*
 * Words of a protocol, and lists of parameters that have such words as names: `name=value, name="quoted value", name`.
 */

#ifndef OCTET_WORDS_H
#define OCTET_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A list of words, each preceded by its length as one octet, and ended by a zero: "\5first\6second". */
typedef const char *octet_words_t;

/** Index of a word that is in no list. */
enum { OCTET_UNKNOWN_WORD = 255 };

/** @param any_case ignores the case of the given word; the list is in lower case
 *  @returns index of a word, or OCTET_UNKNOWN_WORD */
uint8_t octet_find_word(octet_words_t words, const uint8_t *word, size_t length, bool any_case);

/** Octets `begin` to `end`. */
typedef struct {
	uint32_t begin, end;
} octet_range_t;

enum {
	/** Separators and quoted strings at most. Clients send two dozen. */
	OCTET_MOST_PARAMETERS = 48,
	/** Known names at most. */
	OCTET_PARAMETER_WORDS = 24,
	/** Longer names are in no list, octets. */
	OCTET_PARAMETER_NAME = 24,
	/** Flags above a bit for each known name that is present: a name occurs twice; a name has no value. */
	OCTET_PARAMETER_REPEATED = 1 << 24,
	OCTET_PARAMETER_BARE = 1 << 25,
	/** A quoted string does not end, or there are too many parameters. */
	OCTET_PARAMETERS_MALFORMED = -1
};

/** Finds the parameters of a list. Empty ones are left out.
 *  @param values gets the last value of each known name, without blanks and quotes around it, empty for a name without
 *  a value; one for each word
 *  @returns flags, or OCTET_PARAMETERS_MALFORMED */
int32_t octet_find_parameters(
	const uint8_t *octets, size_t length, uint8_t separator, octet_words_t words, octet_range_t *values);

#endif
