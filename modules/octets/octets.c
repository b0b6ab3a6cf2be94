/* SPDX-License-Identifier: MIT */
/*
 * Native half of octets.ts.
 */

#include "xsmc.h"
#include "mc.xs.h" // for xsID_* values

#include <stdint.h>
#include <string.h>

#include "core/octet_base64.h"
#include "core/octet_text.h"
#include "core/octet_words.h"

/** Octets `begin` to `end` (arguments `first` and `first + 1`) of the buffer in argument 0.
 *  Valid until the next allocation. */
static const uint8_t *get_range(xsMachine *the, int first, xsUnsignedValue *begin, xsUnsignedValue *length)
{
	void *data;
	xsUnsignedValue byteLength;
	xsIntegerValue from = xsmcToInteger(xsArg(first));
	xsIntegerValue to = xsmcToInteger(xsArg(first + 1));

	xsmcGetBufferReadable(xsArg(0), &data, &byteLength);
	if (from < 0 || to < from || (xsUnsignedValue)to > byteLength)
		xsRangeError("octets %d to %d are outside the buffer of %d", (int)from, (int)to, (int)byteLength);
	*begin = (xsUnsignedValue)from;
	*length = (xsUnsignedValue)(to - from);
	return (const uint8_t *)data + from;
}

void xs_octets_classify(xsMachine *the)
{
	xsUnsignedValue begin, length;
	const uint8_t *octets = get_range(the, 1, &begin, &length);
	xsmcSetInteger(xsResult, octet_classify(octets, length));
}

void xs_octets_span(xsMachine *the)
{
	xsUnsignedValue begin, length;
	uint8_t classes = (uint8_t)xsmcToInteger(xsArg(1));
	const uint8_t *octets = get_range(the, 2, &begin, &length);
	xsmcSetInteger(xsResult, (xsIntegerValue)(begin + octet_span(octets, length, classes)));
}

void xs_octets_find(xsMachine *the)
{
	xsUnsignedValue begin, length;
	uint8_t value = (uint8_t)xsmcToInteger(xsArg(1));
	const uint8_t *octets = get_range(the, 2, &begin, &length);
	xsmcSetInteger(xsResult, (xsIntegerValue)(begin + octet_find(octets, length, value)));
}

void xs_octets_findLast(xsMachine *the)
{
	xsUnsignedValue begin, length;
	uint8_t value = (uint8_t)xsmcToInteger(xsArg(1));
	const uint8_t *octets = get_range(the, 2, &begin, &length);
	xsmcSetInteger(xsResult, (xsIntegerValue)(begin + octet_find_last(octets, length, value)));
}

void xs_octets_skip(xsMachine *the)
{
	xsUnsignedValue begin, length;
	uint8_t value = (uint8_t)xsmcToInteger(xsArg(1));
	const uint8_t *octets = get_range(the, 2, &begin, &length);
	xsmcSetInteger(xsResult, (xsIntegerValue)(begin + octet_skip(octets, length, value)));
}

void xs_octets_trim(xsMachine *the)
{
	xsUnsignedValue begin, length;
	uint8_t value = (uint8_t)xsmcToInteger(xsArg(1));
	const uint8_t *octets = get_range(the, 2, &begin, &length);
	xsmcSetInteger(xsResult, (xsIntegerValue)(begin + octet_trim(octets, length, value)));
}

void xs_octets_copy(xsMachine *the)
{
	void *target;
	xsUnsignedValue begin, length, room;
	xsIntegerValue offset = xsmcToInteger(xsArg(4));
	const uint8_t *octets = get_range(the, 1, &begin, &length);
	xsmcGetBufferWritable(xsArg(3), &target, &room);
	if (offset < 0 || (xsUnsignedValue)offset > room || length > room - (xsUnsignedValue)offset)
		xsRangeError("no room for %d octets at %d of %d", (int)length, (int)offset, (int)room);
	// both may be parts of the same buffer
	memmove((uint8_t *)target + offset, octets, length);
}

