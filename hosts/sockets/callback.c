/* SPDX-License-Identifier: MIT */
/*
 * Calls into JavaScript. A call allocates nothing in the machine.
 */
#include "callback.h"

callback_t callback_option(xsMachine *the, xsIdentifier id, xsSlot *keep)
{
	xsmcGet(*keep, xsArg(0), id);
	if (!xsmcTest(*keep))
		return NULL;
	if (xsmcTypeOf(*keep) != xsReferenceType || !xsmcIsCallable(*keep))
		xsTypeError("callback is not a function");
	return fxToReference(the, keep);
}

void callback_call(xsMachine *machine, callback_t function, xsSlot *target, int32_t count)
{
	if (!function)
		return;
	xsBeginHost(machine);
	xsTry {
		xsmcVars(3);
		xsVar(0) = *target;
		xsVar(1) = xsReference(function);
		if (count >= 0) {
			xsmcSetInteger(xsVar(2), count);
			xsCallFunction1(xsVar(1), xsVar(0), xsVar(2));
		}
		else
			xsCallFunction0(xsVar(1), xsVar(0));
	}
	xsCatch {
		host_uncaught(the);
	}
	xsEndHost(machine);
}

void callback_mark(xsMachine *the, callback_t callback, xsMarkRoot mark_root)
{
	if (callback) {
		xsSlot slot = xsReference(callback);
		mark_root(the, &slot);
	}
}

int32_t integer_option(
	xsMachine *the, xsIdentifier id, const char *name, int32_t minimum, int32_t maximum, int32_t absent)
{
	xsSlot value;
	xsmcGet(value, xsArg(0), id);
	if (xsmcTypeOf(value) == xsUndefinedType)
		return absent;
	double number = xsmcToNumber(value);
	if (!(number >= minimum && number <= maximum))
		xsRangeError("%s is %g, not %d..%d", name, number, (int)minimum, (int)maximum);
	return (int32_t)number;
}

void result_integer(xsMachine *the, xsIdentifier id, int32_t value)
{
	xsmcSetInteger(xsVar(0), value);
	xsmcDefine(xsResult, id, xsVar(0), xsDefault);
}

void result_text(xsMachine *the, xsIdentifier id, const char *text)
{
	xsmcSetString(xsVar(0), (char *)text);
	xsmcDefine(xsResult, id, xsVar(0), xsDefault);
}
