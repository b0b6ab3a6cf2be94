/* SPDX-License-Identifier: MIT */
/*
 * The class Lookup (hosts/sockets/lookup.ts) over lwIP: the binding of namelookup.h.
 */
#include <stdlib.h>
#include <string.h>

#include "../socket.h"
#include "namelookup.h"

typedef struct {
	xsMachine *the;
	xsSlot object;
	callback_t on_done;
	/** NULL once the look-up is closed. */
	name_lookup_t *lookup;
	ip_addr_t address;
	bool found;
} lookup_t;

void xs_lookup_destructor(void *data)
{
	lookup_t *record = data;
	if (!record)
		return;
	if (record->lookup)
		name_lookup_close(record->lookup);
	free(record);
}

static void xs_lookup_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	lookup_t *record = data;
	if (record)
		callback_mark(the, record->on_done, mark_root);
}

static const xsHostHooks lookup_hooks = { xs_lookup_destructor, xs_lookup_mark, NULL };

static lookup_t *this_lookup(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&lookup_hooks);
}

/** Ends the look-up and lets the object be collected. No effect if that is done. */
static void release(lookup_t *record)
{
	xsMachine *the = record->the;
	name_lookup_t *lookup = record->lookup;
	if (!lookup)
		return;
	record->lookup = NULL;
	record->on_done = NULL;
	xsForget(record->object);
	name_lookup_close(lookup);
}

static void deliver(io_node_t *node, uint8_t events)
{
	lookup_t *record = ((name_lookup_t *)node)->owner;
	xsMachine *machine = record->the;
	(void)events;
	record->found = name_lookup_address(record->lookup, &record->address);
	/* the collector must not free the object before the end */
	xsBeginHost(machine);
	xsmcVars(2);
	xsVar(0) = record->object;
	xsVar(1) = xsReference(record->on_done);
	callback_t on_done = record->on_done;
	release(record);
	callback_call(machine, on_done, &xsVar(0), -1);
	xsEndHost(machine);
}

/** new Lookup({host, onDone}) */
void xs_lookup_constructor(xsMachine *the)
{
	xsmcVars(1);
	callback_t on_done = callback_option(the, xsID_onDone, &xsVar(0));
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID_host);
	const char *host = xsmcToString(value);
	if (!on_done || !*host || strlen(host) > NAME_LOOKUP_LONGEST)
		xsRangeError("a look-up needs a host and a callback");
	socket_start(the);
	lookup_t *record = calloc(1, sizeof(*record));
	if (!record)
		xsUnknownError("no memory");
	record->the = the;
	record->object = xsThis;
	record->on_done = on_done;
	/* JavaScript's thread delivers only after this function */
	record->lookup = name_lookup_open(host, record, deliver);
	if (!record->lookup) {
		free(record);
		xsUnknownError("no memory");
	}
	xsmcSetHostData(xsThis, record);
	xsSetHostHooks(xsThis, &lookup_hooks);
	xsRemember(record->object);
}

void xs_lookup_close(xsMachine *the)
{
	if (xsmcGetHostData(xsThis))
		release(this_lookup(the));
}

void xs_lookup_get_address(xsMachine *the)
{
	lookup_t *record = this_lookup(the);
	if (record->found)
		socket_set_address(the, &record->address);
}
