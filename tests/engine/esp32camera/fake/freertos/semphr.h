/* SPDX-License-Identifier: MIT */
#ifndef FAKE_SEMPHR_H
#define FAKE_SEMPHR_H

#include <stdbool.h>

#include "FreeRTOS.h"

typedef struct {
	pthread_mutex_t lock;
	pthread_cond_t given;
	bool available;
} StaticSemaphore_t;

typedef StaticSemaphore_t *SemaphoreHandle_t;

SemaphoreHandle_t xSemaphoreCreateBinary(void);
SemaphoreHandle_t xSemaphoreCreateBinaryStatic(StaticSemaphore_t *semaphore);
BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks);
BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore);
void vSemaphoreDelete(SemaphoreHandle_t semaphore);

#endif
