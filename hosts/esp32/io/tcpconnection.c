/* SPDX-License-Identifier: MIT */
#include "tcpconnection.h"

#include <stdlib.h>
#include <string.h>

#include "lwip/priv/tcp_priv.h"
#include "tcpacceptor.h"

enum {
	/* holds a whole request of most clients; a full window of single bytes needs only a few */
	PIECE = 512,
	/* time limit for sending a closed connection's last bytes, in tcp_poll's unit of half a second */
	LINGER = 10,
	/* closed connections that still hold a pcb: their unsent bytes take memory */
	LINGERING_LIMIT = 8,
	TIME_WAIT_LIMIT = 8,
};

struct tcp_piece {
	tcp_piece_t *next;
	uint16_t begin;
	uint16_t end;
	uint8_t bytes[PIECE];
};

/* ---- received bytes that are not yet read ---- */

/** Copies a packet. @returns false if memory is short; nothing is copied then */
static bool keep(tcp_connection_t *connection, struct pbuf *packet)
{
	uint16_t room = connection->last ? (uint16_t)(PIECE - connection->last->end) : 0;
	tcp_piece_t *more = NULL, *tail = NULL;
	for (uint32_t held = room; held < packet->tot_len; held += PIECE) {
		tcp_piece_t *piece = malloc(sizeof(*piece));
		if (!piece) {
			while (more) {
				piece = more->next;
				free(more);
				more = piece;
			}
			return false;
		}
		piece->next = NULL;
		piece->begin = piece->end = 0;
		if (tail)
			tail->next = piece;
		else
			more = piece;
		tail = piece;
	}
	uint16_t offset = 0;
	if (room) {
		tcp_piece_t *last = connection->last;
		uint16_t count = pbuf_copy_partial(packet, last->bytes + last->end, room, 0);
		last->end += count;
		offset = count;
	}
	for (tcp_piece_t *piece = more; piece; piece = piece->next) {
		piece->end = pbuf_copy_partial(packet, piece->bytes, PIECE, offset);
		offset += piece->end;
	}
	if (more) {
		if (connection->last)
			connection->last->next = more;
		else
			connection->first = more;
		connection->last = tail;
	}
	connection->available += packet->tot_len;
	return true;
}

static uint32_t take(tcp_connection_t *connection, uint8_t *bytes, uint32_t size)
{
	uint32_t count = 0;
	while (count < size && connection->first) {
		tcp_piece_t *piece = connection->first;
		uint32_t part = (uint32_t)(piece->end - piece->begin);
		if (part > size - count)
			part = size - count;
		memcpy(bytes + count, piece->bytes + piece->begin, part);
		piece->begin += (uint16_t)part;
		count += part;
		if (piece->begin == piece->end) {
			connection->first = piece->next;
			if (!connection->first)
				connection->last = NULL;
			free(piece);
		}
	}
	connection->available -= count;
	return count;
}

static void forget(tcp_connection_t *connection)
{
	while (connection->first) {
		tcp_piece_t *piece = connection->first;
		connection->first = piece->next;
		free(piece);
	}
	connection->last = NULL;
	connection->available = 0;
}

/* ---- lwIP's callbacks ---- */

static uint32_t credit_of(const tcp_connection_t *connection)
{
	return connection->pcb && !connection->connecting ? tcp_sndbuf(connection->pcb) : 0;
}

/** @param events IO_*, or 0 to report the state only */
static void report(tcp_connection_t *connection, uint8_t events)
{
	io_raise(
		&connection->node, events, (io_state_t){ .available = connection->available, .credit = credit_of(connection) });
}

static void end(tcp_connection_t *connection)
{
	if (connection->ended)
		return;
	connection->ended = true;
	connection->wanted = 0;
	report(connection, connection->available ? 0 : IO_ERROR);
}

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *packet, err_t error)
{
	tcp_connection_t *connection = arg;
	(void)pcb;
	(void)error;
	if (!packet) {
		/* FIN. The error handler stays: a reset may follow, and only the handler reports that the pcb is freed */
		end(connection);
		return ERR_OK;
	}
	if (!keep(connection, packet))
		return ERR_MEM; /* lwIP keeps the packet and tries again */
	pbuf_free(packet);
	report(connection, IO_READABLE);
	return ERR_OK;
}

