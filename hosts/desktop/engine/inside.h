/* SPDX-License-Identifier: MIT */
/*
 * The engine's internals, for the files in this folder only.
 */
#ifndef DESKTOP_INSIDE_H
#define DESKTOP_INSIDE_H

#include "xsAll.h"
#include "xsScript.h"

/* xs.h and xsAll.h cannot be included together: these are the definitions that host.h needs from xs.h */
typedef txMachine xsMachine;
typedef txID xsIdentifier;
#define __XSMC_H__ 1
#include "machine.h"

/* ---- hostfunctions.c ---- */

/** @returns the C function of that name. Throws ReferenceError if there is none */
txCallback host_require_native(txMachine *the, const char *name);
/** The globals `native` and `Native`. */
void xs_host_native(txMachine *the);
void xs_host_native_class(txMachine *the);

/* ---- errors.c ---- */

/** Creates the error that this machine throws when its memory is full. */
void host_prepare_memory_full(txMachine *machine);

#endif
