/* SPDX-License-Identifier: MIT */
/*
 * The Internet checksum (RFC 1071) of lwip/inet_chksum.h, in a third of the instructions of lwIP's own. Wi-Fi has no
 * checksum in hardware, so every octet of every player's packets passes through here.
 *
 * Linked instead of lwIP's inet_chksum.c, like lwipmemory.c.
 */
#include <stdbool.h>
#include <stdint.h>

#include "lwip/def.h"
#include "lwip/inet_chksum.h"
#include "lwip/ip_addr.h"

#define REPLACEMENT __attribute__((weak))

enum { UNROLLED = 16 };

typedef uint16_t __attribute__((may_alias)) half_t;

static uint32_t fold(uint32_t sum)
{
	sum = (sum >> 16) + (sum & 0xffff);
	return (sum >> 16) + (sum & 0xffff);
}

static uint32_t swap(uint32_t sum)
{
	return (sum & 0xff) << 8 | sum >> 8;
}

/** Sums pairs of octets as they are in memory.
 *  @param length up to 65535: the sum then fits 32 bits
 *  @returns the sum, 16 bits */
static uint32_t sum_octets(const uint8_t *octets, uint32_t length)
{
	uint32_t sum = 0;
	bool odd = (uintptr_t)octets & 1;
	if (odd && length) {
		/* the second of a pair; the result is swapped below */
		sum = (uint32_t)*octets++ << 8;
		length -= 1;
	}
	const half_t *half = (const half_t *)(const void *)octets;
	for (uint32_t count = length / (2 * UNROLLED); count; count--) {
		/* spelled out: the firmware is compiled for size, and no loop is unrolled */
		sum += (uint32_t)half[0] + half[1] + half[2] + half[3] + half[4] + half[5] + half[6] + half[7] + half[8]
			+ half[9] + half[10] + half[11] + half[12] + half[13] + half[14] + half[15];
		half += UNROLLED;
	}
	for (uint32_t count = length % (2 * UNROLLED) / 2; count; count--)
		sum += *half++;
	if (length & 1)
		sum += *(const uint8_t *)half;
	sum = fold(sum);
	return odd ? swap(sum) : sum;
}

/** @param limit octets
 *  @returns the sum, to be folded */
static uint32_t sum_chain(const struct pbuf *packet, uint32_t limit)
{
	uint32_t sum = 0;
	bool odd = false;
	for (; packet && limit; packet = packet->next) {
		uint32_t length = packet->len < limit ? packet->len : limit;
		uint32_t part = sum_octets(packet->payload, length);
		sum += odd ? swap(part) : part;
		odd ^= length & 1;
		limit -= length;
	}
	return sum;
}

static uint16_t finish(uint32_t sum)
{
	return (uint16_t)~fold(sum);
}

REPLACEMENT u16_t inet_chksum(const void *octets, u16_t length)
{
	return finish(sum_octets(octets, length));
}

REPLACEMENT u16_t inet_chksum_pbuf(struct pbuf *packet)
{
	return finish(sum_chain(packet, UINT32_MAX));
}

/** Adds the pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1).
 *  @param words of an address, 16 bits each */
static uint16_t finish_pseudo(
	uint32_t sum, uint8_t protocol, uint16_t length, const void *source, const void *destination, int words)
{
	const half_t *from = source, *to = destination;
	for (int i = 0; i < words; i++)
		sum += (uint32_t)from[i] + to[i];
	return finish(sum + lwip_htons(protocol) + lwip_htons(length));
}

#if LWIP_IPV4
REPLACEMENT u16_t inet_chksum_pseudo_partial(struct pbuf *packet, u8_t protocol, u16_t length, u16_t limit,
	const ip4_addr_t *source, const ip4_addr_t *destination)
{
	return finish_pseudo(sum_chain(packet, limit), protocol, length, source, destination, 2);
}

REPLACEMENT u16_t inet_chksum_pseudo(
	struct pbuf *packet, u8_t protocol, u16_t length, const ip4_addr_t *source, const ip4_addr_t *destination)
{
	return finish_pseudo(sum_chain(packet, UINT32_MAX), protocol, length, source, destination, 2);
}
#endif

#if LWIP_IPV6
REPLACEMENT u16_t ip6_chksum_pseudo_partial(struct pbuf *packet, u8_t protocol, u16_t length, u16_t limit,
	const ip6_addr_t *source, const ip6_addr_t *destination)
{
	return finish_pseudo(sum_chain(packet, limit), protocol, length, source->addr, destination->addr, 8);
}

REPLACEMENT u16_t ip6_chksum_pseudo(
	struct pbuf *packet, u8_t protocol, u16_t length, const ip6_addr_t *source, const ip6_addr_t *destination)
{
	return finish_pseudo(sum_chain(packet, UINT32_MAX), protocol, length, source->addr, destination->addr, 8);
}
#endif

REPLACEMENT u16_t ip_chksum_pseudo_partial(struct pbuf *packet, u8_t protocol, u16_t length, u16_t limit,
	const ip_addr_t *source, const ip_addr_t *destination)
{
#if LWIP_IPV6
	if (IP_IS_V6(destination))
		return ip6_chksum_pseudo_partial(packet, protocol, length, limit, ip_2_ip6(source), ip_2_ip6(destination));
#endif
	return inet_chksum_pseudo_partial(packet, protocol, length, limit, ip_2_ip4(source), ip_2_ip4(destination));
}

REPLACEMENT u16_t ip_chksum_pseudo(
	struct pbuf *packet, u8_t protocol, u16_t length, const ip_addr_t *source, const ip_addr_t *destination)
{
#if LWIP_IPV6
	if (IP_IS_V6(destination))
		return ip6_chksum_pseudo(packet, protocol, length, ip_2_ip6(source), ip_2_ip6(destination));
#endif
	return inet_chksum_pseudo(packet, protocol, length, ip_2_ip4(source), ip_2_ip4(destination));
}
