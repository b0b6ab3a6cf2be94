/* SPDX-License-Identifier: MIT */
/*
 * Look-ups of names by lwIP's resolver. Functions run in JavaScript's thread and wait for lwIP's.
 *
 * lwIP cannot be told to give up: it calls back once per look-up, after a while. Until then it owns the record together
 * with the caller.
 */
#ifndef ESP32_NAMELOOKUP_H
#define ESP32_NAMELOOKUP_H

#include "../iothread.h"

enum { NAME_LOOKUP_LONGEST = 253 };

typedef struct {
	io_node_t node;
	void *owner;
	/* the rest belongs to lwIP's thread */
	ip_addr_t address;
	bool found;
	/** lwIP has not called back. */
	bool pending;
	/** The caller has closed it. */
	bool closed;
} name_lookup_t;

/** Begins a look-up. IO_READABLE reports that it is done.
 *  @param host at most NAME_LOOKUP_LONGEST characters
 *  @returns NULL if memory is short */
name_lookup_t *name_lookup_open(const char *host, void *owner, io_deliver_t deliver);
/** @returns whether an address was found */
bool name_lookup_address(name_lookup_t *lookup, ip_addr_t *address);
/** Frees the record, now or once lwIP has called back. */
void name_lookup_close(name_lookup_t *lookup);

#endif
