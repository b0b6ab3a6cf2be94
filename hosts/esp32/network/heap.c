/* SPDX-License-Identifier: MIT */
/*
 * Free memory: the chip's own, and PSRAM. A board without PSRAM has 0 bytes of it.
 *
 * To find the largest block, IDF visits every block, and other tasks wait for memory meanwhile.
 */

#include "xsmc.h"
#include "mc.xs.h"

#include "esp_heap_caps.h"

static uint32_t capabilities(xsIntegerValue isPSRAM)
{
	return MALLOC_CAP_8BIT | (isPSRAM ? MALLOC_CAP_SPIRAM : MALLOC_CAP_INTERNAL);
}

/* (isPSRAM) -> bytes */
void xs_device_heapFree(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)heap_caps_get_free_size(capabilities(xsmcToInteger(xsArg(0)))));
}

/* (isPSRAM) -> bytes of the largest block */
void xs_device_heapLargest(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)heap_caps_get_largest_free_block(capabilities(xsmcToInteger(xsArg(0)))));
}
