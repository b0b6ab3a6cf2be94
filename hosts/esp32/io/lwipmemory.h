/* SPDX-License-Identifier: MIT */
/*
 * Memory that lwIP has freed and that is kept for its next packets. See lwipmemory.c.
 */
#ifndef ESP32_LWIPMEMORY_H
#define ESP32_LWIPMEMORY_H

#include <stdint.h>

/** Number of kept blocks, of both sizes. */
extern uint32_t lwip_memory_kept;

#endif
