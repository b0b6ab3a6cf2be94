/* SPDX-License-Identifier: MIT */
/*
 * Native half of camera.ts: the simulated camera's frame buffers, for the test card or for files that are replayed.
 *
 * Ownership. The driver owns all memory. A Frame is a host object, created once for each buffer: `read` points it at
 * the bytes of its buffer, or of a file that is replayed. Closing the Frame or the camera points it at nothing, so that
 * later uses see an empty buffer, not freed memory. A buffer's record precedes its bytes, so that a Frame finds it
 * without a lookup. A Frame keeps its driver from being collected.
 */

#if !defined(_GNU_SOURCE)
	#define _GNU_SOURCE
#endif

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#if defined(ESP_PLATFORM)
	#include "esp_timer.h"
	#define SIMULATOR_REPLAY 0 /* no folder to read from */
#else
	#define SIMULATOR_REPLAY 1
#endif

#include "xsmc.h"
#include "mc.xs.h" // for xsID_* values

#include "core/look.h"
#include "core/picture.h"
#include "core/replay.h"
#include "core/test_card.h"

#define BUFFERS_MIN 2
#define BUFFERS_MAX 8

/* esp32-camera allocates width * height / 5 bytes for a JPEG frame. Below QVGA this allocates more: a small test card
 * is all edges, unlike a real picture, and takes 7.3 KB at QQVGA and quality 12,
 * where the driver would allocate 3.8. */
#define CAPACITY_MIN (320 * 240 / 5)

#if SIMULATOR_REPLAY
	#define REPLAY_PATH_MAX 1024
	#define NOTICE_LONGEST 400
#else
	#define REPLAY_PATH_MAX 2 /* any path is refused: the stack is small */
#endif

/* results of capture(), combined; camera.ts has the same values */
enum {
	CAPTURED = 1,  /* a frame can be read */
	OVERSIZED = 2, /* the image was larger than the buffer */
};

/* milliseconds until the next capture are above these flags */
enum { DELAY_SHIFT = 8 };

/* what is counted; camera.ts has the same values */
enum {
	COUNT_CAPTURED,
	COUNT_OVERWRITTEN, /* unread frames that were dropped */
	COUNT_DROPPED,     /* all buffers were leased, or memory for one was not available */
	COUNT_OVERSIZED,
	COUNT_MISSED, /* instants of the grid that had passed */
	COUNTS,
};

typedef enum { FREE, READY, LEASED } buffer_state_t;

typedef struct {
	picture_t *buffers[BUFFERS_MAX];    /* NULL while memory is not available; if replaying: while FREE */
	buffer_state_t states[BUFFERS_MAX]; /* at most one is READY: the newest */
	uint32_t buffer_count;
	uint32_t capacity; /* bytes required for a buffer */
	uint32_t number;   /* frames since the start, including dropped ones */

	test_card_t card;
	uint8_t *planes;
	look_t look;
	uint8_t *seen; /* the planes as they look; NULL while they look as they are drawn */
	jpeg_encoder_t encoder;
	int frame_rate; /* frames per second times 10, for display only; 0: as many as possible */

	/* the grid of captures, microseconds with fractions: timers that round to milliseconds or fire late do not
	 * accumulate errors */
	double due;
	double interval; /* 0: as soon as possible */
	uint32_t counts[COUNTS];

	replay_t replay;        /* without files: the test card */
	uint16_t width, height; /* of the last captured frame */
} simulator_t;

void xs_simulator_destructor(void *data);
void xs_simulator_frame_destructor(void *data);

static const xsHostHooks xsSimulatorHooks = {
	.destructor = xs_simulator_destructor,
};

static const xsHostHooks xsFrameHooks = {
	.destructor = xs_simulator_frame_destructor,
};

/* ---- Clocks ---- */

/* microseconds, monotonic: the clock the sensor's driver stamps frames with */
static double monotonic(void)
{
#if defined(ESP_PLATFORM)
	return (double)esp_timer_get_time();
#else
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)(now.tv_nsec / 1000);
#endif
}

/* milliseconds since midnight, local time */
static uint32_t time_of_day(void)
{
	struct timeval now;
	struct tm parts;
	gettimeofday(&now, NULL);
	time_t seconds = now.tv_sec;
	localtime_r(&seconds, &parts);
	return (uint32_t)((parts.tm_hour * 60 + parts.tm_min) * 60 + parts.tm_sec) * 1000 + (uint32_t)(now.tv_usec / 1000);
}

/* ---- Memory ---- */

static bool replays(const simulator_t *simulator)
{
	return simulator->replay.count > 0;
}

