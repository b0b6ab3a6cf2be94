/* SPDX-License-Identifier: MIT */
/*
 * lwIP's memory. Every pbuf, segment and control block is allocated with malloc, as on the board (MEMP_MEM_MALLOC), so
 * the sanitizers check each one. Allocations are counted, limited and refused here. In ESP-IDF only the heap limits the
 * number of control blocks. Here it can be limited (lwipopts.h), so that tests can exhaust them.
 */
#include <malloc.h>
#include <stdatomic.h>

#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcpip_priv.h"

#include "numbers.h"

_Atomic long device_heap_bytes, device_heap_peak, device_heap_blocks, device_heap_refused;
_Atomic long device_heap_limit, device_fail_pbufs;
_Atomic long device_tcp_limit = MEMP_NUM_TCP_PCB, device_udp_limit = MEMP_NUM_UDP_PCB;
_Atomic long device_allocations, device_calls;
_Atomic long device_tcp_count, device_listener_count, device_udp_count, device_segment_count;

static void *counted(void *memory)
{
	if (memory) {
		device_allocations += 1;
		long bytes = device_heap_bytes += (long)malloc_usable_size(memory);
		device_heap_blocks += 1;
		for (long peak = device_heap_peak;
			 bytes > peak && !atomic_compare_exchange_weak(&device_heap_peak, &peak, bytes);)
			;
	}
	return memory;
}

static bool refused(unsigned long size)
{
	long limit = device_heap_limit;
	if (!limit || device_heap_bytes + (long)size <= limit)
		return false;
	device_heap_refused += 1;
	return true;
}

void *device_malloc(unsigned long size)
{
	return refused(size) ? NULL : counted(malloc(size));
}

void *device_calloc(unsigned long count, unsigned long size)
{
	return refused(count * size) ? NULL : counted(calloc(count, size));
}

void device_free(void *memory)
{
	if (memory) {
		device_heap_bytes -= (long)malloc_usable_size(memory);
		device_heap_blocks -= 1;
	}
	free(memory);
}

/* ---- wrappers of lwIP's functions, set by the linker (tests/device/lwip.mjs) ---- */

void *__real_memp_malloc(memp_t type);
void __real_memp_free(memp_t type, void *memory);
struct pbuf *__real_pbuf_alloc(pbuf_layer layer, u16_t length, pbuf_type type);
err_t __real_tcpip_api_call(tcpip_api_call_fn function, struct tcpip_api_call_data *call);
err_t __wrap_tcpip_api_call(tcpip_api_call_fn function, struct tcpip_api_call_data *call);
void *__wrap_memp_malloc(memp_t type);
void __wrap_memp_free(memp_t type, void *memory);
struct pbuf *__wrap_pbuf_alloc(pbuf_layer layer, u16_t length, pbuf_type type);

static _Atomic long *count_of(memp_t type, long *limit)
{
	*limit = 0;
	switch (type) {
	case MEMP_TCP_PCB: *limit = device_tcp_limit; return &device_tcp_count;
	case MEMP_TCP_PCB_LISTEN: *limit = MEMP_NUM_TCP_PCB_LISTEN; return &device_listener_count;
	case MEMP_UDP_PCB: *limit = device_udp_limit; return &device_udp_count;
	case MEMP_TCP_SEG: return &device_segment_count;
	default: return NULL;
	}
}

err_t __wrap_tcpip_api_call(tcpip_api_call_fn function, struct tcpip_api_call_data *call)
{
	device_calls += 1;
	return __real_tcpip_api_call(function, call);
}

void *__wrap_memp_malloc(memp_t type)
{
	long limit;
	_Atomic long *count = count_of(type, &limit);
	if (count && limit && *count >= limit)
		return NULL;
	void *memory = __real_memp_malloc(type);
	if (memory && count)
		*count += 1;
	return memory;
}

void __wrap_memp_free(memp_t type, void *memory)
{
	long limit;
	_Atomic long *count = count_of(type, &limit);
	if (memory && count)
		*count -= 1;
	__real_memp_free(type, memory);
}

struct pbuf *__wrap_pbuf_alloc(pbuf_layer layer, u16_t length, pbuf_type type)
{
	static _Atomic long calls;
	long every = device_fail_pbufs;
	if (every && ++calls % every == 0) {
		device_heap_refused += 1;
		return NULL;
	}
	return __real_pbuf_alloc(layer, length, type);
}
