/* SPDX-License-Identifier: MIT */
/*
 * What tests set and look at in the device's network: by name, from JavaScript, from the environment and from another
 * process.
 */
#ifndef DEVICE_NUMBERS_H
#define DEVICE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

/* ---- memory (memory.c) ---- */

/** Bytes that lwIP has allocated now, and at most; blocks; how often it was refused one. */
extern _Atomic long device_heap_bytes, device_heap_peak, device_heap_blocks, device_heap_refused;
/** Bytes that it may have; 0: no limit. */
extern _Atomic long device_heap_limit;
/** Every so many-th pbuf_alloc finds nothing; 0: none. */
extern _Atomic long device_fail_pbufs;
/** Connections and UDP sockets that there may be; 0: no limit. */
extern _Atomic long device_tcp_limit, device_udp_limit;
/** Those that there are. */
extern _Atomic long device_tcp_count, device_listener_count, device_udp_count, device_segment_count;

/* ---- link (ethernet.c) ---- */

/** Frames that came and went, and those of them that were lost on purpose; frames for which there was no memory or no
 *  place. */
extern _Atomic long device_received, device_sent, device_lost, device_dropped;
/** Every so many-th frame is lost, or comes after the next one; 0: none. */
extern _Atomic long device_lose_received, device_lose_sent, device_swap_received, device_swap_sent;
/** Every so many-th output returns ERR_MEM, as a radio does that has no buffer left; 0: none. */
extern _Atomic long device_refuse_sent;

/* ---- connections by state: counted when asked for (stack.c) ---- */

/** Reads a number, in lwIP's thread. @returns false when there is none of this name */
bool device_get(const char *name, long *value);
/** Sets a number that can be set. @returns false when there is none of this name */
bool device_set(const char *name, long value);
/** Sets "name=value,name=value". @returns the first part that is wrong, or NULL */
const char *device_set_all(const char *text);
/** Writes them all, read at one moment of lwIP's thread, as one line of JSON.
 *  @returns its length, without the line's end */
size_t device_print(char *text, size_t size);

#endif
