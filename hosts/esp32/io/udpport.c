/* SPDX-License-Identifier: MIT */
#include "udpport.h"

#include <stdlib.h>

#include "lwip/igmp.h"
#include "lwip/udp.h"

enum {
	/* pending datagrams: one RTCP report from each session of a full server, and some spare */
	WAITING_LIMIT = 16,
	/* groups per port */
	GROUP_LIMIT = 4,
};

typedef struct {
	ip_addr_t address;
	/** Index; 0: the port's multicast interface. */
	uint8_t interface;
} group_t;

struct udp_port {
	io_node_t node;
	void *owner;
	struct udp_pcb *pcb;
	uint16_t number;
	ip_addr_t multicast_interface;
	group_t groups[GROUP_LIMIT];
	uint32_t group_count;
	/* shared by both threads under SYS_ARCH_PROTECT */
	udp_datagram_t *first;
	udp_datagram_t *last;
	uint32_t waiting;
};

/** The node has no state: JavaScript's thread takes datagrams by itself, perhaps before it is told. */
static void tell_readable(udp_port_t *port)
{
	io_raise(&port->node, IO_READABLE, (io_state_t){ 0 });
}

static void on_received(void *arg, struct udp_pcb *pcb, struct pbuf *packet, const ip_addr_t *address, uint16_t number)
{
	udp_port_t *port = arg;
	uint16_t length = packet->tot_len;
	(void)pcb;
	udp_datagram_t *datagram = length <= UDP_PORT_LARGEST ? malloc(sizeof(*datagram) + length) : NULL;
	if (datagram) {
		datagram->next = NULL;
		datagram->address = *address;
		datagram->destination = *ip_current_dest_addr();
		datagram->interface = netif_get_index(ip_current_input_netif());
		datagram->port = number;
		datagram->length = length;
		pbuf_copy_partial(packet, datagram->bytes, length, 0);
	}
	pbuf_free(packet);
	if (!datagram)
		return;
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	uint32_t waiting = port->waiting;
	if (waiting < WAITING_LIMIT) {
		if (port->last)
			port->last->next = datagram;
		else
			port->first = datagram;
		port->last = datagram;
		port->waiting = waiting + 1;
		datagram = NULL;
	}
	SYS_ARCH_UNPROTECT(level);
	if (datagram)
		free(datagram);
	else
		tell_readable(port);
}

void *udp_port_owner(const io_node_t *node)
{
	return ((const udp_port_t *)node)->owner;
}

uint16_t udp_port_number(const udp_port_t *port)
{
	return port->number;
}

uint32_t udp_port_waiting(const udp_port_t *port)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	uint32_t waiting = port->waiting;
	SYS_ARCH_UNPROTECT(level);
	return waiting;
}

udp_datagram_t *udp_port_read(udp_port_t *port)
{
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	udp_datagram_t *datagram = port->first;
	if (datagram) {
		port->first = datagram->next;
		if (!port->first)
			port->last = NULL;
		port->waiting -= 1;
	}
	SYS_ARCH_UNPROTECT(level);
	return datagram;
}

/* ---- calls ---- */

typedef struct {
	struct tcpip_api_call_data call;
	udp_port_t *port;
	const udp_options_t *options;
	io_deliver_t deliver;
	const void *bytes;
	const ip_addr_t *address;
	burst_t *burst;
	uint32_t limit;
	uint32_t count;
	uint16_t length;
	uint16_t number;
	uint8_t time_to_live;
	uint8_t interface;
	err_t error;
} udp_call_t;

static err_t open_in_lwip(struct tcpip_api_call_data *data)
{
	udp_call_t *call = (udp_call_t *)data;
	udp_port_t *port = call->port;
	const udp_options_t *options = call->options;
	struct udp_pcb *pcb = udp_new();
	if (pcb && options->shared)
		ip_set_option(pcb, SOF_REUSEADDR);
	call->error = !pcb                    ? ERR_MEM
		: !io_is_local(&options->address) ? ERR_VAL
										  : udp_bind(pcb, &options->address, options->port);
	if (call->error != ERR_OK) {
		if (pcb)
			udp_remove(pcb);
		return ERR_OK;
	}
	port->pcb = pcb;
	port->number = pcb->local_port;
	port->multicast_interface = options->multicast_interface;
	if (options->time_to_live)
		pcb->ttl = options->time_to_live;
	udp_set_multicast_ttl(pcb, options->time_to_live ? options->time_to_live : 1);
	if (!ip_addr_isany(&options->multicast_interface))
		udp_set_multicast_netif_addr(pcb, ip_2_ip4(&options->multicast_interface));
	udp_recv(pcb, on_received, port);
	io_arm(&port->node, call->deliver);
	return ERR_OK;
}

