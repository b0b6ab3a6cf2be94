/* What a sensor can be told, by name: modules/settings/controls.ts has the names and ranges. */
#ifndef CAMERA_CONTROLS_H
#define CAMERA_CONTROLS_H

#include "esp_camera.h"

typedef enum {
	CONTROL_SET = 0,
	CONTROL_UNKNOWN = -1,	/* nothing has this name */
	CONTROL_ABSENT = -2,	/* this sensor has no such thing */
	CONTROL_REFUSED = -3,	/* it did not take the value, or did not answer */
} control_result_t;

control_result_t camera_control_set(sensor_t *sensor, const char *name, int value);
/* What holds, by what the driver remembers. */
control_result_t camera_control_get(const sensor_t *sensor, const char *name, int *value);

#endif
