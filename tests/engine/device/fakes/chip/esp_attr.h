/* SPDX-License-Identifier: MIT */
#define RTC_NOINIT_ATTR
