/* SPDX-License-Identifier: MIT */
/*
 * Native half of hosts/sockets/interfaces.ts: the system's interfaces.
 */
#if defined(__linux__)
	#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
	#include <netpacket/packet.h>
#else
	#include <net/if_dl.h>
#endif

#include "../host.h"

enum { MAC = 6, LINE = 160 };

/** Copies the MAC address from the link layer's entry of an interface.
 *  @returns false if the entry has none */
static bool mac_of(const struct sockaddr *address, uint8_t mac[MAC])
{
	const uint8_t *bytes;
	size_t length;
#if defined(__linux__)
	const struct sockaddr_ll *link = (const void *)address;
	if (address->sa_family != AF_PACKET)
		return false;
	bytes = link->sll_addr;
	length = link->sll_halen;
#else
	const struct sockaddr_dl *link = (const void *)address;
	if (address->sa_family != AF_LINK)
		return false;
	bytes = (const uint8_t *)LLADDR(link);
	length = link->sdl_alen;
#endif
	static const uint8_t none[MAC];
	if (length != MAC || !memcmp(bytes, none, MAC))
		return false;
	memcpy(mac, bytes, MAC);
	return true;
}

static void print_mac(const struct ifaddrs *list, const char *name, char text[2 * MAC + 1])
{
	uint8_t mac[MAC];
	snprintf(text, 2, "-");
	for (const struct ifaddrs *item = list; item; item = item->ifa_next) {
		if (item->ifa_addr && !strcmp(item->ifa_name, name) && mac_of(item->ifa_addr, mac)) {
			for (int i = 0; i < MAC; i++)
				snprintf(text + 2 * i, 3, "%02x", mac[i]);
			return;
		}
	}
}

/** @returns the length of the line */
static size_t print_line(const struct ifaddrs *list, const struct ifaddrs *item, char line[LINE])
{
	char address[INET_ADDRSTRLEN], mask[INET_ADDRSTRLEN] = "255.255.255.255", mac[2 * MAC + 1];
	bool loopback = item->ifa_flags & IFF_LOOPBACK, multicast = item->ifa_flags & IFF_MULTICAST;
	inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)item->ifa_addr)->sin_addr, address, sizeof(address));
	if (item->ifa_netmask)
		inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)item->ifa_netmask)->sin_addr, mask, sizeof(mask));
	print_mac(list, item->ifa_name, mac);
	int length = snprintf(line, LINE, "%u %s %s %s %s %s%s\n", if_nametoindex(item->ifa_name), item->ifa_name, address,
		mask, mac, loopback ? "l" : "",
		multicast      ? "m"
			: loopback ? ""
					   : "-");
	return length > 0 && length < LINE ? (size_t)length : 0;
}

void xs_interfaces_read(xsMachine *the)
{
	struct ifaddrs *list = NULL;
	char *text = NULL, line[LINE];
	size_t length = 0;
	if (getifaddrs(&list) < 0)
		list = NULL;
	for (int loopback = 1; loopback >= 0; loopback--) {
		for (struct ifaddrs *item = list; item; item = item->ifa_next) {
			if (!item->ifa_addr || item->ifa_addr->sa_family != AF_INET || !(item->ifa_flags & IFF_UP)
				|| !!(item->ifa_flags & IFF_LOOPBACK) != loopback)
				continue;
			size_t added = print_line(list, item, line);
			char *longer = realloc(text, length + added + 1);
			if (!longer)
				break;
			text = longer;
			memcpy(text + length, line, added);
			length += added;
			text[length] = 0;
		}
	}
	if (list)
		freeifaddrs(list);
	xsTry {
		xsmcSetString(xsResult, text ? text : "");
	}
	xsCatch {
		free(text);
		xsThrow(xsException);
	}
	free(text);
}
