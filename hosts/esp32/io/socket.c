/* SPDX-License-Identifier: MIT */
#include "socket.h"

#include <stdio.h>

#include "xsHost.h"

static void service(void *the, void *refcon, uint8_t *message, uint16_t length)
{
	(void)the;
	(void)refcon;
	(void)message;
	(void)length;
	io_service();
}

/** Runs in lwIP's thread. Uses the FromISR variant because that never blocks. */
static bool wake(void *the)
{
	return modMessagePostToMachineFromISR(the, service, NULL) == 0;
}

void socket_start(xsMachine *the)
{
	if (!io_start(wake, the))
		xsUnknownError("no memory");
}

void socket_address(xsMachine *the, const char *text, ip_addr_t *address)
{
	if (!io_parse_address(text, address))
		xsRangeError("\"%s\" is not an IPv4 address", text);
}

void socket_address_option(xsMachine *the, xsIdentifier id, ip_addr_t *address)
{
	xsSlot value;
	xsmcGet(value, xsArg(0), id);
	if (xsmcTypeOf(value) == xsUndefinedType)
		ip_addr_set_any(false, address);
	else
		socket_address(the, xsmcToString(value), address);
}

void socket_set_address(xsMachine *the, const ip_addr_t *address)
{
	char text[IPADDR_STRLEN_MAX];
	ipaddr_ntoa_r(address, text, sizeof(text));
	xsmcSetString(xsResult, text);
}

void socket_target(xsMachine *the)
{
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID_target);
	if (xsmcTypeOf(value) != xsUndefinedType)
		xsmcSet(xsThis, xsID_target, value);
}

static const char *reason_of(err_t error)
{
	switch (error) {
	case ERR_MEM:
	case ERR_BUF: return "no memory";
	case ERR_USE: return "address already in use";
	case ERR_VAL: return "no interface has this address";
	case ERR_RTE: return "no route";
	case ERR_IF: return "the network interface refused it";
	default: return NULL;
	}
}

void socket_fail(xsMachine *the, const char *operation, int port, err_t error)
{
	char where[24] = "", number[16];
	const char *reason = reason_of(error);
	if (port)
		snprintf(where, sizeof(where), " on port %d", port);
	if (!reason) {
		snprintf(number, sizeof(number), "lwIP error %d", error);
		reason = number;
	}
	xsUnknownError("%s%s: %s", operation, where, reason);
}
