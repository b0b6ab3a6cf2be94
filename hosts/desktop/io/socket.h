/* SPDX-License-Identifier: MIT */
/*
 * Helpers shared by TCP, UDP and Listener.
 */
#ifndef DESKTOP_SOCKET_H
#define DESKTOP_SOCKET_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "../host.h"
#include "callback.h"

#if !defined(MSG_NOSIGNAL)
	/* macOS sets SO_NOSIGPIPE on the socket instead (socket_prepare) */
	#define MSG_NOSIGNAL 0
#endif

/** Makes a descriptor non-blocking and close-on-exec. Urgent bytes stay in the stream, as with lwIP. Out of band they
 *  would hide the bytes after them, and poll(2) would report them continuously. */
void socket_prepare(int fd);
/** Parses an IPv4 literal or "localhost". Throws RangeError for anything else: the host does not resolve names. */
void socket_address(xsMachine *the, const char *text, int port, struct sockaddr_in *address);
/** Reads the `address` option of argument 0. Default: any address. */
void socket_bind_address(xsMachine *the, int port, struct sockaddr_in *address);
/** Closes `fd` and throws an Error with the operation and the system's reason. */
void socket_fail(xsMachine *the, int fd, const char *operation);
/** As `socket_fail`, with the operation's local port in the message. */
void socket_fail_port(xsMachine *the, int fd, const char *operation, int port);
/** With an imitated send buffer, limits segments to the device's size. To be called before listen and connect. The
 *  loopback's segments are 64 KB, and a reader delays its acknowledgement by 40 ms until it has received two. */
void socket_imitate(int fd);
/** Sets an option of SOL_SOCKET. Errors are ignored: the system may limit buffer sizes. */
void socket_option(int fd, int option, int value);

#endif
