/* SPDX-License-Identifier: MIT */
/* The part of ESP-IDF's Ethernet that ethernet.c uses, controlled by tests, and the SDK's message queue,
 * delivered on request. */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include <stdio.h>
#include <string.h>

#include "ethernet.h"
#include "esp_eth_netif_glue.h"
#include "esp_event.h"
#include "esp_mac.h"
#include "esp_netif.h"

#define HANDLERS 4
#define MESSAGES 8

esp_event_base_t const ETH_EVENT = "ETH_EVENT";
esp_event_base_t const IP_EVENT = "IP_EVENT";

static esp_eth_mac_t mac;
static esp_eth_phy_t phy;
static esp_netif_t interface;
static int created, started, attached;
/* result of the next installation of the drivers */
static esp_err_t install_error;

static struct {
	esp_event_base_t base;
	esp_event_handler_t handler;
} handlers[HANDLERS];
static int handler_count;

static struct {
	xsMachine *the;
	modMessageDeliver callback;
	void *refcon;
} messages[MESSAGES];
static int message_count, queue_length = MESSAGES;

void ethernet_create(esp_eth_mac_t **new_mac, esp_eth_phy_t **new_phy)
{
	*new_mac = created ? &mac : NULL;
	*new_phy = created ? &phy : NULL;
}

esp_err_t esp_eth_driver_install(const esp_eth_config_t *config, esp_eth_handle_t *handle)
{
	*handle = config->mac;
	return install_error;
}

esp_err_t esp_eth_ioctl(esp_eth_handle_t handle, int command, void *data)
{
	if (command == ETH_CMD_G_MAC_ADDR)
		memcpy(data, handle->address, 6);
	else if (command == ETH_CMD_S_MAC_ADDR)
		memcpy(handle->address, data, 6);
	else
		return ESP_FAIL;
	return ESP_OK;
}

esp_err_t esp_eth_start(esp_eth_handle_t handle)
{
	started += handle == &mac;
	return ESP_OK;
}

void *esp_eth_new_netif_glue(esp_eth_handle_t handle)
{
	return handle;
}

esp_err_t esp_event_loop_create_default(void)
{
	return ESP_ERR_INVALID_STATE;
}

esp_err_t esp_event_handler_register(esp_event_base_t base, int32_t id, esp_event_handler_t handler, void *context)
{
	(void)context;
	if (id != ESP_EVENT_ANY_ID || handler_count == HANDLERS)
		return ESP_FAIL;
	handlers[handler_count].base = base;
	handlers[handler_count].handler = handler;
	handler_count += 1;
	return ESP_OK;
}

esp_err_t esp_read_mac(unsigned char *address, int kind)
{
	memcpy(address, "\x24\x6f\x28\xab\xcd\x04", 6);
	return kind == ESP_MAC_ETH ? ESP_OK : ESP_FAIL;
}

esp_err_t esp_netif_init(void)
{
	return ESP_OK;
}

esp_netif_t *esp_netif_new(const esp_netif_config_t *config)
{
	(void)config;
	return &interface;
}

esp_err_t esp_netif_attach(esp_netif_t *netif, void *glue)
{
	attached += netif == &interface && glue == &mac;
	return ESP_OK;
}

/* must be set before the link starts, since DHCP sends the name */
esp_err_t esp_netif_set_hostname(esp_netif_t *netif, const char *name)
{
	snprintf(netif->host_name, sizeof(netif->host_name), "%s", name);
	return started || !attached ? ESP_FAIL : ESP_OK;
}

char *esp_ip4addr_ntoa(const esp_ip4_addr_t *address, char *text, int size)
{
	const unsigned char *bytes = (const unsigned char *)&address->addr;
	snprintf(text, (size_t)size, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
	return text;
}

int modMessagePostToMachineFromISR(xsMachine *the, modMessageDeliver callback, void *refcon)
{
	if (message_count >= queue_length)
		return -1;
	messages[message_count].the = the;
	messages[message_count].callback = callback;
	messages[message_count].refcon = refcon;
	message_count += 1;
	return 0;
}

static void send(esp_event_base_t base, int32_t id, void *data)
{
	for (int i = 0; i < handler_count; i++) {
		if (handlers[i].base == base)
			handlers[i].handler(NULL, base, id, data);
	}
}

/* setHardware(present, error of the drivers, whether the chip has a MAC address) */
void xs_fakeidf_setHardware(xsMachine *the)
{
	created = xsmcToInteger(xsArg(0));
	install_error = xsmcToInteger(xsArg(1));
	memcpy(mac.address, xsmcToInteger(xsArg(2)) ? "\x52\x54\x00\x12\x34\x56" : "\0\0\0\0\0\0", 6);
}

/* setQueueLength(length) */
void xs_fakeidf_setQueueLength(xsMachine *the)
{
	queue_length = xsmcToInteger(xsArg(0));
}

/* link(up) */
void xs_fakeidf_link(xsMachine *the)
{
	send(ETH_EVENT, xsmcToInteger(xsArg(0)) ? ETHERNET_EVENT_CONNECTED : ETHERNET_EVENT_DISCONNECTED, NULL);
}

/* address(last octet of 10.0.0.x; 0: lost) */
void xs_fakeidf_address(xsMachine *the)
{
	unsigned char bytes[4] = { 10, 0, 0, (unsigned char)xsmcToInteger(xsArg(0)) };
	ip_event_got_ip_t event;
	memcpy(&event.ip_info.ip.addr, bytes, 4);
	send(IP_EVENT, bytes[3] ? IP_EVENT_ETH_GOT_IP : IP_EVENT_ETH_LOST_IP, &event);
}

/* others(): raises events that do not concern the link */
void xs_fakeidf_others(xsMachine *the)
{
	ip_event_got_ip_t event = { { { 0x0100000a } } };
	(void)the;
	send(ETH_EVENT, ETHERNET_EVENT_START, NULL);
	send(IP_EVENT, IP_EVENT_STA_GOT_IP, &event);
}

/* deliver() -> number of messages that were pending */
void xs_fakeidf_deliver(xsMachine *the)
{
	int count = message_count;
	message_count = 0;
	for (int i = 0; i < count; i++)
		messages[i].callback(messages[i].the, messages[i].refcon, NULL, 0);
	xsmcSetInteger(xsResult, count);
}

void xs_fakeidf_hostName(xsMachine *the)
{
	xsmcSetString(xsResult, interface.host_name);
}

void xs_fakeidf_starts(xsMachine *the)
{
	xsmcSetInteger(xsResult, started);
}
