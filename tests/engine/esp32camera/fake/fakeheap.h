/* SPDX-License-Identifier: MIT */
/*
 * A model of the ESP32's internal memory while Wi-Fi streams.
 * It tracks which addresses are allocated, without any contents.
 *
 * Like ESP-IDF's heap it has regions with capabilities by priority, and uses the first region with all requested
 * capabilities. Within a region it allocates the first block that is large enough, and merges free neighbours. Unlike
 * ESP-IDF's it has no size classes. Traffic, with sizes and lifetimes like those of Wi-Fi and lwIP, is generated from a
 * seed: the same seed gives the same addresses.
 */
#ifndef FAKE_HEAP_H
#define FAKE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Resets the heap to its state before the camera is first opened. Everything must be free. 81.5 KB are free, not
 * counting added regions, which stay and reduce the others' memory.
 * With `hidden` they have no effect, as if they had never been added. */
void fake_heap_reset(uint32_t seed, bool hidden);

/* Returns an address, or 0. */
uintptr_t fake_heap_malloc(size_t size, uint32_t caps);
/* Ignores 0. Aborts on an address that was not allocated. */
void fake_heap_free(uintptr_t address);

/* Makes allocations on behalf of other tasks. Those that do not fit are skipped, like dropped packets. */
void fake_heap_traffic(int steps);

/* Largest free block for `caps`, octets. */
size_t fake_heap_largest(uint32_t caps);

#endif
