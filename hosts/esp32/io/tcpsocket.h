/* SPDX-License-Identifier: MIT */
#ifndef ESP32_TCPSOCKET_H
#define ESP32_TCPSOCKET_H

#include "callback.h"
#include "tcpconnection.h"

/** Assigns an accepted connection to an empty TCP object, which then owns it. Throws if the object is not a TCP. */
void tcp_socket_fill(xsMachine *the, xsSlot *object, tcp_connection_t *connection);

#endif
