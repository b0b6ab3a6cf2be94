/* SPDX-License-Identifier: MIT */
/*
 * The desktop host's XS machine, and the platform functions that the engine calls.
 *
 * Memory is laid out as on the device. The built-ins and the preloaded modules are in a shared root machine, which
 * stands for the ROM. The application's machine is cloned from it.
 */
#if defined(__linux__)
	#include <malloc.h>
#endif
#include "modules.h"
#if HOST_COVERAGE
	#include "coverage.h"
#endif

extern void xs_host_trace(txMachine *the);

/* ---- platform ---- */

void fxCreateMachinePlatform(txMachine *the)
{
	the->promiseJobs = 0;
}

void fxDeleteMachinePlatform(txMachine *the)
{
	(void)the;
}

void fxQueuePromiseJobs(txMachine *the)
{
	the->promiseJobs = 1;
}

enum { CHUNK_ROOM = 8 };

/** A collection has run since the last `keep_room`. Stays false if memory does not grow. */
static bool collected;

/* xsMemory.c, without a prototype in its headers */
extern void fxGrowSlots(txMachine *the, txSize count);

/** Adds a block of chunks. The chunk that it was allocated for is given back. */
static void grow_chunks(txMachine *the, txSize size)
{
	txSize increment = the->minimumChunksSize, used = the->currentChunksSize, peak = the->peakChunksSize;
	the->minimumChunksSize = size;
	txChunk *chunk = (txChunk *)fxNewChunk(the, size) - 1;
	the->minimumChunksSize = increment;
	if (the->firstBlock->current != (txByte *)chunk->temporary)
		return; /* an older block had room: the chunk is garbage */
	the->firstBlock->current = (txByte *)chunk;
	the->currentChunksSize = used;
	the->peakChunksSize = peak;
}

/** After a collection, leaves room in proportion to the slots in use: for half as many, and for CHUNK_ROOM bytes of
 *  chunks each. The engine grows a heap only when a collection frees nothing. So it would collect a nearly full heap
 *  for every few objects, and each collection visits all slots of all clients: quadratic in the number of clients. */
static void keep_room(txMachine *the)
{
	if (!collected)
		return;
	if (the->maximumHeapCount - the->currentHeapCount < the->currentHeapCount / 2)
		fxGrowSlots(the, the->currentHeapCount / 2);
	txSize room = CHUNK_ROOM * the->currentHeapCount;
	if (the->maximumChunksSize - the->currentChunksSize < room)
		grow_chunks(the, room);
	collected = false;
}

static void count_collection(txMachine *the, void *data, txMarkRoot mark_root)
{
	(void)the, (void)data, (void)mark_root;
	collected = true;
}

/** Sets `collected` at each collection, by a host object that is marked then. */
static void watch_collections(txMachine *machine)
{
	static const txHostHooks hooks = { NULL, count_collection, NULL };
	static txSlot object;
	txMachine *the = fxBeginHost(machine);
	fxNewHostObject(the, NULL);
	fxSetHostData(the, the->stack, &collected);
	fxSetHostHooks(the, the->stack, &hooks);
	object = *the->stack;
	mxPop();
	fxRemember(the, &object);
	fxEndHost(the);
}

void host_run_jobs(txMachine *the)
{
	keep_room(the);
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
		fxEndJob(the);
	}
}

void host_memory_read(txMachine *the, host_memory_t *memory)
{
	memory->slots_in_use = the->currentHeapCount;
	memory->slots_peak = the->peakHeapCount;
	memory->chunk_bytes_in_use = the->currentChunksSize;
	memory->chunk_bytes_peak = the->peakChunksSize;
	memory->slot_bytes = sizeof(txSlot);
	memory->native_bytes = 0;
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
	struct mallinfo2 all = mallinfo2();
	int64_t heaps = (int64_t)the->maximumHeapCount * (int64_t)sizeof(txSlot) + the->maximumChunksSize;
	memory->native_bytes = (int64_t)(all.uordblks + all.hblkhd) - heaps;
#endif
}

/* ---- the machine ---- */

static txMachine *root;

static void add_global(txMachine *the, txCallback callback, int length, const char *name)
{
	txID id = fxID(the, (txString)name);
	fxNewHostFunction(the, callback, length, id, XS_NO_ID);
	mxPush(mxGlobal);
	mxSetID(id);
	mxPop();
}

