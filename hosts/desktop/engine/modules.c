/* SPDX-License-Identifier: MIT */
/*
 * The module table, and the resolution of specifiers.
 */
#include "modules.h"

module_t *host_modules;
int host_module_count;

static char *duplicate(const char *text, size_t length)
{
	char *result = malloc(length + 1);
	if (!result)
		abort();
	memcpy(result, text, length);
	result[length] = 0;
	return result;
}

static int compare_modules(const void *a, const void *b)
{
	return strcmp(((const module_t *)a)->specifier, ((const module_t *)b)->specifier);
}

/** Reads modules.txt, which build/app.mjs makes from the manifests. Each line is a module: specifier, file and
 *  optionally "preload", separated by tabs. */
void host_modules_read(void)
{
	char path[C_PATH_MAX];
	snprintf(path, sizeof(path), "%s/modules.txt", host_options.application);
	FILE *file = fopen(path, "r");
	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	char line[2 * C_PATH_MAX];
	while (fgets(line, sizeof(line), file)) {
		char *tab = strchr(line, '\t');
		char *end = strchr(line, '\n');
		if (!tab || !end)
			continue;
		*end = 0;
		char *mode = strchr(tab + 1, '\t');
		if (mode)
			*mode = 0;
		module_t *grown = realloc(host_modules, (size_t)(host_module_count + 1) * sizeof(*host_modules));
		if (!grown)
			abort();
		host_modules = grown;
		snprintf(path, sizeof(path), "%s/%s", host_options.application, tab + 1);
		host_modules[host_module_count++] = (module_t){
			.specifier = duplicate(line, (size_t)(tab - line)),
			.path = duplicate(path, strlen(path)),
			.preload = mode != NULL,
		};
	}
	fclose(file);
	qsort(host_modules, (size_t)host_module_count, sizeof(*host_modules), compare_modules);
}

module_t *host_modules_find(const char *specifier)
{
	module_t key = { .specifier = specifier };
	return host_module_count ? bsearch(&key, host_modules, (size_t)host_module_count, sizeof(key), compare_modules)
							 : NULL;
}

/** Resolves a specifier as the device does:
 *  "./" and "../" are relative to the folder of the importing module's specifier. */
txID fxFindModule(txMachine *the, txSlot *realm, txID moduleID, txSlot *slot)
{
	char name[C_PATH_MAX];
	char specifier[C_PATH_MAX * 2];
	(void)realm;
	fxToStringBuffer(the, slot, name, sizeof(name));
	const char *rest = name;
	specifier[0] = 0;
	if (rest[0] == '.' && moduleID != XS_NO_ID) {
		snprintf(specifier, C_PATH_MAX, "%s", fxGetKeyName(the, moduleID));
		char *slash = strrchr(specifier, '/');
		*(slash ? slash : specifier) = 0;
		while (*rest == '.') {
			if (!strncmp(rest, "./", 2))
				rest += 2;
			else if (!strncmp(rest, "../", 3)) {
				rest += 3;
				slash = strrchr(specifier, '/');
				*(slash ? slash : specifier) = 0;
			}
			else
				break;
		}
		if (specifier[0])
			strcat(specifier, "/");
	}
	strcat(specifier, rest);
	if (!host_modules_find(specifier))
		return XS_NO_ID;
	return fxNewNameC(the, specifier);
}

void host_modules_free(void)
{
	for (int i = 0; i < host_module_count; i++) {
		module_t *module = &host_modules[i];
		fxDeleteScript(module->script);
		free(module->lines);
		free(module->hosts);
#if HOST_COVERAGE
		free(module->hits);
#endif
		free((void *)module->specifier);
		free((void *)module->path);
	}
	free(host_modules);
}
