/* SPDX-License-Identifier: MIT */
#include "iothread.h"

#include <string.h>

#include "esp_netif.h"
#include "lwip/inet_chksum.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/netif.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"

enum {
	/* interval between attempts to post while JavaScript's queue is full, milliseconds */
	RETRY_INTERVAL = 1,
};

/* One instance for the whole program, like lwIP. Guarded by SYS_ARCH_PROTECT. */
static struct {
	io_node_t *first;
	io_node_t *last;
	uint32_t length;
	/** A message is pending. */
	bool posted;
	/** An attempt to post is queued in lwIP's thread. A second one would delay the network for longer. */
	bool retrying;
	bool (*wake)(void *context);
	void *context;
	/** Posts again from lwIP's thread. Allocated at the start, because memory may be short when it is needed. */
	struct tcpip_callback_msg *retry;
} io;

/* the linker then takes lwipmemory.c and lwipchecksum.c instead of lwIP's own files */
static const void *const replaced[] __attribute__((used)) = { mem_malloc, memp_malloc, inet_chksum };

static void post(void);

/** @returns whether that is a change */
static bool set_retrying(bool retrying)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	bool changed = io.retrying != retrying;
	io.retrying = retrying;
	SYS_ARCH_UNPROTECT(level);
	return changed;
}

static void retry(void *context)
{
	(void)context;
	/* not sys_timeout: without memory, it ends the program */
	sys_msleep(RETRY_INTERVAL);
	set_retrying(false);
	post();
}

/** Posts a message unless one is pending or there are no events. */
static void post(void)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	bool wanted = io.first && !io.posted;
	if (wanted)
		io.posted = true;
	SYS_ARCH_UNPROTECT(level);
	if (!wanted || io.wake(io.context))
		return;
	SYS_ARCH_PROTECT(level);
	io.posted = false;
	SYS_ARCH_UNPROTECT(level);
	/* the end of the next io_call and the next event try again as well */
	if (set_retrying(true) && tcpip_callbackmsg_trycallback(io.retry) != ERR_OK)
		set_retrying(false);
}

bool io_start(bool (*wake)(void *context), void *context)
{
	if (io.retry)
		return true;
	if (esp_netif_init() != ESP_OK)
		return false;
	io.wake = wake;
	io.context = context;
	io.retry = tcpip_callbackmsg_new(retry, NULL);
	return io.retry != NULL;
}

void io_service(void)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	io.posted = false;
	uint32_t count = io.length;
	SYS_ARCH_UNPROTECT(level);
	/* events raised from here on get another message, so that the program's other work runs in between */
	for (; count > 0; count--) {
		SYS_ARCH_PROTECT(level);
		io_node_t *node = io.first;
		uint8_t events = 0;
		io_deliver_t deliver = NULL;
		if (node) {
			io.first = node->next;
			if (!io.first)
				io.last = NULL;
			io.length -= 1;
			node->next = NULL;
			node->queued = false;
			events = node->events;
			node->events = 0;
			deliver = node->deliver;
		}
		SYS_ARCH_UNPROTECT(level);
		if (!node)
			return;
		deliver(node, events);
	}
}

void io_call(tcpip_api_call_fn function, struct tcpip_api_call_data *call)
{
	tcpip_api_call(function, call);
	post();
}

/** Called within SYS_ARCH_PROTECT. */
static void enqueue(io_node_t *node)
{
	if (!node->armed || node->queued || !node->events)
		return;
	node->queued = true;
	if (io.last)
		io.last->next = node;
	else
		io.first = node;
	io.last = node;
	io.length += 1;
}

void io_arm(io_node_t *node, io_deliver_t deliver)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	node->deliver = deliver;
	node->armed = true;
	enqueue(node);
	SYS_ARCH_UNPROTECT(level);
	post();
}

void io_disarm(io_node_t *node)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	node->armed = false;
	if (node->queued) {
		io_node_t *before = NULL;
		for (io_node_t *walker = io.first; walker != node; walker = walker->next)
			before = walker;
		if (before)
			before->next = node->next;
		else
			io.first = node->next;
		if (io.last == node)
			io.last = before;
		io.length -= 1;
		node->next = NULL;
		node->queued = false;
	}
	SYS_ARCH_UNPROTECT(level);
}

void io_raise(io_node_t *node, uint8_t events, io_state_t state)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	node->state = state;
	node->events |= events;
	enqueue(node);
	SYS_ARCH_UNPROTECT(level);
	post();
}

io_state_t io_state(io_node_t *node)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	io_state_t state = node->state;
	SYS_ARCH_UNPROTECT(level);
	return state;
}

bool io_is_local(const ip_addr_t *address)
{
	struct netif *netif;
	if (ip_addr_isany(address))
		return true;
	NETIF_FOREACH(netif) {
		if (ip_addr_cmp(netif_ip_addr4(netif), address))
			return true;
	}
	return false;
}

bool io_parse_address(const char *text, ip_addr_t *address)
{
	uint8_t bytes[4];
	if (!strcmp(text, "localhost"))
		text = "127.0.0.1";
	for (int i = 0; i < 4; i++) {
		uint32_t value = 0;
		int digits = 0;
		if (i > 0 && *text++ != '.')
			return false;
		for (; *text >= '0' && *text <= '9' && digits < 3; digits++)
			value = value * 10 + (uint32_t)(*text++ - '0');
		if (!digits || value > 255)
			return false;
		bytes[i] = (uint8_t)value;
	}
	if (*text)
		return false;
	IP_ADDR4(address, bytes[0], bytes[1], bytes[2], bytes[3]);
	return true;
}
