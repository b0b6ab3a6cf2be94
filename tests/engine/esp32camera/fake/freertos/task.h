/* SPDX-License-Identifier: MIT */
#ifndef FAKE_TASK_H
#define FAKE_TASK_H

#include "FreeRTOS.h"

typedef struct {
	void (*function)(void *parameter);
	void *parameter;
} StaticTask_t;

typedef StaticTask_t *TaskHandle_t;
typedef uint8_t StackType_t;

#define tskNO_AFFINITY 0x7fffffff

TaskHandle_t xTaskCreateStaticPinnedToCore(void (*function)(void *parameter), const char *name, uint32_t depth,
	void *parameter, UBaseType_t priority, StackType_t *stack, StaticTask_t *record, BaseType_t core);
void vTaskDelay(TickType_t ticks);

#endif
