/* SPDX-License-Identifier: MIT */
#include "esp_eth.h"

void *esp_eth_new_netif_glue(esp_eth_handle_t handle);
