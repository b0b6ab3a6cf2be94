/* SPDX-License-Identifier: MIT */
/*
 * esp32-camera without a sensor: a thread captures into buffers, in a queue where the latest wins. It counts misuse
 * that would corrupt the real driver's memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "xsmc.h"

#include "esp_camera.h"
#include "esp_heap_caps.h"
#include "esp_timer.h"
#include "fakeheap.h"
#include "fakertos.h"
#include "messages.h"
#include "freertos/task.h"

#define BUFFERS_MAX 8
#define IMAGE_MAX 4096

const resolution_info_t resolution[] = { { 160, 120 }, { 320, 240 }, { 640, 480 }, { 800, 600 }, { 1600, 1200 } };

typedef enum { EMPTY, FILLING, QUEUED, OUT } state_t;

typedef struct {
	camera_fb_t fb;
	state_t state;
	uint32_t order;
} buffer_t;

/* Numbers that tests set and read by name. All are protected by the lock. */
static struct {
	int interval;    /* microseconds between frames; 0: none */
	int init_error;  /* result of the next failing esp_camera_init */
	int init_errors; /* number of esp_camera_init calls that fail */
	int init_time;   /* its duration, milliseconds */
	int psram;
	int sensor;      /* row of `sensors` */
	int null_frames; /* number of times that fb_get immediately returns NULL */
	int blocking;    /* a frame is announced, but fb_get times out waiting for it */
	int timeout;     /* of fb_get, milliseconds */
	int bad_frames;  /* 1: empty, 2: not JPEG */
	int refuse;      /* the sensor rejects all settings */
	int absent;      /* the sensor has only the functions for size and quality */
	int smaller;     /* init opens a smaller size than requested */
	int traffic;     /* other tasks' allocations during init, and after the driver was closed */

	int inits, deinits;
	int taken;      /* frames returned by fb_get */
	int out;        /* frames currently out of the driver */
	int peak;       /* maximum of `out` */
	int violations; /* of the driver's requirements */
	int inside;     /* threads in fb_get */
	int captured;   /* by the sensor */
	int lost;       /* not captured for lack of a buffer */
	int newest;     /* time of the last capture: microseconds, 31 bits */
	int sets;       /* calls of the sensor's functions */
	int value;      /* argument of the last call */
	int function;   /* function of the last call: index in `function_names` */
	int quality, size, xclk, buffers, pin;
	int short_of_memory; /* inits that failed for lack of memory */
} fake;

static const struct {
	const char *name;
	int *value;
} numbers[] = {
#define NUMBER(name) \
	{ \
		#name, &fake.name \
	}
	NUMBER(interval),
	NUMBER(init_error),
	NUMBER(init_errors),
	NUMBER(init_time),
	NUMBER(psram),
	NUMBER(sensor),
	NUMBER(null_frames),
	NUMBER(blocking),
	NUMBER(timeout),
	NUMBER(bad_frames),
	NUMBER(refuse),
	NUMBER(absent),
	NUMBER(smaller),
	NUMBER(traffic),
	NUMBER(inits),
	NUMBER(deinits),
	NUMBER(taken),
	NUMBER(out),
	NUMBER(peak),
	NUMBER(violations),
	NUMBER(inside),
	NUMBER(captured),
	NUMBER(lost),
	NUMBER(newest),
	NUMBER(sets),
	NUMBER(value),
	NUMBER(function),
	NUMBER(quality),
	NUMBER(size),
	NUMBER(xclk),
	NUMBER(buffers),
	NUMBER(pin),
	NUMBER(short_of_memory),
};

static camera_sensor_info_t sensors[] = {
	{ "OV2640", 0x26, true },
	{ "OV5640", 0x5640, true },
	{ "GC0308", 0x9b, false },
};

/* The driver's (2.1.6, ESP32, JPEG) allocations of internal memory, in order. Octets. The last is the stack and record
 * of its task, whose failure it ignores. */
