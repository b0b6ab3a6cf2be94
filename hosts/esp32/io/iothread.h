/* SPDX-License-Identifier: MIT */
/*
 * Shared by the sockets: calls into lwIP's thread, and events back to JavaScript's thread.
 *
 *   JavaScript's thread                                  lwIP's thread
 *   io_call(function)  ──── waits for its end ─────────> function: all access to pcbs
 *   io_service()       <─── one message for all ──────── io_raise(): from lwIP's callbacks
 *     └ node->deliver
 *
 * lwIP's thread never waits for JavaScript's, which waits for it in io_call: that would be a deadlock. So the message
 * is posted without blocking, and at most one is pending, however many sockets have events.
 *
 * JavaScript's thread frees a record after a call in which lwIP's thread has released it (`io_disarm`). Messages do not
 * refer to records, so none can arrive for a freed one.
 */
#ifndef ESP32_IOTHREAD_H
#define ESP32_IOTHREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/priv/tcpip_priv.h"

enum {
	IO_READABLE = 1 << 0,
	IO_WRITABLE = 1 << 1,
	IO_ERROR = 1 << 2,
};

typedef struct io_node io_node_t;

/** Called in JavaScript's thread with the events (IO_*) raised since the last call.
 *  It may close any socket, including its own. */
typedef void (*io_deliver_t)(io_node_t *node, uint8_t events);

/** A socket's state. */
typedef struct {
	/** Bytes or connections that can be read. */
	uint32_t available;
	/** Bytes that can be written. */
	uint32_t credit;
} io_state_t;

/** Part of every record that raises events. The owner initializes it with zeros. Private. */
struct io_node {
	io_node_t *next;
	io_deliver_t deliver;
	io_state_t state;
	/** Raised but not yet delivered. */
	uint8_t events;
	bool armed;
	bool queued;
};

/** Starts lwIP on the first call.
 *  @param wake posts a message that calls `io_service` in JavaScript's thread.
 *    It is called in lwIP's thread and must not block.
 *      Returns false if the queue is full
 *  @returns false if memory is short */
bool io_start(bool (*wake)(void *context), void *context);

/** JavaScript's thread: delivers the events raised so far. */
void io_service(void);

/** JavaScript's thread: runs `function` in lwIP's thread and waits for its end.
 *  @param call first member of the function's own record of arguments and results */
void io_call(tcpip_api_call_fn function, struct tcpip_api_call_data *call);

/** Any thread: the state last reported by lwIP's thread. Does not block. */
io_state_t io_state(io_node_t *node);

/* ---- lwIP's thread ---- */

/** Starts delivering events, including those raised before. */
void io_arm(io_node_t *node, io_deliver_t deliver);
/** Stops delivering events. The record may be freed when the io_call that did this has returned. */
void io_disarm(io_node_t *node);
/** Reports the state.
 *  @param events to be delivered, IO_*; 0: none */
void io_raise(io_node_t *node, uint8_t events, io_state_t state);

/** Whether a socket can be bound to the address: the wildcard, or an interface's.
 *  lwIP's own `bind` accepts every address. */
bool io_is_local(const ip_addr_t *address);

/** Parses a dotted IPv4 address or "localhost".
 *  @returns false for anything else: names are not resolved */
bool io_parse_address(const char *text, ip_addr_t *address);

#endif
