#ifndef DESKTOP_TCP_H
#define DESKTOP_TCP_H

#include "../host.h"
#include "callback.h"

/** Gives an empty TCP object (made without options) an accepted descriptor; a constructor with `from` takes it over. */
void tcp_fill(xsMachine *the, xsSlot *object, int fd);

#endif
