/* SPDX-License-Identifier: MIT */
/*
 * Natives for the tests of the host: a class whose destructor counts, functions that report their arguments, and byte
 * patterns that depend on the offset in a stream.
 */
#include <stdlib.h>
#if defined(__GLIBC__)
	#include <malloc.h>
#endif
#include <time.h>

#include "xsmc.h"
#include "mc.xs.h"

typedef struct box {
	int32_t value;
} box_t;

static int32_t live, nulls;

void xs_box_destructor(void *data)
{
	if (data) {
		live -= 1;
		free(data);
	}
	else
		nulls += 1;
}

static const xsHostHooks box_hooks = { xs_box_destructor, NULL, NULL };

static box_t *this_box(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&box_hooks);
}

void xs_box_constructor(xsMachine *the)
{
	int32_t value = xsmcToInteger(xsArg(0));
	if (value < 0)
		xsRangeError("value is negative");
	box_t *box = malloc(sizeof(*box));
	box->value = value;
	live += 1;
	xsmcSetHostData(xsThis, box);
	xsSetHostHooks(xsThis, &box_hooks);
}

void xs_box_add(xsMachine *the)
{
	box_t *box = this_box(the);
	xsmcSetInteger(xsResult, box->value + xsmcToInteger(xsArg(0)) + xsmcToInteger(xsArg(1)));
}

void xs_box_subtract(xsMachine *the)
{
	this_box(the);
	xsmcSetInteger(xsResult, xsmcToInteger(xsArg(0)) - xsmcToInteger(xsArg(1)));
}

void xs_box_get_value(xsMachine *the)
{
	xsmcSetInteger(xsResult, this_box(the)->value);
}

void xs_box_set_value(xsMachine *the)
{
	this_box(the)->value = xsmcToInteger(xsArg(0));
}

void xs_box_fail(xsMachine *the)
{
	this_box(the);
	xsRangeError("failed natively");
}

void xs_box_live(xsMachine *the)
{
	xsmcSetInteger(xsResult, live);
}

void xs_box_nulls(xsMachine *the)
{
	xsmcSetInteger(xsResult, nulls);
}

/** processor time of the program, milliseconds */
void xs_processor_time(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)clock() * 1000 / CLOCKS_PER_SEC);
}

void xs_heap_size(xsMachine *the)
{
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
	struct mallinfo2 info = mallinfo2();
	xsmcSetNumber(xsResult, (double)info.uordblks + (double)info.hblkhd);
#else
	xsmcSetInteger(xsResult, 0);
#endif
}

/* ---- bytes ---- */

static uint8_t pattern(uint32_t offset)
{
	return (uint8_t)((offset * 2654435761u) >> 24);
}

/** fill(buffer, offset): fills the buffer with the endless pattern from `offset` */
void xs_pattern_fill(xsMachine *the)
{
	uint32_t offset = (uint32_t)xsmcToInteger(xsArg(1));
	void *data;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &data, &length);
	for (xsUnsignedValue i = 0; i < length; i++)
		((uint8_t *)data)[i] = pattern(offset + i);
}

/** check(buffer, offset, count): whether the first `count` bytes are the pattern's */
void xs_pattern_check(xsMachine *the)
{
	uint32_t offset = (uint32_t)xsmcToInteger(xsArg(1));
	uint32_t count = (uint32_t)xsmcToInteger(xsArg(2));
	void *data;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &data, &length);
	bool good = count <= length;
	for (uint32_t i = 0; good && i < count; i++)
		good = ((uint8_t *)data)[i] == pattern(offset + i);
	xsmcSetBoolean(xsResult, good);
}

static uint8_t memory[4096];

void xs_memory_destructor(void *data)
{
	(void)data;
}

/** new NativeMemory(byteLength): a host buffer of up to 4,096 bytes */
void xs_memory_constructor(xsMachine *the)
{
	int32_t length = xsmcToInteger(xsArg(0));
	if (length < 0 || length > (int32_t)sizeof(memory))
		xsRangeError("at most %d bytes", (int)sizeof(memory));
	xsmcSetHostBuffer(xsThis, memory, length);
}
