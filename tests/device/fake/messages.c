/* SPDX-License-Identifier: MIT */
/*
 * The SDK's queue of messages to the machine, on the desktop host's loop.
 */
#include <pthread.h>

#include "host.h"
#include "messages.h"
#include "xsHost.h"

enum { LONGEST = 10 };

_Atomic long messages_posted, messages_refused, messages_limit = LONGEST;

static struct {
	pthread_mutex_t lock;
	bool open;
	loop_wakeup_t wakeup;
	xsMachine *the;
	struct {
		modMessageDeliver callback;
		void *refcon;
	} messages[LONGEST];
	int count;
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void deliver(loop_wakeup_t *wakeup)
{
	(void)wakeup;
	pthread_mutex_lock(&queue.lock);
	/* messages posted meanwhile have woken the loop again; timers run first */
	for (int waiting = queue.count; waiting; waiting--) {
		modMessageDeliver callback = queue.messages[0].callback;
		void *refcon = queue.messages[0].refcon;
		queue.count -= 1;
		for (int i = 0; i < queue.count; i++)
			queue.messages[i] = queue.messages[i + 1];
		pthread_mutex_unlock(&queue.lock);
		callback(queue.the, refcon, NULL, 0);
		pthread_mutex_lock(&queue.lock);
	}
	pthread_mutex_unlock(&queue.lock);
}

int modMessagePostToMachineFromISR(xsMachine *the, modMessageDeliver callback, void *refcon)
{
	int result = -1;
	pthread_mutex_lock(&queue.lock);
	if (queue.open && queue.count < messages_limit && queue.count < LONGEST) {
		queue.the = the;
		queue.messages[queue.count].callback = callback;
		queue.messages[queue.count].refcon = refcon;
		queue.count += 1;
		messages_posted += 1;
		loop_wakeup_send(&queue.wakeup);
		result = 0;
	}
	else
		messages_refused += 1;
	pthread_mutex_unlock(&queue.lock);
	return result;
}

bool messages_open(xsMachine *the)
{
	pthread_mutex_lock(&queue.lock);
	queue.the = the;
	queue.open = queue.open || loop_wakeup_open(&queue.wakeup, deliver);
	pthread_mutex_unlock(&queue.lock);
	return queue.open;
}
