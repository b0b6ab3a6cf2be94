/* SPDX-License-Identifier: MIT */
/*
 * QEMU's Ethernet (`-nic user,model=open_eth`): OpenCores' MAC and a DP83848, driven by the generic IEEE 802.3
 * registers. Real chips have neither, and ESP-IDF's driver aborts there.
 */

#include "ethernet.h"
#include "esp_eth_mac_openeth.h"

void ethernet_create(esp_eth_mac_t **mac, esp_eth_phy_t **phy)
{
	eth_mac_config_t mac_config = ETH_MAC_DEFAULT_CONFIG();
	eth_phy_config_t phy_config = ETH_PHY_DEFAULT_CONFIG();

	phy_config.reset_gpio_num = -1;
	/* an emulated link is up at once */
	phy_config.autonego_timeout_ms = 100;
	*mac = esp_eth_mac_new_openeth(&mac_config);
	*phy = esp_eth_phy_new_generic(&phy_config);
}
