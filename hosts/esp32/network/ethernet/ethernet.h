/*
 * What the board's Ethernet hardware is: one of openeth, rmii and w5500, by the link that the board's manifest names.
 */
#ifndef DEVICE_ETHERNET_H
#define DEVICE_ETHERNET_H

#include "esp_eth.h"

/* Makes the drivers of MAC and PHY, and gives the hardware power, clock and bus. Both are NULL when that fails; the caller owns them. */
void ethernet_create(esp_eth_mac_t **mac, esp_eth_phy_t **phy);

#endif
