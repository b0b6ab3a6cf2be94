/* SPDX-License-Identifier: MIT */
/*
 * lwIP's operating system layer on POSIX threads.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "lwip/debug.h"
#include "lwip/sys.h"

void device_assertion(const char *message, const char *file, int line)
{
	fflush(stdout);
	fprintf(stderr, "lwIP error: %s (%s:%d)\n", message, file, line);
	abort();
}

uint32_t device_random(void)
{
	return (uint32_t)random() << 16 ^ (uint32_t)random();
}

/* ---- time ---- */

static int64_t milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

u32_t sys_now(void)
{
	return (u32_t)milliseconds();
}

u32_t sys_jiffies(void)
{
	return sys_now();
}

/** Waits for `condition`, at most until `timeout` milliseconds after `begin`; 0: forever. @returns false on timeout */
static bool wait(pthread_cond_t *condition, pthread_mutex_t *lock, u32_t timeout, int64_t begin)
{
	if (!timeout) {
		pthread_cond_wait(condition, lock);
		return true;
	}
	int64_t due = begin + timeout;
	struct timespec until = { .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000 };
	return pthread_cond_timedwait(condition, lock, &until) != ETIMEDOUT;
}

static void prepare(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

/* ---- semaphores ---- */

struct sys_sem {
	pthread_mutex_t lock;
	pthread_cond_t signalled;
	unsigned count;
};

err_t sys_sem_new(sys_sem_t *result, u8_t count)
{
	struct sys_sem *sem = malloc(sizeof(*sem));
	if (!sem)
		return ERR_MEM;
	pthread_mutex_init(&sem->lock, NULL);
	prepare(&sem->signalled);
	sem->count = count;
	*result = sem;
	return ERR_OK;
}

void sys_sem_free(sys_sem_t *sem)
{
	pthread_cond_destroy(&(*sem)->signalled);
	pthread_mutex_destroy(&(*sem)->lock);
	free(*sem);
}

void sys_sem_signal(sys_sem_t *reference)
{
	struct sys_sem *sem = *reference;
	pthread_mutex_lock(&sem->lock);
	sem->count += 1;
	pthread_cond_signal(&sem->signalled);
	pthread_mutex_unlock(&sem->lock);
}

u32_t sys_arch_sem_wait(sys_sem_t *reference, u32_t timeout)
{
	struct sys_sem *sem = *reference;
	int64_t begin = milliseconds();
	u32_t result = 0;
	pthread_mutex_lock(&sem->lock);
	while (!sem->count && wait(&sem->signalled, &sem->lock, timeout, begin))
		;
	if (sem->count)
		sem->count -= 1;
	else
		result = SYS_ARCH_TIMEOUT;
	pthread_mutex_unlock(&sem->lock);
	return result;
}

sys_sem_t *device_thread_semaphore(void)
{
	static __thread sys_sem_t own;
	if (!own && sys_sem_new(&own, 0) != ERR_OK)
		abort();
	return &own;
}

/* ---- mutexes ---- */

struct sys_mutex {
	pthread_mutex_t lock;
};

err_t sys_mutex_new(sys_mutex_t *result)
{
	struct sys_mutex *mutex = malloc(sizeof(*mutex));
	if (!mutex)
		return ERR_MEM;
	pthread_mutex_init(&mutex->lock, NULL);
	*result = mutex;
	return ERR_OK;
}

void sys_mutex_free(sys_mutex_t *mutex)
{
	pthread_mutex_destroy(&(*mutex)->lock);
	free(*mutex);
}

void sys_mutex_lock(sys_mutex_t *mutex)
{
	pthread_mutex_lock(&(*mutex)->lock);
}

void sys_mutex_unlock(sys_mutex_t *mutex)
{
	pthread_mutex_unlock(&(*mutex)->lock);
}

/* ---- mailboxes ---- */

struct sys_mbox {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	pthread_cond_t emptied;
	int size, first, count;
	void *messages[];
};

err_t sys_mbox_new(sys_mbox_t *result, int size)
{
	struct sys_mbox *box = malloc(sizeof(*box) + (size_t)size * sizeof(void *));
	if (!box)
		return ERR_MEM;
	pthread_mutex_init(&box->lock, NULL);
	prepare(&box->filled);
	prepare(&box->emptied);
	box->size = size;
	box->first = box->count = 0;
	*result = box;
	return ERR_OK;
}

void sys_mbox_free(sys_mbox_t *reference)
{
	struct sys_mbox *box = *reference;
	LWIP_ASSERT("a mailbox is freed empty", box->count == 0);
	pthread_cond_destroy(&box->filled);
	pthread_cond_destroy(&box->emptied);
	pthread_mutex_destroy(&box->lock);
	free(box);
}

static void put(struct sys_mbox *box, void *message)
{
	box->messages[(box->first + box->count) % box->size] = message;
	box->count += 1;
	pthread_cond_signal(&box->filled);
}

void sys_mbox_post(sys_mbox_t *reference, void *message)
{
	struct sys_mbox *box = *reference;
	pthread_mutex_lock(&box->lock);
	while (box->count == box->size)
		pthread_cond_wait(&box->emptied, &box->lock);
	put(box, message);
	pthread_mutex_unlock(&box->lock);
}

err_t sys_mbox_trypost(sys_mbox_t *reference, void *message)
{
	struct sys_mbox *box = *reference;
	err_t result = ERR_MEM;
	pthread_mutex_lock(&box->lock);
	if (box->count < box->size) {
		put(box, message);
		result = ERR_OK;
	}
	pthread_mutex_unlock(&box->lock);
	return result;
}

err_t sys_mbox_trypost_fromisr(sys_mbox_t *box, void *message)
{
	return sys_mbox_trypost(box, message);
}

static void take(struct sys_mbox *box, void **message)
{
	void *first = box->messages[box->first];
	box->first = (box->first + 1) % box->size;
	box->count -= 1;
	pthread_cond_signal(&box->emptied);
	if (message)
		*message = first;
}

u32_t sys_arch_mbox_fetch(sys_mbox_t *reference, void **message, u32_t timeout)
{
	struct sys_mbox *box = *reference;
	int64_t begin = milliseconds();
	u32_t result = 0;
	pthread_mutex_lock(&box->lock);
	while (!box->count && wait(&box->filled, &box->lock, timeout, begin))
		;
	if (box->count)
		take(box, message);
	else {
		result = SYS_ARCH_TIMEOUT;
		if (message)
			*message = NULL;
	}
	pthread_mutex_unlock(&box->lock);
	return result;
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *reference, void **message)
{
	struct sys_mbox *box = *reference;
	u32_t result = SYS_MBOX_EMPTY;
	pthread_mutex_lock(&box->lock);
	if (box->count) {
		take(box, message);
		result = 0;
	}
	pthread_mutex_unlock(&box->lock);
	return result;
}

/* ---- threads ---- */

typedef struct start {
	lwip_thread_fn function;
	void *parameter;
} start_t;

static void *run_thread(void *data)
{
	start_t start = *(start_t *)data;
	free(data);
	start.function(start.parameter);
	return NULL;
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn function, void *parameter, int stack, int priority)
{
	pthread_t thread;
	start_t *start = malloc(sizeof(*start));
	(void)name, (void)stack, (void)priority;
	if (!start)
		abort();
	*start = (start_t){ function, parameter };
	if (pthread_create(&thread, NULL, run_thread, start))
		abort();
	pthread_detach(thread);
	return (sys_thread_t)thread;
}

static pthread_t lwip_thread;
static _Atomic bool marked;

void device_mark_thread(void)
{
	lwip_thread = pthread_self();
	marked = true;
}

void device_check_thread(void)
{
	if (marked)
		LWIP_ASSERT("called in lwIP's own thread", pthread_equal(lwip_thread, pthread_self()));
}

/* ---- protected regions ---- */

static pthread_mutex_t protection;

void sys_init(void)
{
	pthread_mutexattr_t attributes;
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&protection, &attributes);
	pthread_mutexattr_destroy(&attributes);
}

sys_prot_t sys_arch_protect(void)
{
	pthread_mutex_lock(&protection);
	return 0;
}

void sys_arch_unprotect(sys_prot_t level)
{
	(void)level;
	pthread_mutex_unlock(&protection);
}
