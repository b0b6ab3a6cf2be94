/* SPDX-License-Identifier: MIT */
#ifndef DESKTOP_COVERAGE_H
#define DESKTOP_COVERAGE_H

#include "modules.h"

/** Allocates the counts of a loaded module. */
void coverage_count_lines(module_t *module);
/** Sets a dummy breakpoint, so that the engine reports every line. */
void coverage_want_lines(txMachine *the);
/** Writes the counts in lcov's format to the file named by COVERAGE_FILE. Without it, does nothing. */
void coverage_write(txMachine *the);

#endif
