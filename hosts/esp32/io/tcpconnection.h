/* SPDX-License-Identifier: MIT */
/*
 * A TCP connection over lwIP's raw API. Functions run in JavaScript's thread and wait for lwIP's, except where marked.
 *
 * Received bytes are immediately copied out of lwIP's buffers. These may be the Wi-Fi driver's, of which there are few,
 * and a client that sends single bytes would hold one for each. The receive window, which opens as bytes are read,
 * bounds the unread bytes.
 */
#ifndef ESP32_TCPCONNECTION_H
#define ESP32_TCPCONNECTION_H

#include <stddef.h>

#include "burst.h"
#include "iothread.h"
#include "lwip/tcp.h"

/** Bytes that a connection accepts before its peer has acknowledged them. */
#define TCP_CONNECTION_CREDIT ((uint32_t)TCP_SND_BUF)

typedef struct tcp_piece tcp_piece_t;

/** Both ends of a connection. They stay valid when it is lost. */
typedef struct {
	ip_addr_t remote_address;
	ip_addr_t local_address;
	uint16_t remote_port;
	uint16_t local_port;
} tcp_names_t;

typedef struct tcp_connection {
	io_node_t node;
	/** Next in the acceptor's queue. */
	struct tcp_connection *next;
	/** Set by `tcp_connection_take`; JavaScript's thread. */
	void *owner;
	/* the rest belongs to lwIP's thread */
	/** NULL once lwIP has freed it or the connection is closed. */
	struct tcp_pcb *pcb;
	tcp_piece_t *first;
	tcp_piece_t *last;
	/** Unread bytes. */
	uint32_t available;
	/** onWritable is due once this many bytes may be written; 0: not due. */
	uint32_t wanted;
	struct tcp_acceptor *acceptor;
	bool connecting;
	/** The peer has sent its last byte, or the connection is lost. IO_ERROR follows once everything is read. */
	bool ended;
	tcp_names_t names;
} tcp_connection_t;

typedef enum {
	TCP_WRITTEN,
	/** Nothing was accepted. IO_WRITABLE follows when there is credit. */
	TCP_WOULD_BLOCK,
	TCP_NOT_READY,
	/** The connection is lost; returned for bursts only. IO_ERROR follows. */
	TCP_LOST,
	/** The packets do not fit the frame: a programming error. */
	TCP_BROKEN_BURST,
} tcp_write_result_t;

/** Starts to connect. IO_WRITABLE or IO_ERROR reports the outcome.
 *  @returns NULL on failure, with the reason in `error`: ERR_MEM, ERR_RTE, … */
tcp_connection_t *tcp_connection_open(const ip_addr_t *address, uint16_t port, err_t *error);

/** Takes over the connection: events go to `deliver`. Unread bytes or a lost connection are reported again, and
 *  IO_WRITABLE as soon as it can be written to. */
void tcp_connection_take(tcp_connection_t *connection, void *owner, io_deliver_t deliver, bool nodelay);

tcp_names_t tcp_connection_names(tcp_connection_t *connection);

/** @returns bytes read, 0..size */
uint32_t tcp_connection_read(tcp_connection_t *connection, void *bytes, uint32_t size);

/** Accepts all or nothing, and sends. Bytes written to a lost connection are lost; IO_ERROR follows.
 *  @param bytes copied
 *  @param credit receives the number of bytes that may still be written */
tcp_write_result_t tcp_connection_write(
	tcp_connection_t *connection, const void *bytes, uint32_t length, uint32_t *credit);

/** A frame for one connection. */
typedef struct tcp_send {
	struct tcp_send *next;
	tcp_connection_t *connection;
	burst_t *burst;
	/** The caller keeps `credit`: IO_WRITABLE follows unless the send buffer is empty. */
	bool tell;
	/** Receives the number of bytes that may still be written. */
	uint32_t credit;
	/** Receives the result; TCP_WOULD_BLOCK if packets are left. IO_WRITABLE follows then. */
	tcp_write_result_t result;
} tcp_send_t;

/** Writes the packets of frames to several connections, in one call to lwIP's thread: to each until its frame is
 *  finished or the next packet does not fit. The packets are built in lwIP's thread while JavaScript's waits.
 *  @param first of a list */
void tcp_connection_send(tcp_send_t *first);

/** Closes the connection and frees the record. Written bytes are still sent, for at most 5 seconds. If bytes are
 *  unread, the connection is reset. */
void tcp_connection_close(tcp_connection_t *connection);

/* ---- lwIP's thread ---- */

/** Makes a record for a connection that lwIP has just accepted. @returns NULL if memory is short */
tcp_connection_t *tcp_connection_accept(struct tcp_pcb *pcb, struct tcp_acceptor *acceptor);
/** As `tcp_connection_close`, but does not free the record. */
void tcp_connection_end(tcp_connection_t *connection);

#endif
