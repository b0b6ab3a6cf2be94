#ifndef FAKE_TASK_H
#define FAKE_TASK_H

#include "FreeRTOS.h"

typedef void *TaskHandle_t;

#define tskNO_AFFINITY 0x7fffffff

BaseType_t xTaskCreatePinnedToCore(void (*function)(void *parameter), const char *name, uint32_t stack, void *parameter,
	UBaseType_t priority, TaskHandle_t *handle, BaseType_t core);
void vTaskDelete(TaskHandle_t handle);
void vTaskDelay(TickType_t ticks);

#endif
