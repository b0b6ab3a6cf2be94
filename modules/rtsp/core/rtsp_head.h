/* SPDX-License-Identifier: MIT */
/*
 * Scanner of a message's head (RFC 2326 sections 4, 6 and 7): request line or status line, header fields, empty line.
 * HTTP's heads have the same form. It records where things are, and copies and allocates nothing.
 */

#ifndef RTSP_HEAD_H
#define RTSP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../octets/core/octet_words.h"

enum {
	/** Limits within a request line, octets. The longest method has 13; `rtsp://` and a host name have up to 260. */
	RTSP_HEAD_METHOD = 32,
	RTSP_HEAD_URL = 1024,
	RTSP_HEAD_VERSION = 16,
	/** Longest value of a known field, octets, with all its lines joined. Digest credentials with the longest URL and
	 *  every other part at its longest have 2,000. */
	RTSP_HEAD_VALUE = 2048,
	/** Known names at most: one bit each in `rtsp_head_t.present`. */
	RTSP_HEAD_NAMES = 28,
	/** Further bits there: the version is `RTSP/1.0`; the protocol is HTTP. */
	RTSP_HEAD_IS_RTSP_1_0 = 1 << 29,
	RTSP_HEAD_IS_HTTP = 1 << 30
};

/** Results of a scan. */
typedef enum {
	RTSP_HEAD_INCOMPLETE = 0,
	RTSP_HEAD_COMPLETE = 1,
	RTSP_HEAD_MALFORMED = -400,
	RTSP_HEAD_TOO_LARGE = -413,
	RTSP_HEAD_URL_TOO_LONG = -414
} rtsp_head_result_t;

/** A line of a known field, without blanks around its value. */
typedef struct {
	octet_range_t value;
	/** Index in the list of names. */
	uint8_t name;
	/** The line continues the one before it. */
	bool folded;
} rtsp_head_line_t;

typedef struct {
	/** A bit for each known name that the head has, and those of the version. */
	uint32_t present;
	/** Octets of a complete head, with its last line. */
	uint32_t length;
	/** A reply has only a version. */
	octet_range_t method, url, version;
	/** Index of the method in the list of methods. */
	uint8_t method_index;
	/** Status code of a reply, 100 to 999. */
	uint16_t status;
	/** Lines of known fields. */
	uint32_t count;
	rtsp_head_line_t lines[];
} rtsp_head_t;

/** Limits of one head, and what is known of it. */
typedef struct {
	/** Octets. */
	size_t length;
	/** Octets that an incomplete scan of the same head has already checked for control characters. */
	size_t checked;
	/** Lines of header fields. Also the room of `rtsp_head_t.lines`. */
	uint32_t lines;
	/** Refuses what HTTP/1.1 refuses, because another program may read it otherwise: folded lines (RFC 9112 section
	 *  5.2), and blanks after a name (section 5.1). */
	bool strict;
	/** The head is a reply's: it begins with a status line of RTSP. */
	bool reply;
} rtsp_head_limits_t;

/** Scans a head from its beginning. What is wrong is found as soon as its octets are there. After an error, `head`
 *  describes the lines before it.
 *  @param methods known methods
 *  @param names known field names, in lower case, at most RTSP_HEAD_NAMES; others are checked and left out */
rtsp_head_result_t rtsp_head_scan(rtsp_head_t *head, const rtsp_head_limits_t *limits, const uint8_t *octets,
	size_t length, octet_words_t methods, octet_words_t names);

/** @returns octets of a field's value, all its lines joined, at most RTSP_HEAD_VALUE */
size_t rtsp_head_value_length(const rtsp_head_t *head, uint8_t name);

/** Joins the lines of a field: repeated ones with ", " (RFC 2068 section 4.2), folded ones with a space.
 *  @param target has room for `rtsp_head_value_length` octets */
void rtsp_head_value(const rtsp_head_t *head, const uint8_t *octets, uint8_t name, uint8_t *target);

/** @returns the only line of a field; NULL if it has several or none */
const rtsp_head_line_t *rtsp_head_only_line(const rtsp_head_t *head, uint8_t name);

#endif
