/*
 * The table of modules: made once, from modules.txt, and filled in by the loader.
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
	/** Belongs to the root machine: "preload" of the manifests. */
	bool preload;
	/** Byte code, from the parser; lives as long as the program. */
	txScript *script;
	/** The `.ts` file, as a key. */
	txID source;
	/** Where lines begin in the byte code, in order. */
	line_t *lines;
	uint32_t line_count;
#if HOST_COVERAGE
	/** Name of the source in the byte code, and how often each of its lines ran. */
	txID file;
	uint32_t *hits;
	uint32_t last_line;
#endif
	/** Its `@ "xs_name"` functions. */
	txHostFunctionBuilder *hosts;
	txInteger host_count;
} module_t;

/** In the order of their specifiers. */
extern module_t *host_modules;
extern int host_module_count;

/** Reads modules.txt of the application. Ends the program when it cannot. */
void host_modules_read(void);
/** @returns NULL when there is no such module */
module_t *host_modules_find(const char *specifier);
/** Frees the table and what the loader has put into it: when both machines are deleted. */
void host_modules_free(void);

#endif
