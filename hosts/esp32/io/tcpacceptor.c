/* SPDX-License-Identifier: MIT */
#include "tcpacceptor.h"

#include <stdlib.h>

#include "lwip/priv/tcp_priv.h"
#include "lwip/timeouts.h"

enum {
	/* Maximum number of pending connections, including unfinished handshakes. lwIP drops further SYNs, which clients
	 * repeat after a second. So this also bounds the pcbs taken by a SYN flood. */
	BACKLOG = 8,
	/* interval for checking unfinished handshakes, milliseconds */
	HANDSHAKE_INTERVAL = 500,
	/* time since a handshake's last packet after which it is abandoned if the backlog is full, in lwIP's unit of half a
	 * second. lwIP itself waits 20 s */
	HANDSHAKE_PATIENCE = 4,
};

struct tcp_acceptor {
	io_node_t node;
	void *owner;
	struct tcp_pcb *pcb;
	uint16_t port;
	/* the rest belongs to lwIP's thread */
	tcp_connection_t *first;
	tcp_connection_t *last;
	uint32_t count;
};

static void report(tcp_acceptor_t *acceptor, uint8_t events)
{
	io_raise(&acceptor->node, events, (io_state_t){ .available = acceptor->count });
}

static err_t on_accepted(void *arg, struct tcp_pcb *pcb, err_t error)
{
	tcp_acceptor_t *acceptor = arg;
	/* lwIP had no memory for a pcb */
	if (error != ERR_OK || !pcb)
		return ERR_VAL;
	tcp_connection_t *connection = tcp_connection_accept(pcb, acceptor);
	if (!connection) {
		tcp_abort(pcb);
		return ERR_ABRT;
	}
	tcp_backlog_delayed(pcb);
	if (acceptor->last)
		acceptor->last->next = connection;
	else
		acceptor->first = connection;
	acceptor->last = connection;
	acceptor->count += 1;
	report(acceptor, IO_READABLE);
	return ERR_OK;
}

/** While the backlog is full, abandons handshakes whose peer is silent. lwIP does not report the SYNs that it drops, so
 *  this runs periodically. */
static void end_handshakes(void *arg)
{
	tcp_acceptor_t *acceptor = arg;
	const struct tcp_pcb_listen *listening = (const struct tcp_pcb_listen *)acceptor->pcb;
	if (listening->accepts_pending >= listening->backlog) {
		struct tcp_pcb *next;
		for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = next) {
			next = pcb->next;
			/* no reset: the address may be forged, and a live peer gets a reset in reply to its ACK */
			if (pcb->state == SYN_RCVD && pcb->listener == listening && tcp_ticks - pcb->tmr >= HANDSHAKE_PATIENCE)
				tcp_abandon(pcb, 0);
		}
	}
	sys_timeout(HANDSHAKE_INTERVAL, end_handshakes, acceptor);
}

static void unlink_connection(tcp_acceptor_t *acceptor, tcp_connection_t *connection)
{
	tcp_connection_t *before = NULL;
	for (tcp_connection_t *walker = acceptor->first; walker != connection; walker = walker->next)
		before = walker;
	if (before)
		before->next = connection->next;
	else
		acceptor->first = connection->next;
	if (acceptor->last == connection)
		acceptor->last = before;
	acceptor->count -= 1;
	connection->next = NULL;
	connection->acceptor = NULL;
	report(acceptor, 0);
}

void tcp_acceptor_drop(tcp_acceptor_t *acceptor, tcp_connection_t *connection)
{
	unlink_connection(acceptor, connection);
	tcp_connection_end(connection);
	free(connection);
}

typedef struct {
	struct tcpip_api_call_data call;
	tcp_acceptor_t *acceptor;
	ip_addr_t address;
	io_deliver_t deliver;
	err_t error;
	tcp_connection_t *connection;
} acceptor_call_t;

static err_t open_in_lwip(struct tcpip_api_call_data *data)
{
	acceptor_call_t *call = (acceptor_call_t *)data;
	tcp_acceptor_t *acceptor = call->acceptor;
	call->error = ERR_VAL;
	if (!io_is_local(&call->address))
		return ERR_OK;
	call->error = ERR_MEM;
	struct tcp_pcb *pcb = tcp_new();
	if (!pcb)
		return ERR_OK;
	/* connections of an earlier listener that are still ending do not hold the port; another listener does */
	ip_set_option(pcb, SOF_REUSEADDR);
	call->error = tcp_bind(pcb, &call->address, acceptor->port);
	struct tcp_pcb *listening =
		call->error == ERR_OK ? tcp_listen_with_backlog_and_err(pcb, BACKLOG, &call->error) : NULL;
	if (!listening) {
		tcp_close(pcb);
		return ERR_OK;
	}
	acceptor->pcb = listening;
	acceptor->port = listening->local_port;
	tcp_arg(listening, acceptor);
	tcp_accept(listening, on_accepted);
	sys_timeout(HANDSHAKE_INTERVAL, end_handshakes, acceptor);
	io_arm(&acceptor->node, call->deliver);
	return ERR_OK;
}

tcp_acceptor_t *tcp_acceptor_open(
	const ip_addr_t *address, uint16_t port, void *owner, io_deliver_t deliver, err_t *error)
{
	tcp_acceptor_t *acceptor = calloc(1, sizeof(*acceptor));
	if (!acceptor) {
		*error = ERR_MEM;
		return NULL;
	}
	acceptor->owner = owner;
	acceptor->port = port;
	acceptor_call_t call = { .acceptor = acceptor, .address = *address, .deliver = deliver };
	io_call(open_in_lwip, &call.call);
	*error = call.error;
	if (call.error == ERR_OK)
		return acceptor;
	free(acceptor);
	return NULL;
}

void *tcp_acceptor_owner(const io_node_t *node)
{
	return ((const tcp_acceptor_t *)node)->owner;
}

uint16_t tcp_acceptor_port(const tcp_acceptor_t *acceptor)
{
	return acceptor->port;
}

static err_t read_in_lwip(struct tcpip_api_call_data *data)
{
	acceptor_call_t *call = (acceptor_call_t *)data;
	tcp_acceptor_t *acceptor = call->acceptor;
	call->connection = acceptor->first;
	if (!call->connection)
		return ERR_OK;
	unlink_connection(acceptor, call->connection);
	tcp_backlog_accepted(call->connection->pcb);
	if (acceptor->count)
		report(acceptor, IO_READABLE);
	return ERR_OK;
}

tcp_connection_t *tcp_acceptor_read(tcp_acceptor_t *acceptor)
{
	acceptor_call_t call = { .acceptor = acceptor };
	io_call(read_in_lwip, &call.call);
	return call.connection;
}

static err_t close_in_lwip(struct tcpip_api_call_data *data)
{
	tcp_acceptor_t *acceptor = ((acceptor_call_t *)data)->acceptor;
	io_disarm(&acceptor->node);
	sys_untimeout(end_handshakes, acceptor);
	while (acceptor->first)
		tcp_acceptor_drop(acceptor, acceptor->first);
	tcp_close(acceptor->pcb);
	return ERR_OK;
}

void tcp_acceptor_close(tcp_acceptor_t *acceptor)
{
	acceptor_call_t call = { .acceptor = acceptor };
	io_call(close_in_lwip, &call.call);
	free(acceptor);
}
