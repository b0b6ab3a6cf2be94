/* SPDX-License-Identifier: MIT */
/*
 * Native half of head.ts.
 */

#include "xsmc.h"
#include "mc.xs.h" // for xsID_* values

#include <stdint.h>
#include <string.h>

#include "../octets/core/octet_text.h"
#include "core/rtsp_head.h"

// The result of a scan: the method's index, or a reply's status code, above the head's length.
enum { LENGTH_BITS = 20, LONGEST_HEAD = 65536 };

/** The table in argument `index`, and the lines that it has room for.
 *  Valid until the next allocation. */
static rtsp_head_t *get_table(xsMachine *the, int index, uint32_t *lines)
{
	void *data;
	xsUnsignedValue size;
	xsmcGetBufferWritable(xsArg(index), &data, &size);
	if (size < sizeof(rtsp_head_t))
		xsRangeError("no room for a head");
	if (lines)
		*lines = (uint32_t)((size - sizeof(rtsp_head_t)) / sizeof(rtsp_head_line_t));
	return data;
}

/** The octets of the head in argument 0, which begins at argument 1. Valid until the next allocation. */
static const uint8_t *get_head(xsMachine *the, xsUnsignedValue *length)
{
	void *data;
	xsUnsignedValue size;
	xsIntegerValue begin = xsmcToInteger(xsArg(1));
	xsmcGetBufferReadable(xsArg(0), &data, &size);
	if (begin < 0 || (xsUnsignedValue)begin > size)
		xsRangeError("octet %d is outside the buffer of %d", (int)begin, (int)size);
	*length = size - (xsUnsignedValue)begin;
	return (const uint8_t *)data + begin;
}

/** The octets of a range of the head, in arguments 0 and 1. */
static const uint8_t *get_range(xsMachine *the, octet_range_t range)
{
	xsUnsignedValue length;
	const uint8_t *octets = get_head(the, &length);
	if (range.begin > range.end || range.end > length)
		xsRangeError("the table describes another head");
	return octets + range.begin;
}

void xs_rtsp_head_scan(xsMachine *the)
{
	xsUnsignedValue length;
	rtsp_head_limits_t limits;
	xsIntegerValue begin = xsmcToInteger(xsArg(1)), end = xsmcToInteger(xsArg(2)), limit = xsmcToInteger(xsArg(4)),
				   checked = xsmcToInteger(xsArg(5));
	bool strict = xsmcTest(xsArg(8)), reply = xsmcTest(xsArg(9));
	const char *methods = xsmcToString(xsArg(6)), *names = xsmcToString(xsArg(7));
	const uint8_t *octets = get_head(the, &length);
	rtsp_head_t *head = get_table(the, 3, &limits.lines);
	if (end < begin || (xsUnsignedValue)(end - begin) > length || limit < 0 || limit > LONGEST_HEAD || checked < 0)
		xsRangeError("octets %d to %d, at most %d of them", (int)begin, (int)end, (int)limit);
	limits.length = (size_t)limit;
	limits.checked = (size_t)checked;
	limits.strict = strict;
	limits.reply = reply;
	rtsp_head_result_t result = rtsp_head_scan(head, &limits, octets, (size_t)(end - begin), methods, names);
	uint32_t first = reply ? head->status : head->method_index;
	xsmcSetInteger(xsResult,
		result == RTSP_HEAD_COMPLETE ? (xsIntegerValue)(first << LENGTH_BITS | head->length) : (xsIntegerValue)result);
}

static octet_range_t get_part(xsMachine *the)
{
	const rtsp_head_t *head = get_table(the, 2, NULL);
	xsIntegerValue part = xsmcToInteger(xsArg(3));
	return part == 0 ? head->method : part == 1 ? head->url : head->version;
}

void xs_rtsp_head_part(xsMachine *the)
{
	octet_range_t range = get_part(the);
	xsIntegerValue length = (xsIntegerValue)(range.end - range.begin);
	get_range(the, range);
	xsmcSetStringBuffer(xsResult, NULL, length);
	// the allocation may have moved the octets
	octet_copy_text((uint8_t *)xsmcToString(xsResult), get_range(the, range), (size_t)length);
}

/** Whether the octets are the text in an argument. */
static bool is_text(xsMachine *the, octet_range_t range, int index)
{
	const char *text = xsmcToString(xsArg(index));
	const uint8_t *octets = get_range(the, range);
	return strlen(text) == range.end - range.begin && !memcmp(text, octets, range.end - range.begin);
}

void xs_rtsp_head_isPart(xsMachine *the)
{
	xsmcSetBoolean(xsResult, is_text(the, get_part(the), 4));
}

static const rtsp_head_line_t *get_only_line(xsMachine *the)
{
	uint8_t name = (uint8_t)xsmcToInteger(xsArg(3));
	return rtsp_head_only_line(get_table(the, 2, NULL), name);
}

void xs_rtsp_head_value(xsMachine *the)
{
	uint8_t name = (uint8_t)xsmcToInteger(xsArg(3));
	size_t length = rtsp_head_value_length(get_table(the, 2, NULL), name);
	xsmcSetStringBuffer(xsResult, NULL, (xsIntegerValue)length);
	// the allocation may have moved the octets and the table
	xsUnsignedValue head_length;
	const uint8_t *octets = get_head(the, &head_length);
	rtsp_head_value(get_table(the, 2, NULL), octets, name, (uint8_t *)xsmcToString(xsResult));
}

void xs_rtsp_head_decimal(xsMachine *the)
{
	const rtsp_head_line_t *line = get_only_line(the);
	double number = line ? -1 : -2;
	if (line) {
		size_t length = line->value.end - line->value.begin;
		const uint8_t *octets = get_range(the, line->value);
		if (length > 0 && length <= 10 && octet_span(octets, length, OCTET_DIGIT) == length) {
			number = 0;
			for (size_t i = 0; i < length; i++)
				number = 10 * number + (octets[i] - '0');
		}
	}
	if (number <= INT32_MAX)
		xsmcSetInteger(xsResult, (xsIntegerValue)number);
	else
		xsmcSetNumber(xsResult, number);
}

void xs_rtsp_head_isValue(xsMachine *the)
{
	uint8_t end = (uint8_t)xsmcToInteger(xsArg(5));
	const rtsp_head_line_t *line = get_only_line(the);
	// undefined
	if (!line)
		return;
	octet_range_t range = line->value;
	const uint8_t *octets = get_range(the, range);
	range.end = range.begin + (uint32_t)octet_find(octets, range.end - range.begin, end);
	while (range.end > range.begin && octet_span(octets + (range.end - range.begin) - 1, 1, OCTET_SPACE | OCTET_TAB))
		range.end -= 1;
	xsmcSetBoolean(xsResult, is_text(the, range, 4));
}
