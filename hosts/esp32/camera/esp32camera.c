/* SPDX-License-Identifier: MIT */
/*
 * Native half of camera.ts: esp32-camera's frame buffers as leases, and the sensor's controls.
 *
 * Ownership. The driver owns the buffers and lends one to a Frame from `read` until the Frame's `close`
 * (camera_capture.h). A Frame is a host object that is created once and reused: `read` points it at the bytes of a
 * buffer. Closing the Frame or the camera points it at nothing, so that later uses see an empty buffer, not freed
 * memory. A Frame keeps its driver from being collected; an open camera is a GC root.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "esp_camera.h"
#include "esp_timer.h"

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h" // for xsID_* values
#include "mc.defines.h"

#include "camera_capture.h"
#include "camera_controls.h"

/* ---- The board: "defines": { "camera": { … } } in its manifest, with the names that the SDK's boards use ---- */

#if !defined(MODDEF_CAMERA_XCLK) || !defined(MODDEF_CAMERA_PCLK) || !defined(MODDEF_CAMERA_VSYNC) \
	|| !defined(MODDEF_CAMERA_HREF) || !defined(MODDEF_CAMERA_SDA) || !defined(MODDEF_CAMERA_SCL) \
	|| !defined(MODDEF_CAMERA_D0) || !defined(MODDEF_CAMERA_D7)
	#error "the board's manifest has no camera pins (defines.camera)"
#endif
#ifndef MODDEF_CAMERA_POWERDOWN
	#define MODDEF_CAMERA_POWERDOWN -1
#endif
#ifndef MODDEF_CAMERA_RESET
	#define MODDEF_CAMERA_RESET -1
#endif
#ifndef MODDEF_CAMERA_I2C_PORT
	#if CONFIG_SCCB_HARDWARE_I2C_PORT1
		#define MODDEF_CAMERA_I2C_PORT 1
	#else
		#define MODDEF_CAMERA_I2C_PORT 0
	#endif
#endif
#ifndef MODDEF_CAMERA_XCLK_FREQ_HZ
	#define MODDEF_CAMERA_XCLK_FREQ_HZ 20000000
#endif

/* The driver allocates one byte per this many pixels for a JPEG frame. */
#define PIXELS_PER_BYTE 5

typedef struct {
	xsMachine *the;
	xsSlot object;
	camera_capture_t *capture;
	const char *sensor_name;
	uint32_t lease_count;
	camera_fb_t *leases[CAMERA_BUFFERS_MAX]; /* each Frame's buffer, or NULL. One lease fewer than buffers */
	uint32_t capacity;                       /* pixels that the buffers were allocated for */
	int quality;
} camera_t;

void xs_esp32camera_destructor(void *data);
void xs_esp32camera_frame_destructor(void *data);

static const xsHostHooks xsCameraHooks = {
	.destructor = xs_esp32camera_destructor,
};

static const xsHostHooks xsFrameHooks = {
	.destructor = xs_esp32camera_frame_destructor,
};

/* ---- Messages ---- */

/* Runs in JavaScript's task. The record's camera may have been closed since the message was posted. */
static void deliver(void *machine, void *refcon, uint8_t *message, uint16_t length)
{
	camera_capture_t *capture = refcon;
	(void)message;
	(void)length;
	if (!camera_capture_deliver(capture))
		return;
	camera_t *camera = camera_capture_context(capture);
	xsBeginHost(machine);
	xsmcVars(1);
	xsVar(0) = camera->object;
	xsmcCall(xsResult, xsVar(0), xsID_onReadable, NULL);
	xsEndHost(machine);
}

/* Runs in the capture task. It uses the FromISR variant because that never blocks: with a full queue the other one
 * would block the task, and its frame, forever. */
static bool wake(void *context, camera_capture_t *capture)
{
	camera_t *camera = context;
	return modMessagePostToMachineFromISR(camera->the, deliver, capture) == 0;
}

/* ---- Opening ---- */

static camera_t *get_camera(xsMachine *the, xsSlot *slot)
{
	camera_t *camera = xsmcGetHostDataValidate(*slot, (void *)&xsCameraHooks);
	if (!camera)
		xsUnknownError("camera is closed");
	return camera;
}

