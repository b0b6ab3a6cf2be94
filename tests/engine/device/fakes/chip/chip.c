/* SPDX-License-Identifier: MIT */
/* A fake chip: its reset reason and its clock. */
#include "xsmc.h"

#include "esp_heap_caps.h"
#include "esp_system.h"
#include "esp_timer.h"

static esp_reset_reason_t reset_reason = ESP_RST_POWERON;
static int64_t uptime;
static int restarts;
static size_t psram;
static int visits;

esp_reset_reason_t esp_reset_reason(void)
{
	return reset_reason;
}

int64_t esp_timer_get_time(void)
{
	return uptime;
}

void esp_restart(void)
{
	restarts += 1;
}

size_t heap_caps_get_free_size(uint32_t caps)
{
	if (!(caps & MALLOC_CAP_8BIT))
		return 0;
	return caps & MALLOC_CAP_SPIRAM ? psram : caps & MALLOC_CAP_INTERNAL ? 100000 : 0;
}

size_t heap_caps_get_largest_free_block(uint32_t caps)
{
	visits += 1;
	return heap_caps_get_free_size(caps) / 2;
}

/* setPSRAM(bytes) */
void xs_chip_setPSRAM(xsMachine *the)
{
	psram = (size_t)xsmcToInteger(xsArg(0));
}

/* -> how often all blocks of a memory were visited */
void xs_chip_visits(xsMachine *the)
{
	xsmcSetInteger(xsResult, visits);
}

void xs_chip_restarts(xsMachine *the)
{
	xsmcSetInteger(xsResult, restarts);
}

/* reset(reason) */
void xs_chip_reset(xsMachine *the)
{
	reset_reason = (esp_reset_reason_t)xsmcToInteger(xsArg(0));
	uptime = 0;
}

/* run(seconds) */
void xs_chip_run(xsMachine *the)
{
	uptime += (int64_t)xsmcToInteger(xsArg(0)) * 1000000;
}