static const struct {
	size_t size;
	uint32_t caps;
} allocations[] = {
	{ 100, MALLOC_CAP_DMA },
	{ 3 * 44, MALLOC_CAP_DEFAULT },
	{ 8 * 4096, MALLOC_CAP_DMA },
	{ 16 * 12, MALLOC_CAP_DMA },
	{ 120, MALLOC_CAP_DEFAULT },
	{ 100, MALLOC_CAP_DEFAULT },
	{ 4096 + 360, MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL },
};

#define ALLOCATIONS (sizeof(allocations) / sizeof(allocations[0]))

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uintptr_t memory[ALLOCATIONS];
	bool open;
	bool closing;
	pthread_t thread;
	buffer_t *buffers[BUFFERS_MAX];
	uint32_t order;
	pixformat_t format;
	sensor_t sensor;
	uint8_t image[IMAGE_MAX];
	size_t image_length;
} driver = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void lock(void)
{
	pthread_mutex_lock(&driver.lock);
}

static void unlock(void)
{
	pthread_mutex_unlock(&driver.lock);
}

static void wait_until(int64_t time)
{
	int64_t left = time - esp_timer_get_time();
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	int64_t nanoseconds = until.tv_nsec + (left > 0 ? left : 0) * 1000;
	until.tv_sec += nanoseconds / 1000000000;
	until.tv_nsec = nanoseconds % 1000000000;
	pthread_cond_timedwait(&driver.changed, &driver.lock, &until);
}

const char *esp_err_to_name(esp_err_t code)
{
	return code == ESP_FAIL ? "ESP_FAIL" : code == ESP_ERR_NO_MEM ? "ESP_ERR_NO_MEM" : "UNKNOWN ERROR";
}

size_t heap_caps_get_total_size(uint32_t caps)
{
	lock();
	size_t size = caps == MALLOC_CAP_SPIRAM ? (size_t)fake.psram : 0;
	unlock();
	return size;
}

/* ---- the sensor's functions ---- */

static int took(sensor_t *sensor, int function, int value)
{
	(void)sensor;
	lock();
	int refuse = fake.refuse;
	fake.sets += 1;
	if (!refuse) {
		fake.function = function;
		fake.value = value;
	}
	unlock();
	return refuse ? -1 : 0;
}

enum { QUALITY = 1, SIZE, XCLK, CEILING, FIRST };

/* clang-format off */
#define FUNCTIONS(EACH) \
	EACH(contrast, contrast) EACH(brightness, brightness) EACH(saturation, saturation) EACH(sharpness, sharpness) \
	EACH(denoise, denoise) EACH(colorbar, colorbar) EACH(whitebal, awb) EACH(gain_ctrl, agc) \
	EACH(exposure_ctrl, aec) EACH(hmirror, hmirror) EACH(vflip, vflip) EACH(aec2, aec2) EACH(awb_gain, awb_gain) \
	EACH(agc_gain, agc_gain) EACH(aec_value, aec_value) EACH(special_effect, special_effect) EACH(wb_mode, wb_mode) \
	EACH(ae_level, ae_level) EACH(dcw, dcw) EACH(bpc, bpc) EACH(wpc, wpc) EACH(raw_gma, raw_gma) EACH(lenc, lenc)
/* clang-format on */

enum {
	BEFORE = FIRST - 1,
#define PLACE(name, field) PLACE_##name,
	FUNCTIONS(PLACE)
};

/* clang-format off */
static const char *const function_names[] = {
	[QUALITY] = "quality", [SIZE] = "framesize", [XCLK] = "xclk", [CEILING] = "gainceiling",
#define NAME(name, field) [PLACE_##name] = #name,
	FUNCTIONS(NAME)
};
/* clang-format on */

