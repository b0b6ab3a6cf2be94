/*
 * Scanning of protocol text as it is received: octets, in one pass, without memory of its own.
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
	/** Visible, but not of a token: ( ) < > @ , ; : \ " / [ ] ? = { } */
	OCTET_SEPARATOR = 0x10,
	OCTET_DIGIT = 0x20,
	/** Everything else that is visible. */
	OCTET_LETTER = 0x40,
	/** 0x80 to 0xFF. */
	OCTET_HIGH = 0x80,
};

/** @returns the classes of all octets together, 0 for none */
uint8_t octet_classify(const uint8_t *octets, size_t length);

/** The same for a text of the engine, in UTF-8: U+0000 and U+0080 to U+009F are OCTET_CONTROL too. */
uint8_t octet_classify_text(const uint8_t *text, size_t length);

/** @returns how many octets at the beginning have one of the classes */
size_t octet_span(const uint8_t *octets, size_t length, uint8_t classes);

/** @returns index of the first octet of this value; `length` when there is none */
size_t octet_find(const uint8_t *octets, size_t length, uint8_t value);

/** @returns index behind the last octet of this value; 0 when there is none */
size_t octet_find_last(const uint8_t *octets, size_t length, uint8_t value);

/** @returns how many octets at the beginning have this value */
size_t octet_skip(const uint8_t *octets, size_t length, uint8_t value);

/** @returns how many octets are left without those of this value at the end */
size_t octet_trim(const uint8_t *octets, size_t length, uint8_t value);

/** Copies octets as UTF-8. Control characters other than tab, and octets that are not UTF-8 (RFC 3629: neither overlong, nor
 *  surrogates, nor beyond U+10FFFF), become `?`, one for each octet. Source and target may be the same, or not overlap.
 *  @param target takes `length` octets */
void octet_copy_text(uint8_t *target, const uint8_t *octets, size_t length);

/** Copies UTF-8 text as visible ASCII and spaces: every other character becomes one `?`.
 *  @param target takes `length` octets
 *  @returns octets written */
size_t octet_copy_visible(uint8_t *target, const uint8_t *text, size_t length);

#endif
