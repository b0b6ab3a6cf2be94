/* SPDX-License-Identifier: MIT */
/*
 * The device's link: an Ethernet interface over a descriptor that transfers one frame per call, the gateway's
 * (gateway.c) or a TAP device's (tap.c). A thread reads incoming frames. Tests can make it lose, swap and refuse frames
 * (numbers.h).
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lwip/etharp.h"
#include "lwip/tcpip.h"
#include "netif/ethernet.h"

#include "ethernet.h"
#include "numbers.h"

enum {
	MTU = 1500,
	FRAME = 14 + MTU,
};

_Atomic long device_received, device_sent, device_lost, device_dropped;
_Atomic long device_lose_received, device_lose_sent, device_swap_received, device_swap_sent, device_refuse_sent;

/** A frame held back until after the next one. */
typedef struct late {
	size_t length;
	unsigned char bytes[FRAME];
} late_t;

static struct {
	int descriptor;
	late_t late_received, late_sent;
} ethernet_link;

/** True on every n-th call, where n is the setting; 0: never. */
static bool due(_Atomic long *setting, long *calls)
{
	long every = *setting;
	return every && ++*calls % every == 0;
}

/* ---- out ---- */

static void put(const unsigned char *frame, size_t length)
{
	/* blocks while the reader is busy; the gateway always reads */
	while (write(ethernet_link.descriptor, frame, length) < 0 && errno == EINTR)
		;
}

static err_t output(struct netif *netif, struct pbuf *p)
{
	static long lose, swap, refuse;
	unsigned char frame[FRAME];
	(void)netif;
	if (due(&device_refuse_sent, &refuse))
		return ERR_MEM;
	if (p->tot_len > sizeof(frame))
		return ERR_BUF;
	device_sent += 1;
	if (due(&device_lose_sent, &lose)) {
		device_lost += 1;
		return ERR_OK;
	}
	size_t length = pbuf_copy_partial(p, frame, p->tot_len, 0);
	late_t *late = &ethernet_link.late_sent;
	if (!late->length && due(&device_swap_sent, &swap)) {
		memcpy(late->bytes, frame, length);
		late->length = length;
		return ERR_OK;
	}
	put(frame, length);
	if (late->length)
		put(late->bytes, late->length);
	late->length = 0;
	return ERR_OK;
}

/* ---- in ---- */

static void give(struct netif *netif, const unsigned char *frame, size_t length)
{
	struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_RAM);
	if (!p) {
		device_dropped += 1;
		return;
	}
	pbuf_take(p, frame, (u16_t)length);
	/* does not block; fails if lwIP's mailbox is full */
	if (netif->input(p, netif) != ERR_OK) {
		device_dropped += 1;
		pbuf_free(p);
	}
}

static void *reader(void *data)
{
	static long lose, swap;
	static unsigned char frame[FRAME];
	struct netif *netif = data;
	late_t *late = &ethernet_link.late_received;
	for (;;) {
		ssize_t length = read(ethernet_link.descriptor, frame, sizeof(frame));
		if (length < 0 && errno == EINTR)
			continue;
		if (length <= 0)
			break;
		device_received += 1;
		if (due(&device_lose_received, &lose))
			device_lost += 1;
		else if (!late->length && due(&device_swap_received, &swap)) {
			memcpy(late->bytes, frame, (size_t)length);
			late->length = (size_t)length;
		}
		else {
			give(netif, frame, (size_t)length);
			if (late->length)
				give(netif, late->bytes, late->length);
			late->length = 0;
		}
	}
	/* the other end is closed, and all clients with it */
	kill(getpid(), SIGTERM);
	return NULL;
}

/* ---- the interface ---- */

static err_t initialize(struct netif *netif)
{
	static const unsigned char address[] = { 0x02, 0, 0, 0, 0, 0x0f };
	netif->name[0] = 'e';
	netif->name[1] = 't';
	netif->output = etharp_output;
	netif->linkoutput = output;
	netif->mtu = MTU;
	netif->hwaddr_len = sizeof(address);
	memcpy(netif->hwaddr, address, sizeof(address));
	netif->flags =
		NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP | NETIF_FLAG_LINK_UP;
	return ERR_OK;
}

void ethernet_open(int descriptor)
{
	static struct netif netif;
	ip4_addr_t address, mask, gateway;
	pthread_t thread;
	IP4_ADDR(&address, 10, 0, 2, 15);
	IP4_ADDR(&mask, 255, 255, 255, 0);
	IP4_ADDR(&gateway, 10, 0, 2, 2);
	ethernet_link.descriptor = descriptor;
	netif_add(&netif, &address, &mask, &gateway, NULL, initialize, tcpip_input);
	netif_set_default(&netif);
	netif_set_up(&netif);
	if (pthread_create(&thread, NULL, reader, &netif))
		abort();
	pthread_detach(thread);
}
