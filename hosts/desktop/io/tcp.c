/* SPDX-License-Identifier: MIT */
/*
 * embedded:io/socket/tcp (ECMA-419) on the desktop host's event loop, with the device's contract: a write is accepted
 * whole or refused ("would block"), and returns how many more bytes would be accepted (credit).
 *
 * A write goes to the kernel immediately. Bytes that the kernel does not accept are copied to a buffer, bounded by the
 * credit. This happens only if the reader is slower than the writer.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>
#if defined(__linux__)
	#include <linux/sockios.h>
#endif

#include "socketburst.h"
#include "linger.h"
#include "socket.h"
#include "tcp.h"
#include "vectors.h"

enum {
	/* bytes that a socket accepts before the reader has taken them: about a UXGA frame at high quality */
	DEFAULT_CREDIT = 256 * 1024,
	/* interval for checking the kernel's queue while a small send buffer is imitated, milliseconds */
	IMITATION_INTERVAL = 2,
	/* interval for checking a socket whose bytes the program leaves unread, milliseconds */
	UNREAD_INTERVAL = 10,
};

typedef enum format { FORMAT_BUFFER, FORMAT_NUMBER } format_t;

typedef struct tcp {
	loop_watch_t watch;
	/** Runs while an imitated send buffer is full: there is no event for bytes taken by the reader. */
	loop_timer_t timer;
	/** Runs while the program leaves bytes unread. Without it the loop would report them continuously. */
	loop_timer_t unread_timer;
	/** Bytes reported by onReadable, if none has been read since; otherwise 0. */
	int unread;
	xsMachine *the;
	xsSlot object;
	callback_t on_readable;
	callback_t on_writable;
	callback_t on_error;
	format_t format;
	/** Maximum credit, bytes. */
	uint32_t credit_limit;
	bool imitate;
	bool connecting;
	/** onWritable is due once there is credit again. */
	bool starved;
	bool failed;
	/** A write found that the connection had been reset, or had no memory for the rest of its bytes. */
	bool broken;
	/** The object is a GC root: from a constructor with options until it is closed. */
	bool rooted;
	uint8_t *pending;
	uint32_t pending_offset;
	uint32_t pending_length;
} tcp_t;

static void tcp_close(tcp_t *tcp)
{
	loop_remove(&tcp->watch);
	loop_timer_stop(&tcp->timer);
	loop_timer_stop(&tcp->unread_timer);
	if (tcp->watch.fd >= 0)
		close(tcp->watch.fd);
	tcp->watch.fd = -1;
	free(tcp->pending);
	tcp->pending = NULL;
}

void xs_tcp_destructor(void *data)
{
	tcp_t *tcp = data;
	if (!tcp)
		return;
	tcp_close(tcp);
	free(tcp);
}

static void xs_tcp_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	tcp_t *tcp = data;
	if (!tcp)
		return;
	callback_mark(the, tcp->on_readable, mark_root);
	callback_mark(the, tcp->on_writable, mark_root);
	callback_mark(the, tcp->on_error, mark_root);
}

static const xsHostHooks tcp_hooks = { xs_tcp_destructor, xs_tcp_mark, NULL };

static tcp_t *this_tcp(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&tcp_hooks);
}

/** Bytes accepted by `write` that count against the credit:
 *  unsent ones and, in an imitated send buffer, unacknowledged ones. */
static uint32_t outstanding(tcp_t *tcp)
{
	uint32_t bytes = tcp->pending_length;
	if (tcp->imitate) {
		int queued = 0;
#if defined(__linux__)
		ioctl(tcp->watch.fd, SIOCOUTQ, &queued);
#elif defined(SO_NWRITE)
		socklen_t size = sizeof(queued);
		getsockopt(tcp->watch.fd, SOL_SOCKET, SO_NWRITE, &queued, &size);
#endif
		bytes += (uint32_t)queued;
	}
	return bytes;
}

static uint32_t credit(tcp_t *tcp)
{
	uint32_t used = outstanding(tcp);
	return used < tcp->credit_limit ? tcp->credit_limit - used : 0;
}