static sensor_t *get_sensor(xsMachine *the)
{
	sensor_t *sensor = esp_camera_sensor_get();
	if (!sensor)
		xsUnknownError("the camera's driver is not open");
	return sensor;
}

static int get_option(xsMachine *the, xsIdentifier id, const char *name, int least, int most)
{
	xsmcGet(xsVar(0), xsArg(0), id);
	int value = xsmcToInteger(xsVar(0));
	if (value < least || value > most)
		xsRangeError("%s must be %d to %d", name, least, most);
	return value;
}

/* Returns FRAMESIZE_INVALID if the driver does not have the size. */
static framesize_t find_framesize(int width, int height)
{
	int size = 0;
	while (size < FRAMESIZE_INVALID && (resolution[size].width != width || resolution[size].height != height))
		size += 1;
	return (framesize_t)size;
}

static const camera_config_t board = {
	.pin_pwdn = MODDEF_CAMERA_POWERDOWN,
	.pin_reset = MODDEF_CAMERA_RESET,
	.pin_xclk = MODDEF_CAMERA_XCLK,
	.pin_sccb_sda = MODDEF_CAMERA_SDA,
	.pin_sccb_scl = MODDEF_CAMERA_SCL,
	.pin_d7 = MODDEF_CAMERA_D7,
	.pin_d6 = MODDEF_CAMERA_D6,
	.pin_d5 = MODDEF_CAMERA_D5,
	.pin_d4 = MODDEF_CAMERA_D4,
	.pin_d3 = MODDEF_CAMERA_D3,
	.pin_d2 = MODDEF_CAMERA_D2,
	.pin_d1 = MODDEF_CAMERA_D1,
	.pin_d0 = MODDEF_CAMERA_D0,
	.pin_vsync = MODDEF_CAMERA_VSYNC,
	.pin_href = MODDEF_CAMERA_HREF,
	.pin_pclk = MODDEF_CAMERA_PCLK,
	.xclk_freq_hz = MODDEF_CAMERA_XCLK_FREQ_HZ,
	.ledc_timer = LEDC_TIMER_0,
	.ledc_channel = LEDC_CHANNEL_0,
	.pixel_format = PIXFORMAT_JPEG,
	.fb_location = CAMERA_FB_IN_PSRAM,
	.grab_mode = CAMERA_GRAB_LATEST,
	.sccb_i2c_port = MODDEF_CAMERA_I2C_PORT,
};

static void throw_driver_error(xsMachine *the, esp_err_t error)
{
	switch (error) {
	case ESP_ERR_NOT_SUPPORTED:
	case ESP_ERR_NOT_FOUND:
	case ESP_ERR_CAMERA_NOT_DETECTED:
		xsUnknownError(
			"no camera found: check its ribbon cable, and the pins in the board's manifest (defines.camera)");
	case ESP_ERR_CAMERA_NOT_SUPPORTED:
		xsUnknownError("the driver does not support the sensor: enable it in sdkconfig, or use another sensor");
	case ESP_ERR_TIMEOUT: xsUnknownError("the sensor does not answer: check its ribbon cable and its power supply");
	case ESP_ERR_CAMERA_FAILED_TO_SET_FRAME_SIZE:
	case ESP_ERR_CAMERA_FAILED_TO_SET_OUT_FORMAT:
		xsUnknownError("the sensor was found but rejects its settings: check its ribbon cable and its power supply");
	case ESP_ERR_INVALID_STATE:
		xsUnknownError("the camera's driver, or its I2C port, is in use: choose another port in the board's manifest "
					   "(defines.camera.i2c_port)");
	case ESP_ERR_INVALID_ARG: xsUnknownError("the driver rejects the pins in the board's manifest (defines.camera)");
	case ESP_ERR_NO_MEM:
	case ESP_FAIL:
		xsUnknownError("the driver cannot be set up (%s): most often memory is short, for which fewer buffers or a "
					   "smaller size help",
			esp_err_to_name(error));
	default: xsUnknownError("the driver failed with %s (0x%x)", esp_err_to_name(error), (int)error);
	}
}

