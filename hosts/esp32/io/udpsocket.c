/* SPDX-License-Identifier: MIT */
/*
 * embedded:io/socket/udp (ECMA-419) over lwIP: the binding. Options and errors are the same as on the desktop host,
 * including `multicastInterface` and `shared`; but lwIP does not return a socket's own datagrams to it.
 */
#include <stdlib.h>
#include <string.h>

#include "socket.h"
#include "socketburst.h"
#include "udpport.h"

typedef struct {
	xsMachine *the;
	xsSlot object;
	callback_t on_readable;
	udp_port_t *port;
	bool shared;
	/** The last destination, as text and parsed: consecutive packets often go to the same client. */
	char text[IPADDR_STRLEN_MAX];
	ip_addr_t to;
} udp_t;

void xs_udp_destructor(void *data)
{
	udp_t *udp = data;
	if (!udp)
		return;
	udp_port_close(udp->port);
	free(udp);
}

static void xs_udp_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	udp_t *udp = data;
	if (udp)
		callback_mark(the, udp->on_readable, mark_root);
}

static const xsHostHooks udp_hooks = { xs_udp_destructor, xs_udp_mark, NULL };

/** Throws if closed. To be called after all arguments are read: an argument's toString may close the socket. */
static udp_t *this_udp(xsMachine *the)
{
	udp_t *udp = xsmcGetHostDataValidate(xsThis, (void *)&udp_hooks);
	if (!udp)
		xsUnknownError("socket is closed");
	return udp;
}

static void deliver(io_node_t *node, uint8_t events)
{
	udp_t *udp = udp_port_owner(node);
	xsMachine *machine = udp->the;
	uint32_t waiting = udp_port_waiting(udp->port);
	(void)events;
	if (!waiting || !udp->on_readable)
		return;
	/* the callback may close the socket, and the collector then free it: hold the object until the end */
	xsBeginHost(machine);
	xsmcVars(1);
	xsVar(0) = udp->object;
	callback_call(machine, udp->on_readable, &udp->object, (int32_t)waiting);
	/* a callback that reads only some of them is called again; one that reads none waits for the next datagram */
	if (xsmcGetHostData(xsVar(0))) {
		uint32_t left = udp_port_waiting(udp->port);
		if (left && left < waiting)
			udp_port_remind(udp->port);
	}
	xsEndHost(machine);
}

/** Parses a multicast address. Throws RangeError. */
static void read_group(xsMachine *the, const char *text, ip_addr_t *group)
{
	if (!io_parse_address(text, group) || !ip_addr_ismulticast(group))
		xsRangeError("\"%s\" is not an IPv4 multicast address", text);
}

static void check_group(xsMachine *the, err_t error)
{
	if (error == ERR_USE)
		xsUnknownError("multicast group: already joined");
	if (error == ERR_VAL)
		xsUnknownError("multicast group: not joined");
	if (error != ERR_OK)
		socket_fail(the, "multicast group", 0, error);
}

/** new UDP({port?, address?, onReadable?, multicast?, timeToLive?, multicastInterface?, shared?, target?}).
 *  Throws if the port is in use. */
void xs_udp_constructor(xsMachine *the)
{
	udp_options_t options = { 0 };
	ip_addr_t group;
	err_t error;
	xsmcVars(3);
	socket_address_option(the, xsID_multicastInterface, &options.multicast_interface);
	callback_t on_readable = callback_option(the, xsID_onReadable, &xsVar(0));
	options.port = (uint16_t)integer_option(the, xsID_port, "port", 0, 65535, 0);
	options.time_to_live = (uint8_t)integer_option(the, xsID_timeToLive, "timeToLive", 1, 255, 0);
	socket_address_option(the, xsID_address, &options.address);
	xsmcGet(xsVar(1), xsArg(0), xsID_multicast);
	bool member = xsmcTypeOf(xsVar(1)) != xsUndefinedType;
	if (member)
		read_group(the, xsmcToString(xsVar(1)), &group);
	xsmcGet(xsVar(2), xsArg(0), xsID_shared);
	bool shared = xsmcTest(xsVar(2));
	options.shared = member || shared;
	socket_target(the);
	socket_start(the);
	udp_t *udp = calloc(1, sizeof(*udp));
	if (!udp)
		xsUnknownError("no memory");
	udp->the = the;
	udp->on_readable = on_readable;
	udp->object = xsThis;
	udp->shared = shared;
	udp->port = udp_port_open(&options, udp, deliver, &error);
	if (!udp->port) {
		free(udp);
		socket_fail(the, "bind", options.port, error);
	}
	error = member ? udp_port_join(udp->port, &group, 0) : ERR_OK;
	if (error != ERR_OK) {
		xs_udp_destructor(udp);
		check_group(the, error);
	}
	xsmcSetHostData(xsThis, udp);
	xsSetHostHooks(xsThis, &udp_hooks);
	xsRemember(udp->object);
}

void xs_udp_close(xsMachine *the)
{
	udp_t *udp = xsmcGetHostDataValidate(xsThis, (void *)&udp_hooks);
	if (!udp)
		return;
	xsForget(udp->object);
	xsmcSetHostData(xsThis, NULL);
	xs_udp_destructor(udp);
}

/** Defines a property of the result. Uses xsVar(0). */
static void define_address(xsMachine *the, xsIdentifier id, const ip_addr_t *address)
{
	char text[IPADDR_STRLEN_MAX];
	result_text(the, id, ipaddr_ntoa_r(address, text, sizeof(text)));
}

