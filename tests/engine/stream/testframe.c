/* SPDX-License-Identifier: MIT */
/*
 * A host buffer over its own memory, for tests.
 */
#include <stdlib.h>
#include <string.h>

#include "xsmc.h"
#include "mc.xs.h"

/** The host slot points at the bytes. The length precedes them. */
static uint32_t *head(void *bytes)
{
	return (uint32_t *)(void *)((char *)bytes - 16);
}

void xs_testframe_destructor(void *data)
{
	if (data)
		free(head(data));
}

void xs_testframe_constructor(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	char *memory = malloc((size_t)length + 16);
	if (!memory)
		xsUnknownError("no memory");
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	memcpy(memory, &length, sizeof(length));
	memcpy(memory + 16, bytes, length);
	xsmcSetHostBuffer(xsThis, memory + 16, (xsIntegerValue)length);
	xsmcVars(1);
	xsmcSetInteger(xsVar(0), (xsIntegerValue)length);
	xsmcSet(xsThis, xsID_byteLength, xsVar(0));
}

void xs_testframe_bytes(xsMachine *the)
{
	void *bytes = xsmcGetHostData(xsThis);
	xsmcSetArrayBuffer(xsResult, bytes, (xsIntegerValue)*head(bytes));
}

void xs_testframe_empty(xsMachine *the)
{
	xsmcSetHostBuffer(xsThis, xsmcGetHostData(xsThis), 0);
}

void xs_testframe_fill(xsMachine *the)
{
	void *bytes = xsmcGetHostData(xsThis);
	xsmcSetHostBuffer(xsThis, bytes, (xsIntegerValue)*head(bytes));
}
