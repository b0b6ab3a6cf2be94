/* SPDX-License-Identifier: MIT */
/*
 * The board's Ethernet interface. ESP-IDF's event task records the link state and the address, and wakes JavaScript,
 * which reads them. JavaScript also polls them every second, so a message may be lost when its queue is full.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "ethernet.h"
#include "esp_eth_netif_glue.h"
#include "esp_event.h"
#include "esp_mac.h"
#include "esp_netif.h"

/* One interface, open as long as the program runs. */
static esp_eth_handle_t gDriver;
static esp_netif_t *gInterface;
static xsMachine *gMachine;
static xsSlot gOnChanged;
/* written by the event task, read by JavaScript's task: single aligned words */
static volatile int gLinked;
static volatile uint32_t gAddress; /* in network order; 0: none */
/* Whether a message is pending. */
static int gWoken;

/* Runs in JavaScript's task. */
static void deliver(void *machine, void *refcon, uint8_t *message, uint16_t length)
{
	(void)refcon;
	(void)message;
	(void)length;
	/* changes after this need a new message */
	__atomic_store_n(&gWoken, 0, __ATOMIC_SEQ_CST);
	xsBeginHost(machine);
	xsCallFunction0(gOnChanged, xsUndefined);
	xsEndHost(machine);
}

/* Runs in the event task. Uses the FromISR variant because that never blocks. */
static void wake(void)
{
	if (__atomic_exchange_n(&gWoken, 1, __ATOMIC_SEQ_CST))
		return;
	if (modMessagePostToMachineFromISR(gMachine, deliver, NULL))
		__atomic_store_n(&gWoken, 0, __ATOMIC_SEQ_CST);
}

static void link_event(void *context, esp_event_base_t base, int32_t id, void *data)
{
	(void)context;
	(void)base;
	(void)data;
	if (ETHERNET_EVENT_CONNECTED == id)
		gLinked = 1;
	else if (ETHERNET_EVENT_DISCONNECTED == id) {
		gLinked = 0;
		gAddress = 0;
	}
	else
		return;
	wake();
}

static void address_event(void *context, esp_event_base_t base, int32_t id, void *data)
{
	(void)context;
	(void)base;
	if (IP_EVENT_ETH_GOT_IP == id)
		gAddress = ((ip_event_got_ip_t *)data)->ip_info.ip.addr;
	else if (IP_EVENT_ETH_LOST_IP == id)
		gAddress = 0;
	else
		return;
	wake();
}

static void check(xsMachine *the, esp_err_t error, const char *what)
{
	if (ESP_OK != error)
		xsUnknownError("%s (ESP-IDF's error 0x%x)", what, (int)error);
}

/* Sets the MAC address that Espressif reserves for Ethernet if the chip has none of its own, such as the W5500. */
static esp_err_t give_mac_address(void)
{
	static const uint8_t none[6] = { 0 };
	uint8_t mac[6];
	esp_err_t error = esp_eth_ioctl(gDriver, ETH_CMD_G_MAC_ADDR, mac);

	if ((ESP_OK != error) || c_memcmp(mac, none, sizeof(mac)))
		return error;
	error = esp_read_mac(mac, ESP_MAC_ETH);
	return (ESP_OK == error) ? esp_eth_ioctl(gDriver, ETH_CMD_S_MAC_ADDR, mac) : error;
}

/* (onChanged): may be called once. After a failure only a restart frees what was opened. */
void xs_ethernet_open(xsMachine *the)
{
	esp_netif_config_t config = ESP_NETIF_DEFAULT_ETH();
	esp_eth_mac_t *mac;
	esp_eth_phy_t *phy;
	esp_err_t error;

	if (gInterface)
		xsUnknownError("Ethernet is open");
	ethernet_create(&mac, &phy);
	if (!mac || !phy)
		xsUnknownError("no Ethernet: there is no memory for its drivers, or they refuse the pins in the board's "
					   "manifest (defines.ethernet)");
	esp_eth_config_t drivers = ETH_DEFAULT_CONFIG(mac, phy);
	check(the, esp_eth_driver_install(&drivers, &gDriver),
		"no Ethernet: its chip does not answer. Check the pins in the board's manifest (defines.ethernet)");
	check(the, give_mac_address(), "Ethernet does not accept a MAC address");

	check(the, esp_netif_init(), "there is no memory for the network");
	error = esp_event_loop_create_default();
	if (ESP_ERR_INVALID_STATE != error)
		check(the, error, "there is no memory for the network's events");
	gMachine = the;
	gOnChanged = xsArg(0);
	xsRemember(gOnChanged);
	check(the, esp_event_handler_register(ETH_EVENT, ESP_EVENT_ANY_ID, link_event, NULL),
		"Ethernet's events cannot be watched");
	check(the, esp_event_handler_register(IP_EVENT, ESP_EVENT_ANY_ID, address_event, NULL),
		"Ethernet's address cannot be watched");
	gInterface = esp_netif_new(&config);
	if (!gInterface)
		xsUnknownError("there is no memory for Ethernet's interface");
	check(the, esp_netif_attach(gInterface, esp_eth_new_netif_glue(gDriver)), "Ethernet cannot be joined to TCP/IP");
}

/* (host name of 1 to 32 bytes): starts link and DHCP. */
void xs_ethernet_start(xsMachine *the)
{
	char name[33];

	xsmcToStringBuffer(xsArg(0), name, sizeof(name));
	check(the, esp_netif_set_hostname(gInterface, name), "the host name for DHCP cannot be set");
	check(the, esp_eth_start(gDriver), "Ethernet cannot be started");
}

/* -> whether the link is up */
void xs_ethernet_linked(xsMachine *the)
{
	xsmcSetBoolean(xsResult, gLinked);
}

/* -> IPv4 address as text, or undefined */
void xs_ethernet_address(xsMachine *the)
{
	esp_ip4_addr_t address = { .addr = gAddress };
	char text[16];

	if (address.addr)
		xsmcSetString(xsResult, esp_ip4addr_ntoa(&address, text, sizeof(text)));
}

/* -> six bytes in hexadecimal with colons */
void xs_ethernet_mac(xsMachine *the)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t mac[6];
	char text[18];

	check(the, esp_eth_ioctl(gDriver, ETH_CMD_G_MAC_ADDR, mac), "Ethernet has no MAC address");
	for (int i = 0; i < 6; i++) {
		text[3 * i] = digits[mac[i] >> 4];
		text[3 * i + 1] = digits[mac[i] & 15];
		text[3 * i + 2] = i < 5 ? ':' : 0;
	}
	xsmcSetString(xsResult, text);
}