static void update_events(tcp_t *tcp)
{
	bool in = !tcp->failed && tcp->unread_timer.index < 0 && (tcp->on_readable || tcp->on_error);
	bool out = tcp->connecting || tcp->pending_length || (tcp->starved && !tcp->imitate);
	loop_watch_for(&tcp->watch, (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0)));
}

/** Ends a connection of which the kernel took a part of something and the rest is lost. onError follows in a later
 *  turn. */
static void break_off(tcp_t *tcp)
{
	tcp->broken = true;
	shutdown(tcp->watch.fd, SHUT_RDWR);
}

/** Stops watching the descriptor and calls onError, once. A FIN, a reset and a failure look alike. */
static void fail(tcp_t *tcp)
{
	if (tcp->failed)
		return;
	tcp->failed = true;
	loop_remove(&tcp->watch);
	loop_timer_stop(&tcp->timer);
	loop_timer_stop(&tcp->unread_timer);
	callback_call(tcp->the, tcp->on_error, &tcp->object, -1);
}

/** Sends buffered bytes. @returns false if the connection failed */
static bool flush(tcp_t *tcp)
{
	while (tcp->pending_length) {
		ssize_t sent =
			send(tcp->watch.fd, tcp->pending + tcp->pending_offset, tcp->pending_length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS;
		tcp->pending_offset += (uint32_t)sent;
		tcp->pending_length -= (uint32_t)sent;
	}
	/* a connection that was backed up once does not keep 256 KB */
	free(tcp->pending);
	tcp->pending = NULL;
	tcp->pending_offset = 0;
	return true;
}

/** Makes onWritable due. With an imitated send buffer only a timer notices new credit. */
static void starve(tcp_t *tcp)
{
	tcp->starved = true;
	if (tcp->imitate && tcp->timer.index < 0)
		loop_timer_start(&tcp->timer, IMITATION_INTERVAL, IMITATION_INTERVAL);
}

static void tell_writable(tcp_t *tcp)
{
	uint32_t room = credit(tcp);
	if (!tcp->starved)
		return;
	/* half: one call for many small increments, like lwIP's low-water mark */
	if (room < tcp->credit_limit / 2) {
		starve(tcp);
		return;
	}
	tcp->starved = false;
	loop_timer_stop(&tcp->timer);
	callback_call(tcp->the, tcp->on_writable, &tcp->object, (int32_t)room);
}

static void timer_due(loop_timer_t *timer)
{
	tcp_t *tcp = (tcp_t *)(void *)((char *)timer - offsetof(tcp_t, timer));
	tell_writable(tcp);
}

static void unread_timer_due(loop_timer_t *timer)
{
	update_events((tcp_t *)(void *)((char *)timer - offsetof(tcp_t, unread_timer)));
}

static void tcp_ready(loop_watch_t *watch, short revents)
{
	tcp_t *tcp = (tcp_t *)watch;
	/* a callback may close the socket, and the collector then free it: hold the object until the end */
	xsMachine *machine = tcp->the;
	xsBeginHost(machine);
	xsmcVars(1);
	xsVar(0) = tcp->object;
	if (revents & POLLOUT) {
		bool alive = true;
		if (tcp->connecting) {
			int error = 0;
			socklen_t size = sizeof(error);
			getsockopt(tcp->watch.fd, SOL_SOCKET, SO_ERROR, &error, &size);
			tcp->connecting = false;
			alive = error == 0;
		}
		else
			alive = flush(tcp);
		if (!alive)
			fail(tcp);
		else if (!tcp->pending_length)
			tell_writable(tcp);
	}
	/* a client that reset the connection gets no answer to its earlier requests */
	if (tcp->watch.fd >= 0 && (tcp->broken || (revents & POLLERR)))
		fail(tcp);
	if (tcp->watch.fd >= 0 && !tcp->failed && (revents & (POLLIN | POLLHUP))) {
		int available = 0;
		ioctl(tcp->watch.fd, FIONREAD, &available);
		if (available > 0) {
			/* one call for the same bytes, as on the device */
			if (available != tcp->unread) {
				tcp->unread = available;
				callback_call(tcp->the, tcp->on_readable, &tcp->object, available);
			}
			if (tcp->unread && tcp->watch.fd >= 0)
				loop_timer_start(&tcp->unread_timer, UNREAD_INTERVAL, -1);
		}
		else {
			char byte;
			ssize_t got = recv(tcp->watch.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
			if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
				fail(tcp);
		}
	}
	if (tcp->watch.fd >= 0)
		update_events(tcp);
	xsEndHost(machine);
}

/** Sets the options common to all TCP sockets. */
static void tune(tcp_t *tcp)
{
	int fd = tcp->watch.fd;
	tcp->credit_limit = host_options.send_buffer ? (uint32_t)host_options.send_buffer : DEFAULT_CREDIT;
	tcp->imitate = host_options.send_buffer != 0;
#if defined(TCP_NOTSENT_LOWAT)
	/* unsent video goes stale in the kernel: keep no more than a frame or two there */
	int low_water = (int)tcp->credit_limit;
	setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low_water, sizeof(low_water));
#endif
	if (tcp->imitate)
		socket_option(fd, SO_SNDBUF, (int)tcp->credit_limit);
}

static void set_format(xsMachine *the, tcp_t *tcp, xsSlot *value)
{
	const char *format = xsmcToString(*value);
	if (!strcmp(format, "buffer"))
		tcp->format = FORMAT_BUFFER;
	else if (!strcmp(format, "number"))
		tcp->format = FORMAT_NUMBER;
	else
		xsRangeError("format is \"%s\", not \"buffer\" or \"number\"", format);
}

static tcp_t *new_record(xsMachine *the)
{
	tcp_t *tcp = calloc(1, sizeof(*tcp));
	if (!tcp)
		xsUnknownError("no memory");
	tcp->the = the;
	tcp->watch.fd = -1;
	tcp->watch.index = -1;
	tcp->watch.callback = tcp_ready;
	tcp->timer.index = -1;
	tcp->timer.callback = timer_due;
	tcp->unread_timer.index = -1;
	tcp->unread_timer.callback = unread_timer_due;
	return tcp;
}

/** Closes the socket and lets the object be collected. */
static void release(tcp_t *tcp)
{
	xsMachine *the = tcp->the;
	tcp_close(tcp);
	tcp->on_readable = tcp->on_writable = tcp->on_error = NULL;
	if (tcp->rooted)
		xsForget(tcp->object);
	tcp->rooted = false;
}

/** Reads the `address` (or `host`) and `port` of the options. */
static void peer_option(xsMachine *the, struct sockaddr_in *address)
{
	xsSlot value;
	int port = integer_option(the, xsID_port, "port", 1, 65535, 0);
	if (!port)
		xsRangeError("port is missing");
	xsmcGet(value, xsArg(0), xsID_address);
	if (xsmcTypeOf(value) == xsUndefinedType)
		xsmcGet(value, xsArg(0), xsID_host);
	if (xsmcTypeOf(value) == xsUndefinedType)
		xsRangeError("address is missing");
	socket_address(the, xsmcToString(value), port, address);
}

/** Throws if that fails at once. */
static void begin_connection(xsMachine *the, tcp_t *tcp, const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		socket_fail(the, fd, "socket");
	socket_prepare(fd);
	socket_imitate(fd);
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 && errno != EINPROGRESS)
		socket_fail(the, fd, "connect");
	tcp->watch.fd = fd;
	tcp->connecting = true;
}