#define SETTER(name, field) \
	static int set_##name(sensor_t *sensor, int value) \
	{ \
		if (took(sensor, PLACE_##name, value)) \
			return -1; \
		sensor->status.field = value; \
		return 0; \
	}
FUNCTIONS(SETTER)

static int set_gainceiling(sensor_t *sensor, gainceiling_t value)
{
	if (took(sensor, CEILING, (int)value))
		return -1;
	sensor->status.gainceiling = (uint8_t)value;
	return 0;
}

static int set_quality(sensor_t *sensor, int value)
{
	if (took(sensor, QUALITY, value))
		return -1;
	lock();
	fake.quality = value;
	unlock();
	return 0;
}

static int set_framesize(sensor_t *sensor, framesize_t size)
{
	if (took(sensor, SIZE, (int)size))
		return -1;
	lock();
	sensor->status.framesize = size;
	fake.size = (int)size;
	unlock();
	return 0;
}

static int set_xclk(sensor_t *sensor, int timer, int xclk)
{
	if (took(sensor, XCLK, xclk) || timer != (int)LEDC_TIMER_0)
		return -1;
	sensor->xclk_freq_hz = xclk * 1000000;
	return 0;
}

static void make_sensor(int row, int xclk, framesize_t size)
{
	driver.sensor = (sensor_t){ .id = { sensors[row].pid }, .xclk_freq_hz = xclk, .status = { .framesize = size } };
	sensor_t *sensor = &driver.sensor;
	sensor->set_quality = set_quality;
	sensor->set_framesize = set_framesize;
	if (fake.absent)
		return;
	sensor->set_gainceiling = set_gainceiling;
	sensor->set_xclk = set_xclk;
#define ASSIGN(name, field) sensor->set_##name = set_##name;
	FUNCTIONS(ASSIGN)
}

/* ---- capture ---- */

/* The latest wins: if no buffer is empty, the oldest pending one is overwritten, provided that another is pending. */
static buffer_t *choose_buffer(void)
{
	buffer_t *oldest = NULL;
	int queued = 0;
	for (int i = 0; i < fake.buffers; i++) {
		buffer_t *buffer = driver.buffers[i];
		if (buffer->state == EMPTY)
			return buffer;
		if (buffer->state == QUEUED) {
			queued += 1;
			if (!oldest || buffer->order < oldest->order)
				oldest = buffer;
		}
	}
	return queued > 1 ? oldest : NULL;
}

static void capture(void)
{
	fake.captured += 1;
	buffer_t *buffer = choose_buffer();
	if (!buffer) {
		fake.lost += 1;
		return;
	}
	int64_t now = esp_timer_get_time();
	buffer->state = FILLING;
	memcpy(buffer->fb.buf, driver.image, driver.image_length);
	buffer->fb.len = driver.image_length;
	if (fake.bad_frames == 1)
		buffer->fb.len = 0;
	else if (fake.bad_frames)
		buffer->fb.buf[0] = 0;
	buffer->fb.format = driver.format;
	buffer->fb.timestamp.tv_sec = now / 1000000;
	buffer->fb.timestamp.tv_usec = now % 1000000;
	fake.newest = (int)(now & 0x7fffffff);
	buffer->order = ++driver.order;
	buffer->state = QUEUED;
	pthread_cond_broadcast(&driver.changed);
}

static void *run_sensor(void *data)
{
	(void)data;
	lock();
	int64_t due = esp_timer_get_time();
	while (!driver.closing) {
		if (!fake.interval) {
			pthread_cond_wait(&driver.changed, &driver.lock);
			due = esp_timer_get_time();
			continue;
		}
		if (esp_timer_get_time() < due + fake.interval) {
			wait_until(due + fake.interval);
			continue;
		}
		due += fake.interval;
		capture();
	}
	unlock();
	return NULL;
}

static buffer_t *find_queued(void)
{
	buffer_t *oldest = NULL;
	for (int i = 0; i < fake.buffers; i++) {
		buffer_t *buffer = driver.buffers[i];
		if (buffer->state == QUEUED && (!oldest || buffer->order < oldest->order))
			oldest = buffer;
	}
	return oldest;
}

/* ---- its memory ---- */

static bool take_memory(void)
{
	for (size_t i = 0; i < ALLOCATIONS; i++) {
		/* in between, the driver finds and sets up the sensor, and sleeps for a few hundred milliseconds */
		if (i == 1)
			fake_heap_traffic(fake.traffic);
		driver.memory[i] = fake_heap_malloc(allocations[i].size, allocations[i].caps);
		if (!driver.memory[i] && i + 1 < ALLOCATIONS)
			return false;
	}
	return true;
}

static void free_memory(void)
{
	for (size_t i = ALLOCATIONS; i-- > 0;) {
		fake_heap_free(driver.memory[i]);
		driver.memory[i] = 0;
	}
	fake_heap_traffic(fake.traffic);
}

esp_err_t esp_camera_init(const camera_config_t *config)
{
	lock();
	int time = fake.init_time;
	unlock();
	if (time) {
		vTaskDelay((TickType_t)time);
	}
	lock();
	esp_err_t error = ESP_OK;
	fake.inits += 1;
	if (driver.open) {
		fake.violations += 1;
		error = ESP_ERR_INVALID_STATE;
	}
	else if (fake.init_errors) {
		fake.init_errors -= 1;
		error = fake.init_error;
	}
	else if (config->pixel_format == PIXFORMAT_JPEG && !sensors[fake.sensor].support_jpeg)
		error = ESP_ERR_NOT_SUPPORTED;
	else if (!take_memory()) {
		free_memory();
		fake.short_of_memory += 1;
		error = ESP_FAIL;
	}
	if (error == ESP_OK) {
		fake.buffers = (int)config->fb_count;
		fake.quality = config->jpeg_quality;
		fake.size = (int)config->frame_size - (fake.smaller ? 1 : 0);
		fake.xclk = config->xclk_freq_hz;
		fake.pin = config->pin_d7;
		driver.format = config->pixel_format;
		for (int i = 0; i < fake.buffers; i++) {
			driver.buffers[i] = calloc(1, sizeof(buffer_t));
			/* a separate block, so that the sanitizer detects uses after the driver was closed */
			driver.buffers[i]->fb.buf = malloc(IMAGE_MAX);
		}
		make_sensor(fake.sensor, config->xclk_freq_hz, (framesize_t)fake.size);
		driver.open = true;
		driver.closing = false;
		pthread_create(&driver.thread, NULL, run_sensor, NULL);
	}
	unlock();
	return error;
}

esp_err_t esp_camera_deinit(void)
{
	lock();
	if (!driver.open) {
		unlock();
		return ESP_ERR_INVALID_STATE;
	}
	fake.deinits += 1;
	/* the driver frees its buffers even if they are in use */
	fake.violations += fake.out + fake.inside;
	driver.closing = true;
	pthread_cond_broadcast(&driver.changed);
	unlock();
	pthread_join(driver.thread, NULL);
	lock();
	for (int i = 0; i < fake.buffers; i++) {
		free(driver.buffers[i]->fb.buf);
		free(driver.buffers[i]);
	}
	free_memory();
	fake.out = 0;
	driver.open = false;
	unlock();
	return ESP_OK;
}

bool esp_camera_available_frames(void)
{
	lock();
	bool available = driver.open && (fake.blocking || fake.null_frames || find_queued());
	unlock();
	return available;
}

camera_fb_t *esp_camera_fb_get(void)
{
	lock();
	camera_fb_t *frame = NULL;
	if (!driver.open)
		fake.violations += 1;
	else if (fake.null_frames)
		fake.null_frames -= 1;
	else {
		int64_t until = esp_timer_get_time() + fake.timeout * 1000;
		fake.inside += 1;
		while ((fake.blocking || !find_queued()) && esp_timer_get_time() < until)
			wait_until(until);
		fake.inside -= 1;
		buffer_t *buffer = fake.blocking ? NULL : find_queued();
		if (buffer) {
			buffer->state = OUT;
			fake.taken += 1;
			fake.out += 1;
			if (fake.out > fake.peak)
				fake.peak = fake.out;
			frame = &buffer->fb;
		}
	}
	unlock();
	return frame;
}

void esp_camera_fb_return(camera_fb_t *frame)
{
	lock();
	bool found = false;
	for (int i = 0; driver.open && i < fake.buffers; i++) {
		if (&driver.buffers[i]->fb == frame && driver.buffers[i]->state == OUT) {
			driver.buffers[i]->state = EMPTY;
			fake.out -= 1;
			found = true;
		}
	}
	fake.violations += !found;
	unlock();
}

sensor_t *esp_camera_sensor_get(void)
{
	lock();
	sensor_t *sensor = driver.open ? &driver.sensor : NULL;
	unlock();
	return sensor;
}

camera_sensor_info_t *esp_camera_sensor_get_info(sensor_id_t *id)
{
	for (size_t i = 0; i < sizeof(sensors) / sizeof(sensors[0]); i++) {
		if (sensors[i].pid == id->PID)
			return &sensors[i];
	}
	return NULL;
}

/* ---- for the tests ---- */

static int *find_number(xsMachine *the)
{
	char name[32];
	xsmcToStringBuffer(xsArg(0), name, sizeof(name));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!strcmp(numbers[i].name, name))
			return numbers[i].value;
	}
	xsUnknownError("no number %s", name);
	return NULL;
}

