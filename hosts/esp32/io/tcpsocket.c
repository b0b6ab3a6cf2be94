/* SPDX-License-Identifier: MIT */
/*
 * embedded:io/socket/tcp (ECMA-419) over lwIP: the binding of tcpconnection.h. A write is accepted whole or refused
 * ("would block"), and returns how many more bytes would be accepted (credit).
 */
#include <stdlib.h>
#include <string.h>

#include "socket.h"
#include "socketburst.h"
#include "tcpconnection.h"
#include "tcpsocket.h"

enum {
	/* Frames per call into lwIP's thread. Nothing that arrives is handled before the call ends. With four frames,
	 * acknowledgements overflowed the interface's buffers in QEMU: 6 % of the frames were dropped for lack of room,
	 * with two frames none. A call costs 2,000 instructions, a frame 100,000. */
	TOGETHER = 2,
};

typedef enum { FORMAT_BUFFER, FORMAT_NUMBER } format_t;

typedef struct {
	xsMachine *the;
	xsSlot object;
	/** NULL: closed, or empty. */
	tcp_connection_t *connection;
	callback_t on_readable;
	callback_t on_writable;
	callback_t on_error;
	format_t format;
	/** onError has been called. */
	bool failed;
	/** The object is a GC root: from a constructor with options until it is closed. */
	bool rooted;
} tcp_t;

void xs_tcp_destructor(void *data)
{
	tcp_t *tcp = data;
	if (!tcp)
		return;
	if (tcp->connection)
		tcp_connection_close(tcp->connection);
	free(tcp);
}

static void xs_tcp_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	tcp_t *tcp = data;
	if (!tcp)
		return;
	callback_mark(the, tcp->on_readable, mark_root);
	callback_mark(the, tcp->on_writable, mark_root);
	callback_mark(the, tcp->on_error, mark_root);
}

static const xsHostHooks tcp_hooks = { xs_tcp_destructor, xs_tcp_mark, NULL };

static tcp_t *this_tcp(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&tcp_hooks);
}

static void deliver(io_node_t *node, uint8_t events)
{
	tcp_connection_t *connection = (tcp_connection_t *)node;
	tcp_t *tcp = connection->owner;
	/* a callback may close the socket, and the collector then free it: hold the object until the end */
	xsMachine *machine = tcp->the;
	xsBeginHost(machine);
	xsmcVars(1);
	xsVar(0) = tcp->object;
	if (events & IO_WRITABLE)
		callback_call(machine, tcp->on_writable, &tcp->object, (int32_t)io_state(node).credit);
	if ((events & IO_READABLE) && tcp->connection == connection) {
		uint32_t available = io_state(node).available;
		if (available)
			callback_call(machine, tcp->on_readable, &tcp->object, (int32_t)available);
	}
	if ((events & IO_ERROR) && tcp->connection == connection && !tcp->failed) {
		tcp->failed = true;
		callback_call(machine, tcp->on_error, &tcp->object, -1);
	}
	xsEndHost(machine);
}

static format_t read_format(xsMachine *the, xsSlot *value)
{
	const char *format = xsmcToString(*value);
	if (!strcmp(format, "buffer"))
		return FORMAT_BUFFER;
	if (!strcmp(format, "number"))
		return FORMAT_NUMBER;
	xsRangeError("format is \"%s\", not \"buffer\" or \"number\"", format);
	return FORMAT_BUFFER;
}

static tcp_t *new_record(xsMachine *the)
{
	tcp_t *tcp = calloc(1, sizeof(*tcp));
	if (!tcp)
		xsUnknownError("no memory");
	tcp->the = the;
	return tcp;
}

/** Detaches the connection and lets the object be collected. */
static void release(tcp_t *tcp)
{
	xsMachine *the = tcp->the;
	tcp->connection = NULL;
	tcp->on_readable = tcp->on_writable = tcp->on_error = NULL;
	if (tcp->rooted)
		xsForget(tcp->object);
	tcp->rooted = false;
}

