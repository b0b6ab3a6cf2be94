/*
 * A model of the ESP32's internal memory while Wi-Fi streams: which addresses are taken, and nothing in them.
 *
 * Like ESP-IDF's heap it has regions with capabilities by priority, and takes the first region that has all that are asked for.
 * Within a region the first block that is large enough is taken, and neighbours that are free become one. Unlike ESP-IDF's it has no
 * classes of sizes. Traffic, made of sizes and lifetimes like Wi-Fi's and lwIP's, comes from a seed: the same seed, the same
 * addresses.
 */
#ifndef FAKE_HEAP_H
#define FAKE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As when the camera is opened for the first time. Everything has to be free. 81.5 KB are, without regions that were added; those
 * stay, and their memory is missing in the others. Unless they are `hidden`: as if they had never been added. */
void fake_heap_reset(uint32_t seed, bool hidden);

/* Address, or 0. */
uintptr_t fake_heap_malloc(size_t size, uint32_t caps);
/* 0 is passed over. Aborts at an address that was not allocated. */
void fake_heap_free(uintptr_t address);

/* So many allocations of others; those that find no room are left out, as packets are dropped. */
void fake_heap_traffic(int steps);

/* Octets of the largest free block that `caps` can have. */
size_t fake_heap_largest(uint32_t caps);

#endif
