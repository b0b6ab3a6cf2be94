/* SPDX-License-Identifier: MIT */
/* The queue of messages to the machine: counters and a limit for tests. */
#ifndef FAKE_MESSAGES_H
#define FAKE_MESSAGES_H

#include <stdbool.h>

#include "xsmc.h"

/** Messages posted, and messages refused because the queue was full. */
extern _Atomic long messages_posted, messages_refused;
/** Capacity of the queue, at most 10 messages. */
extern _Atomic long messages_limit;

/** Opens the queue. Called in the machine's thread; further calls have no effect. An open queue keeps the program
 *  running.
 *  @returns false if no descriptor is available */
bool messages_open(xsMachine *the);

#endif
