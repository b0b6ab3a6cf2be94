/* SPDX-License-Identifier: MIT */
#include "namelookup.h"

#include <stdlib.h>

#include "lwip/dns.h"

typedef struct {
	struct tcpip_api_call_data call;
	name_lookup_t *lookup;
	const char *host;
	io_deliver_t deliver;
	ip_addr_t address;
	bool found;
	bool is_last;
} name_call_t;

static void finish(name_lookup_t *lookup, const ip_addr_t *address)
{
	lookup->pending = false;
	lookup->found = address != NULL;
	if (address)
		lookup->address = *address;
	io_raise(&lookup->node, IO_READABLE, (io_state_t){ .available = 1 });
}

static void on_found(const char *name, const ip_addr_t *address, void *arg)
{
	name_lookup_t *lookup = arg;
	(void)name;
	if (lookup->closed)
		free(lookup);
	else
		finish(lookup, address);
}

static err_t open_in_lwip(struct tcpip_api_call_data *data)
{
	name_call_t *call = (name_call_t *)data;
	name_lookup_t *lookup = call->lookup;
	ip_addr_t address;
	io_arm(&lookup->node, call->deliver);
	lookup->pending = true;
	/* the sockets are IPv4 only; by default lwIP falls back to an IPv6 address */
	err_t error = dns_gethostbyname_addrtype(call->host, &address, on_found, lookup, LWIP_DNS_ADDRTYPE_IPV4);
	if (error != ERR_INPROGRESS)
		finish(lookup, error == ERR_OK ? &address : NULL);
	return ERR_OK;
}

name_lookup_t *name_lookup_open(const char *host, void *owner, io_deliver_t deliver)
{
	name_lookup_t *lookup = calloc(1, sizeof(*lookup));
	if (!lookup)
		return NULL;
	lookup->owner = owner;
	name_call_t call = { .lookup = lookup, .host = host, .deliver = deliver };
	io_call(open_in_lwip, &call.call);
	return lookup;
}

static err_t address_in_lwip(struct tcpip_api_call_data *data)
{
	name_call_t *call = (name_call_t *)data;
	call->found = call->lookup->found;
	call->address = call->lookup->address;
	return ERR_OK;
}

bool name_lookup_address(name_lookup_t *lookup, ip_addr_t *address)
{
	name_call_t call = { .lookup = lookup };
	io_call(address_in_lwip, &call.call);
	*address = call.address;
	return call.found;
}

static err_t close_in_lwip(struct tcpip_api_call_data *data)
{
	name_call_t *call = (name_call_t *)data;
	io_disarm(&call->lookup->node);
	call->lookup->closed = true;
	call->is_last = !call->lookup->pending;
	return ERR_OK;
}

void name_lookup_close(name_lookup_t *lookup)
{
	name_call_t call = { .lookup = lookup };
	io_call(close_in_lwip, &call.call);
	if (call.is_last)
		free(lookup);
}
