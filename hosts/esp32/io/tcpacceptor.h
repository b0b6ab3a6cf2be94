/* SPDX-License-Identifier: MIT */
/*
 * A listening TCP port over lwIP's raw API. A connection gets its record, with error handler and receive buffer, as
 * soon as lwIP accepts it. A bounded number of connections wait here until they are read.
 */
#ifndef ESP32_TCPACCEPTOR_H
#define ESP32_TCPACCEPTOR_H

#include "tcpconnection.h"

typedef struct tcp_acceptor tcp_acceptor_t;

/** @param address an interface's, or any
 *  @param port 0: any free port
 *  @param deliver called with IO_READABLE; `io_state` gives the number of pending connections
 *  @returns NULL on failure, with the reason in `error`: ERR_USE, ERR_MEM, ERR_VAL if no interface has the address */
tcp_acceptor_t *tcp_acceptor_open(
	const ip_addr_t *address, uint16_t port, void *owner, io_deliver_t deliver, err_t *error);
void *tcp_acceptor_owner(const io_node_t *node);
uint16_t tcp_acceptor_port(const tcp_acceptor_t *acceptor);
/** @returns the oldest pending connection, which the caller then owns, or NULL */
tcp_connection_t *tcp_acceptor_read(tcp_acceptor_t *acceptor);
/** Frees the port and the record, and closes pending connections. */
void tcp_acceptor_close(tcp_acceptor_t *acceptor);

/** lwIP's thread: removes and frees a pending connection that is lost. */
void tcp_acceptor_drop(tcp_acceptor_t *acceptor, tcp_connection_t *connection);

#endif
