/* What the tests look at. */
#ifndef FAKE_RTOS_H
#define FAKE_RTOS_H

#include <stdbool.h>
#include <stdint.h>

/* Tasks that have not ended. */
extern _Atomic int fake_tasks;
/* The next task is not created. */
extern _Atomic int fake_task_failures;

#endif
