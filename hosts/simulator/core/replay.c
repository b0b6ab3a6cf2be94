/* SPDX-License-Identifier: MIT */

#if !defined(_GNU_SOURCE)
	#define _GNU_SOURCE
#endif

#include <stdlib.h>
#include <string.h>

#include "replay.h"

#if !defined(ESP_PLATFORM)

	#include <dirent.h>
	#include <stdio.h>
	#include <strings.h>
	#include <sys/stat.h>

	#include "../../../modules/jpeg/core/jpeg_scan.h"

enum { PATH_LONGEST = 1400 };

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_jpeg_name(const char *name)
{
	const char *extension = strrchr(name, '.');
	return extension && name[0] != '.' && (!strcasecmp(extension, ".jpg") || !strcasecmp(extension, ".jpeg"));
}

const char *replay_list(replay_t *replay, const char *folder)
{
	DIR *directory = opendir(folder);
	if (!directory)
		return "cannot be opened";
	const char *error = NULL;
	struct dirent *entry;
	while (!error && (entry = readdir(directory))) {
		if (!is_jpeg_name(entry->d_name))
			continue;
		char **names = realloc(replay->names, (replay->name_count + 1) * sizeof(char *));
		if (names)
			replay->names = names;
		char *name = names ? strdup(entry->d_name) : NULL;
		if (name)
			names[replay->name_count++] = name;
		else
			error = "not enough memory";
	}
	closedir(directory);
	if (replay->name_count)
		qsort(replay->names, replay->name_count, sizeof(char *), compare_names);
	return error;
}

/** @param error what is wrong, if the result is NULL */
static picture_t *read_picture(const char *path, size_t room, void *owner, const char **error)
{
	struct stat status;
	*error = "not a file that can be read";
	if (stat(path, &status) || !S_ISREG(status.st_mode))
		return NULL;
	*error = "empty";
	if (status.st_size <= 0)
		return NULL;
	*error = "more than 64 MiB in all";
	if ((uint64_t)status.st_size > room)
		return NULL;
	*error = "not a file that can be read";
	FILE *stream = fopen(path, "rb");
	if (!stream)
		return NULL;
	*error = "not enough memory";
	picture_t *picture = picture_new(owner, (uint32_t)status.st_size);
	if (picture)
		picture->length = (uint32_t)fread(picture->bytes, 1, picture->capacity, stream);
	fclose(stream);
	if (picture && picture->length != picture->capacity) {
		*error = "cannot be read";
		free(picture);
		picture = NULL;
	}
	return picture;
}

const char *replay_load(replay_t *replay, const char *folder, uint32_t index, void *owner)
{
	replay_file_t *files = realloc(replay->files, (replay->count + 1) * sizeof(replay_file_t));
	if (!files)
		return "not enough memory";
	replay->files = files;
	char path[PATH_LONGEST];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, replay->names[index]);
	if (length < 0 || (size_t)length >= sizeof(path))
		return "its path is too long";
	const char *error;
	picture_t *image = read_picture(path, REPLAY_BYTES_MAX - replay->bytes, owner, &error);
	if (!image)
		return error;
	jpeg_scan_t scan;
	int result = jpeg_scan_parse(image->bytes, image->length, &scan);
	if (result) {
		free(image);
		return jpeg_error_name(result);
	}
	/* without what follows EOI: frames are whole images */
	image->length = scan.scan_offset + scan.scan_length;
	replay->bytes += image->capacity;
	files[replay->count++] = (replay_file_t){ .image = image, .width = scan.width, .height = scan.height };
	return NULL;
}

#endif

static void free_names(replay_t *replay)
{
	for (uint32_t i = 0; i < replay->name_count; i++)
		free(replay->names[i]);
	free(replay->names);
	replay->names = NULL;
	replay->name_count = 0;
}

bool replay_finish(replay_t *replay, uint32_t lent_most)
{
	free_names(replay);
	uint32_t count = replay->count, times = count ? lent_most / count + 1 : 1;
	if (times < 2)
		return true;
	replay_file_t *files = realloc(replay->files, count * times * sizeof(replay_file_t));
	if (!files)
		return false;
	replay->files = files;
	while (replay->count < count * times) {
		replay_file_t *file = &files[replay->count];
		*file = files[replay->count - count];
		file->image = picture_copy(file->image);
		if (!file->image)
			return false;
		replay->count += 1;
	}
	return true;
}

const picture_t *replay_peek(const replay_t *replay)
{
	return replay->count ? replay->files[replay->next].image : NULL;
}

const replay_file_t *replay_take(replay_t *replay, bool lent)
{
	replay_file_t *file = &replay->files[replay->next];
	if (lent) {
		picture_t *copy = picture_copy(file->image);
		if (!copy)
			return NULL;
		file->image->orphan = true;
		file->image = copy;
	}
	replay->next = (replay->next + 1) % replay->count;
	return file;
}

void replay_free(replay_t *replay)
{
	for (uint32_t i = 0; i < replay->count; i++)
		free(replay->files[i].image);
	free(replay->files);
	free_names(replay);
	*replay = (replay_t){ 0 };
}
