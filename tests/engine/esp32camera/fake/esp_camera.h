/* SPDX-License-Identifier: MIT */
/*
 * The part of esp32-camera's interface that the camera uses, rewritten for this project. The values differ from the
 * driver's: the code under test must not depend on them.
 */
#ifndef FAKE_ESP_CAMERA_H
#define FAKE_ESP_CAMERA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#include "esp_err.h"

#define ESP_ERR_CAMERA_NOT_DETECTED 0x20001
#define ESP_ERR_CAMERA_FAILED_TO_SET_FRAME_SIZE 0x20002
#define ESP_ERR_CAMERA_FAILED_TO_SET_OUT_FORMAT 0x20003
#define ESP_ERR_CAMERA_NOT_SUPPORTED 0x20004

typedef enum { PIXFORMAT_GRAYSCALE = 3, PIXFORMAT_JPEG = 4 } pixformat_t;
typedef enum {
	FRAMESIZE_QQVGA,
	FRAMESIZE_QVGA,
	FRAMESIZE_VGA,
	FRAMESIZE_SVGA,
	FRAMESIZE_UXGA,
	FRAMESIZE_INVALID
} framesize_t;
typedef enum { CAMERA_GRAB_WHEN_EMPTY, CAMERA_GRAB_LATEST } camera_grab_mode_t;
typedef enum { CAMERA_FB_IN_PSRAM, CAMERA_FB_IN_DRAM } camera_fb_location_t;
typedef enum { LEDC_TIMER_0 } ledc_timer_t;
typedef enum { LEDC_CHANNEL_0 } ledc_channel_t;
typedef enum { GAINCEILING_2X } gainceiling_t;

typedef struct {
	uint16_t width;
	uint16_t height;
} resolution_info_t;

extern const resolution_info_t resolution[];

typedef struct {
	int pin_pwdn, pin_reset, pin_xclk, pin_sccb_sda, pin_sccb_scl;
	int pin_d7, pin_d6, pin_d5, pin_d4, pin_d3, pin_d2, pin_d1, pin_d0;
	int pin_vsync, pin_href, pin_pclk;
	int xclk_freq_hz;
	ledc_timer_t ledc_timer;
	ledc_channel_t ledc_channel;
	pixformat_t pixel_format;
	framesize_t frame_size;
	int jpeg_quality;
	size_t fb_count;
	camera_fb_location_t fb_location;
	camera_grab_mode_t grab_mode;
	int sccb_i2c_port;
} camera_config_t;

typedef struct {
	uint8_t *buf;
	size_t len;
	size_t width, height;
	pixformat_t format;
	struct timeval timestamp;
} camera_fb_t;

typedef struct {
	uint16_t PID;
} sensor_id_t;

typedef struct {
	const char *name;
	uint16_t pid;
	bool support_jpeg;
} camera_sensor_info_t;

typedef struct {
	framesize_t framesize;
	uint8_t quality;
	int8_t brightness, contrast, saturation, sharpness;
	uint8_t denoise, special_effect, wb_mode, awb, awb_gain, aec, aec2;
	int8_t ae_level;
	uint16_t aec_value;
	uint8_t agc, agc_gain, gainceiling, bpc, wpc, raw_gma, lenc, hmirror, vflip, dcw, colorbar;
} camera_status_t;

typedef struct fake_sensor sensor_t;
typedef int sensor_function_t(sensor_t *sensor, int value);

struct fake_sensor {
	sensor_id_t id;
	camera_status_t status;
	int xclk_freq_hz;
	int (*set_framesize)(sensor_t *sensor, framesize_t size);
	int (*set_gainceiling)(sensor_t *sensor, gainceiling_t ceiling);
	sensor_function_t *set_quality, *set_contrast, *set_brightness, *set_saturation, *set_sharpness, *set_denoise,
		*set_colorbar, *set_whitebal, *set_gain_ctrl, *set_exposure_ctrl, *set_hmirror, *set_vflip, *set_aec2,
		*set_awb_gain, *set_agc_gain, *set_aec_value, *set_special_effect, *set_wb_mode, *set_ae_level, *set_dcw,
		*set_bpc, *set_wpc, *set_raw_gma, *set_lenc;
	int (*set_xclk)(sensor_t *sensor, int timer, int xclk);
};

esp_err_t esp_camera_init(const camera_config_t *config);
esp_err_t esp_camera_deinit(void);
camera_fb_t *esp_camera_fb_get(void);
void esp_camera_fb_return(camera_fb_t *frame);
bool esp_camera_available_frames(void);
sensor_t *esp_camera_sensor_get(void);
camera_sensor_info_t *esp_camera_sensor_get_info(sensor_id_t *id);

#endif
