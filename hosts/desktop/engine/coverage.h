#ifndef DESKTOP_COVERAGE_H
#define DESKTOP_COVERAGE_H

#include "modules.h"

/** Makes room for the counts of a module that was loaded. */
void coverage_count_lines(module_t *module);
/** Makes the engine think that there is a breakpoint, so that it tells of every line. */
void coverage_want_lines(txMachine *the);
/** Writes what ran in lcov's format to the file that COVERAGE_FILE names. */
void coverage_write(txMachine *the);

#endif
