/* SPDX-License-Identifier: MIT */
/*
 * Tests of udpbatch.c over a substitute for sendmmsg, which accepts, refuses and cuts messages as the kernel does.
 */

#define _GNU_SOURCE

#include "check.h"

#include <errno.h>
#include <linux/udp.h>

#include "../../hosts/desktop/io/udpbatch.h"

/* ---- bursts of numbered packets ---- */

enum { PACKET = 1400, LAST = 300, CLIENTS = 40, HEADER = 20 };

typedef struct {
	burst_t burst;
	uint32_t next, count;
	bool misfit;
	uint8_t payload[PACKET];
} numbers_t;

static int32_t gather(burst_t *burst, uint32_t room, rtp_jpeg_part_t *parts, uint8_t *headers, uint32_t count)
{
	numbers_t *self = (numbers_t *)burst;
	uint32_t made = 0;
	(void)room;
	if (self->misfit)
		return BURST_ERROR;
	/* all of the memory that was promised */
	memset(headers, 0xaa, RTP_JPEG_HEADERS(count));
	for (; made < count && self->next < self->count; made++) {
		memcpy(headers, &self->next, sizeof(self->next));
		parts[2 * made] = (rtp_jpeg_part_t){ headers, HEADER };
		headers += made ? RTP_JPEG_LATER_HEADER_MAX : RTP_JPEG_HEADER_MAX;
		self->next += 1;
		size_t length = (self->next == self->count ? LAST : PACKET) - HEADER;
		parts[2 * made + 1] = (rtp_jpeg_part_t){ self->payload, length };
	}
	return (int32_t)made;
}

static void take_back(burst_t *burst, const rtp_jpeg_part_t *parts, uint32_t count)
{
	numbers_t *self = (numbers_t *)burst;
	uint32_t first;
	memcpy(&first, parts[0].bytes, sizeof(first));
	if (count && (first != self->next - count))
		abort();
	self->next -= count;
}

/* ---- the kernel ---- */

/* A client's port is its index plus 1. */
static uint32_t received[CLIENTS];
static bool whole[CLIENTS];
static uint32_t calls, wrong, seed;
/* Messages taken by a call at most; messages taken in all before `refusal`, which client `refused` gets. */
static uint32_t taken_at_once, refused_after;
static int refusal, refused;
static bool segments_work;

static void receive_packet(uint32_t client, const struct iovec *vectors, uint32_t of)
{
	uint32_t number;
	memcpy(&number, vectors[0].iov_base, sizeof(number));
	if (number != received[client] || vectors[0].iov_len != HEADER)
		wrong += 1;
	received[client] = number + 1;
	whole[client] = number + 1 == of;
}

static uint32_t packets_of[CLIENTS];

static int receive_message(const struct msghdr *message)
{
	uint32_t client = ntohs(((const struct sockaddr_in *)message->msg_name)->sin_port) - 1u;
	uint32_t count = (uint32_t)message->msg_iovlen / 2;
	if (refusal && (refused < 0 || (uint32_t)refused == client) && !refused_after)
		return refusal;
	if (count > 1) {
		const struct cmsghdr *header = CMSG_FIRSTHDR(message);
		uint16_t segment = 0;
		if (!segments_work)
			return EIO;
		if (!header || header->cmsg_level != IPPROTO_UDP || header->cmsg_type != UDP_SEGMENT)
			return EMSGSIZE;
		memcpy(&segment, CMSG_DATA(header), sizeof(segment));
		size_t bytes = 0;
		for (uint32_t i = 0; i < count; i++) {
			size_t length = message->msg_iov[2 * i].iov_len + message->msg_iov[2 * i + 1].iov_len;
			if (length > segment || (length < segment && i + 1 < count))
				wrong += 1;
			bytes += length;
		}
		if (count > BATCH_SEGMENTS || bytes > 65507)
			return EINVAL;
	}
	for (uint32_t i = 0; i < count; i++)
		receive_packet(client, &message->msg_iov[2 * i], packets_of[client]);
	if (refused_after)
		refused_after -= 1;
	return 0;
}

