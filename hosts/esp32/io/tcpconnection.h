/*
 * A TCP connection over lwIP's raw API. Every function but `tcp_connection_accept` is for JavaScript's thread and waits for lwIP's.
 *
 * What comes is copied out of lwIP's buffers at once: those may be the Wi-Fi driver's, of which there are few, and a client that
 * sends single bytes would hold one for each. What is unread is bounded by the receive window, which is opened again by reading.
 */
#ifndef ESP32_TCPCONNECTION_H
#define ESP32_TCPCONNECTION_H

#include <stddef.h>

#include "burst.h"
#include "iothread.h"
#include "lwip/tcp.h"

/** Bytes that a connection takes before its peer has acknowledged them. */
#define TCP_CONNECTION_CREDIT ((uint32_t)TCP_SND_BUF)

typedef struct tcp_piece tcp_piece_t;

/** Both ends of a connection. They stay known when it is lost. */
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
	/** For whoever has taken the connection; JavaScript's thread. */
	void *owner;
	/* the rest is lwIP's thread's */
	/** NULL: there is none any more. */
	struct tcp_pcb *pcb;
	tcp_piece_t *first;
	tcp_piece_t *last;
	/** Bytes unread. */
	uint32_t available;
	/** onWritable is due when so many bytes may be written, 0: it is not. */
	uint32_t wanted;
	struct tcp_acceptor *acceptor;
	bool connecting;
	/** The peer has sent its last byte, or the connection is lost. IO_ERROR tells of it when everything is read. */
	bool ended;
	tcp_names_t names;
} tcp_connection_t;

typedef enum {
	TCP_WRITTEN,
	/** Nothing of it was taken: IO_WRITABLE follows when there is room. */
	TCP_WOULD_BLOCK,
	TCP_NOT_READY,
	/** The connection is lost; of a burst only. IO_ERROR is under way. */
	TCP_LOST,
	/** The packets do not fit the frame: a programmer's error. */
	TCP_BROKEN_BURST,
} tcp_write_result_t;

/** Begins to connect. IO_WRITABLE or IO_ERROR tells what becomes of it.
 *  @returns NULL when it cannot, and in `error` why: ERR_MEM, ERR_RTE, … */
tcp_connection_t *tcp_connection_open(const ip_addr_t *address, uint16_t port, err_t *error);

/** Takes the connection over: events go to `deliver` from now on. Unread bytes and a lost connection are told of once more, and
 *  IO_WRITABLE as soon as it may be written to. */
void tcp_connection_take(tcp_connection_t *connection, void *owner, io_deliver_t deliver, bool nodelay);

tcp_names_t tcp_connection_names(tcp_connection_t *connection);

/** @returns bytes read, 0..size */
uint32_t tcp_connection_read(tcp_connection_t *connection, void *bytes, uint32_t size);

/** Takes all or nothing, and sends. What is written to a lost connection is lost: IO_ERROR is under way.
 *  @param bytes copied
 *  @param credit gets the bytes that may still be written */
tcp_write_result_t tcp_connection_write(tcp_connection_t *connection, const void *bytes, uint32_t length, uint32_t *credit);

/** Writes a frame's packets until it is finished or there is no room for the next one: one hop for all of them. The packets are made in
 *  lwIP's thread, while JavaScript's waits.
 *  @param credit gets the bytes that may still be written
 *  @returns TCP_WOULD_BLOCK when packets are left: IO_WRITABLE follows */
tcp_write_result_t tcp_connection_send(tcp_connection_t *connection, burst_t *burst, uint32_t *credit);

/** Closes it and frees the record. What was written is still sent, for some seconds at most. With unread bytes the peer is reset. */
void tcp_connection_close(tcp_connection_t *connection);

/* ---- lwIP's thread ---- */

/** A record for a connection that lwIP has just accepted. @returns NULL without memory */
tcp_connection_t *tcp_connection_accept(struct tcp_pcb *pcb, struct tcp_acceptor *acceptor);
/** As `tcp_connection_close`. */
void tcp_connection_end(tcp_connection_t *connection);

#endif
