/* SPDX-License-Identifier: MIT */

#if defined(__linux__)

	#define _GNU_SOURCE

	#include "udpbatch.h"

	#include <errno.h>
	#include <linux/udp.h>
	#include <string.h>

	#include "vectors.h"

typedef struct {
	udp_delivery_t *delivery;
	const rtp_jpeg_part_t *parts;
	uint32_t packets;
} part_t;

typedef union {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(uint16_t))];
} segment_t;

/** One system call. */
typedef struct {
	uint32_t count, packet_count;
	part_t parts[BATCH_MESSAGES];
	struct mmsghdr messages[BATCH_MESSAGES];
	segment_t segments[BATCH_MESSAGES];
	rtp_jpeg_part_t vectors[2 * BATCH_PACKETS];
	/* each message may begin a frame */
	uint8_t headers[BATCH_MESSAGES * RTP_JPEG_HEADER_MAX + BATCH_PACKETS * RTP_JPEG_LATER_HEADER_MAX];
	uint8_t *next_header;
} batch_t;

/* the program has one thread */
static batch_t batch;

static void clear(void)
{
	batch.count = batch.packet_count = 0;
	batch.next_header = batch.headers;
}

/** @returns the number of packets of the delivery's next message */
static uint32_t packets_of_message(const udp_delivery_t *delivery, bool unsegmented)
{
	if (unsegmented)
		return 1;
	uint32_t most = BATCH_BYTES / delivery->burst->packet_size;
	if (most > BATCH_SEGMENTS)
		most = BATCH_SEGMENTS;
	if (delivery->limit && most > delivery->limit - delivery->sent)
		most = delivery->limit - delivery->sent;
	return most ? most : 1;
}

/** Adds the delivery's next message; `sent` counts it already.
 *  @returns false if it has no more */
static bool add(udp_delivery_t *delivery, bool unsegmented)
{
	if (delivery->error || (delivery->limit && delivery->sent >= delivery->limit))
		return false;
	burst_t *burst = delivery->burst;
	rtp_jpeg_part_t *parts = &batch.vectors[2 * batch.packet_count];
	int32_t count =
		burst->gather(burst, BURST_UNLIMITED, parts, batch.next_header, packets_of_message(delivery, unsegmented));
	if (count < 0)
		delivery->error = UDP_MISFIT;
	if (count <= 0)
		return false;
	struct msghdr *message = &batch.messages[batch.count].msg_hdr;
	*message = (struct msghdr){ .msg_name = &delivery->to,
		.msg_namelen = sizeof(delivery->to),
		.msg_iov = part_vectors(parts),
		.msg_iovlen = 2 * (size_t)count };
	if (count > 1) {
		segment_t *segment = &batch.segments[batch.count];
		uint16_t length = (uint16_t)(parts[0].length + parts[1].length);
		memset(segment, 0, sizeof(*segment));
		segment->header.cmsg_level = IPPROTO_UDP;
		segment->header.cmsg_type = UDP_SEGMENT;
		segment->header.cmsg_len = CMSG_LEN(sizeof(length));
		memcpy(CMSG_DATA(&segment->header), &length, sizeof(length));
		message->msg_control = segment;
		message->msg_controllen = sizeof(*segment);
	}
	batch.parts[batch.count] = (part_t){ delivery, parts, (uint32_t)count };
	batch.count += 1;
	batch.packet_count += (uint32_t)count;
	batch.next_header += RTP_JPEG_HEADERS((uint32_t)count);
	delivery->sent += (uint32_t)count;
	return true;
}

static bool has_room(void)
{
	return batch.count < BATCH_MESSAGES && batch.packet_count + BATCH_SEGMENTS <= BATCH_PACKETS;
}

/** Takes back the messages from `index` on that are of the same delivery as this one.
 *  @returns the index of the next delivery's first message */
static uint32_t take_back(uint32_t index)
{
	const part_t *first = &batch.parts[index];
	udp_delivery_t *delivery = first->delivery;
	uint32_t packets = 0;
	for (; index < batch.count && batch.parts[index].delivery == delivery; index++)
		packets += batch.parts[index].packets;
	delivery->sent -= packets;
	delivery->burst->take_back(delivery->burst, first->parts, packets);
	return index;
}

/** EIO: no checksum offload; EMSGSIZE: a segment exceeds the route's MTU; EINVAL, ENOPROTOOPT: an older kernel. */
static bool refuses_segments(int error)
{
	return error == EIO || error == EMSGSIZE || error == EINVAL || error == ENOPROTOOPT;
}

/** The error belongs to an earlier datagram to another client (ICMP unreachable), not to this one. */
static bool is_of_another(int error)
{
	return error == ECONNREFUSED || error == EINTR;
}

/** Sends what was added.
 *  @returns false if messages were taken back, because they have to be sent packet by packet */
static bool flush(int fd, bool *unsegmented, udp_send_t send)
{
	uint32_t done = 0;
	bool repeated = false;
	while (done < batch.count) {
		int result = send(fd, &batch.messages[done], batch.count - done, MSG_NOSIGNAL | MSG_DONTWAIT);
		int error = errno;
		if (result > 0) {
			done += (uint32_t)result;
			repeated = false;
		}
		else if (is_of_another(error) && !repeated)
			repeated = true;
		else if (batch.parts[done].packets > 1 && refuses_segments(error)) {
			*unsegmented = true;
			while (done < batch.count)
				done = take_back(done);
			clear();
			return false;
		}
		else {
			batch.parts[done].delivery->error = error;
			done = take_back(done);
			repeated = false;
		}
	}
	clear();
	return true;
}

void udp_batch_send(int fd, bool *unsegmented, udp_send_t send, udp_delivery_t *deliveries, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		deliveries[i].sent = 0;
		deliveries[i].error = 0;
	}
	uint32_t i = 0;
	clear();
	while (i < count || batch.count) {
		if (i < count && has_room()) {
			if (!add(&deliveries[i], *unsegmented))
				i += 1;
		}
		else if (!flush(fd, unsegmented, send))
			i = 0; /* deliveries that are finished have nothing to add */
	}
}

#endif
