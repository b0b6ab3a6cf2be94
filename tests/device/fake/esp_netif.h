/* SPDX-License-Identifier: MIT */
/* What our sockets use of ESP-IDF's interfaces. */
#ifndef FAKE_ESP_NETIF_H
#define FAKE_ESP_NETIF_H

#include "esp_err.h"

/** Starts lwIP: the host has, before the program's first module (lwip/stack.c). */
static inline esp_err_t esp_netif_init(void)
{
	return ESP_OK;
}

#endif
