/* SPDX-License-Identifier: MIT */
/*
 * Error reports: stacks with TypeScript line numbers, and the messages when the program ends.
 */
#include "modules.h"

static bool locate(txByte *code, txID *source, txInteger *line)
{
	for (int i = 0; i < host_module_count; i++) {
		module_t *module = &host_modules[i];
		if (!module->script || code < module->script->codeBuffer
			|| code >= module->script->codeBuffer + module->script->codeSize)
			continue;
		uint32_t low = 0, high = module->line_count;
		while (low < high) {
			uint32_t middle = (low + high) / 2;
			if (module->lines[middle].code <= code)
				low = middle + 1;
			else
				high = middle;
		}
		*source = module->source;
		*line = low ? (txInteger)module->lines[low - 1].number : 0;
		return true;
	}
	return false;
}

/** Replaces the engine's fxCaptureErrorStack (see build/engine.mjs), which knows line numbers only in a debug build.
 *  Here they cost nothing until an error is created: they are looked up from each frame's position in its byte code. */
void host_capture_error_stack(txMachine *the, txSlot *internal, txSlot *frame)
{
	txByte *code = NULL;
	/* a frame's position is stored in the frame that it called */
	for (txSlot *younger = the->frame; younger; younger = younger->next) {
		if (younger == frame)
			break;
		code = younger->value.frame.code;
	}
	if (frame == the->frame)
		code = the->code;
	txSlot *slot = internal->value.reference = fxNewSlot(the);
	slot->kind = XS_INSTANCE_KIND;
	slot->value.instance.garbage = C_NULL;
	slot->value.instance.prototype = C_NULL;
	for (; frame->next; code = frame->value.frame.code, frame = frame->next) {
		txSlot *function = frame + 3;
		if (function->kind != XS_REFERENCE_KIND || !mxIsFunction(function->value.reference))
			continue;
		txSlot *name = mxBehaviorGetProperty(the, function->value.reference, mxID(_name), 0, XS_OWN);
		txID source = XS_NO_ID;
		txInteger line = 0;
		if (code)
			locate(code, &source, &line);
		slot = slot->next = fxNewSlot(the);
		slot->flag = XS_GET_ONLY;
		slot->kind = XS_KEY_KIND;
		slot->ID = source;
		slot->value.key.string = C_NULL;
		slot->value.key.sum = (txU4)line;
		if (name && (name->kind == XS_STRING_KIND || name->kind == XS_STRING_X_KIND)) {
			if (name->kind == XS_STRING_X_KIND)
				slot->kind = XS_KEY_X_KIND;
			slot->value.key.string = name->value.string;
		}
	}
}

static void report(txMachine *the, const char *what)
{
	txSlot exception = mxException;
	mxException = mxUndefined;
	fflush(stdout);
	mxTry(the) {
		mxPushSlot(&exception);
		if (mxIsReference(the->stack)) {
			mxGetID(mxID(_stack));
			if (mxIsUndefined(the->stack)) {
				mxPop();
				mxPushSlot(&exception);
			}
		}
		fprintf(stderr, "%s: %s\n", what, fxToString(the, the->stack));
		mxPop();
	}
	mxCatch(the) {
		fprintf(stderr, "%s\n", what);
	}
	fflush(stderr);
}

/** The error that is thrown when memory is full. Created in advance, while there is memory for it. */
static txSlot memory_full = { .kind = XS_UNDEFINED_KIND };

void host_prepare_memory_full(txMachine *machine)
{
	txMachine *the = fxBeginHost(machine);
	mxTry(the) {
		mxUnknownError("memory full");
	}
	mxCatch(the) {
		memory_full = mxException;
		mxException = mxUndefined;
		fxRemember(the, &memory_full);
	}
	fxEndHost(the);
}

/** Throws the prepared error into the code that asked for too much memory, whose own allocations then become garbage.
 *  Returns when there is no handler or no prepared error. The engine calls fxAbort when an allocation fails after a
 *  collection, and expects it not to return. The heap is consistent there, since every allocation may collect, so it is
 *  safe to leave by a jump. */
static void throw_memory_full(txMachine *the)
{
	if (!the->firstJump || memory_full.kind != XS_REFERENCE_KIND)
		return;
	/* one line per second: it may happen a thousand times in one second */
	static int64_t next;
	int64_t now = loop_now();
	if (now >= next)
		fprintf(stderr,
			"memory full, an error is thrown: raise \"creation.chunk\" or \"creation.heap\" in manifest.json (%ld "
			"bytes of chunks and %ld slots in use)\n",
			(long)the->currentChunksSize, (long)the->currentHeapCount);
	next = now >= next ? now + 1000000 : next;
	mxException.kind = memory_full.kind;
	mxException.value = memory_full.value;
	fxJump(the);
}

void fxAbort(txMachine *the, int status)
{
	if (status == XS_NOT_ENOUGH_MEMORY_EXIT)
		throw_memory_full(the);
	switch (status) {
	case XS_STACK_OVERFLOW_EXIT: fprintf(stderr, "stack overflow: raise \"creation.stack\" in manifest.json\n"); break;
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		fprintf(stderr, "memory full: raise \"creation.chunk\" or \"creation.heap\" in manifest.json\n");
		break;
	case XS_NO_MORE_KEYS_EXIT:
		fprintf(stderr, "not enough keys: raise \"creation.keys.available\" in manifest.json\n");
		break;
	case XS_UNHANDLED_EXCEPTION_EXIT: report(the, "uncaught exception"); break;
	case XS_UNHANDLED_REJECTION_EXIT: report(the, "unhandled rejection"); break;
	default: fprintf(stderr, "engine abort %d\n", status); break;
	}
	exit(1);
}

void host_uncaught(txMachine *the)
{
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	exit(1);
}