static void free_simulator(simulator_t *simulator)
{
	for (uint32_t i = 0; i < BUFFERS_MAX; i++)
		if (simulator->buffers[i] && (!replays(simulator) || simulator->buffers[i]->orphan))
			free(simulator->buffers[i]);
	replay_free(&simulator->replay);
	free(simulator->planes);
	free(simulator->seen);
	free(simulator);
}

/* Allocates buffer `index` or adjusts its capacity. Must not be called while it is leased. */
static bool prepare_buffer(simulator_t *simulator, uint32_t index)
{
	picture_t *buffer = simulator->buffers[index];
	if (replays(simulator))
		return true;
	if (buffer && buffer->capacity == simulator->capacity)
		return true;
	free(buffer);
	buffer = simulator->buffers[index] = picture_new(simulator, simulator->capacity);
	if (!buffer)
		return false;
	buffer->index = index;
	return true;
}

/* Sets up test card and encoder for a size. Changes nothing if memory is short. */
static bool prepare_card(simulator_t *simulator, int width, int height, int sampling, int quality, int restart_interval)
{
	test_card_t card;
	size_t size = test_card_size(width, height, sampling);
	uint8_t *planes = size ? picture_memory(size) : NULL, *seen = NULL;
	if (!planes)
		return false;
	if (!look_is_plain(&simulator->look) && !(seen = picture_memory(size))) {
		free(planes);
		return false;
	}
	jpeg_encoder_t *encoder = &simulator->encoder;
	if (test_card_init(&card, width, height, sampling, planes, size)
		|| jpeg_encoder_init(encoder, width, height, sampling, quality, restart_interval)) {
		free(planes);
		free(seen);
		return false;
	}
	free(simulator->planes);
	free(simulator->seen);
	simulator->planes = planes;
	simulator->seen = seen;
	simulator->card = card;
	simulator->width = (uint16_t)width;
	simulator->height = (uint16_t)height;
	uint32_t capacity = (uint32_t)(width * height / 5);
	simulator->capacity = capacity < CAPACITY_MIN ? CAPACITY_MIN : capacity;
	test_card_describe(&simulator->card, quality, simulator->frame_rate);
	return true;
}

/* ---- Capture ---- */

/* Returns the index of a free buffer, else of the unread frame, else -1. */
static int choose_buffer(const simulator_t *simulator)
{
	int ready = -1;
	for (uint32_t i = 0; i < simulator->buffer_count; i++) {
		if (simulator->states[i] == FREE)
			return (int)i;
		if (simulator->states[i] == READY)
			ready = (int)i;
	}
	return ready;
}

static bool is_lent(const simulator_t *simulator, const picture_t *image)
{
	return simulator->buffers[image->index] == image;
}

/* Frees buffer `index` for the next capture. A picture that is replayed leaves it: it may be lent at another index
 * next. */
static void free_buffer(simulator_t *simulator, uint32_t index)
{
	simulator->states[index] = FREE;
	if (!replays(simulator))
		return;
	if (simulator->buffers[index]->orphan)
		free(simulator->buffers[index]);
	simulator->buffers[index] = NULL;
}

/* Puts the next file in the place of free buffer `index`. Returns false without memory. */
static bool lend_file(simulator_t *simulator, uint32_t index)
{
	replay_t *replay = &simulator->replay;
	const replay_file_t *file = replay_take(replay, is_lent(simulator, replay_peek(replay)));
	if (!file)
		return false;
	file->image->index = index;
	simulator->buffers[index] = file->image;
	simulator->width = file->width;
	simulator->height = file->height;
	return true;
}

static int32_t fill_buffer(simulator_t *simulator, picture_t *buffer, uint32_t number)
{
	if (replays(simulator))
		return (int32_t)buffer->length;
	test_card_t *card = &simulator->card;
	test_card_draw(card, number, time_of_day());
	jpeg_picture_t picture = *test_card_picture(card);
	if (simulator->seen)
		picture = look_apply(&simulator->look, &picture, card->width, card->height, card->sampling, simulator->seen);
	return jpeg_encoder_encode(&simulator->encoder, &picture, buffer->bytes, buffer->capacity);
}

/* Drops the frame that was not read in time, if there is one. */
static void drop_unread(simulator_t *simulator)
{
	for (uint32_t i = 0; i < simulator->buffer_count; i++) {
		if (simulator->states[i] == READY) {
			free_buffer(simulator, i);
			simulator->counts[COUNT_OVERWRITTEN] += 1;
		}
	}
}

static int count(simulator_t *simulator, int which, int result)
{
	simulator->counts[which] += 1;
	return result;
}

