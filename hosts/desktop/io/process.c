/* SPDX-License-Identifier: MIT */
/*
 * Native half of process.ts, and `trace`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../host.h"
#include "callback.h"

/* stays 0 with a network that does not count its copies (build/app.mjs) */
uint64_t host_copied_bytes;

static struct {
	xsMachine *the;
	xsSlot callback;
	bool set;
} on_stop;

/** trace(...values): writes the values as text, without adding a line end. */
void xs_host_trace(xsMachine *the)
{
	int count = xsmcArgc;
	for (int i = 0; i < count; i++)
		fputs(xsmcToString(xsArg(i)), stdout);
	fflush(stdout);
}

void xs_process_argument(xsMachine *the)
{
	int index = xsmcToInteger(xsArg(0));
	if (index >= 0 && index < host_options.argc)
		xsmcSetString(xsResult, host_options.argv[index]);
}

void xs_process_exit(xsMachine *the)
{
	loop_exit(xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) : 0);
}

/** Ends the program immediately, for errors found while modules are still being loaded. */
void xs_process_abort(xsMachine *the)
{
	fflush(stdout);
	exit(xsmcToInteger(xsArg(0)));
}

static void stop(int signal_number)
{
	static int count;
	/* a second signal ends the program even if the callback hangs */
	if (!on_stop.set || ++count > 1)
		exit(128 + signal_number);
	xsBeginHost(on_stop.the);
	xsTry {
		xsCallFunction0(on_stop.callback, xsUndefined);
	}
	xsCatch {
		host_uncaught(the);
	}
	xsEndHost(on_stop.the);
}

void xs_process_onStop(xsMachine *the)
{
	if (on_stop.set)
		xsForget(on_stop.callback);
	on_stop.the = the;
	on_stop.callback = xsArg(0);
	on_stop.set = true;
	xsRemember(on_stop.callback);
	loop_on_signal(stop);
}

void xs_process_isTerminal(xsMachine *the)
{
	xsmcSetBoolean(xsResult, isatty(STDOUT_FILENO));
}

void xs_process_error(xsMachine *the)
{
	fflush(stdout);
	fprintf(stderr, "%s\n", xsmcToString(xsArg(0)));
}

/** memory(kind): 0 slots in use, 1 peak, 2 chunk bytes in use, 3 peak, 4 bytes per slot,
 *  5 bytes in use outside the machine's heaps. */
void xs_process_memory(xsMachine *the)
{
	host_memory_t memory;
	int kind = xsmcToInteger(xsArg(0));
	host_memory_read(the, &memory);
	const double values[] = { memory.slots_in_use, memory.slots_peak, memory.chunk_bytes_in_use,
		memory.chunk_bytes_peak, memory.slot_bytes, (double)memory.native_bytes };
	if (kind < 0 || kind >= (int)(sizeof(values) / sizeof(*values)))
		xsRangeError("kind must be 0..5");
	xsmcSetNumber(xsResult, values[kind]);
}

void xs_process_hasDeviceHeap(xsMachine *the)
{
	xsmcSetBoolean(xsResult, host_options.fixed_heap);
}

void xs_process_copied(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)host_copied_bytes);
}

void xs_process_collect(xsMachine *the)
{
	xsCollectGarbage();
}