static void tell_room(tcp_connection_t *connection)
{
	if (connection->wanted && credit_of(connection) >= connection->wanted) {
		connection->wanted = 0;
		report(connection, IO_WRITABLE);
	}
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, uint16_t length)
{
	(void)pcb;
	(void)length;
	tell_room(arg);
	return ERR_OK;
}

/** Called every half second.
 *  After a write refused for lack of memory there is no `on_sent` if no bytes are in flight. */
static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
	(void)pcb;
	tell_room(arg);
	return ERR_OK;
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
	tcp_connection_t *connection = arg;
	(void)error;
	connection->connecting = false;
	connection->names.local_address = pcb->local_ip;
	connection->names.local_port = pcb->local_port;
	tell_room(connection);
	return ERR_OK;
}

/** The connection was reset or abandoned. lwIP has freed the pcb. */
static void on_lost(void *arg, err_t error)
{
	tcp_connection_t *connection = arg;
	(void)error;
	connection->pcb = NULL;
	connection->connecting = false;
	if (connection->acceptor)
		tcp_acceptor_drop(connection->acceptor, connection);
	else
		end(connection);
}

static void attach(tcp_connection_t *connection, struct tcp_pcb *pcb)
{
	connection->pcb = pcb;
	connection->wanted = 1;
	connection->names = (tcp_names_t){ pcb->remote_ip, pcb->local_ip, pcb->remote_port, pcb->local_port };
	tcp_arg(pcb, connection);
	tcp_recv(pcb, on_received);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_lost);
	tcp_poll(pcb, on_poll, 1);
}

tcp_connection_t *tcp_connection_accept(struct tcp_pcb *pcb, struct tcp_acceptor *acceptor)
{
	tcp_connection_t *connection = calloc(1, sizeof(*connection));
	if (!connection)
		return NULL;
	connection->acceptor = acceptor;
	attach(connection, pcb);
	return connection;
}

/* ---- ending ---- */

/** Polls a closed connection, which no longer has a record. `arg` counts the half seconds that have passed. */
static err_t on_linger(void *arg, struct tcp_pcb *pcb)
{
	uintptr_t passed = (uintptr_t)arg + 1;
	if (passed < LINGER) {
		tcp_arg(pcb, (void *)passed);
		return ERR_OK;
	}
	tcp_abort(pcb);
	return ERR_ABRT;
}

/** Aborts the oldest pcb of a list if there are more than `most`. lwIP inserts new ones at the front.
 *  @param poll counts only pcbs with this poll function; NULL: all */
static void limit(struct tcp_pcb *list, tcp_poll_fn poll, uint32_t most)
{
	struct tcp_pcb *oldest = NULL;
	uint32_t count = 0;
	for (struct tcp_pcb *pcb = list; pcb; pcb = pcb->next) {
		if (poll && pcb->poll != poll)
			continue;
		count += 1;
		oldest = pcb;
	}
	if (count > most)
		tcp_abort(oldest);
}

static void let_go(struct tcp_pcb *pcb)
{
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	tcp_poll(pcb, on_linger, 1);
	if (tcp_close(pcb) != ERR_OK)
		tcp_abort(pcb);
	/* otherwise clients that reconnect would fill the memory with closed connections */
	limit(tcp_active_pcbs, on_linger, LINGERING_LIMIT);
	limit(tcp_tw_pcbs, NULL, TIME_WAIT_LIMIT);
}

void tcp_connection_end(tcp_connection_t *connection)
{
	io_disarm(&connection->node);
	if (connection->pcb)
		let_go(connection->pcb);
	connection->pcb = NULL;
	forget(connection);
}

/* ---- JavaScript's thread ---- */

