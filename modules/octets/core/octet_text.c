/* SPDX-License-Identifier: MIT */
/*
 * Scanning of protocol text. See octet_text.h.
 */

#include "octet_text.h"

#include <string.h>

enum {
	CT = OCTET_CONTROL,
	LE = OCTET_LINE_END,
	TB = OCTET_TAB,
	SP = OCTET_SPACE,
	SE = OCTET_SEPARATOR,
	DI = OCTET_DIGIT,
	LT = OCTET_LETTER
};

/** Class of each ASCII character. */
/* clang-format off */
static const uint8_t classes_of[128] = {
	CT, CT, CT, CT, CT, CT, CT, CT, CT, TB, LE, CT, CT, LE, CT, CT,
	CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT,
	/*   !   "   #   $   %   &   '   (   )   *   +   ,   -   .   / */
	SP, LT, SE, LT, LT, LT, LT, LT, SE, SE, LT, LT, SE, LT, LT, SE,
	DI, DI, DI, DI, DI, DI, DI, DI, DI, DI, SE, SE, SE, SE, SE, SE,
	SE, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT,
	/* P to Z, [ \ ] ^ _ */
	LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, SE, SE, SE, LT, LT,
	LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT,
	/* p to z, { | } ~ DEL */
	LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, SE, LT, SE, LT, CT,
};
/* clang-format on */

static inline uint8_t class_of(uint8_t octet)
{
	return octet < 0x80 ? classes_of[octet] : OCTET_HIGH;
}

uint8_t octet_classify(const uint8_t *octets, size_t length)
{
	uint8_t classes = 0;
	for (size_t i = 0; i < length; i++)
		classes |= class_of(octets[i]);
	return classes;
}

uint8_t octet_classify_text(const uint8_t *text, size_t length)
{
	uint8_t classes = 0;
	for (size_t i = 0; i < length; i++) {
		classes |= class_of(text[i]);
		// U+0080 to U+009F; XS writes U+0000 as C0 80
		if ((text[i] == 0xc2 && i + 1 < length && text[i + 1] < 0xa0) || text[i] == 0xc0)
			classes |= OCTET_CONTROL;
	}
	return classes;
}

size_t octet_span(const uint8_t *octets, size_t length, uint8_t classes)
{
	size_t i = 0;
	while (i < length && (class_of(octets[i]) & classes))
		i += 1;
	return i;
}

size_t octet_find(const uint8_t *octets, size_t length, uint8_t value)
{
	const uint8_t *found = length ? memchr(octets, value, length) : NULL;
	return found ? (size_t)(found - octets) : length;
}

size_t octet_find_last(const uint8_t *octets, size_t length, uint8_t value)
{
	while (length > 0 && octets[length - 1] != value)
		length -= 1;
	return length;
}

size_t octet_skip(const uint8_t *octets, size_t length, uint8_t value)
{
	size_t i = 0;
	while (i < length && octets[i] == value)
		i += 1;
	return i;
}

size_t octet_trim(const uint8_t *octets, size_t length, uint8_t value)
{
	while (length > 0 && octets[length - 1] == value)
		length -= 1;
	return length;
}

// RFC 3629 section 4
//    00-7F
//    C2-DF 80-BF
//    E0 A0-BF 80-BF / E1-EC 80-BF 80-BF / ED 80-9F 80-BF / EE-EF 80-BF 80-BF
//    F0 90-BF 80-BF 80-BF / F1-F3 80-BF 80-BF 80-BF / F4 80-8F 80-BF 80-BF
/** @returns length of the first character in octets; 0 if it is not UTF-8 */
static size_t character_length(const uint8_t *octets, size_t length)
{
	uint8_t first = octets[0], low = 0x80, high = 0xbf;
	size_t count;
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		count = 2;
	else if (first >= 0xe0 && first <= 0xef) {
		count = 3;
		low = first == 0xe0 ? 0xa0 : 0x80;
		high = first == 0xed ? 0x9f : 0xbf;
	}
	else if (first >= 0xf0 && first <= 0xf4) {
		count = 4;
		low = first == 0xf0 ? 0x90 : 0x80;
		high = first == 0xf4 ? 0x8f : 0xbf;
	}
	else
		return 0;
	if (count > length || octets[1] < low || octets[1] > high)
		return 0;
	for (size_t i = 2; i < count; i++) {
		if ((octets[i] & 0xc0) != 0x80)
			return 0;
	}
	return count;
}

void octet_copy_text(uint8_t *target, const uint8_t *octets, size_t length)
{
	size_t i = 0;
	while (i < length) {
		if (octets[i] >= 0x20 && octets[i] < 0x7f) {
			target[i] = octets[i];
			i += 1;
			continue;
		}
		size_t count = character_length(octets + i, length - i);
		if (count == 0 || (class_of(octets[i]) & (OCTET_CONTROL | OCTET_LINE_END)))
			target[i++] = '?';
		else {
			for (; count > 0; count--, i++)
				target[i] = octets[i];
		}
	}
}

size_t octet_copy_visible(uint8_t *target, const uint8_t *text, size_t length)
{
	size_t written = 0;
	for (size_t i = 0; i < length; i++) {
		// skip the continuation octets of a character
		if ((text[i] & 0xc0) == 0x80)
			continue;
		target[written++] = text[i] >= 0x20 && text[i] <= 0x7e ? text[i] : '?';
	}
	return written;
}

const char *octet_write_decimal(char *digits, double number)
{
	const double most = 9007199254740992.0;
	double magnitude = number < 0 ? -number : number;
	// false for NaN as well
	uint64_t rest = magnitude < most ? (uint64_t)magnitude : (uint64_t)most;
	char *text = digits + OCTET_DIGITS - 1;
	*text = 0;
	do {
		*--text = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (number < 0)
		*--text = '-';
	return text;
}
