/* SPDX-License-Identifier: MIT */
/* Reset reasons, in an order of our own: the code under test must not depend on the numbers. */
#ifndef FAKE_ESP_SYSTEM_H
#define FAKE_ESP_SYSTEM_H

typedef enum {
	ESP_RST_POWERON,
	ESP_RST_SW,
	ESP_RST_PANIC,
	ESP_RST_TASK_WDT,
	ESP_RST_INT_WDT,
	ESP_RST_WDT,
	ESP_RST_BROWNOUT,
	ESP_RST_PWR_GLITCH,
	ESP_RST_CPU_LOCKUP,
	ESP_RST_EXT,
	ESP_RST_DEEPSLEEP,
	ESP_RST_SDIO,
	ESP_RST_USB,
	ESP_RST_JTAG,
	ESP_RST_EFUSE,
	ESP_RST_UNKNOWN,
} esp_reset_reason_t;

esp_reset_reason_t esp_reset_reason(void);

/* Counts calls, and returns. */
void esp_restart(void);

#endif
