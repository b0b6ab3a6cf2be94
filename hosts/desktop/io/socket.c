/* SPDX-License-Identifier: MIT */
#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void socket_prepare(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	socket_option(fd, SO_OOBINLINE, 1);
#if defined(SO_NOSIGPIPE)
	socket_option(fd, SO_NOSIGPIPE, 1);
#endif
}

void socket_address(xsMachine *the, const char *text, int port, struct sockaddr_in *address)
{
	memset(address, 0, sizeof(*address));
	address->sin_family = AF_INET;
	address->sin_port = htons((uint16_t)port);
	if (!strcmp(text, "localhost"))
		text = "127.0.0.1";
	if (inet_pton(AF_INET, text, &address->sin_addr) != 1)
		xsRangeError("\"%s\" is not an IPv4 address", text);
}

void socket_bind_address(xsMachine *the, int port, struct sockaddr_in *address)
{
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID_address);
	socket_address(the, xsmcTypeOf(value) == xsUndefinedType ? "0.0.0.0" : xsmcToString(value), port, address);
}

void socket_fail(xsMachine *the, int fd, const char *operation)
{
	int reason = errno;
	if (fd >= 0)
		close(fd);
	xsUnknownError("%s: %s", operation, strerror(reason));
}

void socket_fail_port(xsMachine *the, int fd, const char *operation, int port)
{
	char text[40];
	snprintf(text, sizeof(text), "%s on port %d", operation, port);
	socket_fail(the, fd, text);
}

void socket_imitate(int fd)
{
	int bytes = 1436; /* lwIP's TCP_MSS, as the SDK configures it */
	if (host_options.send_buffer)
		setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &bytes, sizeof(bytes));
}

void socket_option(int fd, int option, int value)
{
	setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value));
}
