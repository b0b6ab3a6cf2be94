/* SPDX-License-Identifier: MIT */
/*
 * embedded:io/socket/udp (ECMA-419), with multicast as in the SDK's lwIP sockets, and two additional options:
 *
 *    multicastInterface   IPv4 address of the interface for sending multicast and joining groups. Default: chosen by
 *                         the system's routes. Tests use 127.0.0.1, so that nothing leaves the machine.
 *    shared               Other programs may use the port as well. `add`, `remove` and `write` then take the index of
 *                         an interface (interfaces.c), and `read` gives it. Datagrams that the socket itself sends to a
 *                         group are read back, since they cannot be told from those of other programs.
 */
#if defined(__linux__)
	#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "socketburst.h"
#include "socket.h"
#include "udpbatch.h"
#include "vectors.h"

/* read() returns datagrams that fit one network packet, as lwIP's sockets do. Larger ones are dropped: one of 65,507
 * octets fills the device's chunk heap, and no peer of this program sends that much. */
enum { LARGEST_READ = 1500, BUFFER = 1024 * 1024, OWN = 256 };

typedef struct udp {
	loop_watch_t watch;
	xsMachine *the;
	xsSlot object;
	callback_t on_readable;
	/** Kernel or route do not cut messages into packets (udpbatch.h). */
	bool unsegmented;
	/** The interface for joining groups, and whether a group has been joined. */
	struct in_addr interface;
	bool member;
	bool shared;
	/** The last short datagram sent to a group by a member. Unlike lwIP, the kernel loops it back to the sender.
	 *  Disabling the loop would hide it from other programs on this machine, and the source address does not identify
	 *  it because the port may be shared. Length 0: none expected. */
	size_t own_length;
	uint8_t own[OWN];
	/** The last destination, as text and parsed: consecutive packets often go to the same client. */
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
	if (udp)
		callback_mark(the, udp->on_readable, mark_root);
}

static const xsHostHooks udp_hooks = { xs_udp_destructor, xs_udp_mark, NULL };

/** Throws if closed. To be called after all arguments are read: an argument's toString may close the socket. */
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
	/* recv first returns, and so clears, the error of an earlier send (ICMP unreachable) */
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

/** Joins or leaves a group.
 *  @param index of the interface; 0: the one with the address `interface` */
static void group_option(xsMachine *the, int fd, int option, struct in_addr interface, int index, const char *text)
{
	struct ip_mreqn request;
	memset(&request, 0, sizeof(request));
	request.imr_address = interface;
	request.imr_ifindex = index;
	if (inet_pton(AF_INET, text, &request.imr_multiaddr) != 1 || !IN_MULTICAST(ntohl(request.imr_multiaddr.s_addr)))
		xsRangeError("\"%s\" is not an IPv4 multicast address", text);
	if (setsockopt(fd, IPPROTO_IP, option, &request, sizeof(request)) < 0)
		xsUnknownError("multicast group %s: %s", text, strerror(errno));
}

/** An optional interface index. */
static int index_argument(xsMachine *the, int position)
{
	if (xsmcArgc <= position || xsmcTypeOf(xsArg(position)) == xsUndefinedType)
		return 0;
	int index = xsmcToInteger(xsArg(position));
	if (index < 0)
		xsRangeError("interface %d", index);
	return index;
}

/** Reads the `multicastInterface` option of argument 0. Default: any interface. */
static struct in_addr interface_option(xsMachine *the)
{
	struct sockaddr_in address;
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID_multicastInterface);
	socket_address(the, xsmcTypeOf(value) == xsUndefinedType ? "0.0.0.0" : xsmcToString(value), 0, &address);
	return address.sin_addr;
}

static void set_time_to_live(int fd, int time_to_live)
{
	unsigned char value = (unsigned char)time_to_live;
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &value, sizeof(value));
	setsockopt(fd, IPPROTO_IP, IP_TTL, &time_to_live, sizeof(time_to_live));
}

/** new UDP({port?, address?, onReadable?, multicast?, timeToLive?, multicastInterface?, shared?}).
 *  Throws if the port is in use. */
