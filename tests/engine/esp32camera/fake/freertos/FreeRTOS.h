/* SPDX-License-Identifier: MIT */
/* The part of FreeRTOS that the camera uses, on POSIX threads. A tick is a millisecond. */
#ifndef FAKE_FREERTOS_H
#define FAKE_FREERTOS_H

#include <pthread.h>
#include <stdint.h>

typedef int BaseType_t;
typedef unsigned int UBaseType_t;
typedef uint32_t TickType_t;

#define pdTRUE 1
#define pdFALSE 0
#define pdPASS 1
#define portMAX_DELAY UINT32_MAX
#define pdMS_TO_TICKS(milliseconds) ((TickType_t)(milliseconds))

typedef pthread_mutex_t portMUX_TYPE;

#define portMUX_INITIALIZE(lock) pthread_mutex_init((lock), NULL)
#define portENTER_CRITICAL(lock) pthread_mutex_lock(lock)
#define portEXIT_CRITICAL(lock) pthread_mutex_unlock(lock)

#endif
