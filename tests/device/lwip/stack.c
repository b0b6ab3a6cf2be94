/* SPDX-License-Identifier: MIT */
/*
 * Starts lwIP, which the sockets use, before the program's first module, and reports its resources.
 *
 * Environment variables:
 * DEVICE_LINK     descriptor of the Ethernet link (ethernet.c). Default: only the loopback interface
 * DEVICE_NUMBERS  initial numbers, such as "tcpLimit=4,heapLimit=65536" (numbers.h)
 * DEVICE_CONTROL  path of a socket for reading and setting numbers while the program runs (control.c)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lwip/priv/tcp_priv.h"
#include "lwip/priv/tcpip_priv.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"
#include "iothread.h"
#include "lwipmemory.h"

#include "control.h"
#include "ethernet.h"
#include "machine.h"
#include "messages.h"
#include "numbers.h"

typedef struct states {
	long active, time_wait, bound, waiting;
} states_t;

static void count_states(states_t *states)
{
	for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = pcb->next)
		states->active += 1;
	for (struct tcp_pcb *pcb = tcp_tw_pcbs; pcb; pcb = pcb->next)
		states->time_wait += 1;
	for (struct tcp_pcb *pcb = tcp_bound_pcbs; pcb; pcb = pcb->next)
		states->bound += 1;
	for (struct tcp_pcb_listen *pcb = tcp_listen_pcbs.listen_pcbs; pcb; pcb = pcb->next)
		states->waiting += pcb->accepts_pending;
}

static const struct {
	const char *name;
	_Atomic long *number;
	bool settable;
} numbers[] = {
	{ "heapBytes", &device_heap_bytes, false },
	{ "heapPeak", &device_heap_peak, false },
	{ "heapBlocks", &device_heap_blocks, false },
	{ "heapRefused", &device_heap_refused, false },
	{ "allocations", &device_allocations, false },
	{ "calls", &device_calls, false },
	{ "heapLimit", &device_heap_limit, true },
	{ "failPbufs", &device_fail_pbufs, true },
	{ "tcpLimit", &device_tcp_limit, true },
	{ "udpLimit", &device_udp_limit, true },
	{ "connections", &device_tcp_count, false },
	{ "listeners", &device_listener_count, false },
	{ "udpSockets", &device_udp_count, false },
	{ "segments", &device_segment_count, false },
	{ "received", &device_received, false },
	{ "sent", &device_sent, false },
	{ "lost", &device_lost, false },
	{ "dropped", &device_dropped, false },
	{ "loseReceived", &device_lose_received, true },
	{ "loseSent", &device_lose_sent, true },
	{ "swapReceived", &device_swap_received, true },
	{ "swapSent", &device_swap_sent, true },
	{ "refuseSent", &device_refuse_sent, true },
	{ "raisePause", &device_raise_pause, true },
	{ "messages", &messages_posted, false },
	{ "messagesRefused", &messages_refused, false },
	{ "messageLimit", &messages_limit, true },
};

enum { NUMBERS = sizeof(numbers) / sizeof(*numbers) };

/* Numbers are read in lwIP's thread, and therefore between two of its steps. During a step they can be off: while a
 * timer's function runs, the timer's block has been freed and not yet allocated again. */

static long value_of(int i)
{
	if (numbers[i].number != &device_heap_blocks)
		return *numbers[i].number;
	/* kept blocks are free. Other threads keep and take some */
	SYS_ARCH_DECL_PROTECT(level);
	SYS_ARCH_PROTECT(level);
	long kept = (long)lwip_memory_kept;
	SYS_ARCH_UNPROTECT(level);
	return *numbers[i].number - kept;
}

typedef struct reading {
	struct tcpip_api_call_data call;
	const char *name;
	bool found;
	long value;
} reading_t;

