/* SPDX-License-Identifier: MIT */
#ifndef DEVICE_CONTROL_H
#define DEVICE_CONTROL_H

#include <stdbool.h>

/** Serves the numbers on a Unix domain socket. Each line "name=value,…" sets numbers; it may be empty. The reply is a
 *  line of JSON with the current numbers. @returns false if the socket cannot be opened */
bool control_open(const char *path);

#endif
