/*
 * embedded:io/socket/udp (ECMA-419), with multicast as the SDK's lwIP sockets have it, and one option of this host's own:
 *
 *    multicastInterface   IPv4 address of the interface that multicast leaves by and groups are joined on. Without it the
 *                         system's routes choose. Tests use 127.0.0.1: nothing leaves the machine.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "socket.h"

enum { LARGEST_DATAGRAM = 65536, BUFFER = 1024 * 1024, OWN = 256 };

typedef struct udp {
	loop_watch_t watch;
	xsMachine *the;
	xsSlot object;
	callback_t on_readable;
	/** Where groups are joined, and whether one is. */
	struct in_addr interface;
	bool member;
	/** The last short datagram sent to a group while in one: the kernel gives it back to its sender, lwIP does not. It cannot be
	 *  kept from doing so without keeping it from other programs on this machine. Nor can it be told by its sender: the port
	 *  may be shared. 0 bytes when none is expected. */
	size_t own_length;
	uint8_t own[OWN];
	/** The address written to last, as text and as it was read: packets to one client come in rows. */
	char text[INET_ADDRSTRLEN];
	struct sockaddr_in to;
} udp_t;

void xs_udp_destructor(void *data)
{
	udp_t *udp = data;
	if (!udp)
		return;
	loop_remove(&udp->watch);
	if (udp->watch.fd >= 0)
		close(udp->watch.fd);
	free(udp);
}

static void xs_udp_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	udp_t *udp = data;
	if (udp && udp->on_readable) {
		xsSlot slot = xsReference(udp->on_readable);
		mark_root(the, &slot);
	}
}

static const xsHostHooks udp_hooks = { xs_udp_destructor, xs_udp_mark, NULL };

/** Throws when it is closed. To be called when all arguments are read: one may be an object whose toString closes the socket. */
static udp_t *this_udp(xsMachine *the)
{
	udp_t *udp = xsmcGetHostDataValidate(xsThis, (void *)&udp_hooks);
	if (!udp)
		xsUnknownError("socket is closed");
	return udp;
}

static void udp_ready(loop_watch_t *watch, short revents)
{
	udp_t *udp = (udp_t *)watch;
	uint8_t bytes[OWN + 1];
	(void)revents;
	/* an error of an earlier send (ICMP unreachable) is reported here first, and must be taken to go away */
	ssize_t length = recv(udp->watch.fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);
	if (length < 0)
		return;
	bool own = udp->own_length && (size_t)length == udp->own_length && !memcmp(bytes, udp->own, udp->own_length);
	if (own) {
		udp->own_length = 0;
		recv(udp->watch.fd, bytes, 1, MSG_DONTWAIT);
	}
	else
		callback_call(udp->the, udp->on_readable, &udp->object, 1);
}

/** Joins or leaves a group. */
static void group_option(xsMachine *the, int fd, int option, struct in_addr interface, const char *text)
{
	struct ip_mreq request;
	memset(&request, 0, sizeof(request));
	request.imr_interface = interface;
	if (inet_pton(AF_INET, text, &request.imr_multiaddr) != 1 || !IN_MULTICAST(ntohl(request.imr_multiaddr.s_addr)))
		xsRangeError("\"%s\" is no IPv4 multicast address", text);
	if (setsockopt(fd, IPPROTO_IP, option, &request, sizeof(request)) < 0)
		xsUnknownError("multicast group %s: %s", text, strerror(errno));
}

/** The `multicastInterface` option of argument 0, or any interface. */
static struct in_addr interface_option(xsMachine *the)
{
	struct sockaddr_in address;
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID_multicastInterface);
	socket_address(the, xsmcTypeOf(value) == xsUndefinedType ? "0.0.0.0" : xsmcToString(value), 0, &address);
	return address.sin_addr;
}

/** new UDP({port?, address?, onReadable?, multicast?, timeToLive?, multicastInterface?}). Throws when the port is taken. */
void xs_udp_constructor(xsMachine *the)
{
	struct sockaddr_in address;
	xsmcVars(2);
	struct in_addr interface = interface_option(the);
	callback_t on_readable = callback_option(the, xsID_onReadable, &xsVar(0));
	int port = integer_option(the, xsID_port, "port", 0, 65535, 0);
	int time_to_live = integer_option(the, xsID_timeToLive, "timeToLive", 1, 255, 0);
	socket_bind_address(the, port, &address);
	xsmcGet(xsVar(1), xsArg(0), xsID_multicast);
	bool group = xsmcTypeOf(xsVar(1)) != xsUndefinedType;
	if (group)
		xsmcToString(xsVar(1));
	/* nothing of the options is read any more that may throw */
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		socket_fail(the, fd, "socket");
	socket_prepare(fd);
	if (group)
		socket_option(fd, SO_REUSEADDR, 1);
	/* a whole frame goes out in one batch */
	socket_option(fd, SO_SNDBUF, BUFFER);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		socket_fail_port(the, fd, "bind", port);
	if (interface.s_addr != INADDR_ANY && setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof(interface)) < 0)
		socket_fail(the, fd, "multicastInterface");
	if (time_to_live) {
		unsigned char value = (unsigned char)time_to_live;
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &value, sizeof(value));
	}
	if (group) {
		xsTry {
			group_option(the, fd, IP_ADD_MEMBERSHIP, interface, xsmcToString(xsVar(1)));
		}
		xsCatch {
			close(fd);
			xsThrow(xsException);
		}
	}
	udp_t *udp = calloc(1, sizeof(*udp));
	if (!udp)
		socket_fail(the, fd, "socket");
	udp->watch = (loop_watch_t){ .fd = fd, .events = on_readable ? POLLIN : 0, .callback = udp_ready, .index = -1 };
	udp->the = the;
	udp->on_readable = on_readable;
	udp->interface = interface;
	udp->member = group;
	udp->object = xsThis;
	xsmcSetHostData(xsThis, udp);
	xsSetHostHooks(xsThis, &udp_hooks);
	loop_add(&udp->watch);
	xsRemember(udp->object);
}

