/*
 * See camera_capture.h.
 *
 * Two things are shared between the threads: what `lock` protects, which is held for a few instructions; and the record itself,
 * which the last of its two holders frees. The task is made with the first camera, in static memory, and kept for all that follow:
 * a stack of its size may not be had from the heap again.
 *
 * The task asks the driver whether it has a frame before it fetches one, so that it waits on its own semaphore, not inside of the
 * driver: a camera that has fallen silent is then closed at once. (A frame without its end sends fb_get waiting all the same, for
 * 4 seconds at most. That is why closing does not wait for the task.)
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
	/* packets are made in place: lines of the cache that were written would go over what DMA writes into the next frame */
	#error "CONFIG_CAMERA_PSRAM_DMA has to be off"
#endif

/* Above JavaScript's task (4), below lwIP's (18): frames have to be fetched while a packet is being made. */
#define TASK_PRIORITY 8
#define TASK_STACK 5120

/* How often the driver is asked for a frame: the latency that asking adds, milliseconds. */
#define POLL 2
/* After the driver had none: it may say so at once, again and again. Milliseconds. */
#define PAUSE 100
/* How long an open waits for the camera before it to be closed. Milliseconds. */
#define CLOSE_WAIT 500
#define CLOSE_POLL 2

typedef enum { PARKED, RUNNING, CLOSING } capture_mode_t;

struct camera_capture {
	camera_capture_options_t options;
	camera_open_t status;
	int32_t holders;			/* the task, and JavaScript's side; atomic */
	SemaphoreHandle_t opened;	/* given by the task when `status` is there */
	SemaphoreHandle_t wake_up;	/* given when `mode` has changed */

	portMUX_TYPE lock;
	/* under the lock */
	capture_mode_t mode;
	camera_fb_t *newest;		/* the slot */
	bool told;					/* of the frame in the slot */
	bool announced;				/* `wake` was called, and not answered yet */
	bool closed;
	int64_t start_time;			/* microseconds: frames from before are stale */
	int64_t due;				/* of the next frame, when there is an interval */
	uint32_t interval;
	camera_capture_counts_t counts;
};

/* There is one driver. Set by who opens it, cleared by the task that has closed it. Atomic. */
static int32_t driver_taken;

static struct {
	SemaphoreHandle_t given;	/* when `next` is there */
	camera_capture_t *next;		/* written by who has taken the driver */
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

/* The driver has one error for no sensor and for one that makes no JPEG. A sensor of any kind can be opened for grey. */
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
		/* the driver takes the largest that there is, and says so only in its log */
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
	return frame->format == PIXFORMAT_JPEG && frame->buf && frame->len > 4 && frame->buf[0] == 0xff && frame->buf[1] == 0xd8;
}

static int64_t capture_time(const camera_fb_t *frame)
{
	return (int64_t)frame->timestamp.tv_sec * 1000000 + frame->timestamp.tv_usec;
}

/* Whether the frame rate has room for a frame of this instant: on average, so that a frame may come up to an interval early after
 * one that came late. Under the lock. */
static bool is_due(camera_capture_t *capture, int64_t time)
{
	uint32_t interval = capture->interval;
	if (!interval)
		return true;
	/* the sensor's own rate is never quite the one that is asked for */
	if (time < capture->due - interval / 4)
		return false;
	if (capture->due < time - interval)
		capture->due = time - interval;
	capture->due += interval;
	return true;
}

/* Puts a frame into the slot. Returns the one to be given back: this one, or the one before, or NULL. */
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

/* Tells the other thread, once a frame, one message at a time. Under the lock, so that nothing follows a close. */
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
			/* again, too, what found no room in the queue of messages */
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

/* Static memory: it cannot fail. */
static void make_task(void)
{
	if (task.given)
		return;
	task.given = xSemaphoreCreateBinaryStatic(&task.semaphore);
	xTaskCreateStaticPinnedToCore(capture_task, "camera", TASK_STACK, NULL, TASK_PRIORITY, task.stack, &task.record, tskNO_AFFINITY);
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
	/* bounded by the driver: every transfer to the sensor has its own time-out */
	xSemaphoreTake(capture->opened, portMAX_DELAY);
	*status = capture->status;
	if (status->result == CAMERA_OPEN)
		return capture;
	release(capture);
	return NULL;
}

/* From here on nothing comes into the slot. */
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

/* Returns whether a message is under way, which names the record. */
static bool shut(camera_capture_t *capture)
{
	/* in this order: the task closes the driver, and then there is nowhere to give a frame back to */
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