static void externalize_slot(txSlot *slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND: slot->kind = XS_STRING_X_KIND; break;
	case XS_BIGINT_KIND: slot->kind = XS_BIGINT_X_KIND; break;
	case XS_KEY_KIND: slot->kind = XS_KEY_X_KIND; break;
	case XS_CODE_KIND: slot->kind = XS_CODE_X_KIND; break;
	case XS_ARRAY_KIND:
		for (txIndex i = 0, count = fxGetIndexSize(NULL, slot); i < count; i++)
			externalize_slot(slot->value.array.address + i);
		break;
	default: break;
	}
}

/** Marks values of the shared machine as external to every machine's chunks, as xsl does for ROM. fxShareMachine does
 *  not do this. A clone's collector would then take such a string for its own, mark
 *  it, and move the pointer to the chunk after it. */
static void externalize(txMachine *machine)
{
	for (txSlot *heap = machine->firstHeap; heap; heap = heap->next)
		for (txSlot *slot = heap + 1; slot < heap->value.reference; slot++)
			externalize_slot(slot);
	/* values without an external kind (a regular expression that a clone changed
	 * and so copied) must at least not move */
	for (txBlock *block = machine->firstBlock; block; block = block->nextBlock) {
		txByte *next;
		for (txByte *chunk = (txByte *)(block + 1); chunk < block->current; chunk = next) {
			next = ((txChunk *)chunk)->temporary;
			((txChunk *)chunk)->temporary = NULL;
		}
	}
}

xsMachine *host_machine_create(void)
{
	txCreation root_creation = {
		.initialChunkSize = 256 * 1024,
		.incrementalChunkSize = 64 * 1024,
		.initialHeapCount = 16 * 1024,
		.incrementalHeapCount = 8 * 1024,
		.stackCount = 4096,
		.initialKeyCount = 1024,
		.incrementalKeyCount = 1024,
		.nameModulo = 1993,
		.symbolModulo = 127,
		.parserBufferSize = 64 * 1024,
		.parserTableModulo = 1993,
	};
	root = fxCreateMachine(&root_creation, (txString) "root", NULL, XS_NO_ID);
	if (!root)
		return NULL;
	txMachine *the = fxBeginHost(root);
	add_global(the, xs_host_native, 1, "native");
	add_global(the, xs_host_native_class, 1, "Native");
	add_global(the, xs_host_trace, 1, "trace");
	for (int i = 0; i < host_name_count; i++)
		if (host_names[i])
			host_ids[i] = fxID(the, (txString)host_names[i]);
	fxEndHost(the);
	host_modules_read();
#if HOST_COVERAGE
	coverage_want_lines(root);
#endif
	/* as in ROM: state at module scope is copied into the machine that changes it */
	for (int i = 0; i < host_module_count; i++)
		if (host_modules[i].preload)
			host_import(root, host_modules[i].specifier);
	fxShareMachine(root);
	externalize(root);

	txCreation creation = root_creation;
	creation.initialChunkSize = host_options.chunk_bytes ? host_options.chunk_bytes : host_creation.chunk_initial;
	creation.incrementalChunkSize =
		host_options.fixed_heap ? 0 : (host_creation.chunk_incremental ? host_creation.chunk_incremental : 4096);
	creation.initialHeapCount = host_options.heap_slots ? host_options.heap_slots : host_creation.heap_initial;
	creation.incrementalHeapCount =
		host_options.fixed_heap ? 0 : (host_creation.heap_incremental ? host_creation.heap_incremental : 512);
	creation.stackCount = host_creation.stack;
	/* room for the program's own names, which are in ROM on the device and do not count there */
	creation.initialKeyCount = 4096;
	txMachine *result = fxCloneMachine(&creation, root, (txString) "main", NULL);
	if (!result)
		return NULL;
	host_prepare_memory_full(result);
	if (!host_options.fixed_heap)
		watch_collections(result);
#if HOST_COVERAGE
	coverage_want_lines(result);
#endif
#if mxStress
	/* from here on the engine collects at every allocation */
	extern int gxStress;
	gxStress = 1;
#endif
	return result;
}

/** Reports unhandled rejections. The engine does so when the promise is collected, which may never happen. */
static void check_rejections(txMachine *machine)
{
	txMachine *the = fxBeginHost(machine);
	fxCheckUnhandledRejections(the, 1);
	fxEndHost(the);
}

void host_machine_delete(xsMachine *the)
{
	check_rejections(the);
#if HOST_COVERAGE
	coverage_write(the);
#endif
	fxDeleteMachine(the);
	fxDeleteMachine(root);
	host_modules_free();
}
