/* SPDX-License-Identifier: MIT */
/*
 * Native half of hash.ts.
 */

#include "xsmc.h"
#include "mc.xs.h" // for xsID_* values

#include <stdint.h>
#include <string.h>

#include "core/hash_md5.h"
#include "core/hash_sha1.h"
#include "core/hash_sha256.h"

/** Sets the result to the octets in lower-case hexadecimal. */
static void set_hexadecimal(xsMachine *the, const uint8_t *octets, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * HASH_SHA256_BYTES];
	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[octets[i] >> 4];
		text[2 * i + 1] = digits[octets[i] & 15];
	}
	xsmcSetStringBuffer(xsResult, text, (xsIntegerValue)(2 * length));
}

void xs_hash_md5(xsMachine *the)
{
	uint8_t digest[HASH_MD5_BYTES];
	const char *text = xsmcToString(xsArg(0));
	hash_md5((const uint8_t *)text, strlen(text), digest);
	set_hexadecimal(the, digest, sizeof(digest));
}

void xs_hash_sha256(xsMachine *the)
{
	uint8_t digest[HASH_SHA256_BYTES];
	hash_sha256_t hash;
	const char *text = xsmcToString(xsArg(0));
	hash_sha256_begin(&hash);
	hash_sha256_add(&hash, (const uint8_t *)text, strlen(text));
	hash_sha256_end(&hash, digest);
	set_hexadecimal(the, digest, sizeof(digest));
}

void xs_hash_sha1(xsMachine *the)
{
	uint8_t digest[HASH_SHA1_BYTES];
	void *octets;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &octets, &length);
	hash_sha1(octets, length, digest);
	set_hexadecimal(the, digest, sizeof(digest));
}

void xs_hash_hmac(xsMachine *the)
{
	uint8_t mac[HASH_SHA256_BYTES];
	// convert both to text before taking either pointer, because a conversion may invalidate it
	xsmcToString(xsArg(0));
	const char *message = xsmcToString(xsArg(1));
	const char *key = xsmcToString(xsArg(0));
	hash_hmac_sha256((const uint8_t *)key, strlen(key), (const uint8_t *)message, strlen(message), mac);
	set_hexadecimal(the, mac, sizeof(mac));
}

void xs_hash_equal(xsMachine *the)
{
	xsmcToString(xsArg(0));
	const char *secret = xsmcToString(xsArg(1));
	const char *given = xsmcToString(xsArg(0));
	size_t given_length = strlen(given), secret_length = strlen(secret);
	unsigned difference = given_length != secret_length;
	// the time depends only on the length of the given text, not on the secret's length or content
	for (size_t i = 0; i < given_length; i++)
		difference |= (unsigned)(uint8_t)given[i] ^ (uint8_t)secret[secret_length ? i % secret_length : 0];
	xsmcSetBoolean(xsResult, difference == 0);
}
