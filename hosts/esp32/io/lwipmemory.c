/* SPDX-License-Identifier: MIT */
/*
 * lwIP's memory (lwip/mem.h and lwip/memp.h) without the heap's cost for each packet. ESP-IDF configures lwIP to take
 * every pbuf, segment and message from the heap. A frame of 21 KB over TCP needs 50 of these blocks, in two sizes. Here
 * freed blocks of these sizes are kept for the next packet; other sizes come from the heap.
 *
 * The linker takes these functions instead of lwIP's, because iothread.c refers to them and the program's archive is
 * searched first. They are weak: if a version of lwIP needs another function of its mem.c or memp.c, the linker takes
 * all functions of that file from lwIP.
 */
#include "lwipmemory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/priv/tcpip_priv.h"
/* the sizes of lwIP's own records */
#include "lwip/altcp.h"
#include "lwip/api.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/igmp.h"
#include "lwip/ip4_frag.h"
#include "lwip/ip6_frag.h"
#include "lwip/mld6.h"
#include "lwip/netbuf.h"
#include "lwip/netdb.h"
#include "lwip/priv/api_msg.h"
#include "lwip/priv/nd6_priv.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/raw.h"
#include "lwip/timeouts.h"
#include "lwip/udp.h"

#if defined(ESP_PLATFORM)
	#include "esp_heap_caps.h"
	#include "esp_memory_utils.h"
	#include "freertos/FreeRTOS.h"
/* SYS_ARCH_PROTECT is a mutex here: 300 instructions, six times as many as this */
static portMUX_TYPE guard = portMUX_INITIALIZER_UNLOCKED;
	#define DECLARE_GUARD
	#define ENTER() portENTER_CRITICAL(&guard)
	#define LEAVE() portEXIT_CRITICAL(&guard)
	/* internal memory is scarce: lwIP gets it only while PSRAM is full */
	#define MAY_KEEP(block) esp_ptr_external_ram(block)
#else
	#define DECLARE_GUARD SYS_ARCH_DECL_PROTECT(level)
	#define ENTER() SYS_ARCH_PROTECT(level)
	#define LEAVE() SYS_ARCH_UNPROTECT(level)
	#define MAY_KEEP(block) true
#endif
#if defined(__SANITIZE_ADDRESS__)
	#include <sanitizer/asan_interface.h>
	/* nobody may use a kept block; the pointer to the next one is left for the search of leaks */
	#define HIDE(block, size) __asan_poison_memory_region(&(block)->u.next + 1, (size) - sizeof(void *))
	#define SHOW(block, size) __asan_unpoison_memory_region(&(block)->u, size)
#else
	#define HIDE(block, size) (void)(block)
	#define SHOW(block, size) (void)(block)
#endif
/* lwIP's default */
#if !defined(mem_clib_free)
	#define mem_clib_free free
#endif
#define REPLACEMENT __attribute__((weak))

enum {
	/* an acknowledgement with all headers; also a segment's record, a message to lwIP's thread, and the record of a
	 * received packet */
	SMALL = LWIP_MEM_ALIGN_SIZE(sizeof(struct pbuf))
		+ LWIP_MEM_ALIGN_SIZE(PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN + PBUF_IP_HLEN + PBUF_TRANSPORT_HLEN)
		+ 2 * MEM_ALIGNMENT,
	/* a full segment; also an RTP packet over UDP */
	LARGE = SMALL + LWIP_MEM_ALIGN_SIZE(TCP_MSS),
	/* smaller requests would waste too much of a large block */
	LARGE_FROM = LARGE / 4 * 3,
	/* kept blocks of each size: the send buffers of eight connections */
	KEPT = 160,
};

typedef struct block {
	/** The kind, or NULL: the heap's. */
	struct kind *kind;
	/** In front of the caller's memory, aligned as that. While it is kept: the next one. */
	union {
		struct block *next;
		char memory[MEM_ALIGNMENT];
	} u;
} block_t;

typedef struct kind {
	block_t *first;
	uint32_t kept;
} kind_t;

uint32_t lwip_memory_kept;

static kind_t small_kind, large_kind;

static size_t size_of(const kind_t *kind)
{
	return kind == &small_kind ? SMALL : LARGE;
}

REPLACEMENT void mem_init(void) {}

/** Blocks cannot shrink. */
REPLACEMENT void *mem_trim(void *memory, mem_size_t size)
{
	(void)size;
	return memory;
}

REPLACEMENT void *mem_malloc(mem_size_t size)
{
	kind_t *kind = size <= SMALL ? &small_kind : size <= LARGE && size >= LARGE_FROM ? &large_kind : NULL;
	block_t *block = NULL;
	if (kind) {
		DECLARE_GUARD;
		ENTER();
		block = kind->first;
		if (block) {
			SHOW(block, size_of(kind));
			kind->first = block->u.next;
			kind->kept -= 1;
			lwip_memory_kept -= 1;
		}
		LEAVE();
		size = (mem_size_t)size_of(kind);
	}
	if (!block)
		block = mem_clib_malloc(offsetof(block_t, u) + size);
	if (!block)
		return NULL;
	block->kind = kind;
	return &block->u;
}

REPLACEMENT void *mem_calloc(mem_size_t count, mem_size_t size)
{
	void *memory = size && count > SIZE_MAX / size ? NULL : mem_malloc(count * size);
	if (memory)
		memset(memory, 0, count * size);
	return memory;
}

REPLACEMENT void mem_free(void *memory)
{
	if (!memory)
		return;
	block_t *block = (block_t *)(void *)((char *)memory - offsetof(block_t, u));
	kind_t *kind = block->kind;
	if (kind) {
		DECLARE_GUARD;
		ENTER();
		if (kind->kept < KEPT && MAY_KEEP(block)) {
			block->u.next = kind->first;
			kind->first = block;
			kind->kept += 1;
			lwip_memory_kept += 1;
			HIDE(block, size_of(kind));
			block = NULL;
		}
		LEAVE();
	}
	if (block)
		mem_clib_free(block);
}

/* ---- records ---- */

static const uint16_t sizes[MEMP_MAX] = {
#define LWIP_MEMPOOL(name, number, size, description) (uint16_t)(size),
#include "lwip/priv/memp_std.h"
};

REPLACEMENT void memp_init(void) {}

REPLACEMENT void *memp_malloc(memp_t type)
{
	return mem_malloc(sizes[type]);
}

REPLACEMENT void memp_free(memp_t type, void *memory)
{
	(void)type;
	mem_free(memory);
}
