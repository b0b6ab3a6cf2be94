/* SPDX-License-Identifier: MIT */
/*
 * Native half of stress.ts.
 */
#include <signal.h>
#include <sys/time.h>

#include "xsmc.h"

#if mxStress

extern int gxStress;

static void over(int signal_number)
{
	(void)signal_number;
	gxStress = 0;
}

void xs_stress(xsMachine *the)
{
	int milliseconds = xsmcToInteger(xsArg(0));
	struct sigaction action = { .sa_handler = over, .sa_flags = SA_RESTART };
	struct itimerval timer = { .it_value = { .tv_usec = milliseconds * 1000 } };
	sigaction(SIGPROF, &action, NULL);
	gxStress = milliseconds > 0;
	setitimer(ITIMER_PROF, &timer, NULL);
}

#else

void xs_stress(xsMachine *the)
{
	(void)the;
}

#endif
