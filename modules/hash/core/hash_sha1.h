/* SPDX-License-Identifier: MIT */
/*
 * SHA-1 (RFC 3174). It is not collision resistant, but WS-Security's password digest is made with it.
 */

#ifndef HASH_SHA1_H
#define HASH_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_SHA1_BYTES = 20 };

/** @param digest receives HASH_SHA1_BYTES bytes */
void hash_sha1(const uint8_t *message, size_t length, uint8_t *digest);

#endif
