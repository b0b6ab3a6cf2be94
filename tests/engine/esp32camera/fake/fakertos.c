/* SPDX-License-Identifier: MIT */
/*
 * FreeRTOS's semaphores and tasks on POSIX threads.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "host.h"

#include "esp_timer.h"
#include "fakertos.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "messages.h"

_Atomic int fake_semaphores, fake_semaphore_failures;

int64_t esp_timer_get_time(void)
{
	return loop_now();
}

/* ---- semaphores ---- */

SemaphoreHandle_t xSemaphoreCreateBinaryStatic(StaticSemaphore_t *semaphore)
{
	pthread_mutex_init(&semaphore->lock, NULL);
	pthread_cond_init(&semaphore->given, NULL);
	semaphore->available = false;
	return semaphore;
}

SemaphoreHandle_t xSemaphoreCreateBinary(void)
{
	if (fake_semaphore_failures > 0) {
		fake_semaphore_failures -= 1;
		return NULL;
	}
	SemaphoreHandle_t semaphore = malloc(sizeof(*semaphore));
	if (!semaphore)
		abort();
	fake_semaphores += 1;
	return xSemaphoreCreateBinaryStatic(semaphore);
}

BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	int64_t nanoseconds = until.tv_nsec + (int64_t)ticks * 1000000;
	until.tv_sec += nanoseconds / 1000000000;
	until.tv_nsec = nanoseconds % 1000000000;
	pthread_mutex_lock(&semaphore->lock);
	int error = 0;
	while (!semaphore->available && error != ETIMEDOUT)
		error = ticks == portMAX_DELAY ? pthread_cond_wait(&semaphore->given, &semaphore->lock)
									   : pthread_cond_timedwait(&semaphore->given, &semaphore->lock, &until);
	BaseType_t result = semaphore->available ? pdTRUE : pdFALSE;
	semaphore->available = false;
	pthread_mutex_unlock(&semaphore->lock);
	return result;
}

BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore)
{
	pthread_mutex_lock(&semaphore->lock);
	semaphore->available = true;
	pthread_cond_signal(&semaphore->given);
	pthread_mutex_unlock(&semaphore->lock);
	return pdTRUE;
}

void vSemaphoreDelete(SemaphoreHandle_t semaphore)
{
	pthread_cond_destroy(&semaphore->given);
	pthread_mutex_destroy(&semaphore->lock);
	free(semaphore);
	fake_semaphores -= 1;
}

/* ---- tasks ---- */

static void *run_task(void *data)
{
	StaticTask_t *task = data;
	task->function(task->parameter);
	/* a task never returns */
	abort();
}

TaskHandle_t xTaskCreateStaticPinnedToCore(void (*function)(void *parameter), const char *name, uint32_t depth,
	void *parameter, UBaseType_t priority, StackType_t *stack, StaticTask_t *record, BaseType_t core)
{
	pthread_t thread;
	(void)name, (void)depth, (void)priority, (void)stack, (void)core;
	*record = (StaticTask_t){ function, parameter };
	if (pthread_create(&thread, NULL, run_task, record))
		abort();
	pthread_detach(thread);
	return record;
}

void vTaskDelay(TickType_t ticks)
{
	struct timespec time = { ticks / 1000, (long)(ticks % 1000) * 1000000 };
	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

/* ---- messages ---- */

/* Opens the machine's queue. Called in the machine's thread. */
void xs_fake_openQueue(xsMachine *the)
{
	if (!messages_open(the))
		xsUnknownError("no pipe");
}