/** read(): the next datagram as an ArrayBuffer with the sender's `address` and `port`, and from a shared port the
 *  `destination` and the index of the `interface`. undefined if none is available. */
void xs_udp_read(xsMachine *the)
{
	udp_t *udp = this_udp(the);
	bool shared = udp->shared;
	udp_datagram_t *datagram = udp_port_read(udp->port);
	if (!datagram)
		return;
	xsmcVars(1);
	xsTry {
		xsmcSetArrayBuffer(xsResult, datagram->bytes, datagram->length);
		define_address(the, xsID_address, &datagram->address);
		result_integer(the, xsID_port, datagram->port);
		if (shared) {
			define_address(the, xsID_destination, &datagram->destination);
			result_integer(the, xsID_interface, datagram->interface);
		}
		free(datagram);
	}
	xsCatch {
		free(datagram);
		xsThrow(xsException);
	}
}

/** An optional interface index. */
static uint8_t index_argument(xsMachine *the, int position)
{
	if (xsmcArgc <= position || xsmcTypeOf(xsArg(position)) == xsUndefinedType)
		return 0;
	int32_t index = xsmcToInteger(xsArg(position));
	if (index < 0 || index > UINT8_MAX)
		xsRangeError("interface %d", (int)index);
	return (uint8_t)index;
}

/** Parses the destination of a datagram. Throws RangeError. */
static udp_t *address_to(xsMachine *the, xsSlot *socket, xsSlot *address, int port)
{
	if (port < 1 || port > 65535)
		xsRangeError("port is %d, not 1..65535", port);
	const char *text = xsmcToString(*address);
	udp_t *udp = xsmcGetHostDataValidate(*socket, (void *)&udp_hooks);
	if (!udp)
		xsUnknownError("socket is closed");
	if (strcmp(text, udp->text)) {
		ip_addr_t to;
		socket_address(the, text, &to);
		udp->to = to;
		strncpy(udp->text, text, sizeof(udp->text) - 1);
	}
	return udp;
}

static void check_sent(xsMachine *the, err_t error)
{
	if (error == ERR_MEM)
		xsUnknownError("would block");
	if (error != ERR_OK)
		socket_fail(the, "send", 0, error);
}

/** write(buffer, address, port, interface?). Throws "would block" while lwIP or the interface has no buffer. */
void xs_udp_write(xsMachine *the)
{
	int port = xsmcToInteger(xsArg(2));
	uint8_t interface = index_argument(the, 3);
	udp_t *udp = address_to(the, &xsThis, &xsArg(1), port);
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	if (length > UINT16_MAX - 28)
		xsRangeError("a datagram of %u bytes is larger than IPv4 carries", (unsigned)length);
	check_sent(the, udp_port_write(udp->port, bytes, (uint16_t)length, &udp->to, (uint16_t)port, interface));
}

const char *udp_socket_burst(
	xsMachine *the, xsSlot *socket, burst_t *burst, const udp_target_t *target, uint32_t limit, uint32_t *count)
{
	udp_t *udp = xsmcGetHostDataValidate(*socket, (void *)&udp_hooks);
	*count = 0;
	if (!udp)
		return "socket is closed";
	ip_addr_t to = IPADDR4_INIT(target->address);
	switch (udp_port_send(udp->port, burst, &to, target->port, limit, count)) {
	case ERR_OK: return NULL;
	case ERR_ARG: return BURST_MISFIT;
	case ERR_MEM: return "would block";
	default: return "the packet cannot be sent";
	}
}

void udp_socket_send(xsMachine *the, xsSlot *socket, udp_frame_t *frames, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t sent;
		frames[i].error = udp_socket_burst(the, socket, frames[i].burst, &frames[i].target, 0, &sent);
	}
}

void udp_socket_target(xsMachine *the, xsSlot *address, xsSlot *port, udp_target_t *target)
{
	ip_addr_t parsed;
	xsIntegerValue number = xsmcToInteger(*port);
	if (number < 1 || number > 65535)
		xsRangeError("port is %d, not 1..65535", (int)number);
	socket_address(the, xsmcToString(*address), &parsed);
	*target = (udp_target_t){ .address = ip_2_ip4(&parsed)->addr, .port = (uint16_t)number };
}

/** add(group, interface?) */
void xs_udp_add(xsMachine *the)
{
	ip_addr_t group;
	uint8_t interface = index_argument(the, 1);
	read_group(the, xsmcToString(xsArg(0)), &group);
	check_group(the, udp_port_join(this_udp(the)->port, &group, interface));
}

/** remove(group, interface?) */
void xs_udp_remove(xsMachine *the)
{
	ip_addr_t group;
	uint8_t interface = index_argument(the, 1);
	read_group(the, xsmcToString(xsArg(0)), &group);
	check_group(the, udp_port_leave(this_udp(the)->port, &group, interface));
}

void xs_udp_get_localPort(xsMachine *the)
{
	xsmcSetInteger(xsResult, udp_port_number(this_udp(the)->port));
}

void xs_udp_get_timeToLive(xsMachine *the)
{
	xsmcSetInteger(xsResult, udp_port_time_to_live(this_udp(the)->port));
}

void xs_udp_set_timeToLive(xsMachine *the)
{
	int value = xsmcToInteger(xsArg(0));
	if (value < 1 || value > 255)
		xsRangeError("timeToLive is %d, not 1..255", value);
	udp_port_set_time_to_live(this_udp(the)->port, (uint8_t)value);
}