/** Connects to the `address` (or `host`) and `port` of the options. */
static tcp_connection_t *connect_option(xsMachine *the)
{
	xsSlot value;
	ip_addr_t address;
	err_t error;
	int port = integer_option(the, xsID_port, "port", 1, 65535, 0);
	if (!port)
		xsRangeError("port is missing");
	xsmcGet(value, xsArg(0), xsID_address);
	if (xsmcTypeOf(value) == xsUndefinedType)
		xsmcGet(value, xsArg(0), xsID_host);
	if (xsmcTypeOf(value) == xsUndefinedType)
		xsRangeError("address is missing");
	socket_address(the, xsmcToString(value), &address);
	socket_start(the);
	tcp_connection_t *connection = tcp_connection_open(&address, (uint16_t)port, &error);
	if (!connection)
		socket_fail(the, "connect", 0, error);
	return connection;
}

/** new TCP({address, port} | {from}, …). Without options it is an empty socket, for the listener to fill. */
void xs_tcp_constructor(xsMachine *the)
{
	if (xsmcArgc < 1 || xsmcTypeOf(xsArg(0)) == xsUndefinedType) {
		tcp_t *tcp = new_record(the);
		xsmcSetHostData(xsThis, tcp);
		xsSetHostHooks(xsThis, &tcp_hooks);
		return;
	}
	xsmcVars(3);
	callback_t on_readable = callback_option(the, xsID_onReadable, &xsVar(0));
	callback_t on_writable = callback_option(the, xsID_onWritable, &xsVar(1));
	callback_t on_error = callback_option(the, xsID_onError, &xsVar(2));
	format_t format = FORMAT_BUFFER;
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID_format);
	if (xsmcTypeOf(value) != xsUndefinedType)
		format = read_format(the, &value);
	xsmcGet(value, xsArg(0), xsID_nodelay);
	bool nodelay = xsmcTest(value);
	xsmcGet(value, xsArg(0), xsID_noDelay);
	nodelay |= xsmcTest(value);
	socket_target(the);

	tcp_t *from = NULL;
	tcp_connection_t *connection;
	xsmcGet(value, xsArg(0), xsID_from);
	if (xsmcTypeOf(value) != xsUndefinedType) {
		from = xsmcGetHostDataValidate(value, (void *)&tcp_hooks);
		if (!from->connection)
			xsUnknownError("from is closed");
		connection = from->connection;
	}
	else
		connection = connect_option(the);
	tcp_t *tcp = calloc(1, sizeof(*tcp));
	if (!tcp) {
		if (!from)
			tcp_connection_close(connection);
		xsUnknownError("no memory");
	}
	/* nothing can throw from here on */
	if (from)
		release(from);
	tcp->the = the;
	tcp->connection = connection;
	tcp->format = format;
	tcp->on_readable = on_readable;
	tcp->on_writable = on_writable;
	tcp->on_error = on_error;
	tcp->object = xsThis;
	xsmcSetHostData(xsThis, tcp);
	xsSetHostHooks(xsThis, &tcp_hooks);
	xsRemember(tcp->object);
	tcp->rooted = true;
	tcp_connection_take(connection, tcp, deliver, nodelay);
}

void tcp_socket_fill(xsMachine *the, xsSlot *object, tcp_connection_t *connection)
{
	tcp_t *tcp = xsmcGetHostDataValidate(*object, (void *)&tcp_hooks);
	tcp->connection = connection;
}

void xs_tcp_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	tcp_t *tcp = this_tcp(the);
	tcp_connection_t *connection = tcp->connection;
	if (!connection)
		return;
	release(tcp);
	tcp_connection_close(connection);
}

static void read_bytes(xsMachine *the, tcp_t *tcp, uint32_t available)
{
	void *bytes;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		xsUnsignedValue room;
		xsmcGetBufferWritable(xsArg(0), &bytes, &room);
		uint32_t count = tcp_connection_read(tcp->connection, bytes, room);
		if (count)
			xsmcSetInteger(xsResult, (int32_t)count);
		return;
	}
	uint32_t wanted = available;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) != xsUndefinedType) {
		int32_t number = xsmcToInteger(xsArg(0));
		if (number <= 0)
			xsRangeError("byteLength is %d, not positive", (int)number);
		if ((uint32_t)number < wanted)
			wanted = (uint32_t)number;
		/* reading the argument may have closed the socket */
		if (!tcp->connection)
			return;
	}
	bytes = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)wanted);
	tcp_connection_read(tcp->connection, bytes, wanted);
}

/** read() | read(byteLength) | read(buffer). undefined if no bytes are available. */
void xs_tcp_read(xsMachine *the)
{
	tcp_t *tcp = this_tcp(the);
	if (!tcp->connection)
		return;
	uint32_t available = io_state(&tcp->connection->node).available;
	if (tcp->format == FORMAT_NUMBER) {
		uint8_t byte;
		if (available && tcp_connection_read(tcp->connection, &byte, 1))
			xsmcSetInteger(xsResult, byte);
	}
	else if (available)
		read_bytes(the, tcp, available);
}