void xs_fake_set(xsMachine *the)
{
	int value = xsmcToInteger(xsArg(1));
	int *number = find_number(the);
	lock();
	*number = value;
	pthread_cond_broadcast(&driver.changed);
	unlock();
}

void xs_fake_get(xsMachine *the)
{
	int *number = find_number(the);
	lock();
	int value = *number;
	unlock();
	xsmcSetInteger(xsResult, value);
}

/* Resets the driver, with this image. Nothing may be open. */
void xs_fake_reset(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	lock();
	bool busy = driver.open || length > IMAGE_MAX;
	if (!busy) {
		memset(&fake, 0, sizeof(fake));
		fake.interval = 5000;
		fake.psram = 4 * 1024 * 1024;
		fake.timeout = 4000;
		memcpy(driver.image, bytes, length);
		driver.image_length = length;
		fake_heap_reset(1, false);
	}
	unlock();
	if (busy)
		xsUnknownError("the fake driver is open");
	messages_limit = 10;
	fake_semaphore_failures = 0;
	messages_posted = messages_refused = 0;
}

/* heap(seed, hidden): as fake_heap_reset. Nothing may be open. */
void xs_fake_heap(xsMachine *the)
{
	int seed = xsmcToInteger(xsArg(0));
	bool hidden = xsmcTest(xsArg(1));
	fake_heap_reset((uint32_t)seed, hidden);
}

