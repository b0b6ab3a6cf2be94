/* SPDX-License-Identifier: MIT */
/* Counters for the tests. */
#ifndef FAKE_RTOS_H
#define FAKE_RTOS_H

#include <stdbool.h>
#include <stdint.h>

/* Semaphores on the heap. An open camera has two until both its task and the machine have released it. */
extern _Atomic int fake_semaphores;
/* Number of semaphore creations that fail. */
extern _Atomic int fake_semaphore_failures;

#endif
