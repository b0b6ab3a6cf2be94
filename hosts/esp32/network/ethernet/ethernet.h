/* SPDX-License-Identifier: MIT */
/*
 * The board's Ethernet hardware: openeth, rmii or w5500, as selected by the board's manifest.
 */
#ifndef DEVICE_ETHERNET_H
#define DEVICE_ETHERNET_H

#include "esp_eth.h"

/* Sets up the hardware's power, clock and bus, and creates the MAC and PHY drivers, which the caller owns.
 * Both are NULL on failure. */
void ethernet_create(esp_eth_mac_t **mac, esp_eth_phy_t **phy);

#endif
