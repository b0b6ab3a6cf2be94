/* SPDX-License-Identifier: MIT */
#ifndef DESKTOP_TCP_H
#define DESKTOP_TCP_H

#include "../host.h"
#include "callback.h"

/** Assigns an accepted descriptor to an empty TCP object (constructed without options).
 *  A constructor with `from` takes it over. */
void tcp_fill(xsMachine *the, xsSlot *object, int fd);

#endif
