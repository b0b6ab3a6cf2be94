/*
 * The inside of the engine, for the files of this folder: no other file of the project includes it.
 */
#ifndef DESKTOP_INSIDE_H
#define DESKTOP_INSIDE_H

#include "xsAll.h"
#include "xsScript.h"

/* xs.h and xsAll.h exclude each other: what host.h needs of xs.h */
typedef txMachine xsMachine;
typedef txID xsIdentifier;
#define __XSMC_H__ 1
#include "machine.h"

/* ---- hostfunctions.c ---- */

/** The C function of that name; throws ReferenceError when there is none. */
txCallback host_require_native(txMachine *the, const char *name);
/** The globals `native` and `Native`. */
void xs_host_native(txMachine *the);
void xs_host_native_class(txMachine *the);

/* ---- errors.c ---- */

/** Makes the error that is thrown in this machine when its memory is full. */
void host_prepare_memory_full(txMachine *machine);

#endif
