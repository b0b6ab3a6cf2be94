/* SPDX-License-Identifier: MIT */
/*
 * Tests of replay.c. The folder with the files to replay is the program's argument (run.mjs):
 * a-odd.jpg, b-text.jpg (no image), c.txt, d-svga.JPEG with 7 bytes behind its end.
 */

#include "testing.h"

#include "../../../hosts/simulator/core/replay.h"

static const char *folder;

/** Loads all files. @returns how many were left out */
static uint32_t load(replay_t *replay, uint32_t lent_most)
{
	uint32_t left_out = 0;
	if (replay_list(replay, folder))
		return UINT32_MAX;
	for (uint32_t i = 0; i < replay->name_count; i++)
		left_out += replay_load(replay, folder, i, NULL) != NULL;
	return replay_finish(replay, lent_most) ? left_out : UINT32_MAX;
}

static void has_the_images_of_a_folder_in_the_order_of_their_names(void)
{
	replay_t replay = { 0 };
	CHECK(load(&replay, 1) == 1);
	CHECK(replay.count == 2);
	CHECK(replay.files[0].width == 227 && replay.files[0].height == 149);
	CHECK(replay.files[1].width == 800 && replay.files[1].height == 600);
	const picture_t *whole = replay.files[1].image;
	CHECK(whole->length + 7 <= whole->capacity);
	CHECK(whole->bytes[whole->length - 2] == 0xff && whole->bytes[whole->length - 1] == 0xd9);
	CHECK(replay.names == NULL);
	replay_free(&replay);
}

static void repeats_a_few_files_in_their_order_until_there_are_more_than_can_be_lent(void)
{
	for (uint32_t lent_most = 1; lent_most <= 8; lent_most++) {
		replay_t replay = { 0 };
		CHECK(load(&replay, lent_most) == 1);
		CHECK_CASE(replay.count > lent_most && replay.count <= lent_most + 2 && replay.count % 2 == 0,
			"%u files for %u", replay.count, lent_most);
		for (uint32_t i = 0; i < 3 * replay.count; i++) {
			const picture_t *next = replay_peek(&replay);
			const replay_file_t *file = replay_take(&replay, false);
			CHECK(file && file->image == next && file->width == (i % 2 ? 800 : 227));
		}
		replay_free(&replay);
	}
}

static void copies_a_file_that_is_still_lent(void)
{
	replay_t replay = { 0 };
	CHECK(load(&replay, 1) == 1);
	picture_t *lent = replay_take(&replay, false)->image;
	CHECK(!lent->orphan);
	replay_take(&replay, false);
	const picture_t *copy = replay_take(&replay, true)->image;
	CHECK(copy != lent && lent->orphan && !copy->orphan);
	CHECK(copy->length == lent->length && !memcmp(copy->bytes, lent->bytes, lent->length));
	/* the lease ends: the orphan is its holder's */
	free(lent);
	replay_take(&replay, false);
	CHECK(replay_take(&replay, false)->image == copy);
	replay_free(&replay);
}

static void says_what_is_wrong_with_a_folder(void)
{
	replay_t replay = { 0 };
	CHECK(!strcmp(replay_list(&replay, "/no/such/folder"), "cannot be opened"));
	CHECK(replay_finish(&replay, 3) && replay.count == 0 && !replay_peek(&replay));
	replay_free(&replay);
}

static void gives_back_what_a_load_that_was_given_up_has_taken(void)
{
	replay_t replay = { 0 };
	CHECK(!replay_list(&replay, folder));
	CHECK(!replay_load(&replay, folder, 0, NULL));
	replay_free(&replay);
	CHECK(!replay.files && !replay.names);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	folder = argv[1];
	test("replay-has-the-images-of-a-folder-in-the-order-of-their-names",
		has_the_images_of_a_folder_in_the_order_of_their_names);
	test("replay-repeats-a-few-files-in-their-order-until-there-are-more-than-can-be-lent",
		repeats_a_few_files_in_their_order_until_there_are_more_than_can_be_lent);
	test("replay-copies-a-file-that-is-still-lent", copies_a_file_that_is_still_lent);
	test("replay-says-what-is-wrong-with-a-folder", says_what_is_wrong_with_a_folder);
	test("replay-gives-back-what-a-load-that-was-given-up-has-taken",
		gives_back_what_a_load_that_was_given_up_has_taken);
	return check_failures != 0;
}
