/* SPDX-License-Identifier: MIT */
/*
 * Line coverage of the TypeScript sources, in the coverage variant: counts how often each line ran.
 */
#if HOST_COVERAGE

	#include "modules.h"
	#include "coverage.h"

void coverage_count_lines(module_t *module)
{
	for (uint32_t i = 0; i < module->line_count; i++)
		if (module->lines[i].number > module->last_line)
			module->last_line = module->lines[i].number;
	module->hits = calloc(module->last_line + 1, sizeof(*module->hits));
	if (!module->hits)
		abort();
}

/** Counts one line. An engine built for debugging calls this for every line while a breakpoint is set (linked with
 *  --wrap=fxDebugLine). */
void __wrap_fxDebugLine(txMachine *the, txID file, txInteger line)
{
	static module_t *last;
	(void)the;
	if (!last || last->file != file) {
		last = NULL;
		for (int i = 0; i < host_module_count && !last; i++)
			if (host_modules[i].hits && host_modules[i].file == file)
				last = &host_modules[i];
	}
	if (last && line >= 0 && (uint32_t)line <= last->last_line)
		last->hits[line] += 1;
}

void coverage_want_lines(txMachine *the)
{
	/* an empty slot in place of a breakpoint */
	mxBreakpoints.value.list.first = mxBreakpoints.value.list.last = fxNewSlot(the);
}

void coverage_write(txMachine *the)
{
	const char *path = getenv("COVERAGE_FILE");
	FILE *file = path ? fopen(path, "w") : NULL;
	if (!file)
		return;
	for (int i = 0; i < host_module_count; i++) {
		module_t *module = &host_modules[i];
		if (!module->hits)
			continue;
		bool *executable = calloc(module->last_line + 1, sizeof(bool));
		for (uint32_t j = 0; executable && j < module->line_count; j++)
			executable[module->lines[j].number] = true;
		fprintf(file, "SF:%s\n", fxGetKeyName(the, module->source));
		for (uint32_t line = 1; executable && line <= module->last_line; line++)
			if (executable[line])
				fprintf(file, "DA:%u,%u\n", (unsigned)line, (unsigned)module->hits[line]);
		fprintf(file, "end_of_record\n");
		free(executable);
	}
	fclose(file);
}

#endif
