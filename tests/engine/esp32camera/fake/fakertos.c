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

#include "esp_heap_caps.h"
#include "esp_timer.h"
#include "fakeheap.h"
#include "fakertos.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "messages.h"

_Atomic int fake_tasks, fake_task_failures;

int64_t esp_timer_get_time(void)
{
	return loop_now();
}

/* ---- semaphores ---- */

struct fake_semaphore {
	pthread_mutex_t lock;
	pthread_cond_t given;
	bool available;
};

SemaphoreHandle_t xSemaphoreCreateBinary(void)
{
	SemaphoreHandle_t semaphore = calloc(1, sizeof(*semaphore));
	if (semaphore) {
		pthread_mutex_init(&semaphore->lock, NULL);
		pthread_cond_init(&semaphore->given, NULL);
	}
	return semaphore;
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
		error = ticks == portMAX_DELAY ? pthread_cond_wait(&semaphore->given, &semaphore->lock) : pthread_cond_timedwait(&semaphore->given, &semaphore->lock, &until);
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
}

/* ---- tasks ---- */

/* FreeRTOS's record of a task, about. Octets. */
#define TASK_RECORD 360

typedef struct {
	void (*function)(void *parameter);
	void *parameter;
	uintptr_t stack;
} start_t;

/* Of the running task, in the fake heap. */
static _Thread_local uintptr_t task_stack;

static void *run_task(void *data)
{
	start_t start = *(start_t *)data;
	free(data);
	task_stack = start.stack;
	start.function(start.parameter);
	/* a task never returns */
	abort();
}

BaseType_t xTaskCreatePinnedToCore(void (*function)(void *parameter), const char *name, uint32_t stack, void *parameter,
	UBaseType_t priority, TaskHandle_t *handle, BaseType_t core)
{
	pthread_t thread;
	(void)name, (void)priority, (void)handle, (void)core;
	if (fake_task_failures > 0) {
		fake_task_failures -= 1;
		return -1;
	}
	uintptr_t memory = fake_heap_malloc(stack + TASK_RECORD, MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL);
	if (!memory)
		return -1;
	start_t *start = malloc(sizeof(*start));
	if (!start)
		abort();
	*start = (start_t){ function, parameter, memory };
	fake_tasks += 1;
	if (pthread_create(&thread, NULL, run_task, start))
		abort();
	pthread_detach(thread);
	return pdPASS;
}

void vTaskDelete(TaskHandle_t handle)
{
	(void)handle;
	fake_heap_free(task_stack);
	fake_tasks -= 1;
	pthread_exit(NULL);
}

void vTaskDelay(TickType_t ticks)
{
	struct timespec time = { ticks / 1000, (long)(ticks % 1000) * 1000000 };
	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

/* ---- messages ---- */

/* The machine's queue: to be opened by its thread. */
void xs_fake_openQueue(xsMachine *the)
{
	if (!messages_open(the))
		xsUnknownError("no pipe");
}
