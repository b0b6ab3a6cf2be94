/* SPDX-License-Identifier: MIT */
/*
 * Settings and counters of the device's network for tests. They are accessible by name from JavaScript, from the
 * environment and from another process.
 */
#ifndef DEVICE_NUMBERS_H
#define DEVICE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

/* ---- memory (memory.c) ---- */

/** Bytes currently allocated by lwIP, and their peak; allocated blocks; refused allocations. */
extern _Atomic long device_heap_bytes, device_heap_peak, device_heap_blocks, device_heap_refused;
/** Allocations of lwIP so far, and calls into its thread, including those that read a number. */
extern _Atomic long device_allocations, device_calls;
/** Maximum number of bytes allocated by lwIP; 0: no limit. */
extern _Atomic long device_heap_limit;
/** Every n-th pbuf_alloc fails; 0: none. */
extern _Atomic long device_fail_pbufs;
/** Maximum number of connections and of UDP sockets; 0: no limit. */
extern _Atomic long device_tcp_limit, device_udp_limit;
/** Current numbers of connections, listeners, UDP sockets and TCP segments. */
extern _Atomic long device_tcp_count, device_listener_count, device_udp_count, device_segment_count;

/* ---- threads (stack.c) ---- */

/** lwIP's thread pauses before it reports an event, milliseconds. */
extern _Atomic long device_raise_pause;

/* ---- link (ethernet.c) ---- */

/** Frames received and sent, including those lost on purpose, which `device_lost` counts; received frames dropped for
 *  lack of memory or of space in lwIP's mailbox. */
extern _Atomic long device_received, device_sent, device_lost, device_dropped;
/** Every n-th frame is lost, or swapped with the next one; 0: none. */
extern _Atomic long device_lose_received, device_lose_sent, device_swap_received, device_swap_sent;
/** Every n-th output returns ERR_MEM, like a radio without a free buffer; 0: none. */
extern _Atomic long device_refuse_sent;

/* ---- access by name; connections by state are counted on request (stack.c) ---- */

/** Reads a number in lwIP's thread. @returns false if the name is unknown */
bool device_get(const char *name, long *value);
/** Sets a number. @returns false if the name is unknown or the number is read-only */
bool device_set(const char *name, long value);
/** Sets numbers from "name=value,name=value". @returns the text from the first invalid part on, or NULL */
const char *device_set_all(const char *text);
/** Writes all numbers as one line of JSON. They are read in a single call in lwIP's thread.
 *  @returns the length; there is no line end */
size_t device_print(char *text, size_t size);

#endif
