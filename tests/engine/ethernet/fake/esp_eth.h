/* SPDX-License-Identifier: MIT */
/* ESP-IDF's Ethernet, with different numbers: the code under test must not depend on them. */
#ifndef FAKE_ESP_ETH_H
#define FAKE_ESP_ETH_H

#include "esp_event.h"

typedef struct {
	unsigned char address[6];
} esp_eth_mac_t;

typedef struct {
	int present;
} esp_eth_phy_t;

typedef struct {
	esp_eth_mac_t *mac;
	esp_eth_phy_t *phy;
} esp_eth_config_t;

typedef esp_eth_mac_t *esp_eth_handle_t;

enum { ETHERNET_EVENT_START = 40, ETHERNET_EVENT_CONNECTED, ETHERNET_EVENT_DISCONNECTED };
enum { ETH_CMD_G_MAC_ADDR = 70, ETH_CMD_S_MAC_ADDR };

#define ETH_DEFAULT_CONFIG(MAC, PHY) \
	{ \
		.mac = MAC, .phy = PHY \
	}

extern esp_event_base_t const ETH_EVENT;

esp_err_t esp_eth_driver_install(const esp_eth_config_t *config, esp_eth_handle_t *handle);
esp_err_t esp_eth_ioctl(esp_eth_handle_t handle, int command, void *data);
esp_err_t esp_eth_start(esp_eth_handle_t handle);

#endif
