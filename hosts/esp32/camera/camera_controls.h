/* SPDX-License-Identifier: MIT */
/* Sensor controls by name. modules/camera/sensorcontrols.ts lists the names and ranges. */
#ifndef CAMERA_CONTROLS_H
#define CAMERA_CONTROLS_H

#include "esp_camera.h"

typedef enum {
	CONTROL_SET = 0,
	CONTROL_UNKNOWN = -1, /* no control has this name */
	CONTROL_ABSENT = -2,  /* this sensor does not have the control */
	CONTROL_REFUSED = -3, /* the sensor rejected the value or did not answer */
} control_result_t;

control_result_t camera_control_set(sensor_t *sensor, const char *name, int value);
/* Reads the current value from the driver's status, not from the sensor. */
control_result_t camera_control_get(const sensor_t *sensor, const char *name, int *value);

#endif
