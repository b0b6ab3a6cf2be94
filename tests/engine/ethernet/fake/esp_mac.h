/* SPDX-License-Identifier: MIT */
#include "esp_err.h"

enum { ESP_MAC_ETH = 90 };

esp_err_t esp_read_mac(unsigned char *mac, int kind);
