/* SPDX-License-Identifier: MIT */
/*
 * See camera_memory.h.
 *
 * esp32-camera allocates its DMA buffer from the heap as one block when it is opened and frees it when it is closed. In
 * between, other allocations can split the block, and no other is as large: with Wi-Fi streaming the largest other free
 * block was 31,744 octets. The next opening then fails.
 *
 * Therefore a static array is added as a heap region of its own. Its only capability is MALLOC_CAP_DMA, at the highest
 * priority. The driver requests MALLOC_CAP_DMA alone and gets this region first. Wi-Fi, lwIP, task stacks and malloc
 * also request MALLOC_CAP_INTERNAL, MALLOC_CAP_8BIT or MALLOC_CAP_DEFAULT and never get it. No other task can take the
 * memory at any time, however long the driver waits for the sensor between its allocations. (ESP-IDF's drivers for SPI
 * and SD cards, and QEMU's Ethernet, also request MALLOC_CAP_DMA alone, but only briefly or before the region exists.)
 *
 * (ESP-IDF's DMA reserve, esp_psram_extram_reserve_dma_pool, uses the same call. It is open to all allocations, and
 * with its default of 32,768 octets it never has a block of that size, because the heap's table takes part of it.)
 */

#include <stdbool.h>
#include <stdint.h>

#include "sdkconfig.h"
#include "esp_err.h"
#include "esp_heap_caps.h"
#include "esp_heap_caps_init.h"
#include "heap_memory_layout.h"

#include "camera_memory.h"

/* The DMA buffer for JPEG, octets: constants of the driver (2.1.6, ll_cam_dma_sizes). */
#if CONFIG_IDF_TARGET_ESP32
	#define DMA_BUFFER (8 * 4096)
#elif CONFIG_IDF_TARGET_ESP32S3
	#define DMA_BUFFER (16 * 1024)
#else
	#error "the size of the camera's DMA buffer is not known for this chip"
#endif

/* Additional octets: the heap's table for a region of this size (804), the driver's record (about 100), its DMA
 * descriptors (16 x 12), and 4 per block. With ESP-IDF 6.0's allocator 1,152 are enough (measured). */
#define REST 1536

/* In .bss, which is internal memory accessible to DMA. */
static uint8_t region[DMA_BUFFER + REST] __attribute__((aligned(8)));

void camera_memory_reserve(void)
{
	static bool reserved;
	static const uint32_t capabilities[SOC_MEMORY_TYPE_NO_PRIOS] = { MALLOC_CAP_DMA };
	if (reserved)
		return;
	/* on failure the driver allocates from the general heap */
	reserved =
		heap_caps_add_region_with_caps(capabilities, (intptr_t)region, (intptr_t)region + sizeof(region)) == ESP_OK;
}