/** Takes over another object's connection with its unsent bytes. That object's callbacks are no longer called. */
static void take_over(tcp_t *tcp, tcp_t *from)
{
	tcp->pending = from->pending;
	tcp->pending_offset = from->pending_offset;
	tcp->pending_length = from->pending_length;
	tcp->watch.fd = from->watch.fd;
	tcp->connecting = from->connecting;
	/* while it has its descriptor: the loop has to end watching that */
	loop_remove(&from->watch);
	from->pending = NULL;
	from->watch.fd = -1;
	release(from);
}

/** new TCP({address, port} | {from}, …). Without options it is an empty socket, for the listener to fill. */
void xs_tcp_constructor(xsMachine *the)
{
	if (xsmcArgc < 1 || xsmcTypeOf(xsArg(0)) == xsUndefinedType) {
		tcp_t *tcp = new_record(the);
		xsmcSetHostData(xsThis, tcp);
		xsSetHostHooks(xsThis, &tcp_hooks);
		return;
	}
	xsmcVars(3);
	callback_t on_readable = callback_option(the, xsID_onReadable, &xsVar(0));
	callback_t on_writable = callback_option(the, xsID_onWritable, &xsVar(1));
	callback_t on_error = callback_option(the, xsID_onError, &xsVar(2));
	tcp_t format = { .format = FORMAT_BUFFER };
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID_format);
	if (xsmcTypeOf(value) != xsUndefinedType)
		set_format(the, &format, &value);
	xsmcGet(value, xsArg(0), xsID_nodelay);
	int nodelay = xsmcTest(value);
	xsmcGet(value, xsArg(0), xsID_target);
	if (xsmcTypeOf(value) != xsUndefinedType)
		xsmcSet(xsThis, xsID_target, value);
	xsmcGet(value, xsArg(0), xsID_noDelay);
	nodelay |= xsmcTest(value);

	struct sockaddr_in address;
	tcp_t *from = NULL;
	xsmcGet(value, xsArg(0), xsID_from);
	if (xsmcTypeOf(value) != xsUndefinedType) {
		from = xsmcGetHostDataValidate(value, (void *)&tcp_hooks);
		if (from->watch.fd < 0)
			xsUnknownError("from is closed");
	}
	else
		peer_option(the, &address);
	tcp_t *tcp = new_record(the);
	xsmcSetHostData(xsThis, tcp);
	xsSetHostHooks(xsThis, &tcp_hooks);
	/* from here on the destructor cleans up after a throw */
	if (from)
		take_over(tcp, from);
	else
		begin_connection(the, tcp, &address);
	if (nodelay)
		setsockopt(tcp->watch.fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof(nodelay));
	tcp->format = format.format;
	tcp->on_readable = on_readable;
	tcp->on_writable = on_writable;
	tcp->on_error = on_error;
	/* the first onWritable gives the initial credit */
	tcp->starved = true;
	tune(tcp);
	tcp->object = xsThis;
	update_events(tcp);
	tcp->watch.events |= POLLOUT;
	loop_add(&tcp->watch);
	xsRemember(tcp->object);
	tcp->rooted = true;
}

