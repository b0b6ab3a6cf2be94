/* SPDX-License-Identifier: MIT */
/*
 * Tests of the hash core with binary messages whose lengths are around block boundaries.
 * tests/unit has the text vectors.
 */

#include "hash_md5.h"
#include "hash_sha1.h"
#include "hash_sha256.h"

#include "check.h"

/** Octet i of n is (7 i + n) & 255. The digests are from Python's hashlib. */
static const struct {
	size_t length;
	const char *md5, *sha1, *sha256;
} vectors[] = {
	{ 0, "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ 55, "f1289732253518750e22b62a571a1748", "63ac9708fb581dd150d3647549f9e0cb51dcf1df",
		"81afe5b788dc2ce138ff83d9b20164db75a94d75d2b2432eea4a0ef605088c72" },
	{ 56, "179e3b9fa272a23e2a8b32bde1015414", "5a0c4d0eb2f15e05bbbff6b8dada9ae767fc03f0",
		"2aba54f0ac632420a2b502431408866e40e1d5e430df4cd822642c78ab2eb9c1" },
	{ 63, "dd785945d1d6b87eca0d276dbb8756fd", "d94ff3ad53f9b9327704b812ee9c1f3abbba3d48",
		"733d3d4ee79ee67145bf73da13588f6f235d37414fc64b14a2f00f1762792f5e" },
	{ 64, "e3ab394ce4eb7da020a27d2e2443143c", "5f55a35e13f1865e7ffc22dca1275b1a49b0ff56",
		"79322907b3e9d013d7dc2c2f256674dbf733045cde01df3539271c6f5605feb8" },
	{ 65, "28a6b0f918d9aea03e979a1657d8d0f6", "d7f8931010f8342a97383e1410a58c47d057708b",
		"d85c007c6eb440f085afa2b84f6f2bce4658b240e9f62cb1364bf0485a57e720" },
	{ 119, "d49720530a386a3191eac0dc840dd1bd", "774001b5ad1f46b40c48e1b94cb092c593ead25b",
		"6c87eedf096b345de205b702e5223b73b447a3207791ded3ea007ba15ed6736e" },
	{ 120, "8a440004b569286a42c722295ce1c5a6", "6ebf3111dc761f11b13f29df0484848785385973",
		"42500cf6a1e3936d6b9e0bcfe296d654b63255e525487d3634d0b15fde591c4d" },
};

static bytes_t message_of(size_t length)
{
	bytes_t message = bytes_copy(NULL, 0);
	for (size_t i = 0; i < length; i++) {
		uint8_t octet = (uint8_t)(7 * i + length);
		bytes_append(&message, &octet, 1);
	}
	return message;
}

static bool is(const uint8_t *digest, size_t length, const char *digits)
{
	char text[2 * HASH_SHA256_BYTES + 1];
	for (size_t i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return !strcmp(text, digits);
}

static void digests_at_the_ends_of_blocks(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		uint8_t digest[HASH_SHA256_BYTES];
		bytes_t message = message_of(vectors[i].length);
		hash_sha256_t hash;
		hash_md5(message.data, message.length, digest);
		CHECK(is(digest, HASH_MD5_BYTES, vectors[i].md5));
		hash_sha1(message.data, message.length, digest);
		CHECK(is(digest, HASH_SHA1_BYTES, vectors[i].sha1));
		hash_sha256_begin(&hash);
		hash_sha256_add(&hash, message.data, message.length);
		hash_sha256_end(&hash, digest);
		CHECK(is(digest, HASH_SHA256_BYTES, vectors[i].sha256));
		bytes_free(&message);
	}
}

static void digest_is_the_same_however_the_message_is_cut(void)
{
	bytes_t message = message_of(120);
	for (size_t step = 1; step < 120; step++) {
		uint8_t digest[HASH_SHA256_BYTES];
		hash_sha256_t hash;
		hash_sha256_begin(&hash);
		for (size_t offset = 0; offset < message.length; offset += step)
			hash_sha256_add(
				&hash, message.data + offset, message.length - offset < step ? message.length - offset : step);
		hash_sha256_end(&hash, digest);
		CHECK(is(digest, HASH_SHA256_BYTES, "42500cf6a1e3936d6b9e0bcfe296d654b63255e525487d3634d0b15fde591c4d"));
	}
	bytes_free(&message);
}

/** RFC 3174 section 7.3: patterns that are repeated. */
static void sha1_vectors(void)
{
	static const struct {
		const char *pattern;
		unsigned count;
		const char *digest;
	} tests[] = {
		{ "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
		{ "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
		{ "0123456701234567012345670123456701234567012345670123456701234567", 10,
			"dea356a2cddd90c7a7ecedc5ebb563934f460452" },
	};
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		uint8_t digest[HASH_SHA1_BYTES];
		size_t step = strlen(tests[i].pattern), length = step * tests[i].count;
		uint8_t *message = malloc(length);
		for (size_t offset = 0; offset < length; offset += step)
			memcpy(message + offset, tests[i].pattern, step);
		hash_sha1(message, length, digest);
		CHECK(is(digest, sizeof(digest), tests[i].digest));
		free(message);
	}
}

/** RFC 4231 section 4. */
static void hmac_vectors(void)
{
	uint8_t mac[HASH_SHA256_BYTES], key[131];
	const char *message = "Test Using Larger Than Block-Size Key - Hash Key First";
	memset(key, 0x0b, 20);
	hash_hmac_sha256(key, 20, (const uint8_t *)"Hi There", 8, mac);
	CHECK(is(mac, sizeof(mac), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
	memset(key, 0xaa, sizeof(key));
	hash_hmac_sha256(key, sizeof(key), (const uint8_t *)message, strlen(message), mac);
	CHECK(is(mac, sizeof(mac), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
	hash_hmac_sha256(NULL, 0, NULL, 0, mac);
	CHECK(is(mac, sizeof(mac), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

int main(void)
{
	test("hash-digests-at-the-ends-of-blocks", digests_at_the_ends_of_blocks);
	test("hash-is-the-same-however-the-message-is-cut", digest_is_the_same_however_the_message_is_cut);
	test("hash-sha1-vectors", sha1_vectors);
	test("hash-hmac-vectors", hmac_vectors);
	return check_failures ? 1 : 0;
}
