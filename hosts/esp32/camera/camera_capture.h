/* SPDX-License-Identifier: MIT */
/*
 * The capture task: waits for frames from esp32-camera and hands over the newest one.
 * No other task blocks in the driver.
 *
 *                     capture task                                 JavaScript's task
 *   driver ── fb_get ──> one slot, latest wins ── take ──> lease (at most buffer_count - 1) ── fb_return ──> driver
 *                             │ replaced, stopped, closed: fb_return
 *                             └──> driver
 *
 * A frame buffer belongs to exactly one of the driver, the slot, or a lease. Only the task opens and closes the driver,
 * and closes it only when all buffers are back and the task is outside the driver. So a frame's memory is valid as long
 * as it is leased. Closing does not block: the task waits for the driver in the background.
 *
 * All functions must be called from JavaScript's thread.
 */
#ifndef CAMERA_CAPTURE_H
#define CAMERA_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_camera.h"

#define CAMERA_BUFFERS_MIN 2
#define CAMERA_BUFFERS_MAX 8

typedef struct camera_capture camera_capture_t;

typedef struct {
	camera_config_t driver; /* with the size that buffers are allocated for, PIXFORMAT_JPEG */
	framesize_t size;       /* initial size, not larger than that */
	/* Called by the capture task when a frame is in the slot. It runs in a critical section and must not block. Returns
	 * true if the other thread will call `camera_capture_deliver` once; otherwise the task tries again. */
	bool (*wake)(void *context, camera_capture_t *capture);
	void *context;
} camera_capture_options_t;

/* Frames since the camera was opened. Counts only rise. */
typedef struct {
	uint32_t captured;    /* put into the slot, whether read or not */
	uint32_t overwritten; /* of these, never read: replaced by a newer frame, or the camera was stopped */
	uint32_t skipped;     /* given back to keep the frame rate */
	uint32_t timeouts;    /* the driver returned no frame, most often after its timeout of 4 seconds */
	uint32_t refused;     /* empty, or not JPEG */
} camera_capture_counts_t;

typedef enum {
	CAMERA_OPEN = 0,
	CAMERA_BUSY = -1, /* another camera is open, or the previous one is still closing */
	CAMERA_NO_MEMORY = -2,
	CAMERA_NO_PSRAM = -3,
	CAMERA_NO_JPEG = -4,   /* the sensor does not produce JPEG */
	CAMERA_TOO_LARGE = -5, /* the sensor does not support the size */
	CAMERA_FAILED = -6,    /* see the driver's error */
} camera_open_result_t;

typedef struct {
	camera_open_result_t result;
	esp_err_t error;    /* the driver's, for CAMERA_FAILED */
	const char *sensor; /* the sensor's name, or NULL. Static memory */
} camera_open_t;

/* Opens the driver, which takes a few hundred milliseconds. Waits up to 500 ms for a previous camera to close.
 * Returns NULL on failure, with the reason in `status`. */
camera_capture_t *camera_capture_open(const camera_capture_options_t *options, camera_open_t *status);

void *camera_capture_context(const camera_capture_t *capture);

/* Starts capturing. Earlier frames are not delivered. No effect if already started. */
void camera_capture_start(camera_capture_t *capture);
/* Stops capturing and drops a frame that was not taken. Leases stay valid. Does not wait for the task. */
void camera_capture_stop(camera_capture_t *capture);
/* Sets the interval between frames, microseconds; 0: every frame. */
void camera_capture_set_interval(camera_capture_t *capture, uint32_t interval);

/* Handles the message that `wake` posted. Returns whether a frame can be taken. If the camera has been closed since,
 * frees the record and returns false. */
bool camera_capture_deliver(camera_capture_t *capture);
/* Takes the newest frame, or returns NULL. The caller gives it back with esp_camera_fb_return. It may hold all buffers
 * but one, which the driver needs. */
camera_fb_t *camera_capture_take(camera_capture_t *capture);

/* Closes the camera. All taken frames must have been given back. The task closes the driver once it has returned from
 * it. After this only a pending `camera_capture_deliver` may be called. */
void camera_capture_close(camera_capture_t *capture);
/* As `camera_capture_close`, for when the machine ends and a pending message will never be delivered. */
void camera_capture_abandon(camera_capture_t *capture);

camera_capture_counts_t camera_capture_counts(camera_capture_t *capture);

#endif
