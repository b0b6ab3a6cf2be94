/* SPDX-License-Identifier: MIT */
/*
 * See camera_capture.h.
 *
 * The threads share the fields under `lock`, which is held for a few instructions, and the record itself, which the
 * last of its two holders frees. The task is created with the first camera, in static memory, and serves all later
 * ones: the heap may not have a block of its stack's size again.
 *
 * The task asks the driver whether a frame is available before it fetches one. It therefore waits on its own semaphore,
 * not inside the driver, and a camera that delivers no frames closes immediately. A frame without an end still blocks
 * fb_get for up to 4 seconds, which is why closing does not wait for the task.
 */

#include <stdlib.h>

#include "esp_heap_caps.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"

#include "camera_capture.h"
#include "camera_memory.h"

#if CONFIG_CAMERA_PSRAM_DMA
	/* packets are built in place: written cache lines would overwrite the next frame that DMA stores there */
	#error "CONFIG_CAMERA_PSRAM_DMA must be off"
#endif

/* Above JavaScript's task (4), so that frames are fetched while a packet is being built; below lwIP's (18). */
#define TASK_PRIORITY 8
#define TASK_STACK 5120

/* Interval between polls of the driver, and so the latency that polling adds. Milliseconds. */
#define POLL 2
/* Pause after a failed fetch, which may fail immediately every time. Milliseconds. */
#define PAUSE 100
/* How long opening waits for the previous camera to close. Milliseconds. */
#define CLOSE_WAIT 500
#define CLOSE_POLL 2

typedef enum { PARKED, RUNNING, CLOSING } capture_mode_t;

struct camera_capture {
	camera_capture_options_t options;
	camera_open_t status;
	int32_t holders;           /* the task and JavaScript's side; atomic */
	SemaphoreHandle_t opened;  /* given by the task when `status` is set */
	SemaphoreHandle_t wake_up; /* given when `mode` has changed */

	portMUX_TYPE lock;
	/* under the lock */
	capture_mode_t mode;
	camera_fb_t *newest; /* the slot */
	bool told;           /* the frame in the slot has been announced */
	bool announced;      /* a message from `wake` is pending */
	bool closed;
	int64_t start_time; /* microseconds; earlier frames are stale */
	int64_t due;        /* of the next frame, if `interval` is set; microseconds */
	uint32_t interval;
	camera_capture_counts_t counts;
};

/* Whether the only driver is in use. Set before opening it, cleared by the task after closing it. Atomic. */
static int32_t driver_taken;

static struct {
	SemaphoreHandle_t given; /* when `next` is set */
	camera_capture_t *next;  /* written by the holder of `driver_taken` */
	StaticSemaphore_t semaphore;
	StaticTask_t record;
	StackType_t stack[TASK_STACK];
} task;

/* ---- The record ---- */

