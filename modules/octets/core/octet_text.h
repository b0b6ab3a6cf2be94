/* SPDX-License-Identifier: MIT */
/*
 * Scanning of protocol text as received octets, in one pass, without allocation.
 */

#ifndef OCTET_TEXT_H
#define OCTET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Classes of octets (RFC 2326 section 15.1). Each octet has exactly one. */
enum {
	/** 0x00 to 0x1F and 0x7F, without tab, line feed and carriage return. */
	OCTET_CONTROL = 0x01,
	/** Carriage return and line feed. */
	OCTET_LINE_END = 0x02,
	OCTET_TAB = 0x04,
	OCTET_SPACE = 0x08,
	/** Visible, but not allowed in a token: ( ) < > @ , ; : \ " / [ ] ? = { } */
	OCTET_SEPARATOR = 0x10,
	OCTET_DIGIT = 0x20,
	/** All other visible characters. */
	OCTET_LETTER = 0x40,
	/** 0x80 to 0xFF. */
	OCTET_HIGH = 0x80,
};

/** @returns the union of the classes of all octets, 0 for none */
uint8_t octet_classify(const uint8_t *octets, size_t length);

/** As `octet_classify`, for the engine's UTF-8 text. U+0000 and U+0080 to U+009F also count as OCTET_CONTROL. */
uint8_t octet_classify_text(const uint8_t *text, size_t length);

/** @returns the number of leading octets of these classes */
size_t octet_span(const uint8_t *octets, size_t length, uint8_t classes);

/** @returns index of the first octet with this value; `length` if there is none */
size_t octet_find(const uint8_t *octets, size_t length, uint8_t value);

/** @returns index after the last octet with this value; 0 if there is none */
size_t octet_find_last(const uint8_t *octets, size_t length, uint8_t value);

/** @returns the number of leading octets with this value */
size_t octet_skip(const uint8_t *octets, size_t length, uint8_t value);

/** @returns the length without trailing octets of this value */
size_t octet_trim(const uint8_t *octets, size_t length, uint8_t value);

/** Copies octets as UTF-8. Each octet of a control character other than tab, or of invalid UTF-8 (RFC 3629, including
 *  overlong forms, surrogates and values above U+10FFFF), becomes `?`.
 *  Source and target must be equal or must not overlap.
 *  @param target has room for `length` octets */
void octet_copy_text(uint8_t *target, const uint8_t *octets, size_t length);

/** Copies UTF-8 text as visible ASCII and spaces: every other character becomes one `?`.
 *  @param target has room for `length` octets
 *  @returns octets written */
size_t octet_copy_visible(uint8_t *target, const uint8_t *text, size_t length);

/** Characters of the longest number, with a terminating zero. */
enum { OCTET_DIGITS = 24 };

/** Writes a number in decimal, rounded towards zero. Numbers beyond 2^53 become 2^53.
 *  @param digits has room for OCTET_DIGITS
 *  @returns the terminated text, somewhere in `digits` */
const char *octet_write_decimal(char *digits, double number);

#endif
