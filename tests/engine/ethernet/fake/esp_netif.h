/* SPDX-License-Identifier: MIT */
#ifndef FAKE_ESP_NETIF_H
#define FAKE_ESP_NETIF_H

#include "esp_event.h"

typedef struct {
	uint32_t addr;
} esp_ip4_addr_t;

typedef struct {
	struct {
		esp_ip4_addr_t ip;
	} ip_info;
} ip_event_got_ip_t;

typedef struct {
	char host_name[40];
} esp_netif_t;

typedef struct {
	int base;
} esp_netif_config_t;

enum { IP_EVENT_STA_GOT_IP = 20, IP_EVENT_ETH_GOT_IP, IP_EVENT_ETH_LOST_IP };

#define ESP_NETIF_DEFAULT_ETH() \
	{ \
		0 \
	}

extern esp_event_base_t const IP_EVENT;

esp_err_t esp_netif_init(void);
esp_netif_t *esp_netif_new(const esp_netif_config_t *config);
esp_err_t esp_netif_attach(esp_netif_t *netif, void *glue);
esp_err_t esp_netif_set_hostname(esp_netif_t *netif, const char *name);
char *esp_ip4addr_ntoa(const esp_ip4_addr_t *address, char *text, int size);

#endif