void tcp_fill(xsMachine *the, xsSlot *object, int fd)
{
	tcp_t *tcp = xsmcGetHostDataValidate(*object, (void *)&tcp_hooks);
	tcp->watch.fd = fd;
}

void xs_tcp_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	tcp_t *tcp = this_tcp(the);
	if (tcp->watch.fd < 0)
		return;
	/* even after onError: a peer may have closed only its own direction and still read.
	 * If it has gone, the first send fails. */
	if (tcp->pending_length) {
		loop_remove(&tcp->watch);
		if (linger(tcp->watch.fd, tcp->pending, tcp->pending_offset, tcp->pending_length)) {
			tcp->watch.fd = -1;
			tcp->pending = NULL;
			tcp->pending_length = 0;
		}
	}
	release(tcp);
}

/** read() | read(byteLength) | read(buffer). undefined if no bytes are available. */
void xs_tcp_read(xsMachine *the)
{
	tcp_t *tcp = this_tcp(the);
	if (tcp->watch.fd < 0)
		return;
	if (tcp->unread) {
		tcp->unread = 0;
		loop_timer_stop(&tcp->unread_timer);
		update_events(tcp);
	}
	if (tcp->format == FORMAT_NUMBER) {
		uint8_t byte;
		if (recv(tcp->watch.fd, &byte, 1, MSG_DONTWAIT) == 1)
			xsmcSetInteger(xsResult, byte);
		return;
	}
	int available = 0;
	ioctl(tcp->watch.fd, FIONREAD, &available);
	if (available <= 0)
		return;
	void *bytes;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		xsUnsignedValue room;
		xsmcGetBufferWritable(xsArg(0), &bytes, &room);
		ssize_t got = recv(tcp->watch.fd, bytes, room, MSG_DONTWAIT);
		if (got > 0)
			xsmcSetInteger(xsResult, (int32_t)got);
		return;
	}
	int wanted = available;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) != xsUndefinedType) {
		wanted = xsmcToInteger(xsArg(0));
		if (wanted <= 0)
			xsRangeError("byteLength is %d, not positive", wanted);
		if (wanted > available)
			wanted = available;
	}
	bytes = xsmcSetArrayBuffer(xsResult, NULL, wanted);
	/* recv may stop at an urgent byte */
	for (int count = 0; count < wanted;) {
		ssize_t got = recv(tcp->watch.fd, (uint8_t *)bytes + count, (size_t)(wanted - count), MSG_DONTWAIT);
		if (got <= 0)
			xsUnknownError("read failed");
		count += (int)got;
	}
}