static void throw_open_error(xsMachine *the, const camera_open_t *status)
{
	switch (status->result) {
	case CAMERA_BUSY: xsUnknownError("the camera is in use, or still waits for a frame, which it does for 4 s at most");
	case CAMERA_NO_MEMORY: xsRangeError("not enough memory");
	case CAMERA_NO_PSRAM:
		xsUnknownError("no PSRAM: frames are stored there. Enable it in the board's sdkconfig (CONFIG_SPIRAM), or use "
					   "a board that has it");
	case CAMERA_NO_JPEG: xsUnknownError("the %s makes no JPEG: take an OV2640, OV3660 or OV5640", status->sensor);
	case CAMERA_TOO_LARGE: xsRangeError("the %s has no pictures of that size: choose a smaller one", status->sensor);
	default: throw_driver_error(the, status->error);
	}
}

/* The error code that the board's light shows (CameraErrorCode in camera.ts), or NULL for any other failure. */
static const char *error_code(const camera_open_t *status)
{
	switch (status->result) {
	case CAMERA_NO_PSRAM: return "no PSRAM";
	case CAMERA_BUSY:
	case CAMERA_NO_JPEG: return "no camera";
	case CAMERA_FAILED: break;
	default: return NULL;
	}
	switch (status->error) {
	case ESP_ERR_NOT_SUPPORTED:
	case ESP_ERR_NOT_FOUND:
	case ESP_ERR_CAMERA_NOT_DETECTED:
	case ESP_ERR_CAMERA_NOT_SUPPORTED:
	case ESP_ERR_TIMEOUT:
	case ESP_ERR_CAMERA_FAILED_TO_SET_FRAME_SIZE:
	case ESP_ERR_CAMERA_FAILED_TO_SET_OUT_FORMAT:
	case ESP_ERR_INVALID_STATE:
	case ESP_ERR_INVALID_ARG: return "no camera";
	default: return NULL;
	}
}

static void throw_open_error_with_code(xsMachine *the, const camera_open_t *status)
{
	const char *code = error_code(status);
	xsTry {
		throw_open_error(the, status);
	}
	xsCatch {
		if (code) {
			xsmcSetString(xsVar(0), code);
			xsmcSet(xsException, xsID_code, xsVar(0));
		}
		xsThrow(xsException);
	}
}

/* constructor(options): camera.ts sets and checks all options. Those that affect memory are checked again here. */
void xs_esp32camera_constructor(xsMachine *the)
{
	xsmcVars(1);
	int width = get_option(the, xsID_width, "width", 1, 4096);
	int height = get_option(the, xsID_height, "height", 1, 4096);
	int max_width = get_option(the, xsID_maxWidth, "maxWidth", 1, 4096);
	int max_height = get_option(the, xsID_maxHeight, "maxHeight", 1, 4096);
	int quality = get_option(the, xsID_quality, "quality", 0, 63);
	int buffer_count = get_option(the, xsID_bufferCount, "bufferCount", CAMERA_BUFFERS_MIN, CAMERA_BUFFERS_MAX);
	int xclk = get_option(the, xsID_xclk, "xclk", 0, 40);
	int interval = get_option(the, xsID_interval, "interval", 0, 10000000);
	xsmcGet(xsVar(0), xsArg(0), xsID_onReadable);
	xsmcDefine(xsThis, xsID_onReadable, xsVar(0), xsDontDelete | xsDontEnum | xsDontSet);

	camera_capture_options_t options = { .driver = board, .size = find_framesize(width, height), .wake = wake };
	options.driver.frame_size = find_framesize(max_width, max_height);
	options.driver.jpeg_quality = quality;
	options.driver.fb_count = (size_t)buffer_count;
	if (xclk)
		options.driver.xclk_freq_hz = xclk * 1000000;
	if (options.size == FRAMESIZE_INVALID || options.driver.frame_size == FRAMESIZE_INVALID
		|| width * height > max_width * max_height)
		xsRangeError("no size of the driver");

	camera_t *camera = calloc(1, sizeof(camera_t));
	if (!camera)
		xsRangeError("not enough memory");
	camera->the = the;
	camera->lease_count = (uint32_t)buffer_count - 1;
	camera->capacity = (uint32_t)(max_width * max_height);
	camera->quality = quality;
	options.context = camera;
	camera_open_t status;
	camera->capture = camera_capture_open(&options, &status);
	if (!camera->capture) {
		free(camera);
		throw_open_error_with_code(the, &status);
	}
	camera->sensor_name = status.sensor;
	camera_capture_set_interval(camera->capture, (uint32_t)interval);

	/* nothing can throw from here on */
	camera->object = xsThis;
	xsmcSetHostData(xsThis, camera);
	xsSetHostHooks(xsThis, (xsHostHooks *)&xsCameraHooks);
	xsRemember(camera->object);
}

