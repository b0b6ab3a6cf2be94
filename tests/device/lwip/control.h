/* SPDX-License-Identifier: MIT */
#ifndef DEVICE_CONTROL_H
#define DEVICE_CONTROL_H

#include <stdbool.h>

/** Serves numbers on a socket of the file system: for each line "name=value,…" (or an empty one) it gives the numbers
 *  as they are then, as a line of JSON. @returns false when there can be no such socket */
bool control_open(const char *path);

#endif
