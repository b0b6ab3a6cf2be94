/* SPDX-License-Identifier: MIT */
/*
 * Replay: the JPEG files of a folder, in the byte order of their names, again and again. All are held in memory, and
 * given out as they are: replaying copies nothing.
 *
 * A loop of more files than can be lent at once seldom comes to one that is still lent. It is copied then, and the copy
 * takes its place.
 */

#ifndef SIMULATOR_REPLAY_H
#define SIMULATOR_REPLAY_H

#include "picture.h"

/** Bytes of all files, at most. */
#define REPLAY_BYTES_MAX (64 * 1024 * 1024)

typedef struct {
	picture_t *image;
	uint16_t width;
	uint16_t height;
} replay_file_t;

/** All zeros is a replay without files. */
typedef struct {
	replay_file_t *files;
	uint32_t count;
	uint32_t next;
	/* while loading */
	char **names;
	uint32_t name_count;
	uint32_t bytes;
} replay_t;

/** Lists a folder: reads the names of its JPEG files. Needs a system with folders; a chip has none.
 *  @returns NULL, or what is wrong */
const char *replay_list(replay_t *replay, const char *folder);

/** Loads listed file `index`: it is added if RTP can carry it.
 *  @param folder as listed
 *  @param owner of the picture
 *  @returns NULL, or why it is left out */
const char *replay_load(replay_t *replay, const char *folder, uint32_t index, void *owner);

/** Ends loading: repeats files, all of them in their order, until there are more than `lent_most`, since a file can be
 *  lent once at a time.
 *  @returns false without memory */
bool replay_finish(replay_t *replay, uint32_t lent_most);

/** @returns the picture that `replay_take` gives next; NULL without files */
const picture_t *replay_peek(const replay_t *replay);

/** Takes the next file. The replay keeps its picture, until it is marked as an orphan; then the caller frees it.
 *  @param lent whether the picture of `replay_peek` is still lent: it becomes an orphan, and a copy is taken
 *  @returns NULL without memory */
const replay_file_t *replay_take(replay_t *replay, bool lent);

/** Frees files and names. */
void replay_free(replay_t *replay);

#endif
