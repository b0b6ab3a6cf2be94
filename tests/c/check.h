/* SPDX-License-Identifier: MIT */
/*
 * A test harness in one header: each test is a function named for a behaviour; the first check that fails ends it.
 * Prints `ok name` or `not ok name: file:line: check`, one line per test, for run.mjs.
 */

#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failures;
static bool check_failed;
static const char *check_name;

static inline void check_fail(const char *file, int line, const char *what)
{
	const char *slash = strrchr(file, '/');
	if (!check_failed)
		printf("not ok %s: %s:%d: %s\n", check_name, slash ? slash + 1 : file, line, what);
	check_failed = true;
}

/** Ends the test (returns from the function) if the condition is false. */
#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			check_fail(__FILE__, __LINE__, #condition); \
			return; \
		} \
	} while (0)

/** Returns from a function if a check in a function that it called has failed. */
#define CHECK_STILL_OK() \
	do { \
		if (check_failed) \
			return; \
	} while (0)

static inline void test(const char *name, void (*body)(void))
{
	check_name = name;
	check_failed = false;
	body();
	if (check_failed)
		check_failures += 1;
	else
		printf("ok %s\n", name);
	fflush(stdout);
}

/** Bytes on the heap with their exact length, so that AddressSanitizer detects the first byte read beyond it. */
typedef struct {
	uint8_t *data;
	size_t length;
} bytes_t;

static inline bytes_t bytes_copy(const uint8_t *data, size_t length)
{
	bytes_t bytes = { malloc(length ? length : 1), length };
	if (!bytes.data)
		abort();
	if (length)
		memcpy(bytes.data, data, length);
	return bytes;
}

static inline void bytes_free(bytes_t *bytes)
{
	free(bytes->data);
	bytes->data = NULL;
	bytes->length = 0;
}

static inline void bytes_append(bytes_t *bytes, const uint8_t *data, size_t length)
{
	if (!length)
		return;
	uint8_t *grown = realloc(bytes->data, bytes->length + length);
	if (!grown)
		abort();
	memcpy(grown + bytes->length, data, length);
	bytes->data = grown;
	bytes->length += length;
}

/** Appends annotated hexadecimal text. White space and comments (`//` to the end of the line) are ignored. */
static inline void bytes_hex(bytes_t *bytes, const char *text)
{
	int digits = 0, value = 0;

	for (; *text; text++) {
		if ((text[0] == '/') && (text[1] == '/')) {
			while (*text && (*text != '\n'))
				text += 1;
			if (!*text)
				break;
		}
		int digit = (*text >= '0') && (*text <= '9') ? *text - '0'
			: (*text >= 'a') && (*text <= 'f')       ? *text - 'a' + 10
													 : -1;
		if (digit < 0)
			continue;
		value = (value << 4) | digit;
		if (++digits == 2) {
			uint8_t byte = (uint8_t)value;
			bytes_append(bytes, &byte, 1);
			digits = value = 0;
		}
	}
}

/** A file of tests/vectors; the folder is the first argument of the program. */
static inline bytes_t bytes_file(const char *folder, const char *name)
{
	char path[1024];
	bytes_t bytes = { NULL, 0 };
	uint8_t block[4096];
	size_t count;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	if (!file) {
		printf("not ok open %s\n", path);
		exit(1);
	}
	while ((count = fread(block, 1, sizeof(block), file)))
		bytes_append(&bytes, block, count);
	fclose(file);
	return bytes;
}

#endif
