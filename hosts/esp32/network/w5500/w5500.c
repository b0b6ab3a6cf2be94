/* SPDX-License-Identifier: MIT */
/*
 * A W5500 on SPI, as in PoE cameras. Untested on hardware.
 *
 * Options in the board's manifest, defines.ethernet: `sck`, `mosi`, `miso`, `cs`: GPIO. `interrupt`: GPIO; default -1:
 * the chip is polled every 2 ms. `reset`: GPIO; default -1: none. `hz`: SPI clock, default 20,000,000.
 */

#include "ethernet.h"
#include "mc.defines.h"

#include "driver/gpio.h"
#include "driver/spi_master.h"
#include "esp_eth_mac_w5500.h"
#include "esp_eth_phy_w5500.h"

#if !defined(MODDEF_ETHERNET_SCK) || !defined(MODDEF_ETHERNET_MOSI) || !defined(MODDEF_ETHERNET_MISO) \
	|| !defined(MODDEF_ETHERNET_CS)
	#error "defines.ethernet of the board's manifest needs sck, mosi, miso and cs"
#endif
#ifndef MODDEF_ETHERNET_INTERRUPT
	#define MODDEF_ETHERNET_INTERRUPT (-1)
#endif
#ifndef MODDEF_ETHERNET_RESET
	#define MODDEF_ETHERNET_RESET (-1)
#endif
#ifndef MODDEF_ETHERNET_HZ
	#define MODDEF_ETHERNET_HZ 20000000
#endif

/* SPI3 is taken by PSRAM on the ESP32. */
#define HOST SPI2_HOST
#define TRANSACTIONS 20
#define POLL 2

void ethernet_create(esp_eth_mac_t **mac, esp_eth_phy_t **phy)
{
	eth_mac_config_t mac_config = ETH_MAC_DEFAULT_CONFIG();
	eth_phy_config_t phy_config = ETH_PHY_DEFAULT_CONFIG();
	spi_bus_config_t bus = {
		.mosi_io_num = MODDEF_ETHERNET_MOSI,
		.miso_io_num = MODDEF_ETHERNET_MISO,
		.sclk_io_num = MODDEF_ETHERNET_SCK,
		.quadwp_io_num = -1,
		.quadhd_io_num = -1,
	};
	spi_device_interface_config_t device = {
		.mode = 0,
		.clock_speed_hz = MODDEF_ETHERNET_HZ,
		.spics_io_num = MODDEF_ETHERNET_CS,
		.queue_size = TRANSACTIONS,
	};
	eth_w5500_config_t chip_config = ETH_W5500_DEFAULT_CONFIG(HOST, &device);
	esp_err_t error = gpio_install_isr_service(0);

	*mac = NULL;
	*phy = NULL;
	/* ESP_ERR_INVALID_STATE: the ISR service is already installed */
	if ((ESP_OK != error) && (ESP_ERR_INVALID_STATE != error))
		return;
	if (ESP_OK != spi_bus_initialize(HOST, &bus, SPI_DMA_CH_AUTO))
		return;
	chip_config.base.int_gpio_num = MODDEF_ETHERNET_INTERRUPT;
	chip_config.base.poll_period_ms = MODDEF_ETHERNET_INTERRUPT < 0 ? POLL : 0;
	phy_config.reset_gpio_num = MODDEF_ETHERNET_RESET;
	*mac = esp_eth_mac_new_w5500(&chip_config, &mac_config);
	*phy = esp_eth_phy_new_w5500(&phy_config);
}