/** write(buffer): accepts all of it or throws "would block".
 *  @returns the remaining credit, bytes */
void xs_tcp_write(xsMachine *the)
{
	tcp_t *tcp = this_tcp(the);
	uint8_t byte;
	void *bytes = &byte;
	xsUnsignedValue length = 1;
	if (tcp->format == FORMAT_NUMBER)
		byte = (uint8_t)xsmcToInteger(xsArg(0));
	else
		xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	if (tcp->watch.fd < 0 || tcp->failed)
		xsUnknownError("socket is closed");
	if (tcp->connecting)
		xsUnknownError("not ready");
	if (length > credit(tcp)) {
		starve(tcp);
		update_events(tcp);
		xsUnknownError("would block");
	}
	ssize_t sent = 0;
	if (!tcp->pending_length) {
		sent = send(tcp->watch.fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0) {
			/* as on the device, onError reports a broken connection in a later turn; the bytes are lost in any case */
			tcp->broken = !(errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS);
			sent = tcp->broken ? (ssize_t)length : 0;
		}
	}
	if ((xsUnsignedValue)sent < length && !tcp->pending && !(tcp->pending = malloc(tcp->credit_limit))) {
		if (!sent)
			xsUnknownError("no memory");
		break_off(tcp);
	}
	else if ((xsUnsignedValue)sent < length) {
		uint32_t rest = length - (uint32_t)sent;
		if (tcp->pending_offset + tcp->pending_length + rest > tcp->credit_limit) {
			memmove(tcp->pending, tcp->pending + tcp->pending_offset, tcp->pending_length);
			tcp->pending_offset = 0;
		}
		memcpy(tcp->pending + tcp->pending_offset + tcp->pending_length, (uint8_t *)bytes + sent, rest);
		tcp->pending_length += rest;
		host_copied_bytes += rest;
	}
	uint32_t left = credit(tcp);
	if (left < tcp->credit_limit) {
		starve(tcp);
		update_events(tcp);
	}
	xsmcSetInteger(xsResult, (int32_t)left);
}

/** Packets per system call. */
enum { GATHERED = 128 };

/** Keeps the rest of a packet of which the kernel took the first `sent` bytes.
 *  @returns false without memory */
static bool keep_rest(tcp_t *tcp, const struct iovec packet[2], size_t sent)
{
	if (!tcp->pending)
		tcp->pending = malloc(tcp->credit_limit);
	if (!tcp->pending)
		return false;
	for (int i = 0; i < 2; i++) {
		size_t skipped = sent < packet[i].iov_len ? sent : packet[i].iov_len, count = packet[i].iov_len - skipped;
		memcpy(tcp->pending + tcp->pending_length, (const uint8_t *)packet[i].iov_base + skipped, count);
		tcp->pending_length += (uint32_t)count;
		host_copied_bytes += count;
		sent -= skipped;
	}
	return true;
}

/** Sends as much as fits in one system call.
 *  @param taken receives whether the kernel accepted all of it
 *  @returns NULL, or why the connection is lost */
