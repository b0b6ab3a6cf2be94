/* SPDX-License-Identifier: MIT */
/*
 * See camera_controls.h.
 * The driver has a setter for each control, and stores the value in a status field whose name often differs.
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "camera_controls.h"

#define MEGAHERTZ 1000000

typedef struct {
	const char *name;
	bool (*exists)(const sensor_t *sensor);
	int (*set)(sensor_t *sensor, int value);
	int (*get)(const sensor_t *sensor);
} control_t;

/* name, function, field of the status */
#define CONTROLS(EACH) \
	EACH(brightness, set_brightness, brightness) \
	EACH(contrast, set_contrast, contrast) \
	EACH(saturation, set_saturation, saturation) \
	EACH(sharpness, set_sharpness, sharpness) \
	EACH(denoise, set_denoise, denoise) \
	EACH(special_effect, set_special_effect, special_effect) \
	EACH(mirror, set_hmirror, hmirror) \
	EACH(flip, set_vflip, vflip) \
	EACH(agc, set_gain_ctrl, agc) \
	EACH(agc_gain, set_agc_gain, agc_gain) \
	EACH(gain_ceiling, set_gainceiling, gainceiling) \
	EACH(aec, set_exposure_ctrl, aec) \
	EACH(aec2, set_aec2, aec2) \
	EACH(ae_level, set_ae_level, ae_level) \
	EACH(aec_value, set_aec_value, aec_value) \
	EACH(awb, set_whitebal, awb) \
	EACH(awb_gain, set_awb_gain, awb_gain) \
	EACH(wb_mode, set_wb_mode, wb_mode) \
	EACH(lenc, set_lenc, lenc) \
	EACH(bpc, set_bpc, bpc) \
	EACH(wpc, set_wpc, wpc) \
	EACH(raw_gma, set_raw_gma, raw_gma) \
	EACH(dcw, set_dcw, dcw) \
	EACH(colorbar, set_colorbar, colorbar)

#define FUNCTIONS(name, function, field) \
	static bool name##_exists(const sensor_t *sensor) \
	{ \
		return sensor->function != NULL; \
	} \
	static int name##_set(sensor_t *sensor, int value) \
	{ \
		return sensor->function(sensor, value); \
	} \
	static int name##_get(const sensor_t *sensor) \
	{ \
		return sensor->status.field; \
	}
CONTROLS(FUNCTIONS)

/* Controls are in MHz, as in the settings; the driver's field is in Hz. */
static bool xclk_exists(const sensor_t *sensor)
{
	return sensor->set_xclk != NULL;
}

static int xclk_set(sensor_t *sensor, int value)
{
	/* setting it restarts the clock, so only on a change */
	return sensor->xclk_freq_hz == value * MEGAHERTZ ? 0 : sensor->set_xclk(sensor, LEDC_TIMER_0, value);
}

static int xclk_get(const sensor_t *sensor)
{
	return sensor->xclk_freq_hz / MEGAHERTZ;
}

#define ROW(name, function, field) { #name, name##_exists, name##_set, name##_get },
/* clang-format off */
static const control_t controls[] = {
	CONTROLS(ROW)
	{ "xclk", xclk_exists, xclk_set, xclk_get },
};
/* clang-format on */

static const control_t *find_control(const char *name)
{
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		if (!strcmp(controls[i].name, name))
			return &controls[i];
	}
	return NULL;
}

control_result_t camera_control_set(sensor_t *sensor, const char *name, int value)
{
	const control_t *control = find_control(name);
	if (!control)
		return CONTROL_UNKNOWN;
	if (!control->exists(sensor))
		return CONTROL_ABSENT;
	return control->set(sensor, value) ? CONTROL_REFUSED : CONTROL_SET;
}

control_result_t camera_control_get(const sensor_t *sensor, const char *name, int *value)
{
	const control_t *control = find_control(name);
	if (!control)
		return CONTROL_UNKNOWN;
	if (!control->exists(sensor))
		return CONTROL_ABSENT;
	*value = control->get(sensor);
	return CONTROL_SET;
}
