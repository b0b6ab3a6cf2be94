/* SPDX-License-Identifier: MIT */
/*
 * Natives for the tests of the host: the program's descriptors, and a peer made of plain system calls. Unlike the
 * host's sockets it can send urgent bytes and end only its own direction.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "xsmc.h"
#include "mc.xs.h"

/** More than the tests open. */
enum { MOST = 1024 };

/** Number of open descriptors. */
void xs_descriptors_count(xsMachine *the)
{
	int32_t count = 0;
	for (int fd = 0; fd < MOST; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	xsmcSetInteger(xsResult, count);
}

/** limit(more): limits the number of additional descriptors; negative: removes the limit. */
void xs_descriptors_limit(xsMachine *the)
{
	static rlim_t before;
	int32_t more = xsmcToInteger(xsArg(0));
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (!before)
		before = limit.rlim_cur;
	limit.rlim_cur = before;
	/* the system limits the highest number: find the one below which `more` are free */
	if (more >= 0) {
		int fd = 0;
		for (int32_t free = 0; fd < MOST; fd++) {
			if (fcntl(fd, F_GETFD) < 0 && free++ == more)
				break;
		}
		limit.rlim_cur = (rlim_t)fd;
	}
	setrlimit(RLIMIT_NOFILE, &limit);
}

/** connect(port): a connection to a listener of this machine. @returns its descriptor */
void xs_peer_connect(xsMachine *the)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)xsmcToInteger(xsArg(0))) };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		xsUnknownError("no connection");
	xsmcSetInteger(xsResult, fd);
}

/** send(fd, text, urgent): with `urgent` its last byte is urgent data. */
void xs_peer_send(xsMachine *the)
{
	int fd = xsmcToInteger(xsArg(0)), flags = xsmcTest(xsArg(2)) ? MSG_OOB : 0;
	const char *text = xsmcToString(xsArg(1));
	if (send(fd, text, strlen(text), flags) != (ssize_t)strlen(text))
		xsUnknownError("not sent");
}

/** finish(fd): ends the sending direction; receiving continues. */
void xs_peer_finish(xsMachine *the)
{
	shutdown(xsmcToInteger(xsArg(0)), SHUT_WR);
}

/** receive(fd, buffer): reads available bytes. @returns their number; 0 at the end, -1 if none are available */
void xs_peer_receive(xsMachine *the)
{
	int fd = xsmcToInteger(xsArg(0));
	void *data;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(1), &data, &length);
	xsmcSetInteger(xsResult, (int32_t)recv(fd, data, length, MSG_DONTWAIT));
}

void xs_peer_close(xsMachine *the)
{
	close(xsmcToInteger(xsArg(0)));
}