static const char *send_gathered(tcp_t *tcp, burst_t *burst, rtp_jpeg_part_t *parts, uint32_t count, bool *taken)
{
	struct iovec *vectors = part_vectors(parts);
	struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 2 * (size_t)count };
	ssize_t result = sendmsg(tcp->watch.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	*taken = false;
	if (result < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ENOBUFS)
		return "socket is closed";
	size_t sent = result < 0 ? 0 : (size_t)result;
	if (burst->take_back_octets) {
		size_t total = 0;
		for (uint32_t i = 0; i < 2 * count; i++)
			total += parts[i].length;
		*taken = sent == total;
		if (!*taken)
			burst->take_back_octets(burst, total - sent);
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++) {
		size_t length = parts[2 * i].length + parts[2 * i + 1].length;
		if (sent >= length) {
			sent -= length;
			continue;
		}
		uint32_t begun = sent != 0;
		burst->take_back(burst, &parts[2 * (i + begun)], count - i - begun);
		if (!begun || keep_rest(tcp, &vectors[2 * i], sent))
			return NULL;
		break_off(tcp);
		return "no memory";
	}
	*taken = true;
	return NULL;
}

/** As `tcp_socket_burst`.
 *  @param tell the caller keeps `room` as its credit: onWritable follows unless the send buffer is empty */
static const char *send_burst(xsMachine *the, xsSlot *socket, burst_t *burst, bool tell, uint32_t *room)
{
	rtp_jpeg_part_t parts[2 * GATHERED];
	uint8_t headers[RTP_JPEG_HEADERS(GATHERED)];
	tcp_t *tcp = xsmcGetHostDataValidate(*socket, (void *)&tcp_hooks);
	if (!tcp || tcp->watch.fd < 0 || tcp->failed || tcp->broken)
		return "socket is closed";
	if (tcp->connecting)
		return "not ready";
	burst->capacity = tcp->credit_limit;
	bool taken = tcp->pending_length == 0;
	int32_t result = 1;
	while (taken && result > 0) {
		result = burst->gather(burst, credit(tcp), parts, headers, GATHERED);
		if (result == BURST_ERROR)
			return BURST_MISFIT;
		const char *error = result > 0 ? send_gathered(tcp, burst, parts, (uint32_t)result, &taken) : NULL;
		if (error)
			return error;
	}
	*room = credit(tcp);
	if ((tell && *room < tcp->credit_limit) || !taken || result != 0) {
		starve(tcp);
		update_events(tcp);
	}
	return NULL;
}

const char *tcp_socket_burst(xsMachine *the, xsSlot *socket, burst_t *burst, uint32_t *room)
{
	return send_burst(the, socket, burst, true, room);
}

void tcp_socket_send(xsMachine *the, tcp_frame_t *first)
{
	for (tcp_frame_t *frame = first; frame; frame = frame->next) {
		xsSlot socket = xsReference(frame->socket);
		uint32_t room;
		frame->error = send_burst(the, &socket, frame->burst, false, &room);
	}
}

static void name(xsMachine *the, int (*get)(int, struct sockaddr *, socklen_t *), bool want_port)
{
	tcp_t *tcp = this_tcp(the);
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	if (tcp->watch.fd < 0 || get(tcp->watch.fd, (struct sockaddr *)&address, &size) < 0)
		return;
	if (want_port)
		xsmcSetInteger(xsResult, ntohs(address.sin_port));
	else {
		uint32_t a = ntohl(address.sin_addr.s_addr);
		char text[16];
		snprintf(text, sizeof(text), "%u.%u.%u.%u", a >> 24, (a >> 16) & 255, (a >> 8) & 255, a & 255);
		xsmcSetString(xsResult, text);
	}
}

void xs_tcp_get_remoteAddress(xsMachine *the)
{
	name(the, getpeername, false);
}

void xs_tcp_get_remotePort(xsMachine *the)
{
	name(the, getpeername, true);
}

void xs_tcp_get_format(xsMachine *the)
{
	xsmcSetString(xsResult, this_tcp(the)->format == FORMAT_BUFFER ? "buffer" : "number");
}

void xs_tcp_set_format(xsMachine *the)
{
	set_format(the, this_tcp(the), &xsArg(0));
}

void xs_tcp_get_localAddress(xsMachine *the)
{
	name(the, getsockname, false);
}

void xs_tcp_get_localPort(xsMachine *the)
{
	name(the, getsockname, true);
}
