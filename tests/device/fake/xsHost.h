/* SPDX-License-Identifier: MIT */
/* The part of the SDK's platform that our code uses: a message from another task to the machine. */
#ifndef FAKE_XS_HOST_H
#define FAKE_XS_HOST_H

#include <stdint.h>

typedef void (*modMessageDeliver)(void *the, void *refcon, uint8_t *message, uint16_t messageLength);

/** Does not block. @returns 0; nonzero if the queue is full */
int modMessagePostToMachineFromISR(xsMachine *the, modMessageDeliver callback, void *refcon);

#endif
