/*
 * What the sockets share: calls onto lwIP's thread, and events back to JavaScript's.
 *
 *   JavaScript's thread                                  lwIP's thread
 *   io_call(function)  ──── waits for its end ─────────> function: every touch of a pcb
 *   io_service()       <─── one message for all ──────── io_raise(): from lwIP's callbacks
 *     └ node->deliver
 *
 * lwIP's thread never waits for JavaScript's: JavaScript's waits for it in io_call, and both would wait for ever. So the message is
 * posted without waiting, and at most one is under way, however many sockets have something to tell.
 *
 * A record is freed by JavaScript's thread, after a call in which lwIP's thread has let go of it (`io_disarm`). No message
 * refers to a record, so none can arrive for one that is gone.
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

/** Called in JavaScript's thread with the events raised since the last time, IO_*. It may close any socket, its own included. */
typedef void (*io_deliver_t)(io_node_t *node, uint8_t events);

/** How a socket stands. */
typedef struct {
	/** Bytes, datagrams or connections that can be read. */
	uint32_t available;
	/** Bytes that can be written. */
	uint32_t credit;
} io_state_t;

/** Part of every record that tells something. Zeroed by its owner; private. */
struct io_node {
	io_node_t *next;
	io_deliver_t deliver;
	io_state_t state;
	/** Raised and not delivered. */
	uint8_t events;
	bool armed;
	bool queued;
};

/** Starts lwIP if nobody has, once.
 *  @param wake posts a message that has `io_service` called in JavaScript's thread; from lwIP's thread, where it must not wait.
 *      Returns false when the queue is full
 *  @returns false without memory */
bool io_start(bool (*wake)(void *context), void *context);

/** JavaScript's thread: delivers what has been raised up to now. */
void io_service(void);

/** JavaScript's thread: runs `function` in lwIP's thread and waits for its end.
 *  @param call first member of the function's own record of arguments and results */
void io_call(tcpip_api_call_fn function, struct tcpip_api_call_data *call);

/** Any thread: the state that lwIP's thread has reported last. Waits for nothing. */
io_state_t io_state(io_node_t *node);

/* ---- lwIP's thread ---- */

/** Events are delivered from now on, those raised before included. */
void io_arm(io_node_t *node, io_deliver_t deliver);
/** Nothing is delivered any more. The record may be freed when the call that did this has returned. */
void io_disarm(io_node_t *node);
/** Reports the state.
 *  @param events to be delivered, IO_*; 0: none */
void io_raise(io_node_t *node, uint8_t events, io_state_t state);

/** Whether a socket can be bound to the address: any, or an interface's. lwIP's own `bind` takes every address. */
bool io_is_local(const ip_addr_t *address);

/** Reads an IPv4 address as four decimal numbers, or "localhost".
 *  @returns false for anything else: no names are resolved */
bool io_parse_address(const char *text, ip_addr_t *address);

#endif
