/* SPDX-License-Identifier: MIT */
/*
 * Native half of image.ts: a host buffer that owns its bytes. Length and capacity stand in front of them, because XS
 * does not let a getter read the length of a host buffer.
 */

#include "xsmc.h"
#include "mc.xs.h" // for xsID_* values

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	uint32_t capacity;
	uint32_t length;
	uint8_t bytes[];
} image_t;

void xs_image_destructor(void *data);

static const xsHostHooks xsImageHooks = {
	.destructor = xs_image_destructor,
};

static image_t *image_of(void *bytes)
{
	return bytes ? (image_t *)(void *)((uint8_t *)bytes - offsetof(image_t, bytes)) : NULL;
}

static image_t *this_image(xsMachine *the)
{
	return image_of(xsmcGetHostDataValidate(xsThis, (void *)&xsImageHooks));
}

void xs_image_destructor(void *data)
{
	free(image_of(data));
}

void xs_image_constructor(xsMachine *the)
{
	xsmcSetHostBuffer(xsThis, NULL, 0);
	xsSetHostHooks(xsThis, (xsHostHooks *)&xsImageHooks);
}

/* assign(image) */
void xs_image_assign(xsMachine *the)
{
	image_t *image = this_image(the);
	void *bytes;
	xsUnsignedValue length;

	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	if (!image || image->capacity < length) {
		/* `bytes` stays valid: the engine allocates nothing here */
		image_t *larger = malloc(sizeof(image_t) + length);
		xsmcSetHostBuffer(xsThis, larger ? larger->bytes : NULL, 0);
		if (larger) {
			larger->capacity = length;
			memcpy(larger->bytes, bytes, length);
		}
		free(image);
		image = larger;
		if (!image)
			xsUnknownError("no memory for an image of %d bytes", (int)length);
	}
	else
		memmove(image->bytes, bytes, length);
	image->length = length;
	xsmcSetHostBuffer(xsThis, image->bytes, (xsIntegerValue)length);
}

void xs_image_get_byteLength(xsMachine *the)
{
	image_t *image = this_image(the);
	xsmcSetInteger(xsResult, image ? (xsIntegerValue)image->length : 0);
}

void xs_image_close(xsMachine *the)
{
	image_t *image = this_image(the);
	if (image) {
		image->length = 0;
		xsmcSetHostBuffer(xsThis, image->bytes, 0);
	}
}