static int capture(simulator_t *simulator)
{
	uint32_t number = ++simulator->number;
	int index = choose_buffer(simulator);
	if (index < 0)
		return count(simulator, COUNT_DROPPED, 0);
	if (simulator->states[index] == READY)
		drop_unread(simulator);
	if (!prepare_buffer(simulator, (uint32_t)index) || (replays(simulator) && !lend_file(simulator, (uint32_t)index)))
		return count(simulator, COUNT_DROPPED, 0);

	picture_t *buffer = simulator->buffers[index];
	buffer->capture_time = monotonic();
	int32_t length = fill_buffer(simulator, buffer, number);
	if (length < 0)
		return count(simulator, COUNT_OVERSIZED, OVERSIZED);
	buffer->length = (uint32_t)length;
	/* latest wins */
	drop_unread(simulator);
	simulator->states[index] = READY;
	return count(simulator, COUNT_CAPTURED, CAPTURED);
}

/* ---- Replay ---- */

#if SIMULATOR_REPLAY

/* Uses onNotice of the options in xsArg(0), xsVar(0) and xsVar(1). If it throws, the destructor frees everything. */
static void load_folder(xsMachine *the, simulator_t *simulator, const char *folder)
{
	char text[NOTICE_LONGEST];
	replay_t *replay = &simulator->replay;
	const char *error = replay_list(replay, folder);
	if (error)
		xsUnknownError("frames: \"%.80s\" %s", folder, error);
	for (uint32_t i = 0; i < replay->name_count; i++) {
		error = replay_load(replay, folder, i, simulator);
		if (!error)
			continue;
		xsmcGet(xsVar(0), xsArg(0), xsID_onNotice);
		if (xsmcTest(xsVar(0))) {
			snprintf(text, sizeof(text), "%s: %s, skipped", replay->names[i], error);
			xsmcSetString(xsVar(1), text);
			xsmcCall(xsVar(0), xsArg(0), xsID_onNotice, &xsVar(1), NULL);
		}
	}
	if (!replay->count)
		xsUnknownError("frames: no JPEG file that RTP can carry in \"%.80s\"", folder);
	if (!replay_finish(replay, simulator->buffer_count))
		xsRangeError("not enough memory");
	simulator->width = replay->files[0].width;
	simulator->height = replay->files[0].height;
}

#endif

/* ---- Driver ---- */

static simulator_t *get_simulator(xsMachine *the, xsSlot *slot)
{
	simulator_t *simulator = xsmcGetHostDataValidate(*slot, (void *)&xsSimulatorHooks);
	if (!simulator)
		xsUnknownError("camera is closed");
	return simulator;
}

static int get_option(xsMachine *the, xsIdentifier id, const char *name, int least, int most)
{
	xsmcGet(xsVar(0), xsArg(0), id);
	int value = xsmcToInteger(xsVar(0));
	if (value < least || value > most)
		xsRangeError("%s must be %d to %d", name, least, most);
	return value;
}

/* constructor(options): camera.ts sets and checks all options. Those that affect memory are checked again here. */
void xs_simulator_constructor(xsMachine *the)
{
	char folder[REPLAY_PATH_MAX] = "";

	xsmcVars(2);
	int width = get_option(the, xsID_width, "width", TEST_CARD_WIDTH_MIN, 1600);
	int height = get_option(the, xsID_height, "height", TEST_CARD_HEIGHT_MIN, 1200);
	int quality = get_option(the, xsID_quality, "quality", 0, JPEG_ENCODER_QUALITY_MAX);
	int restart_interval = get_option(the, xsID_restartInterval, "restartInterval", 0, 65535);
	int buffer_count = get_option(the, xsID_bufferCount, "bufferCount", BUFFERS_MIN, BUFFERS_MAX);
	int frame_rate = get_option(the, xsID_frameRate, "frameRate", 0, 10000);
	int sampling = get_option(the, xsID_sampling, "sampling", JPEG_ENCODER_422, JPEG_ENCODER_420);
	xsmcGet(xsVar(0), xsArg(0), xsID_frames);
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType)
		xsmcToStringBuffer(xsVar(0), folder, sizeof(folder));
#if !SIMULATOR_REPLAY
	if (folder[0])
		xsUnknownError("frames: this platform has no folders");
#endif

	simulator_t *simulator = calloc(1, sizeof(simulator_t));
	if (!simulator)
		xsRangeError("not enough memory");
	/* from here on the destructor cleans up after a throw */
	xsmcSetHostData(xsThis, simulator);
	xsSetHostHooks(xsThis, (xsHostHooks *)&xsSimulatorHooks);
	simulator->buffer_count = (uint32_t)buffer_count;
	simulator->frame_rate = frame_rate;
