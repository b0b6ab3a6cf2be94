/* SPDX-License-Identifier: MIT */
/*
 * The module loader: reads a file, compiles it with the engine's parser and adds the module to the machine. Byte code
 * and string literals stay in the memory allocated by the parser, outside the machine's heap,
 * as in code linked for the device.
 */
#include "modules.h"
#if HOST_COVERAGE
	#include "coverage.h"
#endif

static module_t *loading;

/** Walks the byte code. Marks literals and functions so that they stay in place instead of being copied into the
 *  machine's heap, and records where each line begins, for error stacks. */
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
			module->lines[module->line_count++] =
				(line_t){ .code = p, .number = (txU1)p[1] | ((uint32_t)(txU1)p[2] << 8) };
			break;
#if HOST_COVERAGE
		case XS_CODE_FILE: memcpy(&module->file, p + 1, sizeof(txID)); break;
#endif
		default: break;
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

/** Makes builders for the script's `@ "xs_name"` functions from the table of natives. */
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
		module->hosts[i].callback = host_require_native(the, (char *)p);
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

/** Replaces the symbol numbers in the byte code with the machine's.
 *  The engine can do this itself, but then frees the script. */
static void resolve_symbols(txMachine *the, txScript *script)
{
	extern void fxRemapIDs(txMachine * the, txByte * code, txSize size, txID * ids);
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
	/* volatile: keeps its value across the parser's longjmp */
	FILE *volatile file = fopen(path, "r");
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
					/* the coder translates line numbers only if this path differs from the tree's */
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
	module_t *module = host_modules_find(fxGetKeyName(the, moduleID));
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
	coverage_count_lines(module);
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