void xs_octets_text(xsMachine *the)
{
	const uint8_t blank = OCTET_SPACE | OCTET_TAB;
	xsUnsignedValue begin, length;
	const uint8_t *octets = get_range(the, 1, &begin, &length);
	size_t blanks = octet_span(octets, length, blank);
	begin += (xsUnsignedValue)blanks;
	length -= (xsUnsignedValue)blanks;
	while (length > 0 && octet_span(octets + blanks + length - 1, 1, blank))
		length -= 1;

	xsmcSetStringBuffer(xsResult, NULL, (xsIntegerValue)length);
	// the allocation may have moved the buffer
	void *data;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(0), &data, &byteLength);
	octet_copy_text((uint8_t *)xsmcToString(xsResult), (const uint8_t *)data + begin, length);
}

void xs_octets_classesOf(xsMachine *the)
{
	const char *text = xsmcToString(xsArg(0));
	xsmcSetInteger(xsResult, octet_classify_text((const uint8_t *)text, strlen(text)));
}

void xs_octets_visible(xsMachine *the)
{
	xsIntegerValue length = (xsIntegerValue)strlen(xsmcToString(xsArg(0)));
	xsmcSetStringBuffer(xsResult, NULL, length);
	uint8_t *target = (uint8_t *)xsmcToString(xsResult);
	size_t written = octet_copy_visible(target, (const uint8_t *)xsmcToString(xsArg(0)), (size_t)length);
	target[written] = 0;
}

void xs_octets_bytesOf(xsMachine *the)
{
	xsIntegerValue length = (xsIntegerValue)strlen(xsmcToString(xsArg(0)));
	uint8_t *target = xsmcSetArrayBuffer(xsResult, NULL, length);
	memcpy(target, xsmcToString(xsArg(0)), (size_t)length);
}

/** The table of values in an argument, with room for `count` of them. Valid until the next allocation. */
static octet_range_t *get_values(xsMachine *the, int index, size_t count)
{
	void *data;
	xsUnsignedValue size;
	xsmcGetBufferWritable(xsArg(index), &data, &size);
	if (size / sizeof(octet_range_t) < count)
		xsRangeError("no room for %d values", (int)count);
	return data;
}

void xs_octets_findParameters(xsMachine *the)
{
	xsUnsignedValue begin, length;
	uint8_t separator = (uint8_t)xsmcToInteger(xsArg(3));
	const char *words = xsmcToString(xsArg(4));
	size_t count = 0;
	for (const char *word = words; *word; word += 1 + (uint8_t)*word)
		count += 1;
	if (count > OCTET_PARAMETER_WORDS)
		xsRangeError("%d names", (int)count);
	const uint8_t *octets = get_range(the, 1, &begin, &length);
	xsmcSetInteger(xsResult, octet_find_parameters(octets, length, separator, words, get_values(the, 5, count)));
}

void xs_octets_parameterOf(xsMachine *the)
{
	xsIntegerValue begin = xsmcToInteger(xsArg(1)), name = xsmcToInteger(xsArg(3));
	if (name < 0 || begin < 0)
		xsRangeError("no parameter");
	octet_range_t value = get_values(the, 2, (size_t)name + 1)[name];
	void *data;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(0), &data, &byteLength);
	if (value.begin > value.end || (uint64_t)value.end + (uint64_t)begin > byteLength)
		xsRangeError("the table describes another list");
	xsIntegerValue length = (xsIntegerValue)(value.end - value.begin);
	xsmcSetStringBuffer(xsResult, NULL, length);
	// the allocation may have moved the octets
	xsmcGetBufferReadable(xsArg(0), &data, &byteLength);
	octet_copy_text((uint8_t *)xsmcToString(xsResult), (const uint8_t *)data + begin + value.begin, (size_t)length);
}

