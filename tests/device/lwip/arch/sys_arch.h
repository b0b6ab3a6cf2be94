/* SPDX-License-Identifier: MIT */
/* Mailboxes, semaphores, mutexes and threads for lwIP, on POSIX threads (sys_arch.c). */
#ifndef DEVICE_SYS_ARCH_H
#define DEVICE_SYS_ARCH_H

typedef struct sys_mbox *sys_mbox_t;
typedef struct sys_sem *sys_sem_t;
typedef struct sys_mutex *sys_mutex_t;
typedef unsigned long sys_thread_t;
typedef int sys_prot_t;

#define SYS_MBOX_NULL NULL
#define SYS_SEM_NULL NULL
#define sys_mbox_valid(box) (*(box) != NULL)
#define sys_mbox_set_invalid(box) (*(box) = NULL)
#define sys_sem_valid(sem) (*(sem) != NULL)
#define sys_sem_set_invalid(sem) (*(sem) = NULL)
#define sys_mutex_valid(mutex) (*(mutex) != NULL)
#define sys_mutex_set_invalid(mutex) (*(mutex) = NULL)

/** The calling thread's semaphore, one per thread, for waiting for lwIP's thread. */
sys_sem_t *device_thread_semaphore(void);
#define LWIP_NETCONN_THREAD_SEM_GET() device_thread_semaphore()
#define LWIP_NETCONN_THREAD_SEM_ALLOC() ((void)device_thread_semaphore())
#define LWIP_NETCONN_THREAD_SEM_FREE()

#endif
