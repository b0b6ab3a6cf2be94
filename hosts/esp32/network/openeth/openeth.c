/* SPDX-License-Identifier: MIT */
/*
 * QEMU's Ethernet (`-nic user,model=open_eth`): OpenCores' MAC and a DP83848, driven by the generic IEEE 802.3
 * registers. Real chips have neither, and ESP-IDF's driver aborts there.
 */

#include "ethernet.h"
#include "esp_eth_mac_openeth.h"

static esp_err_t (*start)(esp_eth_mac_t *mac);

/** ESP-IDF's driver has no filter for groups, so the MAC would drop all multicast. QEMU's link carries only the board's
 *  packets. */
static esp_err_t start_for_groups(esp_eth_mac_t *mac)
{
	esp_err_t error = start(mac);
	return error == ESP_OK ? mac->set_promiscuous(mac, true) : error;
}

void ethernet_create(esp_eth_mac_t **mac, esp_eth_phy_t **phy)
{
	eth_mac_config_t mac_config = ETH_MAC_DEFAULT_CONFIG();
	eth_phy_config_t phy_config = ETH_PHY_DEFAULT_CONFIG();

	phy_config.reset_gpio_num = -1;
	/* an emulated link is up at once */
	phy_config.autonego_timeout_ms = 100;
	*mac = esp_eth_mac_new_openeth(&mac_config);
	if (*mac) {
		start = (*mac)->start;
		(*mac)->start = start_for_groups;
	}
	*phy = esp_eth_phy_new_generic(&phy_config);
}