void xs_udp_constructor(xsMachine *the)
{
	struct sockaddr_in address;
	xsmcVars(3);
	struct in_addr interface = interface_option(the);
	callback_t on_readable = callback_option(the, xsID_onReadable, &xsVar(0));
	int port = integer_option(the, xsID_port, "port", 0, 65535, 0);
	int time_to_live = integer_option(the, xsID_timeToLive, "timeToLive", 1, 255, 0);
	socket_bind_address(the, port, &address);
	xsmcGet(xsVar(1), xsArg(0), xsID_multicast);
	bool group = xsmcTypeOf(xsVar(1)) != xsUndefinedType;
	if (group)
		xsmcToString(xsVar(1));
	xsmcGet(xsVar(2), xsArg(0), xsID_shared);
	bool shared = xsmcTest(xsVar(2));
	/* no option is read after this that could throw */
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		socket_fail(the, fd, "socket");
	socket_prepare(fd);
#ifdef IP_MULTICAST_ALL
	/* by default, Linux also delivers what came to groups that other programs have joined */
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &(int){ 0 }, sizeof(int));
#endif
	if (group || shared)
		socket_option(fd, SO_REUSEADDR, 1);
	if (shared) {
		/* some responders set only this one */
		socket_option(fd, SO_REUSEPORT, 1);
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){ 1 }, sizeof(int));
	}
	/* a whole frame goes out in one batch */
	socket_option(fd, SO_SNDBUF, BUFFER);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		socket_fail_port(the, fd, "bind", port);
	if (interface.s_addr != INADDR_ANY
		&& setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof(interface)) < 0)
		socket_fail(the, fd, "multicastInterface");
	if (time_to_live)
		set_time_to_live(fd, time_to_live);
	if (group) {
		xsTry {
			group_option(the, fd, IP_ADD_MEMBERSHIP, interface, 0, xsmcToString(xsVar(1)));
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
	udp->shared = shared;
	udp->unsegmented = host_options.no_gso;
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

/** Where a datagram was sent to. */
typedef struct arrival {
	struct in_addr destination;
	int interface;
} arrival_t;

static arrival_t arrival_of(struct msghdr *message)
{
	arrival_t arrival = { .interface = 0 };
	for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
		if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			memcpy(&info, CMSG_DATA(item), sizeof(info));
			arrival = (arrival_t){ .destination = info.ipi_addr, .interface = (int)info.ipi_ifindex };
		}
	}
	return arrival;
}

/** Defines a property of the result. Uses xsVar(0). */
static void define_address(xsMachine *the, xsIdentifier id, struct in_addr address)
{
	char text[INET_ADDRSTRLEN];
	result_text(the, id, inet_ntop(AF_INET, &address, text, sizeof(text)));
}

/** read(): the next datagram as an ArrayBuffer with the sender's `address` and `port`, and from a shared port the
 *  `destination` and the index of the `interface`. undefined if none is available, or if it is larger than
 *  LARGEST_READ. */
