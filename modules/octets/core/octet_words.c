/* SPDX-License-Identifier: MIT */
/*
 * Words and parameters. See octet_words.h.
 */

#include "octet_words.h"

#include "octet_text.h"

static uint8_t to_lower(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + 'a' - 'A') : octet;
}

static bool is_word(const char *word, const uint8_t *octets, size_t length, bool any_case)
{
	for (size_t i = 0; i < length; i++) {
		if ((uint8_t)word[i] != (any_case ? to_lower(octets[i]) : octets[i]))
			return false;
	}
	return true;
}

uint8_t octet_find_word(octet_words_t words, const uint8_t *word, size_t length, bool any_case)
{
	for (uint8_t index = 0; *words; index++) {
		size_t size = (uint8_t)*words++;
		if (size == length && is_word(words, word, length, any_case))
			return index;
		words += size;
	}
	return OCTET_UNKNOWN_WORD;
}

static octet_range_t trimmed(const uint8_t *octets, octet_range_t range)
{
	const uint8_t blank = OCTET_SPACE | OCTET_TAB;
	range.begin += (uint32_t)octet_span(octets + range.begin, range.end - range.begin, blank);
	while (range.end > range.begin && octet_span(octets + range.end - 1, 1, blank))
		range.end -= 1;
	return range;
}

static bool is_same_name(const uint8_t *octets, octet_range_t a, octet_range_t b)
{
	if (a.end - a.begin != b.end - b.begin)
		return false;
	for (uint32_t i = 0; i < a.end - a.begin; i++) {
		if (to_lower(octets[a.begin + i]) != to_lower(octets[b.begin + i]))
			return false;
	}
	return true;
}

/** The names so far. */
typedef struct {
	octet_range_t names[OCTET_MOST_PARAMETERS];
	uint32_t count;
} names_t;

/** @returns flags of one parameter */
static int32_t read_parameter(
	const uint8_t *octets, octet_range_t part, octet_words_t words, octet_range_t *values, names_t *names)
{
	uint32_t equals = part.begin + (uint32_t)octet_find(octets + part.begin, part.end - part.begin, '=');
	octet_range_t name = trimmed(octets, (octet_range_t){ part.begin, equals });
	bool named = name.end > name.begin && equals - part.begin <= OCTET_PARAMETER_NAME;
	int32_t flags = 0;
	if (named) {
		for (uint32_t i = 0; i < names->count; i++) {
			if (is_same_name(octets, names->names[i], name))
				flags |= OCTET_PARAMETER_REPEATED;
		}
		names->names[names->count++] = name;
	}
	if (equals == part.end && named)
		flags |= OCTET_PARAMETER_BARE;
	uint8_t word =
		named ? octet_find_word(words, octets + name.begin, name.end - name.begin, true) : OCTET_UNKNOWN_WORD;
	if (word == OCTET_UNKNOWN_WORD)
		return flags;
	octet_range_t value = trimmed(octets, (octet_range_t){ equals < part.end ? equals + 1 : equals, part.end });
	if (value.end - value.begin >= 2 && octets[value.begin] == '"' && octets[value.end - 1] == '"') {
		value.begin += 1;
		value.end -= 1;
	}
	values[word] = value;
	return flags | 1 << word;
}

int32_t octet_find_parameters(
	const uint8_t *octets, size_t length, uint8_t separator, octet_words_t words, octet_range_t *values)
{
	names_t names = { .count = 0 };
	size_t begin = 0, at = 0;
	int32_t flags = 0;
	for (int count = 0; count < OCTET_MOST_PARAMETERS; count++) {
		while (at < length && octets[at] != separator && octets[at] != '"')
			at += 1;
		if (at < length && octets[at] == '"') {
			at += 1 + octet_find(octets + at + 1, length - at - 1, '"') + 1;
			if (at > length)
				return OCTET_PARAMETERS_MALFORMED;
			continue;
		}
		flags |= read_parameter(octets, (octet_range_t){ (uint32_t)begin, (uint32_t)at }, words, values, &names);
		if (at == length)
			return flags;
		begin = at = at + 1;
	}
	return OCTET_PARAMETERS_MALFORMED;
}