/** write(buffer): accepts all of it or throws "would block".
 *  @returns the remaining credit, bytes */
void xs_tcp_write(xsMachine *the)
{
	tcp_t *tcp = this_tcp(the);
	uint8_t byte;
	void *bytes = &byte;
	xsUnsignedValue length = 1;
	if (tcp->format == FORMAT_NUMBER)
		byte = (uint8_t)xsmcToInteger(xsArg(0));
	else
		xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	if (!tcp->connection || tcp->failed)
		xsUnknownError("socket is closed");
	uint32_t credit;
	switch (tcp_connection_write(tcp->connection, bytes, length, &credit)) {
	case TCP_NOT_READY: xsUnknownError("not ready");
	case TCP_WOULD_BLOCK: xsUnknownError("would block");
	default: xsmcSetInteger(xsResult, (int32_t)credit);
	}
}

static const char *error_of(tcp_write_result_t result)
{
	switch (result) {
	case TCP_NOT_READY: return "not ready";
	case TCP_LOST: return "socket is closed";
	case TCP_BROKEN_BURST: return BURST_MISFIT;
	default: return NULL;
	}
}

/** @returns NULL if the socket is closed */
static tcp_connection_t *open_connection(xsMachine *the, xsSlot *socket)
{
	tcp_t *tcp = xsmcGetHostDataValidate(*socket, (void *)&tcp_hooks);
	return tcp && !tcp->failed ? tcp->connection : NULL;
}

const char *tcp_socket_burst(xsMachine *the, xsSlot *socket, burst_t *burst, uint32_t *room)
{
	tcp_send_t send = { .connection = open_connection(the, socket), .burst = burst, .tell = true };
	send.result = TCP_LOST;
	if (send.connection)
		tcp_connection_send(&send);
	*room = send.credit;
	return error_of(send.result);
}

void tcp_socket_send(xsMachine *the, tcp_frame_t *first)
{
	for (tcp_frame_t *next = first; next;) {
		tcp_send_t sends[TOGETHER], *list = NULL, **last = &list;
		tcp_frame_t *frames[TOGETHER];
		uint32_t count = 0;
		for (; next && count < TOGETHER; next = next->next) {
			xsSlot socket = xsReference(next->socket);
			tcp_connection_t *connection = open_connection(the, &socket);
			next->error = connection ? NULL : error_of(TCP_LOST);
			if (!connection)
				continue;
			sends[count] = (tcp_send_t){ .connection = connection, .burst = next->burst };
			*last = &sends[count];
			last = &sends[count].next;
			frames[count++] = next;
		}
		if (count)
			tcp_connection_send(list);
		for (uint32_t i = 0; i < count; i++)
			frames[i]->error = error_of(sends[i].result);
	}
}

void xs_tcp_get_remoteAddress(xsMachine *the)
{
	tcp_t *tcp = this_tcp(the);
	if (!tcp->connection)
		return;
	tcp_names_t names = tcp_connection_names(tcp->connection);
	socket_set_address(the, &names.remote_address);
}

void xs_tcp_get_remotePort(xsMachine *the)
{
	tcp_t *tcp = this_tcp(the);
	if (tcp->connection)
		xsmcSetInteger(xsResult, tcp_connection_names(tcp->connection).remote_port);
}

void xs_tcp_get_localAddress(xsMachine *the)
{
	tcp_t *tcp = this_tcp(the);
	if (!tcp->connection)
		return;
	tcp_names_t names = tcp_connection_names(tcp->connection);
	socket_set_address(the, &names.local_address);
}

void xs_tcp_get_localPort(xsMachine *the)
{
	tcp_t *tcp = this_tcp(the);
	if (tcp->connection)
		xsmcSetInteger(xsResult, tcp_connection_names(tcp->connection).local_port);
}

void xs_tcp_get_format(xsMachine *the)
{
	xsmcSetString(xsResult, this_tcp(the)->format == FORMAT_BUFFER ? "buffer" : "number");
}

void xs_tcp_set_format(xsMachine *the)
{
	format_t format = read_format(the, &xsArg(0));
	this_tcp(the)->format = format;
}
