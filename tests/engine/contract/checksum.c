/* SPDX-License-Identifier: MIT */
/* Native of checksum.test.ts: compares the Internet checksum with a sum of octets. */
#include <stdlib.h>
#include <string.h>

#include "xsmc.h"
#include "mc.xs.h"

#include "lwip/inet_chksum.h"
#include "lwip/pbuf.h"

enum { LONGEST = 4000, PARTS = 4 };

static uint32_t state = 419;

static uint32_t random_below(uint32_t limit)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % limit;
}

/** RFC 1071, one octet at a time. @param before octets that are summed in front, an even number */
static uint16_t reference(const uint8_t *before, uint32_t count, const uint8_t *octets, uint32_t length)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < count + length; i++) {
		uint8_t octet = i < count ? before[i] : octets[i - count];
		sum += i & 1 ? octet : (uint32_t)octet << 8;
	}
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	return lwip_htons((uint16_t)~sum);
}

/** differences(count): of so many packets in several parts, at any address, how many have another checksum */
void xs_checksum_differences(xsMachine *the)
{
	int32_t count = xsmcToInteger(xsArg(0)), differences = 0;
	uint8_t *memory = malloc(LONGEST + PARTS + 1), all[LONGEST];
	if (!memory)
		xsUnknownError("no memory");
	while (count--) {
		struct pbuf parts[PARTS];
		uint32_t length = 0, at = random_below(2), used = 1 + random_below(PARTS), extremes = random_below(4);
		memset(parts, 0, sizeof(parts));
		for (uint32_t i = 0; i < used; i++) {
			uint32_t size = random_below(random_below(2) ? 80 : LONGEST / PARTS);
			parts[i].payload = memory + at;
			parts[i].len = (uint16_t)size;
			parts[i].next = i + 1 < used ? &parts[i + 1] : NULL;
			for (uint32_t k = 0; k < size; k++)
				all[length + k] = memory[at + k] = extremes ? (uint8_t)random_below(256) : 0xff;
			length += size;
			at += size + random_below(2);
		}
		for (uint32_t i = 0, rest = length; i < used; rest -= parts[i++].len)
			parts[i].tot_len = (uint16_t)rest;
		ip4_addr_t from = { random_below(1 << 24) * 251u }, to = { random_below(1 << 24) * 253u };
		uint32_t limit = random_below(length + 1);
		uint8_t pseudo[12] = { [9] = 6, [10] = (uint8_t)(length >> 8), [11] = (uint8_t)length };
		memcpy(pseudo, &from, 4);
		memcpy(pseudo + 4, &to, 4);
		differences += inet_chksum(parts[0].payload, parts[0].len) != reference(NULL, 0, all, parts[0].len);
		differences += inet_chksum_pbuf(parts) != reference(NULL, 0, all, length);
		differences +=
			inet_chksum_pseudo(parts, 6, (u16_t)length, &from, &to) != reference(pseudo, sizeof(pseudo), all, length);
		differences += inet_chksum_pseudo_partial(parts, 6, (u16_t)length, (u16_t)limit, &from, &to)
			!= reference(pseudo, sizeof(pseudo), all, limit);
	}
	free(memory);
	xsmcSetInteger(xsResult, differences);
}