void xs_udp_close(xsMachine *the)
{
	udp_t *udp = xsmcGetHostDataValidate(xsThis, (void *)&udp_hooks);
	if (!udp)
		return;
	xsForget(udp->object);
	xsmcSetHostData(xsThis, NULL);
	xs_udp_destructor(udp);
}

/** read(): the next datagram as an ArrayBuffer with `address` and `port` of its sender. undefined when none waits. */
void xs_udp_read(xsMachine *the)
{
	udp_t *udp = this_udp(the);
	uint8_t bytes[LARGEST_DATAGRAM];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t length = recvfrom(udp->watch.fd, bytes, sizeof(bytes), MSG_DONTWAIT, (struct sockaddr *)&from, &size);
	if (length < 0)
		return;
	xsmcSetArrayBuffer(xsResult, bytes, (int32_t)length);
	char text[INET_ADDRSTRLEN];
	inet_ntop(AF_INET, &from.sin_addr, text, sizeof(text));
	xsmcVars(1);
	xsmcSetString(xsVar(0), text);
	xsmcDefine(xsResult, xsID_address, xsVar(0), xsDefault);
	xsmcSetInteger(xsVar(0), ntohs(from.sin_port));
	xsmcDefine(xsResult, xsID_port, xsVar(0), xsDefault);
}

/** write(buffer, address, port). Throws when the system refuses the datagram: "would block" when it has no room now. */
void xs_udp_write(xsMachine *the)
{
	int port = xsmcToInteger(xsArg(2));
	if (port < 1 || port > 65535)
		xsRangeError("port is %d, not 1..65535", port);
	const char *text = xsmcToString(xsArg(1));
	udp_t *udp = this_udp(the);
	if (strcmp(text, udp->text)) {
		struct sockaddr_in to;
		socket_address(the, text, port, &to);
		udp->to = to;
		snprintf(udp->text, sizeof(udp->text), "%s", text);
	}
	udp->to.sin_port = htons((uint16_t)port);
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	for (int attempt = 0; attempt < 2; attempt++) {
		if (sendto(udp->watch.fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&udp->to, sizeof(udp->to)) >= 0) {
			if (udp->member && length <= OWN && IN_MULTICAST(ntohl(udp->to.sin_addr.s_addr))) {
				memcpy(udp->own, bytes, length);
				udp->own_length = length;
			}
			return;
		}
		/* the error of an earlier datagram to another client (ICMP unreachable) is not this one's */
		if (errno != ECONNREFUSED && errno != EINTR)
			break;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		xsUnknownError("would block");
	xsUnknownError("sendto: %s", strerror(errno));
}

void xs_udp_add(xsMachine *the)
{
	const char *text = xsmcToString(xsArg(0));
	udp_t *udp = this_udp(the);
	group_option(the, udp->watch.fd, IP_ADD_MEMBERSHIP, udp->interface, text);
	udp->member = true;
}

void xs_udp_remove(xsMachine *the)
{
	const char *text = xsmcToString(xsArg(0));
	udp_t *udp = this_udp(the);
	group_option(the, udp->watch.fd, IP_DROP_MEMBERSHIP, udp->interface, text);
}

void xs_udp_get_localPort(xsMachine *the)
{
	udp_t *udp = this_udp(the);
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	if (getsockname(udp->watch.fd, (struct sockaddr *)&address, &size) == 0)
		xsmcSetInteger(xsResult, ntohs(address.sin_port));
}

void xs_udp_get_timeToLive(xsMachine *the)
{
	udp_t *udp = this_udp(the);
	unsigned char value = 1;
	socklen_t size = sizeof(value);
	getsockopt(udp->watch.fd, IPPROTO_IP, IP_MULTICAST_TTL, &value, &size);
	xsmcSetInteger(xsResult, value);
}

void xs_udp_set_timeToLive(xsMachine *the)
{
	int value = xsmcToInteger(xsArg(0));
	if (value < 1 || value > 255)
		xsRangeError("timeToLive is %d, not 1..255", value);
	unsigned char byte = (unsigned char)value;
	setsockopt(this_udp(the)->watch.fd, IPPROTO_IP, IP_MULTICAST_TTL, &byte, sizeof(byte));
}