udp_port_t *udp_port_open(const udp_options_t *options, void *owner, io_deliver_t deliver, err_t *error)
{
	udp_port_t *port = calloc(1, sizeof(*port));
	if (!port) {
		*error = ERR_MEM;
		return NULL;
	}
	port->owner = owner;
	udp_call_t call = { .port = port, .options = options, .deliver = deliver };
	io_call(open_in_lwip, &call.call);
	*error = call.error;
	if (call.error == ERR_OK)
		return port;
	free(port);
	return NULL;
}

static err_t remind_in_lwip(struct tcpip_api_call_data *data)
{
	tell_readable(((udp_call_t *)data)->port);
	return ERR_OK;
}

void udp_port_remind(udp_port_t *port)
{
	udp_call_t call = { .port = port };
	io_call(remind_in_lwip, &call.call);
}

/** lwIP's thread. @returns ERR_MEM also if the Wi-Fi driver has no buffer, which is the same for the caller */
static err_t send_packet(const udp_call_t *call, const void *bytes, uint16_t length)
{
	struct pbuf *packet = pbuf_alloc(PBUF_TRANSPORT, length, PBUF_RAM);
	if (!packet)
		return ERR_MEM;
	pbuf_take(packet, bytes, length);
	struct udp_pcb *pcb = call->port->pcb;
	struct netif *netif = call->interface ? netif_get_by_index(call->interface) : NULL;
	err_t error = netif   ? udp_sendto_if(pcb, packet, call->address, call->number, netif)
		: call->interface ? ERR_RTE
						  : udp_sendto(pcb, packet, call->address, call->number);
	pbuf_free(packet);
	return error == ERR_BUF || error == ERR_WOULDBLOCK ? ERR_MEM : error;
}

static err_t write_in_lwip(struct tcpip_api_call_data *data)
{
	udp_call_t *call = (udp_call_t *)data;
	call->error = send_packet(call, call->bytes, call->length);
	return ERR_OK;
}

static err_t send_in_lwip(struct tcpip_api_call_data *data)
{
	udp_call_t *call = (udp_call_t *)data;
	burst_t *burst = call->burst;
	const uint8_t *packet;
	int32_t length = 0;
	while ((call->limit == 0 || call->count < call->limit)
		&& (length = burst->next(burst, BURST_UNLIMITED, &packet)) > 0) {
		call->error = send_packet(call, packet, (uint16_t)length);
		if (call->error != ERR_OK) {
			burst->undo(burst);
			break;
		}
		call->count += 1;
	}
	burst->restore(burst);
	if (length < 0)
		call->error = ERR_ARG;
	return ERR_OK;
}

err_t udp_port_send(
	udp_port_t *port, burst_t *burst, const ip_addr_t *address, uint16_t number, uint32_t limit, uint32_t *count)
{
	udp_call_t call = { .port = port, .burst = burst, .address = address, .number = number, .limit = limit };
	io_call(send_in_lwip, &call.call);
	*count = call.count;
	return call.error;
}

err_t udp_port_write(
	udp_port_t *port, const void *bytes, uint16_t length, const ip_addr_t *address, uint16_t number, uint8_t interface)
{
	udp_call_t call = {
		.port = port, .bytes = bytes, .length = length, .address = address, .number = number, .interface = interface
	};
	io_call(write_in_lwip, &call.call);
	return call.error;
}

/* ---- multicast ---- */

static uint32_t find_group(const udp_port_t *port, const group_t *group)
{
	uint32_t index = 0;
	while (index < port->group_count
		&& (!ip_addr_cmp(&port->groups[index].address, &group->address)
			|| port->groups[index].interface != group->interface))
		index += 1;
	return index;
}

