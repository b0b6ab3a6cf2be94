/*
 * The capture task: waits for the frames of esp32-camera, so that nobody else has to, and hands over the newest one.
 *
 *                     capture task                                 JavaScript's task
 *   driver ── fb_get ──> one slot, latest wins ── take ──> lease (at most buffer_count - 1) ── fb_return ──> driver
 *                             │ replaced, stopped, closed: fb_return
 *                             └──> driver
 *
 * A frame buffer belongs to the driver, to the slot, or to one lease: never to two of them. The driver is opened and closed by the
 * task alone, and closed only when no buffer is out and the task is not inside of it. So the memory of a frame lives as long as
 * somebody may look at it, and closing waits for nobody: what the driver does not let go of at once, the task waits for.
 *
 * Every function is for one thread: JavaScript's.
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
	camera_config_t driver;		/* the size that buffers are made for, PIXFORMAT_JPEG */
	framesize_t size;			/* what it begins with: not larger */
	/* Called by the capture task, within a critical section, when a frame is in the slot: it must not wait. Returns whether
	 * `camera_capture_deliver` will be called, once, by the other thread; if not it is tried again. */
	bool (*wake)(void *context, camera_capture_t *capture);
	void *context;
} camera_capture_options_t;

/* Frames since it was opened. Counts only rise. */
typedef struct {
	uint32_t captured;		/* handed over, whether read or not */
	uint32_t overwritten;	/* of these, not read: a later one came, or the camera was stopped */
	uint32_t skipped;		/* given back at once to keep the frame rate */
	uint32_t timeouts;		/* the driver had no frame within its 4 seconds, or none at all */
	uint32_t refused;		/* empty, or no JPEG */
} camera_capture_counts_t;

typedef enum {
	CAMERA_OPEN = 0,
	CAMERA_BUSY = -1,		/* another one is open, or the driver has not let go of the one before */
	CAMERA_NO_MEMORY = -2,
	CAMERA_NO_PSRAM = -3,
	CAMERA_NO_JPEG = -4,	/* there is a sensor, but it makes no JPEG */
	CAMERA_TOO_LARGE = -5,	/* the sensor has no such size */
	CAMERA_FAILED = -6,		/* the driver says why */
} camera_open_result_t;

typedef struct {
	camera_open_result_t result;
	esp_err_t error;		/* of CAMERA_FAILED */
	const char *sensor;		/* its name; NULL where there is none. Static memory */
} camera_open_t;

/* Opens the driver, which takes a few hundred milliseconds; waits up to half a second for one that is being closed.
 * Returns NULL when it cannot, and in `status` why. */
camera_capture_t *camera_capture_open(const camera_capture_options_t *options, camera_open_t *status);

void *camera_capture_context(const camera_capture_t *capture);

/* From now on frames are captured (those that were captured before are not delivered). Without effect while it runs. */
void camera_capture_start(camera_capture_t *capture);
/* No more frames; one that was not taken is gone. Leases stay. Returns without waiting for the task. */
void camera_capture_stop(camera_capture_t *capture);
/* Microseconds between frames; 0: as they come. */
void camera_capture_set_interval(camera_capture_t *capture, uint32_t interval);

/* What `wake` announced: returns whether there is a frame to be taken. When it was closed meanwhile this frees it: false then. */
bool camera_capture_deliver(camera_capture_t *capture);
/* The newest frame, or NULL. The caller gives it back with esp_camera_fb_return, and keeps one buffer fewer than there are at
 * most: the driver needs one. */
camera_fb_t *camera_capture_take(camera_capture_t *capture);

/* Closes it. Everything that was taken has to be given back before. The task closes the driver as soon as it is out of it;
 * nothing is to be called any more but what `wake` has announced. */
void camera_capture_close(camera_capture_t *capture);
/* As `camera_capture_close`, when what was announced will never be delivered: the machine ends. */
void camera_capture_abandon(camera_capture_t *capture);

camera_capture_counts_t camera_capture_counts(camera_capture_t *capture);

#endif