#if SIMULATOR_REPLAY
	if (folder[0])
		load_folder(the, simulator, folder);
	else
#endif
		if (!prepare_card(simulator, width, height, sampling, quality, restart_interval))
		xsRangeError("not enough memory");
	for (uint32_t i = 0; i < simulator->buffer_count; i++) {
		if (!prepare_buffer(simulator, i))
			xsRangeError("not enough memory");
	}
}

void xs_simulator_destructor(void *data)
{
	if (data)
		free_simulator(data);
}

/* close(frames): detaches the Frames from their buffers, then frees these */
void xs_simulator_close(xsMachine *the)
{
	simulator_t *simulator = get_simulator(the, &xsThis);
	xsmcVars(1);
	for (uint32_t i = 0; i < simulator->buffer_count; i++) {
		xsmcGetIndex(xsVar(0), xsArg(0), i);
		xsmcGetHostDataValidate(xsVar(0), (void *)&xsFrameHooks);
		xsmcSetHostBuffer(xsVar(0), NULL, 0);
	}
	xsmcSetHostData(xsThis, NULL);
	free_simulator(simulator);
}

/* The SDK's timers do not repeat with a delay of 0; the desktop host's do. */
#if defined(MODDEF_TIMER_IMMEDIATE)
	#define SHORTEST_DELAY 0
#else
	#define SHORTEST_DELAY 1
#endif

static int delay_until(const simulator_t *simulator, double now)
{
	if (simulator->interval == 0)
		return SHORTEST_DELAY;
	double milliseconds = (simulator->due - now) / 1000 + 0.5;
	return milliseconds < 1 ? 1 : (int)milliseconds;
}

/* Moves to the next instant of the grid. A sensor does not capture two frames at once, so instants that have passed are
 * left out. Returns milliseconds until then. */
static int advance(simulator_t *simulator)
{
	double now = monotonic(), due = simulator->due + simulator->interval;
	if (now > due && simulator->interval > 0) {
		double missed = ceil((now - due) / simulator->interval);
		simulator->counts[COUNT_MISSED] += (uint32_t)missed;
		due += missed * simulator->interval;
	}
	simulator->due = due;
	return delay_until(simulator, now);
}

static double get_interval(xsMachine *the, xsSlot *slot)
{
	double interval = xsmcToNumber(*slot);
	if (!(interval >= 0 && interval <= 1e8))
		xsRangeError("interval must be 0 to 100000000");
	return interval;
}

/* start(interval) */
void xs_simulator_start(xsMachine *the)
{
	double interval = get_interval(the, &xsArg(0));
	simulator_t *simulator = get_simulator(the, &xsThis);
	simulator->interval = interval;
	simulator->due = monotonic();
}

/* setInterval(interval): milliseconds until the next capture */
void xs_simulator_setInterval(xsMachine *the)
{
	double interval = get_interval(the, &xsArg(0)), now = monotonic();
	simulator_t *simulator = get_simulator(the, &xsThis);
	double due = simulator->due - simulator->interval + interval;
	simulator->interval = interval;
	simulator->due = due > now ? due : now;
	xsmcSetInteger(xsResult, delay_until(simulator, now));
}

/* capture(): flags, and above them milliseconds until the next capture */
void xs_simulator_capture(xsMachine *the)
{
	simulator_t *simulator = get_simulator(the, &xsThis);
	int flags = capture(simulator);
	xsmcSetInteger(xsResult, flags | advance(simulator) << DELAY_SHIFT);
}

/* count(which) */
void xs_simulator_count(xsMachine *the)
{
	xsIntegerValue which = xsmcToInteger(xsArg(0));
	simulator_t *simulator = get_simulator(the, &xsThis);
	if (which < 0 || which >= COUNTS)
		xsRangeError("count must be 0 to %d", COUNTS - 1);
	xsmcSetNumber(xsResult, simulator->counts[which]);
}

/* read(frames): the Frame of the unread buffer, which it points at; or undefined */
void xs_simulator_read(xsMachine *the)
{
	simulator_t *simulator = get_simulator(the, &xsThis);
	for (uint32_t i = 0; i < simulator->buffer_count; i++) {
		if (simulator->states[i] != READY)
			continue;
		picture_t *buffer = simulator->buffers[i];
		xsmcGetIndex(xsResult, xsArg(0), i);
		xsmcGetHostDataValidate(xsResult, (void *)&xsFrameHooks);
		xsmcSetHostBuffer(xsResult, buffer->bytes, (xsIntegerValue)buffer->length);
		simulator->states[i] = LEASED;
		return;
	}
}

