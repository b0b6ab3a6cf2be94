/* SPDX-License-Identifier: MIT */
/*
 * Look-ups of names by the system's resolver, getaddrinfo. It blocks for as long as it likes and cannot be stopped, so
 * each look-up has a thread. The thread owns its job together with the object, until both have let go of it.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../host.h"
#include "callback.h"

enum { LONGEST_HOST = 253 };

typedef struct lookup lookup_t;

typedef struct job {
	/** Guards the rest. */
	pthread_mutex_t mutex;
	/** NULL: the object has let go. */
	lookup_t *owner;
	bool done;
	/** Empty: none was found. */
	char address[INET_ADDRSTRLEN];
	/** Constant. */
	char host[LONGEST_HOST + 1];
} job_t;

struct lookup {
	loop_wakeup_t wakeup;
	xsMachine *the;
	xsSlot object;
	callback_t on_done;
	/** NULL once the look-up is closed. */
	job_t *job;
	/** Found address, after `onDone`. */
	char address[INET_ADDRSTRLEN];
};

static void free_job(job_t *job)
{
	pthread_mutex_destroy(&job->mutex);
	free(job);
}

static void resolve(const char *host, char *address)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;
	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return;
	if (found)
		inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)found->ai_addr)->sin_addr, address, INET_ADDRSTRLEN);
	freeaddrinfo(found);
}

static void *work(void *argument)
{
	job_t *job = argument;
	char address[INET_ADDRSTRLEN] = "";
	resolve(job->host, address);
	pthread_mutex_lock(&job->mutex);
	job->done = true;
	memcpy(job->address, address, sizeof(address));
	bool is_last = job->owner == NULL;
	if (!is_last)
		loop_wakeup_send(&job->owner->wakeup);
	pthread_mutex_unlock(&job->mutex);
	if (is_last)
		free_job(job);
	return NULL;
}

/** Lets go of the job. No effect if that is done. */
static void let_go(lookup_t *lookup)
{
	job_t *job = lookup->job;
	if (!job)
		return;
	lookup->job = NULL;
	pthread_mutex_lock(&job->mutex);
	job->owner = NULL;
	bool is_last = job->done;
	pthread_mutex_unlock(&job->mutex);
	/* the thread sends only while it finds an owner */
	loop_wakeup_close(&lookup->wakeup);
	if (is_last)
		free_job(job);
}

void xs_lookup_destructor(void *data)
{
	lookup_t *lookup = data;
	if (!lookup)
		return;
	let_go(lookup);
	free(lookup);
}

static void xs_lookup_mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	lookup_t *lookup = data;
	if (lookup)
		callback_mark(the, lookup->on_done, mark_root);
}

static const xsHostHooks lookup_hooks = { xs_lookup_destructor, xs_lookup_mark, NULL };

static lookup_t *this_lookup(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&lookup_hooks);
}

/** Ends the look-up and lets the object be collected. No effect if that is done. */
static void release(lookup_t *lookup)
{
	xsMachine *the = lookup->the;
	if (!lookup->job)
		return;
	let_go(lookup);
	lookup->on_done = NULL;
	xsForget(lookup->object);
}

static void woken(loop_wakeup_t *wakeup)
{
	lookup_t *lookup = (lookup_t *)wakeup;
	xsMachine *machine = lookup->the;
	job_t *job = lookup->job;
	pthread_mutex_lock(&job->mutex);
	memcpy(lookup->address, job->address, sizeof(lookup->address));
	pthread_mutex_unlock(&job->mutex);
	/* the callback may close the look-up, and the collector then free it: hold the object until the end */
	xsBeginHost(machine);
	xsmcVars(2);
	xsVar(0) = lookup->object;
	xsVar(1) = xsReference(lookup->on_done);
	callback_t on_done = lookup->on_done;
	release(lookup);
	callback_call(machine, on_done, &xsVar(0), -1);
	xsEndHost(machine);
}

static job_t *new_job(const char *host, lookup_t *owner)
{
	job_t *job = calloc(1, sizeof(*job));
	if (!job)
		return NULL;
	if (pthread_mutex_init(&job->mutex, NULL) != 0) {
		free(job);
		return NULL;
	}
	job->owner = owner;
	strcpy(job->host, host);
	return job;
}

static bool start(job_t *job)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, work, job) != 0)
		return false;
	pthread_detach(thread);
	return true;
}

/** new Lookup({host, onDone}) */
void xs_lookup_constructor(xsMachine *the)
{
	xsmcVars(1);
	callback_t on_done = callback_option(the, xsID_onDone, &xsVar(0));
	xsSlot value;
	xsmcGet(value, xsArg(0), xsID_host);
	const char *host = xsmcToString(value);
	if (!on_done || !*host || strlen(host) > LONGEST_HOST)
		xsRangeError("a look-up needs a host and a callback");
	lookup_t *lookup = calloc(1, sizeof(*lookup));
	if (!lookup)
		xsUnknownError("no memory");
	job_t *job = new_job(host, lookup);
	if (!job || !loop_wakeup_open(&lookup->wakeup, woken)) {
		if (job)
			free_job(job);
		free(lookup);
		xsUnknownError("no memory for a look-up");
	}
	lookup->the = the;
	lookup->job = job;
	lookup->on_done = on_done;
	lookup->object = xsThis;
	if (!start(job)) {
		loop_wakeup_close(&lookup->wakeup);
		free_job(job);
		free(lookup);
		xsUnknownError("no thread for a look-up");
	}
	xsmcSetHostData(xsThis, lookup);
	xsSetHostHooks(xsThis, &lookup_hooks);
	xsRemember(lookup->object);
}

void xs_lookup_close(xsMachine *the)
{
	if (xsmcGetHostData(xsThis))
		release(this_lookup(the));
}

void xs_lookup_get_address(xsMachine *the)
{
	const lookup_t *lookup = this_lookup(the);
	if (*lookup->address)
		xsmcSetString(xsResult, (char *)lookup->address);
}
