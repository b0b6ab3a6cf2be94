/*
 * See camera_memory.h.
 *
 * esp32-camera takes its DMA buffer from the heap when it is opened, in one piece, and frees it when it is closed. Nothing keeps the
 * piece whole in between, and no other is as large: with Wi-Fi streaming the largest free block beside it was 31,744 octets. What
 * somebody keeps of it is missing at the next opening.
 *
 * So a static array is a heap region of its own. Its only capability is MALLOC_CAP_DMA, at the highest priority. The driver asks for
 * MALLOC_CAP_DMA alone, and gets this region first. Wi-Fi, lwIP, task stacks and malloc also ask for MALLOC_CAP_INTERNAL,
 * MALLOC_CAP_8BIT or MALLOC_CAP_DEFAULT, and never get it. There is no moment at which another task could take the memory, however
 * long the driver waits for the sensor between its allocations. (ESP-IDF's drivers for SPI and SD cards, and QEMU's Ethernet, ask for
 * MALLOC_CAP_DMA alone, too: for moments, or before the region is there.)
 *
 * (ESP-IDF makes its reserve for DMA by the same call, esp_psram_extram_reserve_dma_pool. That reserve is for everybody. And with its
 * default of 32,768 octets it never has a block of that size: its table has to fit, too.)
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
	#error "the camera's DMA buffer is not known for this chip"
#endif

/* Octets beside it: the heap's table for a region of this size (804), the driver's record (about 100) and its DMA descriptors
 * (16 x 12), 4 for each block. Tried with ESP-IDF 6.0's allocator: 1,152 are enough. */
#define REST 1536

/* In .bss, which is internal memory that DMA can reach. */
static uint8_t region[DMA_BUFFER + REST] __attribute__((aligned(8)));

void camera_memory_reserve(void)
{
	static bool reserved;
	static const uint32_t capabilities[SOC_MEMORY_TYPE_NO_PRIOS] = { MALLOC_CAP_DMA };
	if (reserved)
		return;
	/* without it the driver's memory comes from where everybody's does */
	reserved = heap_caps_add_region_with_caps(capabilities, (intptr_t)region, (intptr_t)region + sizeof(region)) == ESP_OK;
}
