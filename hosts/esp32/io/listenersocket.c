/* SPDX-License-Identifier: MIT */
/*
 * embedded:io/socket/listener (ECMA-419) over lwIP: the binding. Connections wait in a bounded queue for `read`
 * (tcpacceptor.h).
 */
#include <stdlib.h>

#include "socket.h"
#include "tcpacceptor.h"
#include "tcpsocket.h"

typedef struct {
	xsMachine *the;
	xsSlot object;
	callback_t on_readable;
	tcp_acceptor_t *acceptor;
} listener_t;

void xs_tcplistener_destructor(void *data)
{
	listener_t *listener = data;
	if (!listener)
		return;
	tcp_acceptor_close(listener->acceptor);
	free(listener);
}

static void xs_tcplistener_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	listener_t *listener = data;
	if (listener)
		callback_mark(the, listener->on_readable, mark_root);
}

static const xsHostHooks listener_hooks = { xs_tcplistener_destructor, xs_tcplistener_mark, NULL };

/** The object's listener, or NULL if closed. Throws for any other object. */
static listener_t *this_listener(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&listener_hooks);
}

static void deliver(io_node_t *node, uint8_t events)
{
	listener_t *listener = tcp_acceptor_owner(node);
	uint32_t waiting = io_state(node).available;
	(void)events;
	if (waiting)
		callback_call(listener->the, listener->on_readable, &listener->object, (int32_t)waiting);
}

/** new Listener({port, address?, onReadable}). Port 0 selects a free port, which `port` returns.
 *  Throws if the port is in use. */
void xs_tcplistener_constructor(xsMachine *the)
{
	ip_addr_t address;
	err_t error;
	xsmcVars(1);
	callback_t on_readable = callback_option(the, xsID_onReadable, &xsVar(0));
	int port = integer_option(the, xsID_port, "port", 0, 65535, 0);
	socket_address_option(the, xsID_address, &address);
	socket_target(the);
	socket_start(the);
	listener_t *listener = calloc(1, sizeof(*listener));
	if (!listener)
		xsUnknownError("no memory");
	listener->the = the;
	listener->on_readable = on_readable;
	listener->object = xsThis;
	listener->acceptor = tcp_acceptor_open(&address, (uint16_t)port, listener, deliver, &error);
	if (!listener->acceptor) {
		free(listener);
		socket_fail(the, "listen", port, error);
	}
	xsmcSetHostData(xsThis, listener);
	xsSetHostHooks(xsThis, &listener_hooks);
	xsRemember(listener->object);
}

void xs_tcplistener_close(xsMachine *the)
{
	listener_t *listener = this_listener(the);
	if (!listener)
		return;
	xsForget(listener->object);
	xsmcSetHostData(xsThis, NULL);
	xs_tcplistener_destructor(listener);
}

/** read(socket): moves the oldest pending connection to an empty TCP object. undefined if none is pending. */
void xs_tcplistener_read(xsMachine *the)
{
	listener_t *listener = this_listener(the);
	if (!listener)
		return;
	tcp_connection_t *connection = tcp_acceptor_read(listener->acceptor);
	if (!connection)
		return;
	tcp_socket_fill(the, &xsArg(0), connection);
	xsResult = xsArg(0);
}

void xs_tcplistener_get_port(xsMachine *the)
{
	listener_t *listener = this_listener(the);
	if (!listener)
		xsUnknownError("listener is closed");
	xsmcSetInteger(xsResult, tcp_acceptor_port(listener->acceptor));
}