/* Largest free block of the general internal memory, octets. */
void xs_fake_largestBlock(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)fake_heap_largest(MALLOC_CAP_INTERNAL));
}

/* Name of the sensor function called last. */
void xs_fake_lastFunction(xsMachine *the)
{
	lock();
	const char *name = function_names[fake.function];
	unlock();
	if (name)
		xsmcSetString(xsResult, (char *)name);
}

/* Checks, after the machine has ended, that everything is closed and nothing was misused. */
static void check_end(void)
{
	for (int i = 0; fake_semaphores && i < 3000; i++)
		vTaskDelay(1);
	lock();
	if (fake_semaphores || driver.open || fake.violations) {
		fprintf(stderr, "at the end: %d semaphores, driver %s, %d violations\n", fake_semaphores,
			driver.open ? "open" : "closed", fake.violations);
		_exit(3);
	}
	unlock();
}

void xs_fake_checkAtExit(xsMachine *the)
{
	(void)the;
	atexit(check_end);
}

void xs_fake_semaphores(xsMachine *the)
{
	xsmcSetInteger(xsResult, fake_semaphores);
}

void xs_fake_posted(xsMachine *the)
{
	xsmcSetInteger(xsResult, (int32_t)messages_posted);
}

void xs_fake_queueFull(xsMachine *the)
{
	xsmcSetInteger(xsResult, (int32_t)messages_refused);
}

void xs_fake_setQueueLength(xsMachine *the)
{
	messages_limit = xsmcToInteger(xsArg(0));
}

void xs_fake_failSemaphore(xsMachine *the)
{
	fake_semaphore_failures = 1;
}

/* Keeps this thread busy instead of running the loop, milliseconds. */
void xs_fake_busy(xsMachine *the)
{
	int milliseconds = xsmcToInteger(xsArg(0));
	vTaskDelay((TickType_t)milliseconds);
}
