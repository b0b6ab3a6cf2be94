/* SPDX-License-Identifier: MIT */
/*
 * Binds the application's natives to XS host functions by name, from a generated table (natives.c).
 */
#include "inside.h"

static txCallback find_native(const char *name)
{
	int low = 0, high = host_native_count - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		int order = strcmp(name, host_natives[middle].name);
		if (order == 0)
			return (txCallback)host_natives[middle].function;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return NULL;
}

txCallback host_require_native(txMachine *the, const char *name)
{
	txCallback callback = find_native(name);
	if (!callback)
		mxReferenceError("native \"%s\" is not in any C file of the manifests", name);
	return callback;
}

/** `native(name)`: the C function of that name, for wrappers that the build
 *  could not turn into host functions (bindNatives). */
void xs_host_native(txMachine *the)
{
	txCallback callback = host_require_native(the, mxArgc > 0 ? fxToString(the, mxArgv(0)) : "");
	fxNewHostFunction(the, callback, 0, XS_NO_ID, XS_NO_ID);
	mxPullSlot(mxResult);
}

/** Constructs an object with host data.
 *  The native named by the constructor's property `destructor` releases the data. */
static void xs_host_construct(txMachine *the)
{
	if (mxIsUndefined(mxTarget))
		mxTypeError("a native class must be called with new");
	mxPushSlot(mxFunction);
	mxGetID(fxID(the, "destructor"));
	txCallback destructor = host_require_native(the, fxToString(the, the->stack));
	mxPop();
	mxPushSlot(mxTarget);
	mxGetID(mxID(_prototype));
	txSlot *prototype = fxGetInstance(the, the->stack);
	txSlot *instance = fxNewHostObject(the, (txDestructor)destructor);
	instance->value.instance.prototype = prototype;
	mxPullSlot(mxResult);
	mxPop();
}

/** `Native(name)`: a base class for objects with host data, which the native `name` releases. */
void xs_host_native_class(txMachine *the)
{
	if (mxArgc < 1)
		mxTypeError("Native needs the name of a destructor");
	host_require_native(the, fxToString(the, mxArgv(0)));
	mxPush(mxObjectPrototype);
	fxNewObjectInstance(the);
	fxNewHostConstructor(the, xs_host_construct, 0, XS_NO_ID);
	txSlot *constructor = the->stack;
	mxPushSlot(mxArgv(0));
	mxPushSlot(constructor);
	mxSetID(fxID(the, "destructor"));
	mxPop();
	mxPullSlot(mxResult);
}