static err_t get_in_lwip(struct tcpip_api_call_data *call)
{
	reading_t *reading = (reading_t *)(void *)call;
	states_t states = { 0 };
	const struct {
		const char *name;
		const long *number;
	} counted[] = {
		{ "active", &states.active },
		{ "timeWait", &states.time_wait },
		{ "bound", &states.bound },
		{ "waiting", &states.waiting },
	};
	count_states(&states);
	for (int i = 0; i < 4; i++) {
		if (!strcmp(counted[i].name, reading->name)) {
			reading->found = true;
			reading->value = *counted[i].number;
		}
	}
	for (int i = 0; i < NUMBERS; i++) {
		if (!strcmp(numbers[i].name, reading->name)) {
			reading->found = true;
			reading->value = value_of(i);
		}
	}
	return ERR_OK;
}

bool device_get(const char *name, long *value)
{
	reading_t reading = { .name = name };
	tcpip_api_call(get_in_lwip, &reading.call);
	if (reading.found)
		*value = reading.value;
	return reading.found;
}

bool device_set(const char *name, long value)
{
	for (int i = 0; i < NUMBERS; i++) {
		if (numbers[i].settable && !strcmp(numbers[i].name, name)) {
			*numbers[i].number = value;
			return true;
		}
	}
	return false;
}

const char *device_set_all(const char *text)
{
	while (*text) {
		char name[20];
		long value;
		int length = 0;
		if (sscanf(text, "%19[A-Za-z]=%ld%n", name, &value, &length) != 2 || !device_set(name, value))
			return text;
		text += length;
		if (*text == ',')
			text += 1;
		else if (*text)
			return text;
	}
	return NULL;
}

typedef struct print {
	struct tcpip_api_call_data call;
	char *text;
	size_t size, length;
} print_t;

static err_t print_in_lwip(struct tcpip_api_call_data *call)
{
	print_t *print = (print_t *)(void *)call;
	states_t states = { 0 };
	char *text = print->text;
	size_t size = print->size;
	count_states(&states);
	size_t length = (size_t)snprintf(text, size, "{\"active\":%ld,\"timeWait\":%ld,\"bound\":%ld,\"waiting\":%ld",
		states.active, states.time_wait, states.bound, states.waiting);
	for (int i = 0; i < NUMBERS; i++)
		length += (size_t)snprintf(text + length, size - length, ",\"%s\":%ld", numbers[i].name, value_of(i));
	print->length = length + (size_t)snprintf(text + length, size - length, "}");
	return ERR_OK;
}

size_t device_print(char *text, size_t size)
{
	print_t print = { .text = text, .size = size };
	tcpip_api_call(print_in_lwip, &print.call);
	return print.length;
}

/* ---- threads ---- */

_Atomic long device_raise_pause;

void __real_io_raise(io_node_t *node, uint8_t events, io_state_t state);
void __wrap_io_raise(io_node_t *node, uint8_t events, io_state_t state);

/** Set by the linker (tests/device/lwip.mjs). */
void __wrap_io_raise(io_node_t *node, uint8_t events, io_state_t state)
{
	if (device_raise_pause)
		sys_msleep((u32_t)device_raise_pause);
	__real_io_raise(node, events, state);
}

/* ---- start ---- */

typedef struct opening {
	sys_sem_t done;
	int descriptor;
} opening_t;

static void initialized(void *data)
{
	opening_t *opening = data;
	if (opening->descriptor >= 0)
		ethernet_open(opening->descriptor);
	sys_sem_signal(&opening->done);
}

static void wrong(const char *message, const char *text)
{
	fprintf(stderr, "%s \"%s\"\n", message, text);
	exit(2);
}

void host_network_open(xsMachine *the)
{
	const char *link = getenv("DEVICE_LINK"), *set = getenv("DEVICE_NUMBERS"), *control = getenv("DEVICE_CONTROL");
	opening_t opening = { .descriptor = link ? atoi(link) : -1 };
	if (!messages_open(the))
		wrong("no pipe for the queue of messages", "");
	const char *bad = set ? device_set_all(set) : NULL;
	if (bad)
		wrong("DEVICE_NUMBERS: this is no number that can be set:", bad);
	if (sys_sem_new(&opening.done, 0) != ERR_OK)
		abort();
	tcpip_init(initialized, &opening);
	sys_arch_sem_wait(&opening.done, 0);
	sys_sem_free(&opening.done);
	if (control && !control_open(control))
		wrong("no socket", control);
}
