/* SPDX-License-Identifier: MIT */
/* The queue of messages to the machine, as tests see it. */
#ifndef FAKE_MESSAGES_H
#define FAKE_MESSAGES_H

#include <stdbool.h>

#include "xsmc.h"

/** Messages that were posted, and those for which the queue was full. */
extern _Atomic long messages_posted, messages_refused;
/** Messages that the queue holds, 10 at most. */
extern _Atomic long messages_limit;

/** To be called by the machine's thread; again has no effect. An open queue keeps the program from ending by itself.
 *  @returns false when there is no descriptor for it */
bool messages_open(xsMachine *the);

#endif
