/* SPDX-License-Identifier: MIT */
/*
 * Incremental decoder of base64. See octet_base64.h.
 */

#include "octet_base64.h"

/** @returns 0 to 63, or -1 */
static int sextet(uint8_t octet)
{
	if (octet >= 'A' && octet <= 'Z')
		return octet - 'A';
	if (octet >= 'a' && octet <= 'z')
		return octet - 'a' + 26;
	if (octet >= '0' && octet <= '9')
		return octet - '0' + 52;
	return octet == '+' ? 62 : octet == '/' ? 63 : -1;
}

static bool pad(octet_base64_t *state)
{
	if (state->padding > 0)
		state->padding -= 1;
	else if (state->count < 2)
		return false;
	else {
		state->padding = (uint8_t)(3 - state->count);
		state->count = state->bits = 0;
	}
	return true;
}

// RFC 4648 section 4
//    |     1st     |     2nd     |     3rd     |     4th     |
//    |. . . . . .  . .|. . . .  . . . .|. .  . . . . . .|
//    |     1st octet  |   2nd octet    |    3rd octet   |
size_t octet_base64_decode(octet_base64_t *state, const uint8_t *piece, size_t length, uint8_t *target)
{
	size_t written = 0;
	for (size_t i = 0; i < length && !state->broken; i++) {
		uint8_t octet = piece[i];
		if (octet == '\r' || octet == '\n' || octet == ' ' || octet == '\t')
			continue;
		if (octet == '=') {
			state->broken = !pad(state);
			continue;
		}
		int value = sextet(octet);
		if (value < 0 || state->padding > 0) {
			state->broken = true;
			continue;
		}
		unsigned bits = (unsigned)state->bits << 6 | (unsigned)value;
		state->count = (state->count + 1) & 3;
		if (state->count != 1) {
			unsigned shift = state->count == 0 ? 0 : 8u - 2u * state->count;
			target[written++] = (uint8_t)(bits >> shift);
			bits &= (1u << shift) - 1;
		}
		state->bits = (uint8_t)bits;
	}
	return written;
}
