/* SPDX-License-Identifier: MIT */
/*
 * Native half of hosts/sockets/interfaces.ts: lwIP's interfaces.
 */
#include <stdio.h>
#include <string.h>

#include "lwip/netif.h"

#include "socket.h"

enum { LINE = 80, LINES = 4 };

typedef struct {
	struct tcpip_api_call_data call;
	char *text;
	size_t size;
} listing_t;

static bool is_loopback(struct netif *netif)
{
	return ip4_addr_isloopback(netif_ip4_addr(netif));
}

static void print_mac(const struct netif *netif, char text[13])
{
	strcpy(text, "-");
	for (int i = 0; netif->hwaddr_len == 6 && i < 6; i++)
		snprintf(text + 2 * i, 3, "%02x", netif->hwaddr[i]);
}

static void print_line(struct netif *netif, char *text, size_t size)
{
	char address[IP4ADDR_STRLEN_MAX], mask[IP4ADDR_STRLEN_MAX], mac[13];
	bool multicast = netif->flags & NETIF_FLAG_IGMP, loopback = is_loopback(netif);
	ip4addr_ntoa_r(netif_ip4_addr(netif), address, sizeof(address));
	ip4addr_ntoa_r(netif_ip4_netmask(netif), mask, sizeof(mask));
	print_mac(netif, mac);
	snprintf(text, size, "%u %c%c%u %s %s %s %s%s\n", (unsigned)netif_get_index(netif), netif->name[0], netif->name[1],
		(unsigned)netif->num, address, mask, mac, loopback ? "l" : "",
		multicast      ? "m"
			: loopback ? ""
					   : "-");
}

static err_t list_in_lwip(struct tcpip_api_call_data *data)
{
	listing_t *listing = (listing_t *)data;
	struct netif *netif;
	size_t length = 0;
	for (int loopback = 1; loopback >= 0; loopback--) {
		NETIF_FOREACH(netif) {
			if (is_loopback(netif) != loopback || !netif_is_up(netif) || !netif_is_link_up(netif)
				|| ip4_addr_isany(netif_ip4_addr(netif)) || listing->size - length < LINE)
				continue;
			print_line(netif, listing->text + length, LINE);
			length += strlen(listing->text + length);
		}
	}
	return ERR_OK;
}

void xs_interfaces_read(xsMachine *the)
{
	char text[LINE * LINES + 1] = "";
	listing_t listing = { .text = text, .size = sizeof(text) };
	socket_start(the);
	io_call(list_in_lwip, &listing.call);
	xsmcSetString(xsResult, text);
}
