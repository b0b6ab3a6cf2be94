/* SPDX-License-Identifier: MIT */
#include <stdint.h>

int64_t esp_timer_get_time(void);
