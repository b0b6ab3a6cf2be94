/* SPDX-License-Identifier: MIT */
/* Native half of settingsfile.ts: a small text file that is replaced completely or not at all. */

#include "xsmc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Larger files are not settings. */
#define LARGEST 16384

static void fail(xsMachine *the, const char *what, const char *path, int error)
{
	xsUnknownError("cannot %s %s: %s", what, path, strerror(error));
}

static void get_path(xsMachine *the, char path[PATH_MAX])
{
	xsmcToStringBuffer(xsArg(0), path, PATH_MAX);
	if (!path[0])
		xsUnknownError("the path of the file is empty");
}

/* read(path): the file's text; undefined if there is no file */
void xs_settingsfile_read(xsMachine *the)
{
	static char text[LARGEST + 1];
	char path[PATH_MAX];

	get_path(the, path);
	FILE *file = fopen(path, "rb");
	if (!file && errno == ENOENT)
		return;
	if (!file)
		fail(the, "read", path, errno);
	size_t length = fread(text, 1, LARGEST + 1, file);
	int error = ferror(file) ? errno ? errno : EIO : 0;
	fclose(file);
	if (error)
		fail(the, "read", path, error);
	if (length > LARGEST)
		fail(the, "read", path, EFBIG);
	text[length] = 0;
	xsmcSetString(xsResult, text);
}

/** Makes the missing folders of a path. @returns 0, or errno */
static int make_folders(const char *path)
{
	char folder[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t length = (size_t)(slash - path);
		memcpy(folder, path, length);
		folder[length] = 0;
		if (mkdir(folder, 0777) && errno != EEXIST)
			return errno;
	}
	return 0;
}

/** @returns 0, or errno */
static int write_all(int file, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(file, text, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? errno : EIO;
		text += written;
		length -= (size_t)written;
	}
	/* else a loss of power could leave an empty file under the new name */
	return fsync(file) ? errno : 0;
}

/* write(path, text) */
void xs_settingsfile_write(xsMachine *the)
{
	char path[PATH_MAX], other[PATH_MAX + 16];

	get_path(the, path);
	const char *text = xsmcToString(xsArg(1));
	int error = make_folders(path);
	if (error)
		fail(the, "make the folder of", path, error);
	snprintf(other, sizeof(other), "%s.%ld", path, (long)getpid());
	int file = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (file < 0)
		fail(the, "write", path, errno);
	error = write_all(file, text, strlen(text));
	if (close(file) && !error)
		error = errno;
	if (!error && rename(other, path))
		error = errno;
	if (error) {
		unlink(other);
		fail(the, "write", path, error);
	}
}

/* remove(path) */
void xs_settingsfile_remove(xsMachine *the)
{
	char path[PATH_MAX];

	get_path(the, path);
	if (unlink(path) && errno != ENOENT)
		fail(the, "remove", path, errno);
}