typedef struct {
	struct tcpip_api_call_data call;
	tcp_connection_t *connection;
	err_t error;
	const void *source;
	void *destination;
	uint32_t length;
	uint32_t count;
	tcp_write_result_t result;
	tcp_names_t names;
	io_deliver_t deliver;
	tcp_send_t *send;
	bool nodelay;
} tcp_call_t;

static err_t open_in_lwip(struct tcpip_api_call_data *data)
{
	tcp_call_t *call = (tcp_call_t *)data;
	tcp_connection_t *connection = call->connection;
	struct tcp_pcb *pcb = tcp_new();
	if (!pcb) {
		call->error = ERR_MEM;
		return ERR_OK;
	}
	attach(connection, pcb);
	connection->names = call->names;
	connection->connecting = true;
	call->error = tcp_connect(pcb, &call->names.remote_address, call->names.remote_port, on_connected);
	if (call->error != ERR_OK)
		tcp_connection_end(connection);
	return ERR_OK;
}

tcp_connection_t *tcp_connection_open(const ip_addr_t *address, uint16_t port, err_t *error)
{
	tcp_connection_t *connection = calloc(1, sizeof(*connection));
	if (!connection) {
		*error = ERR_MEM;
		return NULL;
	}
	tcp_call_t call = { .connection = connection, .names = { .remote_address = *address, .remote_port = port } };
	io_call(open_in_lwip, &call.call);
	*error = call.error;
	if (call.error == ERR_OK)
		return connection;
	free(connection);
	return NULL;
}

static err_t take_in_lwip(struct tcpip_api_call_data *data)
{
	tcp_call_t *call = (tcp_call_t *)data;
	tcp_connection_t *connection = call->connection;
	if (connection->pcb && call->nodelay)
		tcp_nagle_disable(connection->pcb);
	uint8_t events = 0;
	if (connection->available)
		events |= IO_READABLE;
	else if (connection->ended)
		events |= IO_ERROR;
	report(connection, events);
	if (!connection->ended) {
		connection->wanted = 1;
		tell_room(connection);
	}
	io_arm(&connection->node, call->deliver);
	return ERR_OK;
}

void tcp_connection_take(tcp_connection_t *connection, void *owner, io_deliver_t deliver, bool nodelay)
{
	connection->owner = owner;
	tcp_call_t call = { .connection = connection, .deliver = deliver, .nodelay = nodelay };
	io_call(take_in_lwip, &call.call);
}

static err_t names_in_lwip(struct tcpip_api_call_data *data)
{
	tcp_call_t *call = (tcp_call_t *)data;
	call->names = call->connection->names;
	return ERR_OK;
}

tcp_names_t tcp_connection_names(tcp_connection_t *connection)
{
	tcp_call_t call = { .connection = connection };
	io_call(names_in_lwip, &call.call);
	return call.names;
}

static err_t read_in_lwip(struct tcpip_api_call_data *data)
{
	tcp_call_t *call = (tcp_call_t *)data;
	tcp_connection_t *connection = call->connection;
	call->count = take(connection, call->destination, call->length);
	if (connection->pcb && call->count)
		tcp_recved(connection->pcb, (uint16_t)call->count);
	/* reports remaining bytes again, or a lost connection once everything is read */
	report(connection, connection->available ? IO_READABLE : connection->ended && call->count ? IO_ERROR : 0);
	return ERR_OK;
}

uint32_t tcp_connection_read(tcp_connection_t *connection, void *bytes, uint32_t size)
{
	tcp_call_t call = { .connection = connection, .destination = bytes, .length = size };
	io_call(read_in_lwip, &call.call);
	return call.count;
}

/** Makes onWritable due. */
static void starve(tcp_connection_t *connection, uint32_t length)
{
	/* A quarter: one call for many small increments, and yet room to go on if a frame's last acknowledgements are
	 * lost. With half of it, nothing new was sent then, no further acknowledgement came, and the retransmission timeout
	 * had to end the pause. */
	uint32_t wanted = TCP_CONNECTION_CREDIT / 4;
	if (length > wanted)
		wanted = length < TCP_CONNECTION_CREDIT ? length : TCP_CONNECTION_CREDIT;
	connection->wanted = wanted;
}

