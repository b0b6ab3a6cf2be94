/* What the tests look at. */
#ifndef FAKE_RTOS_H
#define FAKE_RTOS_H

#include <stdbool.h>
#include <stdint.h>

/* Semaphores on the heap. An open camera has two, until its task and the machine have both let go of it. */
extern _Atomic int fake_semaphores;
/* So many semaphores are not created. */
extern _Atomic int fake_semaphore_failures;

#endif