static err_t join_on_interface(const udp_port_t *port, const group_t *group)
{
	if (!group->interface)
		return igmp_joingroup(ip_2_ip4(&port->multicast_interface), ip_2_ip4(&group->address));
	struct netif *netif = netif_get_by_index(group->interface);
	return netif ? igmp_joingroup_netif(netif, ip_2_ip4(&group->address)) : ERR_IF;
}

static err_t join_in_lwip(struct tcpip_api_call_data *data)
{
	udp_call_t *call = (udp_call_t *)data;
	udp_port_t *port = call->port;
	group_t group = { .address = *call->address, .interface = call->interface };
	if (find_group(port, &group) < port->group_count)
		call->error = ERR_USE;
	else if (port->group_count == GROUP_LIMIT)
		call->error = ERR_MEM;
	else
		call->error = join_on_interface(port, &group);
	if (call->error == ERR_OK)
		port->groups[port->group_count++] = group;
	/* no interface supports multicast */
	else if (call->error == ERR_VAL)
		call->error = ERR_IF;
	return ERR_OK;
}

err_t udp_port_join(udp_port_t *port, const ip_addr_t *group, uint8_t interface)
{
	udp_call_t call = { .port = port, .address = group, .interface = interface };
	io_call(join_in_lwip, &call.call);
	return call.error;
}

/** Ignores errors: an interface that is gone has already left its groups. */
static void leave(udp_port_t *port, uint32_t index)
{
	const group_t *group = &port->groups[index];
	struct netif *netif = group->interface ? netif_get_by_index(group->interface) : NULL;
	if (netif)
		igmp_leavegroup_netif(netif, ip_2_ip4(&group->address));
	else if (!group->interface)
		igmp_leavegroup(ip_2_ip4(&port->multicast_interface), ip_2_ip4(&group->address));
	port->groups[index] = port->groups[--port->group_count];
}

static err_t leave_in_lwip(struct tcpip_api_call_data *data)
{
	udp_call_t *call = (udp_call_t *)data;
	udp_port_t *port = call->port;
	group_t group = { .address = *call->address, .interface = call->interface };
	uint32_t index = find_group(port, &group);
	call->error = index < port->group_count ? ERR_OK : ERR_VAL;
	if (call->error == ERR_OK)
		leave(port, index);
	return ERR_OK;
}

err_t udp_port_leave(udp_port_t *port, const ip_addr_t *group, uint8_t interface)
{
	udp_call_t call = { .port = port, .address = group, .interface = interface };
	io_call(leave_in_lwip, &call.call);
	return call.error;
}

static err_t get_time_to_live_in_lwip(struct tcpip_api_call_data *data)
{
	udp_call_t *call = (udp_call_t *)data;
	call->time_to_live = udp_get_multicast_ttl(call->port->pcb);
	return ERR_OK;
}

uint8_t udp_port_time_to_live(udp_port_t *port)
{
	udp_call_t call = { .port = port };
	io_call(get_time_to_live_in_lwip, &call.call);
	return call.time_to_live;
}

static err_t set_time_to_live_in_lwip(struct tcpip_api_call_data *data)
{
	udp_call_t *call = (udp_call_t *)data;
	call->port->pcb->ttl = call->time_to_live;
	udp_set_multicast_ttl(call->port->pcb, call->time_to_live);
	return ERR_OK;
}

void udp_port_set_time_to_live(udp_port_t *port, uint8_t value)
{
	udp_call_t call = { .port = port, .time_to_live = value };
	io_call(set_time_to_live_in_lwip, &call.call);
}

static err_t close_in_lwip(struct tcpip_api_call_data *data)
{
	udp_port_t *port = ((udp_call_t *)data)->port;
	io_disarm(&port->node);
	while (port->group_count)
		leave(port, 0);
	udp_remove(port->pcb);
	return ERR_OK;
}

void udp_port_close(udp_port_t *port)
{
	udp_call_t call = { .port = port };
	io_call(close_in_lwip, &call.call);
	udp_datagram_t *datagram;
	while ((datagram = udp_port_read(port)))
		free(datagram);
	free(port);
}
