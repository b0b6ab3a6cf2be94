/* SPDX-License-Identifier: MIT */
/* What our code uses of the SDK's platform: a message from another task to the machine. */
#ifndef FAKE_XS_HOST_H
#define FAKE_XS_HOST_H

#include <stdint.h>

typedef void (*modMessageDeliver)(void *the, void *refcon, uint8_t *message, uint16_t messageLength);

/** Never waits. @returns 0, or another number when the queue is full */
int modMessagePostToMachineFromISR(xsMachine *the, modMessageDeliver callback, void *refcon);

#endif
