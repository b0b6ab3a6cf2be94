/*
 * Native half of still.ts: a host buffer that owns its bytes. Its length stands in front of them, for the machine keeps a host
 * buffer's length out of a getter's reach.
 */

#include "xsmc.h"
#include "mc.xs.h"			// for xsID_* values

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	uint32_t length;
	uint8_t bytes[];
} still_t;

void xs_still_destructor(void *data);

static const xsHostHooks xsStillHooks = {
	.destructor = xs_still_destructor,
};

static still_t *head(void *bytes)
{
	return (still_t *)(void *)((uint8_t *)bytes - offsetof(still_t, bytes));
}

void xs_still_destructor(void *data)
{
	if (data)
		free(head(data));
}

/* constructor(frame) */
void xs_still_constructor(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;

	xsmcSetHostBuffer(xsThis, NULL, 0);
	xsSetHostHooks(xsThis, (xsHostHooks *)&xsStillHooks);
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	still_t *still = malloc(sizeof(still_t) + length);
	if (!still)
		xsUnknownError("no memory for a still image");
	still->length = length;
	memcpy(still->bytes, bytes, length);
	xsmcSetHostBuffer(xsThis, still->bytes, (xsIntegerValue)length);
}

void xs_still_get_byteLength(xsMachine *the)
{
	void *bytes = xsmcGetHostDataValidate(xsThis, (void *)&xsStillHooks);
	xsmcSetInteger(xsResult, bytes ? (xsIntegerValue)head(bytes)->length : 0);
}

void xs_still_close(xsMachine *the)
{
	void *bytes = xsmcGetHostDataValidate(xsThis, (void *)&xsStillHooks);
	xsmcSetHostBuffer(xsThis, NULL, 0);
	xs_still_destructor(bytes);
}
