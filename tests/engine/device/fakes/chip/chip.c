/* SPDX-License-Identifier: MIT */
/* A fake chip: its reset reason and its clock. */
#include "xsmc.h"

#include "esp_system.h"
#include "esp_timer.h"

static esp_reset_reason_t reset_reason = ESP_RST_POWERON;
static int64_t uptime;
static int restarts;

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