/* discard(): drops the unread frame */
void xs_simulator_discard(xsMachine *the)
{
	drop_unread(get_simulator(the, &xsThis));
}

void xs_simulator_setQuality(xsMachine *the)
{
	simulator_t *simulator = get_simulator(the, &xsThis);
	int quality = xsmcToInteger(xsArg(0));
	if (replays(simulator))
		return;
	if (jpeg_encoder_set_quality(&simulator->encoder, quality))
		xsRangeError("quality must be 0 to 63");
	test_card_describe(&simulator->card, quality, simulator->frame_rate);
}

/* setFrameRate(tenths) */
void xs_simulator_setFrameRate(xsMachine *the)
{
	simulator_t *simulator = get_simulator(the, &xsThis);
	simulator->frame_rate = xsmcToInteger(xsArg(0));
	if (!replays(simulator))
		test_card_describe(&simulator->card, simulator->encoder.quality, simulator->frame_rate);
}

void xs_simulator_setSize(xsMachine *the)
{
	simulator_t *simulator = get_simulator(the, &xsThis);
	int width = xsmcToInteger(xsArg(0)), height = xsmcToInteger(xsArg(1));
	const jpeg_encoder_t *encoder = &simulator->encoder;
	if (replays(simulator))
		xsUnknownError("the size is that of the files that are replayed");
	if (width < TEST_CARD_WIDTH_MIN || width > 1600 || height < TEST_CARD_HEIGHT_MIN || height > 1200)
		xsRangeError("no size of the sensor");
	if (!prepare_card(simulator, width, height, encoder->sampling, encoder->quality, encoder->restart_interval))
		xsRangeError("not enough memory");
}

/* setControl(index, value): index of a look_control_t, and a value in its range */
void xs_simulator_setControl(xsMachine *the)
{
	simulator_t *simulator = get_simulator(the, &xsThis);
	int index = xsmcToInteger(xsArg(0)), value = xsmcToInteger(xsArg(1));
	const test_card_t *card = &simulator->card;
	if (replays(simulator) || index < 0 || index >= LOOK_CONTROLS)
		xsRangeError("no control of the simulated sensor");
	if (!simulator->seen && value) {
		simulator->seen = picture_memory(test_card_size(card->width, card->height, card->sampling));
		if (!simulator->seen)
			xsRangeError("not enough memory");
	}
	look_set(&simulator->look, (look_control_t)index, value);
	if (look_is_plain(&simulator->look)) {
		free(simulator->seen);
		simulator->seen = NULL;
	}
}

void xs_simulator_get_width(xsMachine *the)
{
	xsmcSetInteger(xsResult, get_simulator(the, &xsThis)->width);
}

void xs_simulator_get_height(xsMachine *the)
{
	xsmcSetInteger(xsResult, get_simulator(the, &xsThis)->height);
}

void xs_simulator_now(xsMachine *the)
{
	xsmcSetNumber(xsResult, monotonic());
}

/* ---- Frame ---- */

/* Returns the buffer that a Frame points at, or NULL. */
static picture_t *get_buffer(xsMachine *the, xsSlot *slot)
{
	uint8_t *bytes = xsmcGetHostDataValidate(*slot, (void *)&xsFrameHooks);
	return bytes ? (picture_t *)(void *)(bytes - offsetof(picture_t, bytes)) : NULL;
}

/* constructor(driver) */
void xs_simulator_frame_constructor(xsMachine *the)
{
	get_simulator(the, &xsArg(0));
	xsmcSetHostBuffer(xsThis, NULL, 0);
	xsSetHostHooks(xsThis, (xsHostHooks *)&xsFrameHooks);
	/* an open Frame keeps the memory it points at */
	xsmcDefine(xsThis, xsID_driver, xsArg(0), xsDontDelete | xsDontEnum | xsDontSet);
}

void xs_simulator_frame_destructor(void *data)
{
	/* the driver owns the memory */
	(void)data;
}

void xs_simulator_frame_get_byteLength(xsMachine *the)
{
	picture_t *buffer = get_buffer(the, &xsThis);
	xsmcSetInteger(xsResult, buffer ? (xsIntegerValue)buffer->length : 0);
}

void xs_simulator_frame_get_captureTime(xsMachine *the)
{
	picture_t *buffer = get_buffer(the, &xsThis);
	xsmcSetNumber(xsResult, buffer ? buffer->capture_time : 0);
}

void xs_simulator_frame_close(xsMachine *the)
{
	picture_t *buffer = get_buffer(the, &xsThis);
	if (!buffer)
		return;
	xsmcSetHostBuffer(xsThis, NULL, 0);
	free_buffer(buffer->owner, buffer->index);
}
