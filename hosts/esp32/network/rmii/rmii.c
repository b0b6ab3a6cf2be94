/* SPDX-License-Identifier: MIT */
/*
 * The ESP32's own MAC with a PHY on RMII, for example a LAN8720. Untested on hardware.
 *
 * Options in the board's manifest, defines.ethernet: `mdc`, `mdio`: GPIO. `phy_address`: 0 to 31; default -1: detected.
 * `reset`: GPIO; default -1: none. Either `clock_in`: GPIO 0, driven at 50 MHz by the PHY or an oscillator; or
 * `clock_out`: GPIO 0, 16 or 17, driven by the chip. `power`: GPIO that powers the PHY or oscillator while high. RMII's
 * other pins are fixed: 19, 21, 22, 25, 26, 27.
 */

#include "ethernet.h"
#include "mc.defines.h"

#include "driver/gpio.h"
#include "esp_eth_mac_esp.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#if !defined(MODDEF_ETHERNET_MDC) || !defined(MODDEF_ETHERNET_MDIO)
	#error "defines.ethernet of the board's manifest needs mdc and mdio"
#endif
#if defined(MODDEF_ETHERNET_CLOCK_IN) == defined(MODDEF_ETHERNET_CLOCK_OUT)
	#error "defines.ethernet of the board's manifest needs clock_in or clock_out"
#endif
#ifndef MODDEF_ETHERNET_PHY_ADDRESS
	#define MODDEF_ETHERNET_PHY_ADDRESS ESP_ETH_PHY_ADDR_AUTO
#endif
#ifndef MODDEF_ETHERNET_RESET
	#define MODDEF_ETHERNET_RESET (-1)
#endif

/* Delay between powering the oscillator or PHY and using it, milliseconds. */
#define POWER_UP 50

void ethernet_create(esp_eth_mac_t **mac, esp_eth_phy_t **phy)
{
	eth_mac_config_t mac_config = ETH_MAC_DEFAULT_CONFIG();
	eth_esp32_emac_config_t chip_config = ETH_ESP32_EMAC_DEFAULT_CONFIG();
	eth_phy_config_t phy_config = ETH_PHY_DEFAULT_CONFIG();

	chip_config.smi_gpio.mdc_num = MODDEF_ETHERNET_MDC;
	chip_config.smi_gpio.mdio_num = MODDEF_ETHERNET_MDIO;
#ifdef MODDEF_ETHERNET_CLOCK_OUT
	chip_config.clock_config.rmii.clock_mode = EMAC_CLK_OUT;
	chip_config.clock_config.rmii.clock_gpio = MODDEF_ETHERNET_CLOCK_OUT;
#else
	chip_config.clock_config.rmii.clock_mode = EMAC_CLK_EXT_IN;
	chip_config.clock_config.rmii.clock_gpio = MODDEF_ETHERNET_CLOCK_IN;
#endif
	phy_config.phy_addr = MODDEF_ETHERNET_PHY_ADDRESS;
	phy_config.reset_gpio_num = MODDEF_ETHERNET_RESET;
#ifdef MODDEF_ETHERNET_POWER
	gpio_reset_pin(MODDEF_ETHERNET_POWER);
	gpio_set_direction(MODDEF_ETHERNET_POWER, GPIO_MODE_OUTPUT);
	gpio_set_level(MODDEF_ETHERNET_POWER, 1);
	vTaskDelay(pdMS_TO_TICKS(POWER_UP));
#endif
	*mac = esp_eth_mac_new_esp32(&chip_config, &mac_config);
	*phy = esp_eth_phy_new_generic(&phy_config);
}
