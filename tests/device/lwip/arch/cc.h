/* SPDX-License-Identifier: MIT */
/* lwIP's definitions for the compiler and the C library. */
#ifndef DEVICE_CC_H
#define DEVICE_CC_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define LWIP_TIMEVAL_PRIVATE 0
#include <sys/time.h>

#define LWIP_ERRNO_STDINCLUDE 1

/** Ends the program, as on a board. */
void device_assertion(const char *message, const char *file, int line) __attribute__((noreturn));
#define LWIP_PLATFORM_ASSERT(message) device_assertion(message, __FILE__, __LINE__)

uint32_t device_random(void);
#define LWIP_RAND() device_random()

#endif
