/* SPDX-License-Identifier: MIT */
/* Internal memory reserved for the camera's driver. */
#ifndef CAMERA_MEMORY_H
#define CAMERA_MEMORY_H

/* Reserves the memory permanently; later calls have no effect.
 * To be called from one thread, before the driver is opened. */
void camera_memory_reserve(void);

#endif
