#ifndef ESP32_TCPSOCKET_H
#define ESP32_TCPSOCKET_H

#include "callback.h"
#include "tcpconnection.h"

/** Gives an accepted connection to an empty TCP object, which owns it from now on. Throws when the object is no TCP. */
void tcp_socket_fill(xsMachine *the, xsSlot *object, tcp_connection_t *connection);

#endif