static void give_back(camera_t *camera, uint32_t index)
{
	camera_fb_t *frame = camera->leases[index];
	if (!frame)
		return;
	camera->leases[index] = NULL;
	esp_camera_fb_return(frame);
}

/* Called for an open camera only when the machine ends: no Frame is in use any more. */
void xs_esp32camera_destructor(void *data)
{
	camera_t *camera = data;
	if (!camera)
		return;
	for (uint32_t i = 0; i < camera->lease_count; i++)
		give_back(camera, i);
	camera_capture_abandon(camera->capture);
	free(camera);
}

/* close(frames): detaches the Frames from their buffers and gives these back. Does not block. */
void xs_esp32camera_close(xsMachine *the)
{
	camera_t *camera = get_camera(the, &xsThis);
	xsmcVars(1);
	for (uint32_t i = 0; i < camera->lease_count; i++) {
		xsmcGetIndex(xsVar(0), xsArg(0), i);
		xsmcGetHostDataValidate(xsVar(0), (void *)&xsFrameHooks);
		xsmcSetHostBuffer(xsVar(0), NULL, 0);
		give_back(camera, i);
	}
	xsmcSetHostData(xsThis, NULL);
	xsForget(camera->object);
	camera_capture_close(camera->capture);
	free(camera);
}

/* ---- Capture ---- */

void xs_esp32camera_start(xsMachine *the)
{
	camera_capture_start(get_camera(the, &xsThis)->capture);
}

void xs_esp32camera_stop(xsMachine *the)
{
	camera_capture_stop(get_camera(the, &xsThis)->capture);
}

/* setInterval(microseconds) */
void xs_esp32camera_setInterval(xsMachine *the)
{
	camera_capture_set_interval(get_camera(the, &xsThis)->capture, (uint32_t)xsmcToInteger(xsArg(0)));
}

/* read(frames): a Frame that points at the newest image, or undefined */
void xs_esp32camera_read(xsMachine *the)
{
	camera_t *camera = get_camera(the, &xsThis);
	uint32_t index = 0;
	while (index < camera->lease_count && camera->leases[index])
		index += 1;
	if (index == camera->lease_count)
		return;
	xsmcVars(1);
	xsmcGetIndex(xsVar(0), xsArg(0), index);
	xsmcGetHostDataValidate(xsVar(0), (void *)&xsFrameHooks);
	camera_fb_t *frame = camera_capture_take(camera->capture);
	if (!frame)
		return;
	camera->leases[index] = frame;
	xsmcSetHostBuffer(xsVar(0), frame->buf, (xsIntegerValue)frame->len);
	xsResult = xsVar(0);
}

/* count(which): 0 captured, 1 overwritten, 2 skipped, 3 timeouts, 4 refused */
void xs_esp32camera_count(xsMachine *the)
{
	camera_capture_counts_t counts = camera_capture_counts(get_camera(the, &xsThis)->capture);
	const uint32_t values[] = { counts.captured, counts.overwritten, counts.skipped, counts.timeouts, counts.refused };
	uint32_t which = (uint32_t)xsmcToInteger(xsArg(0));
	if (which < sizeof(values) / sizeof(values[0]))
		xsmcSetNumber(xsResult, values[which]);
}

void xs_esp32camera_now(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)esp_timer_get_time());
}

/* ---- Sensor ---- */

void xs_esp32camera_get_sensor(xsMachine *the)
{
	xsmcSetString(xsResult, (char *)get_camera(the, &xsThis)->sensor_name);
}

static void set_quality(xsMachine *the, sensor_t *sensor, int quality)
{
	if (sensor->set_quality(sensor, quality))
		xsUnknownError("the sensor did not accept the quality");
}

void xs_esp32camera_setQuality(xsMachine *the)
{
	camera_t *camera = get_camera(the, &xsThis);
	int quality = xsmcToInteger(xsArg(0));
	if (quality < 0 || quality > 63)
		xsRangeError("quality must be 0 to 63");
	set_quality(the, get_sensor(the), quality);
	camera->quality = quality;
}

