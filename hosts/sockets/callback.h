/* SPDX-License-Identifier: MIT */
/*
 * Calls from native code into JavaScript, options, and properties of results. Shared by the sockets of all hosts.
 */
#ifndef SOCKETS_CALLBACK_H
#define SOCKETS_CALLBACK_H

#include <stdint.h>

#include "xsmc.h"
#include "mc.xs.h"

/** A callback from an options object: a function or NULL. The owner's host hooks must mark it. */
typedef xsSlot *callback_t;

/** Reads property `id` of the options in argument 0. Throws TypeError if it is present but not a function.
 *  @param keep one of the caller's xsVar, which holds the function until the owner's host hooks do:
 *    a getter may have just created it
 *  @returns the function's reference, or NULL when absent */
callback_t callback_option(xsMachine *the, xsIdentifier id, xsSlot *keep);

/** Calls `function` with `target` as `this` and `count` as its argument, or without an argument if `count` is negative.
 *  An exception ends the program (`host_uncaught`). */
void callback_call(xsMachine *the, callback_t function, xsSlot *target, int32_t count);

/** Marks a callback for the garbage collector. To be called by the owner's host hooks. */
void callback_mark(xsMachine *the, callback_t callback, xsMarkRoot mark_root);

/** Reads the integer property `id` of the options in argument 0. Throws RangeError outside minimum..maximum.
 *  @returns `absent` if there is no such property */
int32_t integer_option(
	xsMachine *the, xsIdentifier id, const char *name, int32_t minimum, int32_t maximum, int32_t absent);

/** Defines an integer property of the result. Uses xsVar(0). */
void result_integer(xsMachine *the, xsIdentifier id, int32_t value);
/** Defines a text property of the result. Uses xsVar(0). */
void result_text(xsMachine *the, xsIdentifier id, const char *text);

/** Handles an uncaught exception, which is the machine's current one. Implemented by each host. */
void host_uncaught(xsMachine *the) __attribute__((noreturn));

#endif
