/*
 * A listening TCP port over lwIP's raw API. Connections have their record, and with it their error handler and a place for their first
 * bytes, from the moment lwIP accepts them; they wait here, a bounded number, until they are read.
 */
#ifndef ESP32_TCPACCEPTOR_H
#define ESP32_TCPACCEPTOR_H

#include "tcpconnection.h"

typedef struct tcp_acceptor tcp_acceptor_t;

/** @param address the interface's, or any
 *  @param port 0: any free one
 *  @param deliver called with IO_READABLE; `io_state` tells how many connections wait
 *  @returns NULL when it cannot, and in `error` why: ERR_USE, ERR_MEM, ERR_VAL for an address that is no interface's */
tcp_acceptor_t *tcp_acceptor_open(const ip_addr_t *address, uint16_t port, void *owner, io_deliver_t deliver, err_t *error);
void *tcp_acceptor_owner(const io_node_t *node);
uint16_t tcp_acceptor_port(const tcp_acceptor_t *acceptor);
/** @returns the connection that has waited longest, the caller's from now on; NULL when none does */
tcp_connection_t *tcp_acceptor_read(tcp_acceptor_t *acceptor);
/** Frees the port and the record, and closes the connections that wait. */
void tcp_acceptor_close(tcp_acceptor_t *acceptor);

/** lwIP's thread: one that waits is lost, and freed. */
void tcp_acceptor_drop(tcp_acceptor_t *acceptor, tcp_connection_t *connection);

#endif
