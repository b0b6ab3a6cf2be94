/* SPDX-License-Identifier: MIT */
/*
 * Incremental base64 decoder (RFC 4648 section 4) for the requests of a tunnel.
 *
 * Every request is encoded separately, so padding occurs in the middle of the stream and the next request begins right
 * after it. Line breaks and spaces may be anywhere, and a piece may end anywhere.
 */

#ifndef OCTET_BASE64_H
#define OCTET_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** State of a decoder. Initialize with zeros. */
typedef struct {
	/** The unfinished group of four: number of characters, 0 to 3, and bits not yet forming an octet, at most 6. */
	uint8_t count;
	uint8_t bits;
	/** Number of `=` that must follow, 0 or 1. */
	uint8_t padding;
	/** The input was not base64. Nothing after the error is decoded. */
	bool broken;
} octet_base64_t;

/** Decodes the next piece. An octet is written as soon as its bits are complete.
 *  @param target has room for three octets per four of the piece, rounded up
 *  @returns octets written */
size_t octet_base64_decode(octet_base64_t *state, const uint8_t *piece, size_t length, uint8_t *target);

#endif
