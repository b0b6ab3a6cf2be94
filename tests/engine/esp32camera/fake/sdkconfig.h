/* SPDX-License-Identifier: MIT */
/* The chip whose memory the fake heap models. */
#define CONFIG_IDF_TARGET_ESP32 1
