/*
 * Calls from native code into JavaScript, and the options they come from: shared by the sockets of every host.
 */
#ifndef SOCKETS_CALLBACK_H
#define SOCKETS_CALLBACK_H

#include <stdint.h>

#include "xsmc.h"
#include "mc.xs.h"

/** A callback given in an options object: a function, or NULL. Marked by the owner's host hooks. */
typedef xsSlot *callback_t;

/** Reads property `id` of the options in argument 0. Throws TypeError when it is there and no function.
 *  @param keep one of the caller's xsVar: holds the function until the owner's host hooks do (a getter may have made it just now)
 *  @returns the function's reference, or NULL when absent */
callback_t callback_option(xsMachine *the, xsIdentifier id, xsSlot *keep);

/** Calls `function` with `target` as this and one number; without one when `count` is negative.
 *  An exception ends the program (`host_uncaught`). */
void callback_call(xsMachine *the, callback_t function, xsSlot *target, int32_t count);

/** Integer property `id` of the options in argument 0, or `absent`. Throws RangeError outside minimum..maximum. */
int32_t integer_option(xsMachine *the, xsIdentifier id, const char *name, int32_t minimum, int32_t maximum, int32_t absent);

/** The host's: what becomes of an uncaught exception, the machine's current one. */
void host_uncaught(xsMachine *the) __attribute__((noreturn));

#endif
