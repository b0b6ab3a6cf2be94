/* SPDX-License-Identifier: MIT */
/*
 * The module table: read once from modules.txt, then filled in by the loader.
 */
#ifndef DESKTOP_MODULES_H
#define DESKTOP_MODULES_H

#include "inside.h"

typedef struct line {
	txByte *code;
	uint32_t number;
} line_t;

typedef struct module {
	const char *specifier;
	const char *path;
	/** Loaded into the root machine ("preload" in the manifests). */
	bool preload;
	/** Byte code from the parser. Lives as long as the program. */
	txScript *script;
	/** The `.ts` file, as a key. */
	txID source;
	/** Where each line begins in the byte code, in order. */
	line_t *lines;
	uint32_t line_count;
#if HOST_COVERAGE
	/** The source's name in the byte code, and how often each of its lines ran. */
	txID file;
	uint32_t *hits;
	uint32_t last_line;
#endif
	/** Its `@ "xs_name"` functions. */
	txHostFunctionBuilder *hosts;
	txInteger host_count;
} module_t;

/** Sorted by specifier. */
extern module_t *host_modules;
extern int host_module_count;

/** Reads the application's modules.txt. On failure, ends the program. */
void host_modules_read(void);
/** @returns NULL if there is no such module */
module_t *host_modules_find(const char *specifier);
/** Frees the table and everything that the loader added to it, once both machines are deleted. */
void host_modules_free(void);

#endif
