/* SPDX-License-Identifier: MIT */
/* The part of ESP-IDF's esp_netif that our sockets use. */
#ifndef FAKE_ESP_NETIF_H
#define FAKE_ESP_NETIF_H

#include "esp_err.h"

/** Does nothing: the host has started lwIP before the program's first module (lwip/stack.c). */
static inline esp_err_t esp_netif_init(void)
{
	return ESP_OK;
}

#endif