static int system_call(int fd, struct mmsghdr *messages, unsigned int count, int flags)
{
	calls += 1;
	if (fd != 7 || !(flags & MSG_DONTWAIT) || !count)
		wrong += 1;
	unsigned int taken = 0;
	for (; taken < count && (!taken_at_once || taken < taken_at_once); taken++) {
		int error = receive_message(&messages[taken].msg_hdr);
		if (error) {
			errno = error;
			return taken ? (int)taken : -1;
		}
	}
	return (int)taken;
}

/* ---- the tests ---- */

static numbers_t numbers[CLIENTS];
static udp_delivery_t deliveries[CLIENTS];
static bool unsegmented;

static void begin(uint32_t clients, uint32_t packets)
{
	memset(received, 0, sizeof(received));
	memset(whole, 0, sizeof(whole));
	memset(numbers, 0, sizeof(numbers));
	memset(deliveries, 0, sizeof(deliveries));
	calls = wrong = taken_at_once = refused_after = 0;
	refusal = 0;
	refused = -1;
	segments_work = true;
	unsegmented = false;
	for (uint32_t i = 0; i < clients; i++) {
		packets_of[i] = packets;
		numbers[i].burst.packet_size = PACKET;
		numbers[i].burst.gather = gather;
		numbers[i].burst.take_back = take_back;
		numbers[i].count = packets;
		deliveries[i].burst = &numbers[i].burst;
		deliveries[i].to.sin_port = htons((uint16_t)(i + 1));
	}
}

static void deliver(uint32_t clients)
{
	udp_batch_send(7, &unsegmented, system_call, deliveries, clients);
}

static void four_clients_take_one_call(void)
{
	begin(4, 18);
	deliver(4);
	CHECK(calls == 1 && !wrong);
	for (uint32_t i = 0; i < 4; i++)
		CHECK(whole[i] && deliveries[i].sent == 18 && !deliveries[i].error);
}

static void any_number_of_clients_and_packets_is_sent_whole_and_in_order(void)
{
	const uint32_t packets[] = { 1, 2, 18, 46, 47, 64, 65, 300 };
	for (size_t p = 0; p < sizeof(packets) / sizeof(packets[0]); p++) {
		for (uint32_t clients = 1; clients <= CLIENTS; clients++) {
			for (taken_at_once = 0; taken_at_once <= 3; taken_at_once++) {
				uint32_t at_once = taken_at_once;
				begin(clients, packets[p]);
				taken_at_once = at_once;
				deliver(clients);
				CHECK(!wrong);
				for (uint32_t i = 0; i < clients; i++)
					CHECK(whole[i] && deliveries[i].sent == packets[p] && !deliveries[i].error);
			}
		}
	}
}

static void kernel_that_cuts_no_messages_gets_packets(void)
{
	begin(5, 18);
	segments_work = false;
	deliver(5);
	CHECK(unsegmented && !wrong);
	for (uint32_t i = 0; i < 5; i++)
		CHECK(whole[i] && deliveries[i].sent == 18);
	/* 16 packets a call, after the attempt */
	CHECK(calls <= 1 + (5 * 18 + BATCH_MESSAGES - 1) / BATCH_MESSAGES);
	for (uint32_t i = 0; i < 5; i++)
		numbers[i].next = received[i] = 0;
	calls = 0;
	deliver(5);
	CHECK(!wrong && calls == (5 * 18 + BATCH_MESSAGES - 1) / BATCH_MESSAGES);
}