void xs_udp_read(xsMachine *the)
{
	udp_t *udp = this_udp(the);
	bool shared = udp->shared;
	uint8_t bytes[LARGEST_READ + 1];
	union {
		struct cmsghdr header;
		uint8_t space[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control;
	struct sockaddr_in from;
	struct iovec vector = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr message = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t length = recvmsg(udp->watch.fd, &message, MSG_DONTWAIT);
	if (length < 0 || length > LARGEST_READ)
		return;
	arrival_t arrival = arrival_of(&message);
	xsmcSetArrayBuffer(xsResult, bytes, (int32_t)length);
	xsmcVars(1);
	define_address(the, xsID_address, from.sin_addr);
	result_integer(the, xsID_port, ntohs(from.sin_port));
	if (!shared)
		return;
	define_address(the, xsID_destination, arrival.destination);
	result_integer(the, xsID_interface, arrival.interface);
}

/** Parses the destination of a datagram. Throws RangeError. */
static udp_t *address_to(xsMachine *the, xsSlot *socket, xsSlot *address, int port)
{
	if (port < 1 || port > 65535)
		xsRangeError("port is %d, not 1..65535", port);
	const char *text = xsmcToString(*address);
	udp_t *udp = xsmcGetHostDataValidate(*socket, (void *)&udp_hooks);
	if (!udp)
		xsUnknownError("socket is closed");
	if (strcmp(text, udp->text)) {
		struct sockaddr_in to;
		socket_address(the, text, port, &to);
		udp->to = to;
		snprintf(udp->text, sizeof(udp->text), "%s", text);
	}
	udp->to.sin_port = htons((uint16_t)port);
	return udp;
}

/** Whether to retry: the error belongs to an earlier datagram to another client (ICMP unreachable), not to this one. */
static bool is_of_another(int error)
{
	return error == ECONNREFUSED || error == EINTR;
}

/** @returns the system's error as constant text */
static const char *send_error(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS ? "would block" : strerror(error);
}

static bool expects_own(const udp_t *udp, const struct sockaddr_in *to, size_t length)
{
	return udp->member && !udp->shared && length <= OWN && IN_MULTICAST(ntohl(to->sin_addr.s_addr));
}

/** Sends one datagram.
 *  @param interface its index; 0: chosen by the system's routes
 *  @returns false on error, with errno set */
static bool send_datagram(const udp_t *udp, void *bytes, size_t length, int interface)
{
	union {
		struct cmsghdr header;
		uint8_t space[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control;
	struct in_pktinfo info;
	struct iovec vector = { .iov_base = bytes, .iov_len = length };
	struct msghdr message = {
		.msg_name = (void *)(uintptr_t)&udp->to, .msg_namelen = sizeof(udp->to), .msg_iov = &vector, .msg_iovlen = 1
	};
	if (interface) {
		memset(&control, 0, sizeof(control));
		memset(&info, 0, sizeof(info));
		info.ipi_ifindex = (unsigned int)interface;
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		struct cmsghdr *item = CMSG_FIRSTHDR(&message);
		item->cmsg_level = IPPROTO_IP;
		item->cmsg_type = IP_PKTINFO;
		item->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(item), &info, sizeof(info));
	}
	return sendmsg(udp->watch.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/** write(buffer, address, port, interface?). Throws if the system refuses the datagram: "would block" if its buffer is
 *  full. */
void xs_udp_write(xsMachine *the)
{
	int port = xsmcToInteger(xsArg(2)), interface = index_argument(the, 3);
	udp_t *udp = address_to(the, &xsThis, &xsArg(1), port);
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	for (int attempt = 0; attempt < 2; attempt++) {
		if (send_datagram(udp, bytes, length, interface)) {
			if (expects_own(udp, &udp->to, length)) {
				memcpy(udp->own, bytes, length);
				udp->own_length = length;
			}
			return;
		}
		if (!is_of_another(errno))
			break;
	}
	xsUnknownError("%s", (char *)send_error(errno));
}

/** Packets made at once where they are sent one by one. */
enum { GATHERED = 16 };

/** @returns false on error, with errno set */
static bool send_packet(udp_t *udp, const struct sockaddr_in *to, rtp_jpeg_part_t parts[2])
{
	struct msghdr message = {
		.msg_name = (void *)(uintptr_t)to, .msg_namelen = sizeof(*to), .msg_iov = part_vectors(parts), .msg_iovlen = 2
	};
	size_t length = parts[0].length + parts[1].length;
	for (int attempt = 0; attempt < 2; attempt++) {
		if (sendmsg(udp->watch.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
			if (expects_own(udp, to, length)) {
				memcpy(udp->own, parts[0].bytes, parts[0].length);
				memcpy(udp->own + parts[0].length, parts[1].bytes, parts[1].length);
				udp->own_length = length;
			}
			return true;
		}
		if (!is_of_another(errno))
			break;
	}
	return false;
}

/** Sends packet by packet. */
static const char *send_singly(udp_t *udp, burst_t *burst, const struct sockaddr_in *to, uint32_t limit, uint32_t *sent)
{
	rtp_jpeg_part_t parts[2 * GATHERED];
	uint8_t headers[RTP_JPEG_HEADERS(GATHERED)];
	int32_t result = 1;
	while (result > 0 && (limit == 0 || *sent < limit)) {
		uint32_t most = limit && limit - *sent < GATHERED ? limit - *sent : GATHERED;
		result = burst->gather(burst, BURST_UNLIMITED, parts, headers, most);
		if (result < 0)
			return BURST_MISFIT;
		for (int32_t i = 0; i < result; i++) {
			if (!send_packet(udp, to, &parts[2 * i])) {
				int error = errno;
				burst->take_back(burst, &parts[2 * i], (uint32_t)(result - i));
				return send_error(error);
			}
			*sent += 1;
		}
	}
	return NULL;
}

static bool may_batch(const udp_t *udp)
{
#if defined(__linux__)
	/* a group's member recognizes its own packets, which are looped back, one by one */
	return !udp->member;
#else
	(void)udp;
	return false;
#endif
}

static struct sockaddr_in address_of(const udp_target_t *target)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(target->port) };
	to.sin_addr.s_addr = target->address;
	return to;
}

static void send_batch(udp_t *udp, udp_delivery_t *deliveries, uint32_t count)
{
#if defined(__linux__)
	udp_batch_send(udp->watch.fd, &udp->unsegmented, sendmmsg, deliveries, count);
#else
	(void)udp, (void)deliveries, (void)count;
#endif
}

/** @returns NULL if all was sent */
static const char *delivery_error(const udp_delivery_t *delivery)
{
	return delivery->error == 0 ? NULL : delivery->error == UDP_MISFIT ? BURST_MISFIT : send_error(delivery->error);
}

const char *udp_socket_burst(
	xsMachine *the, xsSlot *socket, burst_t *burst, const udp_target_t *target, uint32_t limit, uint32_t *sent)
{
	udp_t *udp = xsmcGetHostDataValidate(*socket, (void *)&udp_hooks);
	udp_delivery_t delivery = { .burst = burst, .to = address_of(target), .limit = limit };
	*sent = 0;
	if (!udp)
		return "socket is closed";
	if (!may_batch(udp))
		return send_singly(udp, burst, &delivery.to, limit, sent);
	send_batch(udp, &delivery, 1);
	*sent = delivery.sent;
	return delivery_error(&delivery);
}

void udp_socket_send(xsMachine *the, xsSlot *socket, udp_frame_t *frames, uint32_t count)
{
	udp_t *udp = xsmcGetHostDataValidate(*socket, (void *)&udp_hooks);
	udp_delivery_t deliveries[UDP_FRAMES];
	uint32_t sent;
	if (!udp || !may_batch(udp)) {
		for (uint32_t i = 0; i < count; i++)
			frames[i].error = udp_socket_burst(the, socket, frames[i].burst, &frames[i].target, 0, &sent);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		deliveries[i] = (udp_delivery_t){ .burst = frames[i].burst, .to = address_of(&frames[i].target) };
	send_batch(udp, deliveries, count);
	for (uint32_t i = 0; i < count; i++)
		frames[i].error = delivery_error(&deliveries[i]);
}

void udp_socket_target(xsMachine *the, xsSlot *address, xsSlot *port, udp_target_t *target)
{
	struct sockaddr_in parsed;
	xsIntegerValue number = xsmcToInteger(*port);
	if (number < 1 || number > 65535)
		xsRangeError("port is %d, not 1..65535", (int)number);
	socket_address(the, xsmcToString(*address), number, &parsed);
	*target = (udp_target_t){ .address = parsed.sin_addr.s_addr, .port = (uint16_t)number };
}

/** add(group, interface?) */
void xs_udp_add(xsMachine *the)
{
	int interface = index_argument(the, 1);
	const char *text = xsmcToString(xsArg(0));
	udp_t *udp = this_udp(the);
	group_option(the, udp->watch.fd, IP_ADD_MEMBERSHIP, udp->interface, interface, text);
	udp->member = true;
}

/** remove(group, interface?) */
void xs_udp_remove(xsMachine *the)
{
	int interface = index_argument(the, 1);
	const char *text = xsmcToString(xsArg(0));
	udp_t *udp = this_udp(the);
	group_option(the, udp->watch.fd, IP_DROP_MEMBERSHIP, udp->interface, interface, text);
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
	set_time_to_live(this_udp(the)->watch.fd, value);
}
