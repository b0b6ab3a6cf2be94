/* SPDX-License-Identifier: MIT */
/* Native half of file.ts: POSIX files and folders. */

#include "xsmc.h"
#include "mc.xs.h" // for xsID_* values

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
	DIR *folder;
	char path[PATH_MAX];
} iterator_t;

static void fail(xsMachine *the, const char *path)
{
	xsUnknownError("cannot read %s: %s", path, strerror(errno));
}

void xs_file_destructor(void *data)
{
	if (data)
		fclose(data);
}

/* constructor(path) */
void xs_file_constructor(xsMachine *the)
{
	char path[PATH_MAX];

	xsmcToStringBuffer(xsArg(0), path, sizeof(path));
	FILE *file = fopen(path, "rb");
	if (!file)
		fail(the, path);
	xsmcSetHostData(xsThis, file);
}

void xs_file_get_length(xsMachine *the)
{
	FILE *file = xsmcGetHostData(xsThis);
	struct stat status;

	if (!file)
		xsUnknownError("file is closed");
	if (fstat(fileno(file), &status))
		fail(the, "the file");
	xsmcSetNumber(xsResult, (xsNumberValue)status.st_size);
}

/* read(ArrayBuffer, count) */
void xs_file_read(xsMachine *the)
{
	FILE *file = xsmcGetHostData(xsThis);
	struct stat status;
	long position;

	if (!file)
		xsUnknownError("file is closed");
	if (fstat(fileno(file), &status) || (position = ftell(file)) < 0)
		fail(the, "the file");
	xsNumberValue count = (xsNumberValue)(status.st_size - position);
	if (xsmcArgc > 1 && xsmcTypeOf(xsArg(1)) != xsUndefinedType) {
		xsNumberValue wanted = xsmcToNumber(xsArg(1));
		if (!(wanted >= 0))
			xsRangeError("count must be 0 or more");
		count = wanted < count ? wanted : count;
	}
	if (!(count >= 0 && count <= INT_MAX / 2))
		xsRangeError("the file is too large");
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)count);
	if (fread(xsmcToArrayBuffer(xsResult), 1, (size_t)count, file) != (size_t)count)
		xsUnknownError("the file has become shorter");
}

void xs_file_close(xsMachine *the)
{
	xs_file_destructor(xsmcGetHostData(xsThis));
	xsmcSetHostData(xsThis, NULL);
}

void xs_file_iterator_destructor(void *data)
{
	iterator_t *iterator = data;

	if (!iterator)
		return;
	closedir(iterator->folder);
	free(iterator);
}

/* constructor(path) */
void xs_file_iterator_constructor(xsMachine *the)
{
	char path[PATH_MAX];

	xsmcToStringBuffer(xsArg(0), path, sizeof(path));
	DIR *folder = opendir(path);
	if (!folder)
		fail(the, path);
	iterator_t *iterator = calloc(1, sizeof(iterator_t));
	if (!iterator) {
		closedir(folder);
		xsUnknownError("no memory");
	}
	iterator->folder = folder;
	memcpy(iterator->path, path, sizeof(path));
	xsmcSetHostData(xsThis, iterator);
}

void xs_file_iterator_next(xsMachine *the)
{
	iterator_t *iterator = xsmcGetHostData(xsThis);
	struct dirent *entry;
	struct stat status;
	char path[PATH_MAX + NAME_MAX + 2];

	if (!iterator)
		xsUnknownError("folder is not open");
	while ((entry = readdir(iterator->folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", iterator->path, entry->d_name);
		if (stat(path, &status))
			continue;
		xsmcVars(1);
		xsResult = xsNewObject();
		xsmcSetString(xsVar(0), entry->d_name);
		xsmcSet(xsResult, xsID_name, xsVar(0));
		if (S_ISREG(status.st_mode)) {
			xsmcSetNumber(xsVar(0), (xsNumberValue)status.st_size);
			xsmcSet(xsResult, xsID_length, xsVar(0));
		}
		return;
	}
}
