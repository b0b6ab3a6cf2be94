/*
 * Natives of the application as XS's host functions, bound by name: the table is generated (natives.c).
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
		mxReferenceError("native \"%s\" is in no C file of the manifests", name);
	return callback;
}

/** `native(name)`: the C function of that name, for wrappers that the loader could not turn into a bare host function. */
void xs_host_native(txMachine *the)
{
	txCallback callback = host_require_native(the, mxArgc > 0 ? fxToString(the, mxArgv(0)) : "");
	fxNewHostFunction(the, callback, 0, XS_NO_ID, XS_NO_ID);
	mxPullSlot(mxResult);
}

/** A constructor whose instances carry host data, released by the destructor whose name is the constructor's own. */
static void xs_host_construct(txMachine *the)
{
	if (mxIsUndefined(mxTarget))
		mxTypeError("a native class needs new");
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

/** `Native(name)`: a base class whose instances carry host data. */
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
