/* SPDX-License-Identifier: MIT */
/*
 * Helpers shared by the bindings of TCP, UDP and Listener.
 */
#ifndef ESP32_SOCKET_H
#define ESP32_SOCKET_H

#include "callback.h"
#include "iothread.h"

/** Starts lwIP. To be called before the first call into its thread. Throws Error if memory is short. */
void socket_start(xsMachine *the);

/** Parses an IPv4 literal or "localhost". Throws RangeError for anything else: sockets do not resolve names. */
void socket_address(xsMachine *the, const char *text, ip_addr_t *address);
/** Reads the address in property `id` of the options in argument 0. Default: any address. */
void socket_address_option(xsMachine *the, xsIdentifier id, ip_addr_t *address);
/** Sets the result to the address as text. */
void socket_set_address(xsMachine *the, const ip_addr_t *address);
/** Copies the `target` option of argument 0 to the socket (ECMA-419). */
void socket_target(xsMachine *the);

/** Throws an Error with the operation, its local port (0: none) and lwIP's reason. */
void socket_fail(xsMachine *the, const char *operation, int port, err_t error);

#endif
