/* SPDX-License-Identifier: MIT */
/*
 * Scanner of a message's head. See rtsp_head.h.
 */

#include "rtsp_head.h"

#include <string.h>

#include "../../octets/core/octet_text.h"

enum { BLANK = OCTET_SPACE | OCTET_TAB, TOKEN = OCTET_DIGIT | OCTET_LETTER };

enum {
	/** Longest request line, with its end. */
	REQUEST_LINE = RTSP_HEAD_METHOD + RTSP_HEAD_URL + RTSP_HEAD_VERSION + 4
};

/** @returns index of the first octet with this value, from `begin` on; `end` if there is none */
static uint32_t find(const uint8_t *octets, uint8_t value, uint32_t begin, uint32_t end)
{
	return begin + (uint32_t)octet_find(octets + begin, end - begin, value);
}

static octet_range_t trimmed(const uint8_t *octets, uint32_t begin, uint32_t end)
{
	begin += (uint32_t)octet_span(octets + begin, end - begin, BLANK);
	while (end > begin && octet_span(octets + end - 1, 1, BLANK))
		end -= 1;
	return (octet_range_t){ begin, end };
}

/** Whether the octets are 1 to 10 digits. */
static bool is_number(const uint8_t *octets, size_t length)
{
	return length > 0 && length <= 10 && octet_span(octets, length, OCTET_DIGIT) == length;
}

/** Whether the version has the form of `RTSP/1.0` or `HTTP/1.0`. */
static bool is_version(const uint8_t *octets, size_t length)
{
	if (length < 5 || (memcmp(octets, "RTSP/", 5) && memcmp(octets, "HTTP/", 5)))
		return false;
	octets += 5;
	length -= 5;
	size_t dot = octet_find(octets, length, '.');
	return dot < length && is_number(octets, dot) && is_number(octets + dot + 1, length - dot - 1);
}

// RFC 2326 section 6.1
//    | method | space | URL | space | version |
static rtsp_head_result_t read_request_line(
	rtsp_head_t *head, const uint8_t *octets, uint32_t end, octet_words_t methods)
{
	uint32_t method_end = find(octets, ' ', 0, end), url = method_end < end ? method_end + 1 : end;
	uint32_t url_end = find(octets, ' ', url, end);
	octet_range_t version = trimmed(octets, url_end < end ? url_end + 1 : end, end);

	if (url_end - url > RTSP_HEAD_URL)
		return RTSP_HEAD_URL_TOO_LONG;
	if (method_end == 0 || method_end > RTSP_HEAD_METHOD || url_end == url || end - url_end > RTSP_HEAD_VERSION + 1
		|| octet_span(octets, method_end, TOKEN) < method_end || find(octets, '\t', url, url_end) < url_end
		|| !is_version(octets + version.begin, version.end - version.begin))
		return RTSP_HEAD_MALFORMED;
	head->method = (octet_range_t){ 0, method_end };
	head->url = (octet_range_t){ url, url_end };
	head->version = version;
	if (octets[version.begin] == 'H')
		head->present |= RTSP_HEAD_IS_HTTP;
	else if (version.end - version.begin == 8 && !memcmp(octets + version.begin, "RTSP/1.0", 8))
		head->present |= RTSP_HEAD_IS_RTSP_1_0;
	head->method_index = octet_find_word(methods, octets, method_end, false);
	return RTSP_HEAD_INCOMPLETE;
}

// RFC 2326 section 7.1
//    | version | space | status code | space | reason phrase |
static rtsp_head_result_t read_status_line(rtsp_head_t *head, const uint8_t *octets, uint32_t end)
{
	uint32_t version_end = find(octets, ' ', 0, end), code = version_end < end ? version_end + 1 : end;
	uint32_t digits = (uint32_t)octet_span(octets + code, end - code, OCTET_DIGIT), code_end = code + digits;
	if (version_end > RTSP_HEAD_VERSION || !is_version(octets, version_end) || octets[0] != 'R' || digits != 3
		|| octets[code] == '0' || (code_end < end && octets[code_end] != ' '))
		return RTSP_HEAD_MALFORMED;
	head->version = (octet_range_t){ 0, version_end };
	if (version_end == 8 && !memcmp(octets, "RTSP/1.0", 8))
		head->present |= RTSP_HEAD_IS_RTSP_1_0;
	for (uint32_t i = code; i < code_end; i++)
		head->status = (uint16_t)(10 * head->status + (octets[i] - '0'));
	return RTSP_HEAD_INCOMPLETE;
}

size_t rtsp_head_value_length(const rtsp_head_t *head, uint8_t name)
{
	size_t length = 0;
	bool first = true;
	for (uint32_t i = 0; i < head->count; i++) {
		const rtsp_head_line_t *line = &head->lines[i];
		if (line->name != name)
			continue;
		size_t added = line->value.end - line->value.begin;
		if (line->folded)
			length += added > 0 && length > 0 ? added + 1 : added;
		else
			length += first ? added : added + 2;
		first = false;
	}
	return length;
}

