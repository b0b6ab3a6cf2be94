/* SPDX-License-Identifier: MIT */
/*
 * The desktop host's XS machine: its generated tables, creation and deletion.
 */
#ifndef DESKTOP_MACHINE_H
#define DESKTOP_MACHINE_H

#include "host.h"

/** A native of the application: the name in `native("…")` and its C function. Generated (natives.c), sorted by name. */
typedef struct host_native {
	const char *name;
	void (*function)(void);
} host_native_t;

extern const host_native_t host_natives[];
extern const int host_native_count;

/** Names that C code uses as xsID_NAME; NULL for those that this program does not use. Generated (mc.xs.h, names.c). */
extern const char *const host_names[];
extern const int host_name_count;
extern xsIdentifier host_ids[];

/** The machine's sizes, from "creation" in the manifest. Generated (names.c). */
typedef struct host_creation {
	int32_t chunk_initial, chunk_incremental;
	int32_t heap_initial, heap_incremental;
	int32_t stack;
	int32_t keys_available;
} host_creation_t;

extern const host_creation_t host_creation;

xsMachine *host_machine_create(void);
void host_machine_delete(xsMachine *the);
/** Starts the network below the sockets, before the first module runs.
 *  A build with its own network overrides it (build/app.mjs). */
void host_network_open(xsMachine *the);
/** Imports a module for its effects. */
void host_import(xsMachine *the, const char *specifier);
void host_run_jobs(xsMachine *the);

#endif
