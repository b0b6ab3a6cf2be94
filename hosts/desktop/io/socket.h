/*
 * What TCP, UDP and Listener share.
 */
#ifndef DESKTOP_SOCKET_H
#define DESKTOP_SOCKET_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "../host.h"
#include "callback.h"

#if !defined(MSG_NOSIGNAL)
	/* macOS: SO_NOSIGPIPE does it for the whole socket (socket_prepare) */
	#define MSG_NOSIGNAL 0
#endif

/** Makes a descriptor non-blocking and closed on exec. Urgent bytes are read in their place, as on lwIP: kept aside, they would
 *  stand before the others unseen, and poll(2) would tell of them over and over. */
void socket_prepare(int fd);
/** Reads an IPv4 literal or "localhost". Throws RangeError for anything else: the host resolves no names. */
void socket_address(xsMachine *the, const char *text, int port, struct sockaddr_in *address);
/** The `address` option of argument 0, or any address. */
void socket_bind_address(xsMachine *the, int port, struct sockaddr_in *address);
/** Throws an Error that names the operation and the system's reason. Closes `fd`. */
void socket_fail(xsMachine *the, int fd, const char *operation);
/** The same, with the local port that the operation was for. */
void socket_fail_port(xsMachine *the, int fd, const char *operation, int port);
/** Before listen and connect, where a device's send buffer is imitated: its segments too. The loopback's are 64 KB, and a reader that
 *  has got less than two of them keeps its acknowledgement back for 40 ms. */
void socket_imitate(int fd);
/** Sets an option of SOL_SOCKET. The system may limit the sizes of buffers: what it refuses is done without. */
void socket_option(int fd, int option, int value);

#endif
