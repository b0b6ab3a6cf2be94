/*
 * The XS machine of the desktop host: memory, module loader, host functions, error stacks.
 * The only file of the project that knows the inside of the engine.
 *
 * Memory is laid out as on the device: the built-ins and the preloaded modules live in a root machine, shared like ROM, from
 * which the application's machine is cloned; byte code and string literals stay in the memory that the parser gave, outside the machine's heap.
 */
#include "xsAll.h"
#include "xsScript.h"

/* xs.h and xsAll.h exclude each other: what host.h needs of xs.h */
typedef txMachine xsMachine;
typedef txID xsIdentifier;
#define __XSMC_H__ 1
#include "machine.h"

#include <sys/stat.h>

/* ---- natives ---- */

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

static txCallback require_native(txMachine *the, const char *name)
{
	txCallback callback = find_native(name);
	if (!callback)
		mxReferenceError("native \"%s\" is in no C file of the manifests", name);
	return callback;
}

/** `native(name)`: the C function of that name, for wrappers that the loader could not turn into a bare host function. */
static void xs_host_native(txMachine *the)
{
	txCallback callback = require_native(the, mxArgc > 0 ? fxToString(the, mxArgv(0)) : "");
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
	txCallback destructor = require_native(the, fxToString(the, the->stack));
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
static void xs_host_native_class(txMachine *the)
{
	if (mxArgc < 1)
		mxTypeError("Native needs the name of a destructor");
	require_native(the, fxToString(the, mxArgv(0)));
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

/* ---- modules ---- */

typedef struct line {
	txByte *code;
	uint32_t number;
} line_t;

typedef struct module {
	const char *specifier;
	const char *path;
	/** Belongs to the root machine: "preload" of the manifests. */
	bool preload;
	/** Byte code, from the parser; lives as long as the program. */
	txScript *script;
	/** The `.ts` file, as a key. */
	txID source;
	/** Where lines begin in the byte code, in order. */
	line_t *lines;
	uint32_t line_count;
#if HOST_COVERAGE
	/** Name of the source in the byte code, and how often each of its lines ran. */
	txID file;
	uint32_t *hits;
	uint32_t last_line;
#endif
	txHostFunctionBuilder *hosts;
	txInteger host_count;
} module_t;

static module_t *modules;
static int module_count;
static module_t *loading;

static char *duplicate(const char *text, size_t length)
{
	char *result = malloc(length + 1);
	if (!result)
		abort();
	memcpy(result, text, length);
	result[length] = 0;
	return result;
}

static int compare_modules(const void *a, const void *b)
{
	return strcmp(((const module_t *)a)->specifier, ((const module_t *)b)->specifier);
}

/** Reads modules.txt: a line a module, with specifier, file and perhaps "preload" separated by tabs. Made from the manifests by
 *  build/app.mjs. */
static void read_module_table(void)
{
	char path[C_PATH_MAX];
	snprintf(path, sizeof(path), "%s/modules.txt", host_options.application);
	FILE *file = fopen(path, "r");
	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	char line[2 * C_PATH_MAX];
	while (fgets(line, sizeof(line), file)) {
		char *tab = strchr(line, '\t');
		char *end = strchr(line, '\n');
		if (!tab || !end)
			continue;
		*end = 0;
		char *mode = strchr(tab + 1, '\t');
		if (mode)
			*mode = 0;
		module_t *grown = realloc(modules, (size_t)(module_count + 1) * sizeof(*modules));
		if (!grown)
			abort();
		modules = grown;
		snprintf(path, sizeof(path), "%s/%s", host_options.application, tab + 1);
		modules[module_count++] = (module_t){
			.specifier = duplicate(line, (size_t)(tab - line)),
			.path = duplicate(path, strlen(path)),
			.preload = mode != NULL,
		};
	}
	fclose(file);
	qsort(modules, (size_t)module_count, sizeof(*modules), compare_modules);
}

static module_t *find_module(const char *specifier)
{
	module_t key = { .specifier = specifier };
	return module_count ? bsearch(&key, modules, (size_t)module_count, sizeof(key), compare_modules) : NULL;
}

/** Resolves a specifier against the importing module's, as the device does: "./" and "../" are relative to its folder. */
txID fxFindModule(txMachine *the, txSlot *realm, txID moduleID, txSlot *slot)
{
	char name[C_PATH_MAX];
	char specifier[C_PATH_MAX * 2];
	(void)realm;
	fxToStringBuffer(the, slot, name, sizeof(name));
	const char *rest = name;
	specifier[0] = 0;
	if (rest[0] == '.' && moduleID != XS_NO_ID) {
		snprintf(specifier, C_PATH_MAX, "%s", fxGetKeyName(the, moduleID));
		char *slash = strrchr(specifier, '/');
		*(slash ? slash : specifier) = 0;
		while (*rest == '.') {
			if (!strncmp(rest, "./", 2))
				rest += 2;
			else if (!strncmp(rest, "../", 3)) {
				rest += 3;
				slash = strrchr(specifier, '/');
				*(slash ? slash : specifier) = 0;
			}
			else
				break;
		}
		if (specifier[0])
			strcat(specifier, "/");
	}
	strcat(specifier, rest);
	if (!find_module(specifier))
		return XS_NO_ID;
	return fxNewNameC(the, specifier);
}

/** Walks byte code: literals and functions stay in place instead of being copied into the machine's heap (as in code linked
 *  for the device), and the places where lines begin are noted for error stacks. */
static void prepare_code(module_t *module)
{
	txScript *script = module->script;
	txByte *end = script->codeBuffer + script->codeSize;
	uint32_t capacity = 0;
	for (txByte *p = script->codeBuffer; p < end;) {
		txU1 code = (txU1)*p;
		txS1 size = gxCodeSizes[code];
		switch (code) {
		case XS_CODE_CODE_1: *p = (txByte)XS_CODE_CODE_ARCHIVE_1; break;
		case XS_CODE_CODE_2: *p = (txByte)XS_CODE_CODE_ARCHIVE_2; break;
		case XS_CODE_CODE_4: *p = (txByte)XS_CODE_CODE_ARCHIVE_4; break;
		case XS_CODE_STRING_1: *p = (txByte)XS_CODE_STRING_ARCHIVE_1; break;
		case XS_CODE_STRING_2: *p = (txByte)XS_CODE_STRING_ARCHIVE_2; break;
		case XS_CODE_STRING_4: *p = (txByte)XS_CODE_STRING_ARCHIVE_4; break;
		case XS_CODE_LINE:
			if (module->line_count == capacity) {
				capacity = capacity ? capacity * 2 : 256;
				module->lines = realloc(module->lines, capacity * sizeof(*module->lines));
				if (!module->lines)
					abort();
			}
			module->lines[module->line_count++] = (line_t){ .code = p, .number = (txU1)p[1] | ((uint32_t)(txU1)p[2] << 8) };
			break;
#if HOST_COVERAGE
		case XS_CODE_FILE:
			memcpy(&module->file, p + 1, sizeof(txID));
			break;
#endif
		default:
			break;
		}
		if (size > 0)
			p += size;
		else if (size == 0)
			p += 1 + sizeof(txID);
		else if (size == -1)
			p += 2 + (txU1)p[1];
		else if (size == -2) {
			txU2 length;
			memcpy(&length, p + 1, sizeof(length));
			p += 3 + length;
		}
		else {
			txU4 length;
			memcpy(&length, p + 1, sizeof(length));
			p += 5 + length;
		}
	}
}

/** Turns the script's list of `@ "xs_name"` functions into builders, by the table of natives. */
static void prepare_hosts(txMachine *the, module_t *module)
{
	txScript *script = module->script;
	if (!script->hostsBuffer)
		return;
	txByte *p = script->hostsBuffer;
	txID count;
	mxDecodeID(p, count);
	module->hosts = calloc((size_t)count, sizeof(*module->hosts));
	if (!module->hosts)
		abort();
	module->host_count = (txInteger)count;
	for (txID i = 0; i < count; i++) {
		txID symbol;
		txS1 length = (txS1)*p++;
		mxDecodeID(p, symbol);
		module->hosts[i].callback = require_native(the, (char *)p);
		module->hosts[i].length = length;
		module->hosts[i].id = XS_NO_ID;
		if (symbol != XS_NO_ID && symbol != 0) {
			txByte *q = script->symbolsBuffer;
			txID symbols;
			mxDecodeID(q, symbols);
			for (txID j = 1; j < symbols && j < symbol; j++)
				q += strlen((char *)q) + 1;
			if (symbol < symbols)
				module->hosts[i].id = fxNewNameC(the, (txString)q);
		}
		p += strlen((char *)p) + 1;
	}
}

/* ---- line coverage ---- */

#if HOST_COVERAGE

static void count_lines(module_t *module)
{
	for (uint32_t i = 0; i < module->line_count; i++)
		if (module->lines[i].number > module->last_line)
			module->last_line = module->lines[i].number;
	module->hits = calloc(module->last_line + 1, sizeof(*module->hits));
	if (!module->hits)
		abort();
}

/** The engine, built for a debugger that has a breakpoint, calls this for every line (linked with --wrap=fxDebugLine). */
void __wrap_fxDebugLine(txMachine *the, txID file, txInteger line)
{
	static module_t *last;
	(void)the;
	if (!last || last->file != file) {
		last = NULL;
		for (int i = 0; i < module_count && !last; i++)
			if (modules[i].hits && modules[i].file == file)
				last = &modules[i];
	}
	if (last && line >= 0 && (uint32_t)line <= last->last_line)
		last->hits[line] += 1;
}

/** Makes the engine think that there is a breakpoint: a slot that marks as nothing. */
static void want_lines(txMachine *the)
{
	mxBreakpoints.value.list.first = mxBreakpoints.value.list.last = fxNewSlot(the);
}

/** Writes what ran in lcov's format to the file that COVERAGE_FILE names. */
static void write_coverage(txMachine *the)
{
	const char *path = getenv("COVERAGE_FILE");
	FILE *file = path ? fopen(path, "w") : NULL;
	if (!file)
		return;
	for (int i = 0; i < module_count; i++) {
		module_t *module = &modules[i];
		if (!module->hits)
			continue;
		bool *executable = calloc(module->last_line + 1, sizeof(bool));
		for (uint32_t j = 0; executable && j < module->line_count; j++)
			executable[module->lines[j].number] = true;
		fprintf(file, "SF:%s\n", fxGetKeyName(the, module->source));
		for (uint32_t line = 1; executable && line <= module->last_line; line++)
			if (executable[line])
				fprintf(file, "DA:%u,%u\n", (unsigned)line, (unsigned)module->hits[line]);
		fprintf(file, "end_of_record\n");
		free(executable);
	}
	fclose(file);
}

#endif

/* ---- loading ---- */

/** Replaces the symbol numbers in the byte code by the machine's own. The engine would do so too, but then free the script. */
static void resolve_symbols(txMachine *the, txScript *script)
{
	extern void fxRemapIDs(txMachine *the, txByte *code, txSize size, txID *ids);
	txByte *p = script->symbolsBuffer;
	txID count;
	mxDecodeID(p, count);
	txID *ids = calloc((size_t)count, sizeof(*ids));
	if (!ids)
		abort();
	ids[0] = XS_NO_ID;
	for (txID i = 1; i < count; i++) {
		ids[i] = fxNewNameC(the, (txString)p);
		p += strlen((char *)p) + 1;
	}
	fxRemapIDs(the, script->codeBuffer, script->codeSize, ids);
	free(ids);
	free(script->symbolsBuffer);
	script->symbolsBuffer = NULL;
}

static void build_hosts(txMachine *the)
{
	fxBuildHosts(the, loading->host_count, loading->hosts);
	mxPullSlot(mxResult);
}

static txScript *parse(txMachine *the, const char *path, char *source, size_t source_size)
{
	txParser parser;
	txParserJump jump;
	txScript *script = NULL;
	txString map_name = NULL;
	FILE *file = fopen(path, "r");
	source[0] = 0;
	if (!file)
		mxReferenceError("%s: %s", path, strerror(errno));
	fxInitializeParser(&parser, the, the->parserBufferSize, the->parserTableModulo);
	parser.firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser.path = fxNewParserSymbol(&parser, (txString)path);
		fxParserTree(&parser, file, (txGetter)fgetc, mxDebugFlag | mxCFlag, &map_name);
		fclose(file);
		file = NULL;
		if (map_name) {
			char map[C_PATH_MAX];
			const char *slash = strrchr(path, '/');
			snprintf(map, sizeof(map), "%.*s%s", (int)(slash + 1 - path), path, map_name);
			file = fopen(map, "r");
			if (file) {
				txString name = NULL;
				fxParserSourceMap(&parser, file, (txGetter)fgetc, mxDebugFlag | mxCFlag, &name);
				fclose(file);
				file = NULL;
				if (name) {
					snprintf(source, source_size, "%s", name);
					/* a path other than the tree's own is what makes the coder translate lines */
					parser.path = fxNewParserSymbol(&parser, source);
				}
			}
		}
		fxParserHoist(&parser);
		fxParserBind(&parser);
		script = fxParserCode(&parser);
	}
	if (file)
		fclose(file);
	fxTerminateParser(&parser);
	return script;
}

void fxLoadModule(txMachine *the, txSlot *module_slot, txID moduleID)
{
	module_t *module = find_module(fxGetKeyName(the, moduleID));
	if (!module)
		return;
	char source[C_PATH_MAX];
	module->script = parse(the, module->path, source, sizeof(source));
	if (!module->script)
		mxSyntaxError("%s: cannot be parsed", module->path);
	const char *readable = source;
	while (!strncmp(readable, "../", 3))
		readable += 3;
	module->source = fxNewNameC(the, (txString)(*readable ? readable : module->specifier));
	prepare_hosts(the, module);
	resolve_symbols(the, module->script);
	prepare_code(module);
#if HOST_COVERAGE
	count_lines(module);
#endif
	if (module->hosts)
		module->script->callback = build_hosts;
	module_t *outer = loading;
	loading = module;
	mxTry(the) {
		fxResolveModule(the, module_slot, moduleID, module->script, NULL, NULL);
	}
	mxCatch(the) {
		loading = outer;
		fxJump(the);
	}
	loading = outer;
}

/* ---- error stacks ---- */

static bool locate(txByte *code, txID *source, txInteger *line)
{
	for (int i = 0; i < module_count; i++) {
		module_t *module = &modules[i];
		if (!module->script || code < module->script->codeBuffer || code >= module->script->codeBuffer + module->script->codeSize)
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

/** Takes the place of the engine's fxCaptureErrorStack (see build/engine.mjs), which knows lines only when built for a debugger.
 *  Here a line costs nothing until an error is made: it is found from where each frame stands in its byte code. */
void host_capture_error_stack(txMachine *the, txSlot *internal, txSlot *frame)
{
	txByte *code = NULL;
	/* where a frame stands is kept by the frame that it called */
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

void host_run_jobs(txMachine *the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
		fxEndJob(the);
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

void fxAbort(txMachine *the, int status)
{
	switch (status) {
	case XS_STACK_OVERFLOW_EXIT:
		fprintf(stderr, "stack overflow: raise \"creation.stack\" in manifest.json\n");
		break;
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		fprintf(stderr, "memory full: raise \"creation.chunk\" or \"creation.heap\" in manifest.json (%ld bytes of chunks and %ld slots in use)\n",
			(long)the->currentChunksSize, (long)the->currentHeapCount);
		break;
	case XS_NO_MORE_KEYS_EXIT:
		fprintf(stderr, "not enough keys: raise \"creation.keys.available\" in manifest.json\n");
		break;
	case XS_UNHANDLED_EXCEPTION_EXIT:
		report(the, "uncaught exception");
		break;
	case XS_UNHANDLED_REJECTION_EXIT:
		report(the, "unhandled rejection");
		break;
	default:
		fprintf(stderr, "engine abort %d\n", status);
		break;
	}
	exit(1);
}

void host_uncaught(txMachine *the)
{
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	exit(1);
}

void host_memory_read(txMachine *the, host_memory_t *memory)
{
	memory->slots_in_use = the->currentHeapCount;
	memory->slots_peak = the->peakHeapCount;
	memory->chunk_bytes_in_use = the->currentChunksSize;
	memory->chunk_bytes_peak = the->peakChunksSize;
	memory->slot_bytes = sizeof(txSlot);
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

/** Makes values of the shared machine what xsl makes them in ROM: outside of any machine's chunks. fxShareMachine does not, and
 *  a clone that collects would take such a string for its own: mark it, and move the pointer on to the chunk behind it. */
static void externalize(txMachine *machine)
{
	for (txSlot *heap = machine->firstHeap; heap; heap = heap->next)
		for (txSlot *slot = heap + 1; slot < heap->value.reference; slot++)
			externalize_slot(slot);
	/* what has no such kind (a regular expression that a clone changed, and so copied) has to stay in its place at least */
	for (txBlock *block = machine->firstBlock; block; block = block->nextBlock) {
		txByte *next;
		for (txByte *chunk = (txByte *)(block + 1); chunk < block->current; chunk = next) {
			next = ((txChunk *)chunk)->temporary;
			((txChunk *)chunk)->temporary = NULL;
		}
	}
}

extern void xs_host_trace(txMachine *the);

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
	root = fxCreateMachine(&root_creation, (txString)"root", NULL, XS_NO_ID);
	if (!root)
		return NULL;
	txMachine *the = fxBeginHost(root);
	add_global(the, xs_host_native, 1, "native");
	add_global(the, xs_host_native_class, 1, "Native");
	add_global(the, xs_host_trace, 1, "trace");
	for (int i = 0; i < host_name_count; i++)
		host_ids[i] = fxID(the, (txString)host_names[i]);
	fxEndHost(the);
	read_module_table();
#if HOST_COVERAGE
	want_lines(root);
#endif
	/* as xsl links them into ROM: what they change at module scope is copied into the machine that changes it */
	for (int i = 0; i < module_count; i++)
		if (modules[i].preload)
			host_import(root, modules[i].specifier);
	fxShareMachine(root);
	externalize(root);

	txCreation creation = root_creation;
	creation.initialChunkSize = host_options.chunk_bytes ? host_options.chunk_bytes : host_creation.chunk_initial;
	creation.incrementalChunkSize = host_options.fixed_heap ? 0 : (host_creation.chunk_incremental ? host_creation.chunk_incremental : 4096);
	creation.initialHeapCount = host_options.heap_slots ? host_options.heap_slots : host_creation.heap_initial;
	creation.incrementalHeapCount = host_options.fixed_heap ? 0 : (host_creation.heap_incremental ? host_creation.heap_incremental : 512);
	creation.stackCount = host_creation.stack;
	/* names of the program's own: on the device they are linked into ROM, so they are not counted there */
	creation.initialKeyCount = 4096;
	txMachine *result = fxCloneMachine(&creation, root, (txString)"main", NULL);
#if HOST_COVERAGE
	want_lines(result);
#endif
#if mxStress
	/* from here on, a collection at every allocation */
	extern int gxStress;
	gxStress = 1;
#endif
	return result;
}

/** The engine tells of a rejection that nobody handled when its promise is collected: for some, that is never. */
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
	write_coverage(the);
#endif
	fxDeleteMachine(the);
	fxDeleteMachine(root);
	for (int i = 0; i < module_count; i++) {
		module_t *module = &modules[i];
		fxDeleteScript(module->script);
		free(module->lines);
		free(module->hosts);
#if HOST_COVERAGE
		free(module->hits);
#endif
		free((void *)module->specifier);
		free((void *)module->path);
	}
	free(modules);
}

void host_import(txMachine *machine, const char *specifier)
{
	txMachine *the = fxBeginHost(machine);
	mxTry(the) {
		mxPushStringC((txString)specifier);
		fxAwaitImport(the, 0);
		mxPop();
	}
	mxCatch(the) {
		host_uncaught(the);
	}
	fxEndHost(the);
}
