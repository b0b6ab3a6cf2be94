/*
 * Incremental decoder of base64 (RFC 4648 section 4) for the requests of a tunnel.
 *
 * Every request is encoded by itself, so that padding comes in the middle of the stream and the next request begins right after
 * it. Line breaks and spaces may be anywhere, and so may the ends of the pieces.
 */

#ifndef OCTET_BASE64_H
#define OCTET_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zero at the beginning. */
typedef struct {
	/** Of the group of four that has begun: characters, 0 to 3, and bits that do not make an octet yet, at most 6. */
	uint8_t count;
	uint8_t bits;
	/** `=` that must follow, 0 to 1. */
	uint8_t padding;
	/** Something has come that is not base64: nothing after it is decoded. */
	bool broken;
} octet_base64_t;

/** Decodes the next piece. An octet is there as soon as its bits are, whatever follows it.
 *  @param target takes three octets for every four of the piece, rounded up
 *  @returns octets written */
size_t octet_base64_decode(octet_base64_t *state, const uint8_t *piece, size_t length, uint8_t *target);

#endif