static err_t write_in_lwip(struct tcpip_api_call_data *data)
{
	tcp_call_t *call = (tcp_call_t *)data;
	tcp_connection_t *connection = call->connection;
	call->result = TCP_WRITTEN;
	if (connection->connecting) {
		call->result = TCP_NOT_READY;
		return ERR_OK;
	}
	if (!connection->pcb) {
		call->count = TCP_CONNECTION_CREDIT;
		return ERR_OK;
	}
	err_t error = call->length > tcp_sndbuf(connection->pcb)
		? ERR_MEM
		: tcp_write(connection->pcb, call->source, (uint16_t)call->length, TCP_WRITE_FLAG_COPY);
	if (error == ERR_MEM) {
		call->result = TCP_WOULD_BLOCK;
		starve(connection, call->length);
	}
	else if (error == ERR_OK) {
		tcp_output(connection->pcb);
		if (tcp_sndbuf(connection->pcb) < TCP_CONNECTION_CREDIT && !connection->wanted)
			starve(connection, 0);
	}
	/* on any other error (FINs crossed, or a reset is pending) the bytes are lost */
	call->count = tcp_sndbuf(connection->pcb);
	report(connection, 0);
	return ERR_OK;
}

tcp_write_result_t tcp_connection_write(
	tcp_connection_t *connection, const void *bytes, uint32_t length, uint32_t *credit)
{
	tcp_call_t call = { .connection = connection, .source = bytes, .length = length };
	io_call(write_in_lwip, &call.call);
	*credit = call.count;
	return call.result;
}

/** Writes one frame. */
static void send_frame(tcp_send_t *send)
{
	tcp_connection_t *connection = send->connection;
	burst_t *burst = send->burst;
	struct tcp_pcb *pcb = connection->pcb;
	send->credit = 0;
	send->result = !pcb ? TCP_LOST : connection->connecting ? TCP_NOT_READY : TCP_WRITTEN;
	if (send->result != TCP_WRITTEN)
		return;
	const uint8_t *packet;
	int32_t length;
	burst->capacity = TCP_CONNECTION_CREDIT;
	while ((length = burst->next(burst, tcp_sndbuf(pcb), &packet)) > 0) {
		err_t error = tcp_write(pcb, packet, (uint16_t)length, TCP_WRITE_FLAG_COPY);
		if (error == ERR_OK)
			continue;
		burst->undo(burst);
		send->result = error == ERR_MEM ? TCP_WOULD_BLOCK : TCP_LOST;
		break;
	}
	burst->restore(burst);
	tcp_output(pcb);
	if (length == BURST_NO_ROOM)
		send->result = TCP_WOULD_BLOCK;
	else if (length == BURST_ERROR)
		send->result = TCP_BROKEN_BURST;
	send->credit = tcp_sndbuf(pcb);
	if (send->result == TCP_WOULD_BLOCK || (send->tell && send->credit < TCP_CONNECTION_CREDIT))
		starve(connection, 0);
	report(connection, 0);
}

static err_t send_in_lwip(struct tcpip_api_call_data *data)
{
	for (tcp_send_t *send = ((tcp_call_t *)data)->send; send; send = send->next)
		send_frame(send);
	return ERR_OK;
}

void tcp_connection_send(tcp_send_t *first)
{
	tcp_call_t call = { .send = first };
	io_call(send_in_lwip, &call.call);
}

static err_t close_in_lwip(struct tcpip_api_call_data *data)
{
	tcp_connection_end(((tcp_call_t *)data)->connection);
	return ERR_OK;
}

void tcp_connection_close(tcp_connection_t *connection)
{
	tcp_call_t call = { .connection = connection };
	io_call(close_in_lwip, &call.call);
	free(connection);
}