static void release(camera_capture_t *capture)
{
	if (__atomic_sub_fetch(&capture->holders, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	if (capture->opened)
		vSemaphoreDelete(capture->opened);
	if (capture->wake_up)
		vSemaphoreDelete(capture->wake_up);
	free(capture);
}

static camera_capture_t *make_record(const camera_capture_options_t *options)
{
	camera_capture_t *capture = calloc(1, sizeof(*capture));
	if (!capture)
		return NULL;
	capture->options = *options;
	portMUX_INITIALIZE(&capture->lock);
	capture->holders = 1;
	capture->opened = xSemaphoreCreateBinary();
	capture->wake_up = xSemaphoreCreateBinary();
	if (capture->opened && capture->wake_up)
		return capture;
	release(capture);
	return NULL;
}

static TickType_t ticks(uint32_t milliseconds)
{
	TickType_t result = pdMS_TO_TICKS(milliseconds);
	return result ? result : 1;
}

/* ---- The task: the driver ---- */

/* Returns the name of any sensor, or NULL. The driver reports a missing sensor and one without JPEG by the same error,
 * but it can open every sensor in greyscale. */
static const char *find_any_sensor(camera_config_t config)
{
	config.pixel_format = PIXFORMAT_GRAYSCALE;
	config.frame_size = FRAMESIZE_QQVGA;
	config.fb_count = 1;
	if (esp_camera_init(&config) != ESP_OK)
		return NULL;
	sensor_t *sensor = esp_camera_sensor_get();
	camera_sensor_info_t *info = sensor ? esp_camera_sensor_get_info(&sensor->id) : NULL;
	const char *name = info ? info->name : "sensor";
	esp_camera_deinit();
	return name;
}

static camera_open_t open_driver(const camera_capture_options_t *options)
{
	const camera_config_t *config = &options->driver;
	camera_open_t status = { CAMERA_FAILED, esp_camera_init(config), NULL };
	if (status.error == ESP_ERR_NOT_SUPPORTED) {
		status.sensor = find_any_sensor(*config);
		if (status.sensor)
			status.result = CAMERA_NO_JPEG;
		return status;
	}
	if (status.error != ESP_OK)
		return status;

	sensor_t *sensor = esp_camera_sensor_get();
	camera_sensor_info_t *info = sensor ? esp_camera_sensor_get_info(&sensor->id) : NULL;
	status.sensor = info ? info->name : "sensor";
	if (!sensor)
		status.error = ESP_ERR_CAMERA_NOT_DETECTED;
	else if (sensor->status.framesize != config->frame_size)
		/* the driver falls back to the sensor's largest size and reports this only in its log */
		status.result = CAMERA_TOO_LARGE;
	else if (options->size != config->frame_size && sensor->set_framesize(sensor, options->size))
		status.error = ESP_ERR_CAMERA_FAILED_TO_SET_FRAME_SIZE;
	else {
		status.result = CAMERA_OPEN;
		return status;
	}
	esp_camera_deinit();
	return status;
}

/* ---- The task: frames ---- */

static bool is_jpeg(const camera_fb_t *frame)
{
	return frame->format == PIXFORMAT_JPEG && frame->buf && frame->len > 4 && frame->buf[0] == 0xff
		&& frame->buf[1] == 0xd8;
}

static int64_t capture_time(const camera_fb_t *frame)
{
	return (int64_t)frame->timestamp.tv_sec * 1000000 + frame->timestamp.tv_usec;
}

/* Whether the frame rate allows a frame at this time. The rate holds on average: after a late frame the next may be up
 * to one interval early. Called with the lock held. */
static bool is_due(camera_capture_t *capture, int64_t time)
{
	uint32_t interval = capture->interval;
	if (!interval)
		return true;
	/* tolerance, since the sensor's rate never matches the requested one exactly */
	if (time < capture->due - interval / 4)
		return false;
	if (capture->due < time - interval)
		capture->due = time - interval;
	capture->due += interval;
	return true;
}

/* Puts a frame into the slot. Returns the frame to give back to the driver: this one, the previous one, or NULL. */
static camera_fb_t *hand_over(camera_capture_t *capture, camera_fb_t *frame)
{
	camera_fb_t *back = frame;
	int64_t time = capture_time(frame);
	bool good = is_jpeg(frame);
	portENTER_CRITICAL(&capture->lock);
	if (!good)
		capture->counts.refused += 1;
	else if (capture->mode == RUNNING && time >= capture->start_time) {
		if (is_due(capture, time)) {
			back = capture->newest;
			capture->newest = frame;
			capture->told = false;
			capture->counts.captured += 1;
			capture->counts.overwritten += back != NULL;
		}
		else
			capture->counts.skipped += 1;
	}
	portEXIT_CRITICAL(&capture->lock);
	return back;
}

/* Notifies the other thread once per frame, with one pending message at most.
 * It holds the lock, so that no message follows a close. */
static void announce(camera_capture_t *capture)
{
	portENTER_CRITICAL(&capture->lock);
	if (capture->newest && !capture->told && !capture->announced)
		capture->told = capture->announced = capture->options.wake(capture->options.context, capture);
	portEXIT_CRITICAL(&capture->lock);
}

static void fetch(camera_capture_t *capture)
{
	camera_fb_t *frame = esp_camera_fb_get();
	if (!frame) {
		portENTER_CRITICAL(&capture->lock);
		capture->counts.timeouts += 1;
		portEXIT_CRITICAL(&capture->lock);
		xSemaphoreTake(capture->wake_up, ticks(PAUSE));
		return;
	}
	camera_fb_t *back = hand_over(capture, frame);
	if (back)
		esp_camera_fb_return(back);
}

static void run(camera_capture_t *capture)
{
	for (;;) {
		portENTER_CRITICAL(&capture->lock);
		capture_mode_t mode = capture->mode;
		portEXIT_CRITICAL(&capture->lock);
		if (mode == CLOSING)
			return;
		if (mode == PARKED)
			xSemaphoreTake(capture->wake_up, portMAX_DELAY);
		else {
			if (esp_camera_available_frames())
				fetch(capture);
			else
				xSemaphoreTake(capture->wake_up, ticks(POLL));
			/* also retries after the message queue was full */
			announce(capture);
		}
	}
}

static void serve(camera_capture_t *capture)
{
	camera_open_t status = open_driver(&capture->options);
	capture->status = status;
	xSemaphoreGive(capture->opened);
	if (status.result == CAMERA_OPEN) {
		run(capture);
		esp_camera_deinit();
	}
	__atomic_store_n(&driver_taken, 0, __ATOMIC_RELEASE);
	release(capture);
}

static void capture_task(void *parameter)
{
	(void)parameter;
	for (;;) {
		xSemaphoreTake(task.given, portMAX_DELAY);
		serve(task.next);
	}
}

/* Creates the task on the first call. Its memory is static, so this cannot fail. */
static void make_task(void)
{
	if (task.given)
		return;
	task.given = xSemaphoreCreateBinaryStatic(&task.semaphore);
	xTaskCreateStaticPinnedToCore(
		capture_task, "camera", TASK_STACK, NULL, TASK_PRIORITY, task.stack, &task.record, tskNO_AFFINITY);
}

/* ---- The other thread ---- */

static bool take_driver(void)
{
	for (uint32_t waited = 0; __atomic_exchange_n(&driver_taken, 1, __ATOMIC_ACQUIRE); waited += CLOSE_POLL) {
		if (waited >= CLOSE_WAIT)
			return false;
		vTaskDelay(ticks(CLOSE_POLL));
	}
	return true;
}

camera_capture_t *camera_capture_open(const camera_capture_options_t *options, camera_open_t *status)
{
	*status = (camera_open_t){ CAMERA_NO_PSRAM, ESP_OK, NULL };
	if (!heap_caps_get_total_size(MALLOC_CAP_SPIRAM))
		return NULL;
	camera_memory_reserve();
	make_task();
	status->result = CAMERA_NO_MEMORY;
	camera_capture_t *capture = make_record(options);
	if (!capture)
		return NULL;
	if (!take_driver()) {
		status->result = CAMERA_BUSY;
		release(capture);
		return NULL;
	}
	capture->holders = 2;
	task.next = capture;
	xSemaphoreGive(task.given);
	/* the driver bounds the wait: every transfer to the sensor has its own timeout */
	xSemaphoreTake(capture->opened, portMAX_DELAY);
	*status = capture->status;
	if (status->result == CAMERA_OPEN)
		return capture;
	release(capture);
	return NULL;
}

/* Empties the slot and keeps it empty. */
static void park(camera_capture_t *capture)
{
	portENTER_CRITICAL(&capture->lock);
	camera_fb_t *unread = capture->newest;
	capture->newest = NULL;
	capture->counts.overwritten += unread != NULL;
	capture->mode = PARKED;
	portEXIT_CRITICAL(&capture->lock);
	if (unread)
		esp_camera_fb_return(unread);
}

void *camera_capture_context(const camera_capture_t *capture)
{
	return capture->options.context;
}

void camera_capture_start(camera_capture_t *capture)
{
	int64_t now = esp_timer_get_time();
	portENTER_CRITICAL(&capture->lock);
	if (capture->mode == PARKED) {
		capture->mode = RUNNING;
		capture->start_time = now;
		capture->due = now;
	}
	portEXIT_CRITICAL(&capture->lock);
	xSemaphoreGive(capture->wake_up);
}

void camera_capture_stop(camera_capture_t *capture)
{
	park(capture);
}

void camera_capture_set_interval(camera_capture_t *capture, uint32_t interval)
{
	portENTER_CRITICAL(&capture->lock);
	capture->interval = interval;
	capture->due = 0;
	portEXIT_CRITICAL(&capture->lock);
}

bool camera_capture_deliver(camera_capture_t *capture)
{
	portENTER_CRITICAL(&capture->lock);
	capture->announced = false;
	capture->told = true;
	bool closed = capture->closed, readable = capture->newest != NULL;
	portEXIT_CRITICAL(&capture->lock);
	if (closed)
		release(capture);
	return !closed && readable;
}

camera_fb_t *camera_capture_take(camera_capture_t *capture)
{
	portENTER_CRITICAL(&capture->lock);
	camera_fb_t *frame = capture->newest;
	capture->newest = NULL;
	portEXIT_CRITICAL(&capture->lock);
	return frame;
}

/* Returns whether a message that refers to the record is pending. */
static bool shut(camera_capture_t *capture)
{
	/* first, since a frame cannot be given back once the task has closed the driver */
	park(capture);
	portENTER_CRITICAL(&capture->lock);
	bool announced = capture->announced;
	capture->closed = true;
	capture->mode = CLOSING;
	portEXIT_CRITICAL(&capture->lock);
	xSemaphoreGive(capture->wake_up);
	return announced;
}

void camera_capture_close(camera_capture_t *capture)
{
	if (!shut(capture))
		release(capture);
}

void camera_capture_abandon(camera_capture_t *capture)
{
	shut(capture);
	release(capture);
}

camera_capture_counts_t camera_capture_counts(camera_capture_t *capture)
{
	portENTER_CRITICAL(&capture->lock);
	camera_capture_counts_t counts = capture->counts;
	portEXIT_CRITICAL(&capture->lock);
	return counts;
}