/* setSize(width, height) */
void xs_esp32camera_setSize(xsMachine *the)
{
	camera_t *camera = get_camera(the, &xsThis);
	int width = xsmcToInteger(xsArg(0)), height = xsmcToInteger(xsArg(1));
	framesize_t size = find_framesize(width, height);
	if (size == FRAMESIZE_INVALID)
		xsRangeError("no size of the driver");
	if ((uint32_t)(width * height) > camera->capacity)
		xsRangeError("%dx%d needs %d bytes per frame, but %d were allocated when the camera was opened: set maxSize",
			width, height, width * height / PIXELS_PER_BYTE, (int)(camera->capacity / PIXELS_PER_BYTE));
	sensor_t *sensor = get_sensor(the);
	if (sensor->set_framesize(sensor, size))
		xsUnknownError("the sensor did not accept the size");
	/* on some sensors, setting the size overwrites the quality */
	set_quality(the, sensor, camera->quality);
}

/* setControl(name, value) */
void xs_esp32camera_setControl(xsMachine *the)
{
	char name[20];
	get_camera(the, &xsThis);
	int value = xsmcToInteger(xsArg(1));
	xsmcToStringBuffer(xsArg(0), name, sizeof(name));
	switch (camera_control_set(get_sensor(the), name, value)) {
	case CONTROL_SET: break;
	case CONTROL_REFUSED: xsUnknownError("the sensor did not accept %s=%d", name, value);
	default: xsRangeError("the sensor has no %s", name);
	}
}

/* getControl(name): undefined if the sensor does not have the control */
void xs_esp32camera_getControl(xsMachine *the)
{
	char name[20];
	int value;
	get_camera(the, &xsThis);
	xsmcToStringBuffer(xsArg(0), name, sizeof(name));
	if (camera_control_get(get_sensor(the), name, &value) == CONTROL_SET)
		xsmcSetInteger(xsResult, value);
}

/* ---- Frame ---- */

/* Returns the index of a Frame's lease, or -1. Sets `camera` to NULL if closed. Uses xsVar(0). */
static int find_lease(xsMachine *the, camera_t **camera)
{
	*camera = NULL;
	uint8_t *bytes = xsmcGetHostDataValidate(xsThis, (void *)&xsFrameHooks);
	if (!bytes)
		return -1;
	xsmcGet(xsVar(0), xsThis, xsID_driver);
	*camera = get_camera(the, &xsVar(0));
	for (uint32_t i = 0; i < (*camera)->lease_count; i++) {
		if ((*camera)->leases[i] && (*camera)->leases[i]->buf == bytes)
			return (int)i;
	}
	return -1;
}

/* constructor(driver) */
void xs_esp32camera_frame_constructor(xsMachine *the)
{
	get_camera(the, &xsArg(0));
	xsmcSetHostBuffer(xsThis, NULL, 0);
	xsSetHostHooks(xsThis, (xsHostHooks *)&xsFrameHooks);
	xsmcDefine(xsThis, xsID_driver, xsArg(0), xsDontDelete | xsDontEnum | xsDontSet);
}

void xs_esp32camera_frame_destructor(void *data)
{
	/* the driver owns the memory */
	(void)data;
}

void xs_esp32camera_frame_get_byteLength(xsMachine *the)
{
	camera_t *camera;
	xsmcVars(1);
	int index = find_lease(the, &camera);
	xsmcSetInteger(xsResult, index < 0 ? 0 : (xsIntegerValue)camera->leases[index]->len);
}

void xs_esp32camera_frame_get_captureTime(xsMachine *the)
{
	camera_t *camera;
	xsmcVars(1);
	int index = find_lease(the, &camera);
	if (index < 0) {
		xsmcSetNumber(xsResult, 0);
		return;
	}
	struct timeval time = camera->leases[index]->timestamp;
	xsmcSetNumber(xsResult, (double)time.tv_sec * 1e6 + (double)time.tv_usec);
}

void xs_esp32camera_frame_close(xsMachine *the)
{
	camera_t *camera;
	xsmcVars(1);
	int index = find_lease(the, &camera);
	if (index < 0)
		return;
	xsmcSetHostBuffer(xsThis, NULL, 0);
	give_back(camera, (uint32_t)index);
}