static void client_that_is_refused_stays_at_its_packet_and_the_others_get_theirs(void)
{
	for (int client = 0; client < 6; client++) {
		for (uint32_t after = 0; after < 8; after++) {
			begin(6, 100);
			refusal = EPERM;
			refused = client;
			refused_after = after;
			deliver(6);
			CHECK(!wrong);
			for (int i = 0; i < 6; i++) {
				const udp_delivery_t *delivery = &deliveries[i];
				CHECK(delivery->sent == received[i] && numbers[i].next == received[i]);
				CHECK(i == client ? delivery->error == (whole[i] ? 0 : EPERM) : whole[i] && !delivery->error);
			}
			/* later it goes on from there */
			refusal = 0;
			uint32_t before = received[client];
			deliver(6);
			CHECK(!wrong && whole[client] && deliveries[client].sent == 100 - before);
		}
	}
}

static void full_buffer_stops_every_client_where_it_is(void)
{
	for (uint32_t after = 0; after < 20; after++) {
		begin(3, 200);
		refusal = EAGAIN;
		refused_after = after;
		deliver(3);
		CHECK(!wrong);
		for (uint32_t i = 0; i < 3; i++)
			CHECK(numbers[i].next == received[i] && deliveries[i].error == (whole[i] ? 0 : EAGAIN));
	}
}

static int interrupted_call(int fd, struct mmsghdr *messages, unsigned int count, int flags)
{
	seed = seed * 1103515245u + 12345u;
	if ((seed >> 16) % 3 == 0 && refused_after == 0) {
		refused_after = 1; /* the next attempt is not interrupted */
		errno = (seed >> 20) % 2 ? ECONNREFUSED : EINTR;
		calls += 1;
		return -1;
	}
	refused_after = 0;
	taken_at_once = 1 + (seed >> 18) % 4;
	return system_call(fd, messages, count, flags);
}

static void interruptions_and_errors_of_others_lose_nothing(void)
{
	for (seed = 1; seed < 500; seed += 7) {
		uint32_t start = seed;
		begin(9, 60);
		seed = start;
		udp_batch_send(7, &unsegmented, interrupted_call, deliveries, 9);
		CHECK(!wrong);
		for (uint32_t i = 0; i < 9; i++)
			CHECK(whole[i] && !deliveries[i].error);
		seed = start;
	}
}

static void limit_of_packets_is_kept(void)
{
	for (uint32_t limit = 1; limit < 70; limit++) {
		begin(3, 65);
		deliveries[1].limit = limit;
		deliver(3);
		CHECK(!wrong && whole[0] && whole[2]);
		CHECK(deliveries[1].sent == (limit < 65 ? limit : 65) && received[1] == deliveries[1].sent);
	}
}

static void packets_that_do_not_fit_are_told_and_harm_nobody(void)
{
	begin(3, 18);
	numbers[1].misfit = true;
	deliver(3);
	CHECK(!wrong && whole[0] && whole[2] && deliveries[1].error == UDP_MISFIT && received[1] == 0);
}

int main(void)
{
	test("udp-batch-four-clients-take-one-call", four_clients_take_one_call);
	test("udp-batch-any-number-of-clients-and-packets-is-sent-whole-and-in-order",
		any_number_of_clients_and_packets_is_sent_whole_and_in_order);
	test("udp-batch-kernel-that-cuts-no-messages-gets-packets", kernel_that_cuts_no_messages_gets_packets);
	test("udp-batch-client-that-is-refused-stays-at-its-packet-and-the-others-get-theirs",
		client_that_is_refused_stays_at_its_packet_and_the_others_get_theirs);
	test("udp-batch-full-buffer-stops-every-client-where-it-is", full_buffer_stops_every_client_where_it_is);
	test("udp-batch-interruptions-and-errors-of-others-lose-nothing", interruptions_and_errors_of_others_lose_nothing);
	test("udp-batch-limit-of-packets-is-kept", limit_of_packets_is_kept);
	test(
		"udp-batch-packets-that-do-not-fit-are-told-and-harm-nobody", packets_that_do_not_fit_are_told_and_harm_nobody);
	return check_failures != 0;
}