/** Room from index `offset` (argument 1) on in the target in argument 0. Valid until the next allocation. */
static uint8_t *get_room(xsMachine *the, xsUnsignedValue *offset, xsUnsignedValue *room)
{
	void *target;
	xsUnsignedValue size;
	xsIntegerValue at = xsmcToInteger(xsArg(1));
	xsmcGetBufferWritable(xsArg(0), &target, &size);
	if (at < 0 || (xsUnsignedValue)at > size)
		xsRangeError("octet %d is outside the buffer of %d", (int)at, (int)size);
	*offset = (xsUnsignedValue)at;
	*room = size - (xsUnsignedValue)at;
	return (uint8_t *)target + at;
}

/** A piece of a line: its text. `digits` has room for OCTET_DIGITS, and holds the text of a number.
 *  Converting a number with the engine would allocate. */
static const char *get_piece(xsMachine *the, int index, char *digits)
{
	switch (xsmcTypeOf(xsArg(index))) {
	case xsIntegerType:
	case xsNumberType: return octet_write_decimal(digits, xsmcToNumber(xsArg(index)));
	case xsUndefinedType: return "";
	case xsStringType: return xsmcToString(xsArg(index));
	default: xsTypeError("neither text nor number"); return NULL;
	}
}

/** Writes the pieces from argument 2 on, and sets the result to the index after them; to -1 without room. */
static void write_pieces(xsMachine *the, const char *ending, bool visible)
{
	enum { FIRST = 2 };
	char digits[OCTET_DIGITS];
	xsUnsignedValue offset, room, written = 0;
	size_t ending_length = strlen(ending);
	uint8_t *target = get_room(the, &offset, &room);
	int count = xsmcArgc;
	for (int i = FIRST; i < count; i++) {
		const char *piece = get_piece(the, i, digits);
		size_t length = strlen(piece);
		if (length + ending_length > room - written) {
			xsmcSetInteger(xsResult, -1);
			return;
		}
		if (visible)
			length = octet_copy_visible(target + written, (const uint8_t *)piece, length);
		else
			memcpy(target + written, piece, length);
		written += (xsUnsignedValue)length;
	}
	/* without pieces, nothing has been checked */
	if (ending_length > room - written) {
		xsmcSetInteger(xsResult, -1);
		return;
	}
	memcpy(target + written, ending, ending_length);
	xsmcSetInteger(xsResult, (xsIntegerValue)(offset + written + ending_length));
}

void xs_octets_writeLine(xsMachine *the)
{
	write_pieces(the, "\r\n", true);
}

void xs_octets_writeText(xsMachine *the)
{
	write_pieces(the, "", false);
}

// Layout of the result: the decoder's state between two pieces in the lower bits, the number of octets written above.
//    | octets written | broken 1 | padding 1 | bits 6 | count 2 |
enum { STATE_BITS = 10, STATE_MASK = (1 << STATE_BITS) - 1, LONGEST_PIECE = 1 << 20 };

void xs_octets_decodeBase64(xsMachine *the)
{
	void *data, *target;
	xsUnsignedValue byteLength, room;
	int packed = xsmcToInteger(xsArg(2));
	octet_base64_t state = {
		.count = packed & 3,
		.bits = packed >> 2 & 63,
		.padding = packed >> 8 & 1,
		.broken = packed >> 9 & 1,
	};

	xsmcGetBufferReadable(xsArg(0), &data, &byteLength);
	xsmcGetBufferWritable(xsArg(1), &target, &room);
	if (byteLength > LONGEST_PIECE || (byteLength + 3) / 4 * 3 > room)
		xsRangeError("no room for %d octets of base64", (int)byteLength);
	size_t written = octet_base64_decode(&state, data, byteLength, target);
	packed = state.count | state.bits << 2 | state.padding << 8 | state.broken << 9;
	xsmcSetInteger(xsResult, (xsIntegerValue)(written << STATE_BITS | (size_t)(packed & STATE_MASK)));
}
