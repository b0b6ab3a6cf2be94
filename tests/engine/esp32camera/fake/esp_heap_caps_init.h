/* SPDX-License-Identifier: MIT */
#ifndef FAKE_ESP_HEAP_CAPS_INIT_H
#define FAKE_ESP_HEAP_CAPS_INIT_H

#include <stdint.h>

#include "esp_err.h"

esp_err_t heap_caps_add_region_with_caps(const uint32_t caps[], intptr_t start, intptr_t end);

#endif
