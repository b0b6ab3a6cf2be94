/* SPDX-License-Identifier: MIT */
/*
 * MD5 (RFC 1321). It is not collision resistant, but RTSP clients use it for Digest authentication.
 */

#ifndef HASH_MD5_H
#define HASH_MD5_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_MD5_BYTES = 16 };

/** @param digest receives HASH_MD5_BYTES bytes */
void hash_md5(const uint8_t *message, size_t length, uint8_t *digest);

#endif
