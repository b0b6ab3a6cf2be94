/*
 * MD5 (RFC 1321). Broken as a signature; what Digest authentication of RTSP clients speaks.
 */

#ifndef HASH_MD5_H
#define HASH_MD5_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_MD5_BYTES = 16 };

/** @param digest takes HASH_MD5_BYTES */
void hash_md5(const uint8_t *message, size_t length, uint8_t *digest);

#endif
