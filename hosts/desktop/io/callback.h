/*
 * Calls from the event loop into JavaScript, shared by timers and sockets.
 */
#ifndef DESKTOP_CALLBACK_H
#define DESKTOP_CALLBACK_H

#include "../host.h"
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

#endif