static rtsp_head_result_t add_line(rtsp_head_t *head, uint8_t name, bool folded, octet_range_t value)
{
	head->lines[head->count++] = (rtsp_head_line_t){ value, name, folded };
	bool several = folded || (head->present >> name & 1);
	head->present |= (uint32_t)1 << name;
	size_t length = several ? rtsp_head_value_length(head, name) : value.end - value.begin;
	if (length <= RTSP_HEAD_VALUE)
		return RTSP_HEAD_INCOMPLETE;
	head->count -= 1;
	return RTSP_HEAD_TOO_LARGE;
}

/** @param last index of the field before this line, which a folded line continues
 *  @returns index of this line's field in `last` */
static rtsp_head_result_t read_field(rtsp_head_t *head, const uint8_t *octets, uint32_t begin, uint32_t end,
	octet_words_t names, bool strict, uint8_t *last)
{
	if (octet_span(octets + begin, 1, BLANK)) {
		if (strict)
			return RTSP_HEAD_MALFORMED;
		return *last == OCTET_UNKNOWN_WORD ? RTSP_HEAD_INCOMPLETE
										   : add_line(head, *last, true, trimmed(octets, begin, end));
	}
	uint32_t colon = find(octets, ':', begin, end);
	uint32_t name_end = begin + (uint32_t)octet_span(octets + begin, colon - begin, TOKEN);
	size_t blanks = strict ? 0 : octet_span(octets + name_end, colon - name_end, BLANK);
	if (colon == end || name_end == begin || blanks < colon - name_end)
		return RTSP_HEAD_MALFORMED;
	*last = octet_find_word(names, octets + begin, name_end - begin, true);
	return *last == OCTET_UNKNOWN_WORD ? RTSP_HEAD_INCOMPLETE
									   : add_line(head, *last, false, trimmed(octets, colon + 1, end));
}

rtsp_head_result_t rtsp_head_scan(rtsp_head_t *head, const rtsp_head_limits_t *limits, const uint8_t *octets,
	size_t length, octet_words_t methods, octet_words_t names)
{
	uint32_t begin = 0, lines = 0;
	uint8_t last = OCTET_UNKNOWN_WORD;
	memset(head, 0, sizeof(*head));
	head->method_index = OCTET_UNKNOWN_WORD;
	for (bool first = true;; first = false) {
		size_t room = first && limits->length > REQUEST_LINE ? REQUEST_LINE : limits->length;
		uint32_t limit = (uint32_t)(length < room ? length : room);
		uint32_t line_end = find(octets, '\n', begin, limit);
		uint32_t unchecked = limits->checked > begin ? (uint32_t)limits->checked : begin;
		uint8_t classes = unchecked < line_end ? octet_classify(octets + unchecked, line_end - unchecked) : 0;
		// a reason phrase is text in UTF-8
		if (classes & (first && !limits->reply ? OCTET_CONTROL | OCTET_HIGH : OCTET_CONTROL))
			return RTSP_HEAD_MALFORMED;
		if (line_end == limit) {
			if (limit < length)
				return first ? RTSP_HEAD_URL_TOO_LONG : RTSP_HEAD_TOO_LARGE;
			return RTSP_HEAD_INCOMPLETE;
		}
		uint32_t end = line_end > begin && octets[line_end - 1] == '\r' ? line_end - 1 : line_end;
		// no carriage return is allowed inside a line
		if (find(octets, '\r', begin, end) < end)
			return RTSP_HEAD_MALFORMED;
		rtsp_head_result_t result;
		if (first)
			result =
				limits->reply ? read_status_line(head, octets, end) : read_request_line(head, octets, end, methods);
		else if (begin == end) {
			head->length = line_end + 1;
			return RTSP_HEAD_COMPLETE;
		}
		else if (lines == 0 && octet_span(octets + begin, 1, BLANK))
			return RTSP_HEAD_MALFORMED;
		else if (lines++ == limits->lines)
			return RTSP_HEAD_TOO_LARGE;
		else
			result = read_field(head, octets, begin, end, names, limits->strict, &last);
		if (result != RTSP_HEAD_INCOMPLETE)
			return result;
		begin = line_end + 1;
	}
}

void rtsp_head_value(const rtsp_head_t *head, const uint8_t *octets, uint8_t name, uint8_t *target)
{
	size_t written = 0;
	bool first = true;
	for (uint32_t i = 0; i < head->count; i++) {
		const rtsp_head_line_t *line = &head->lines[i];
		size_t added = line->value.end - line->value.begin;
		if (line->name != name)
			continue;
		if (line->folded ? added > 0 && written > 0 : !first) {
			memcpy(target + written, line->folded ? " " : ", ", line->folded ? 1 : 2);
			written += line->folded ? 1 : 2;
		}
		octet_copy_text(target + written, octets + line->value.begin, added);
		written += added;
		first = false;
	}
}

const rtsp_head_line_t *rtsp_head_only_line(const rtsp_head_t *head, uint8_t name)
{
	const rtsp_head_line_t *only = NULL;
	for (uint32_t i = 0; i < head->count; i++) {
		if (head->lines[i].name != name)
			continue;
		if (only)
			return NULL;
		only = &head->lines[i];
	}
	return only;
}
