/* SPDX-License-Identifier: MIT */
/*
 * The SDK's `timer` and `time` modules on the desktop host's event loop.
 */
#include <stdlib.h>
#include <sys/time.h>

#include "../host.h"
#include "callback.h"

typedef struct timer {
	loop_timer_t timer;
	xsMachine *the;
	xsSlot object;
	callback_t callback;
} timer_record_t;

void xs_timer_destructor(void *data)
{
	timer_record_t *record = data;
	if (!record)
		return;
	loop_timer_stop(&record->timer);
	free(record);
}

static void xs_timer_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	timer_record_t *record = data;
	if (record)
		callback_mark(the, record->callback, mark_root);
}

static const xsHostHooks timer_hooks = { xs_timer_destructor, xs_timer_mark, NULL };

static void release(timer_record_t *record)
{
	xsMachine *the = record->the;
	loop_timer_stop(&record->timer);
	xsmcSetHostData(record->object, NULL);
	xsForget(record->object);
	free(record);
}

static void timer_due(loop_timer_t *timer)
{
	timer_record_t *record = (timer_record_t *)timer;
	xsMachine *machine = record->the;
	xsBeginHost(machine);
	xsTry {
		xsmcVars(2);
		xsVar(0) = record->object;
		xsVar(1) = xsReference(record->callback);
		xsCallFunction1(xsVar(1), xsUndefined, xsVar(0));
		/* the callback may have cleared or rescheduled its timer */
		record = xsmcGetHostData(xsVar(0));
		if (record && record->timer.index < 0)
			release(record);
	}
	xsCatch {
		host_uncaught(the);
	}
	xsEndHost(machine);
}

static timer_record_t *get_record(xsMachine *the, xsSlot *slot)
{
	if (xsmcTypeOf(*slot) != xsReferenceType)
		return NULL;
	return xsmcGetHostDataValidate(*slot, (void *)&timer_hooks);
}

static int64_t milliseconds(xsMachine *the, int argument)
{
	double value = xsmcToNumber(xsArg(argument));
	if (!(value >= 0))
		return 0;
	return value > 2147483647.0 ? 2147483647 : (int64_t)value;
}

static void start(xsMachine *the, int64_t delay, int64_t interval)
{
	if (xsmcArgc < 1 || xsmcTypeOf(xsArg(0)) != xsReferenceType || !xsmcIsCallable(xsArg(0)))
		xsTypeError("callback is not a function");
	xsmcVars(1);
	xsVar(0) = xsNewHostObject(xs_timer_destructor);
	timer_record_t *record = calloc(1, sizeof(*record));
	if (!record)
		xsUnknownError("no memory");
	record->the = the;
	record->timer.callback = timer_due;
	record->timer.index = -1;
	record->callback = xsToReference(xsArg(0));
	record->object = xsVar(0);
	xsmcSetHostData(xsVar(0), record);
	xsSetHostHooks(xsVar(0), &timer_hooks);
	xsRemember(record->object);
	loop_timer_start(&record->timer, delay, interval);
	xsResult = xsVar(0);
}

void xs_timer_set(xsMachine *the)
{
	int64_t delay = xsmcArgc > 1 ? milliseconds(the, 1) : 0;
	start(the, delay, xsmcArgc > 2 && xsmcTypeOf(xsArg(2)) != xsUndefinedType ? milliseconds(the, 2) : -1);
}

void xs_timer_repeat(xsMachine *the)
{
	int64_t interval = xsmcArgc > 1 ? milliseconds(the, 1) : 0;
	start(the, interval, interval);
}

void xs_timer_schedule(xsMachine *the)
{
	/* without a delay the timer stays suspended until it is scheduled again */
	int64_t delay = 2147483647, interval = 2147483647;
	if (xsmcArgc > 1 && xsmcTypeOf(xsArg(1)) != xsUndefinedType) {
		delay = milliseconds(the, 1);
		interval = xsmcArgc > 2 && xsmcTypeOf(xsArg(2)) != xsUndefinedType ? milliseconds(the, 2) : -1;
	}
	/* last: a number may be an object whose valueOf clears the timer */
	timer_record_t *record = get_record(the, &xsArg(0));
	if (!record)
		xsUnknownError("timer was cleared");
	loop_timer_start(&record->timer, delay, interval);
}

void xs_timer_clear(xsMachine *the)
{
	timer_record_t *record = xsmcArgc > 0 ? get_record(the, &xsArg(0)) : NULL;
	if (record)
		release(record);
}

/** Time.ticks: monotonic milliseconds, wrapping at 32 bits as on the device. */
void xs_time_ticks(xsMachine *the)
{
	xsmcSetInteger(xsResult, (int32_t)(uint32_t)(loop_now() / 1000));
}

/** Time.delta(start[, end]): milliseconds from one value of `ticks` to a later one, correct across the wrap. */
void xs_time_delta(xsMachine *the)
{
	uint32_t begin = (uint32_t)xsmcToInteger(xsArg(0));
	uint32_t end = xsmcArgc > 1 && xsmcTypeOf(xsArg(1)) != xsUndefinedType ? (uint32_t)xsmcToInteger(xsArg(1))
																		   : (uint32_t)(loop_now() / 1000);
	xsmcSetInteger(xsResult, (int32_t)(end - begin));
}

/** Time.microseconds: monotonic, as on the ESP32. */
void xs_time_microseconds(xsMachine *the)
{
	xsmcSetNumber(xsResult, (double)loop_now());
}
