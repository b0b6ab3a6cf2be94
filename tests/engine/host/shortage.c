/* SPDX-License-Identifier: MIT */
/*
 * A process whose memory does not grow.
 */
#include <sys/resource.h>

#include "xsmc.h"
#include "mc.xs.h"

/** xs_shortage_set(short): whether this is possible here. */
void xs_shortage_set(xsMachine *the)
{
	bool possible = false;
	/* AddressSanitizer ends a program whose memory cannot grow */
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
	struct rlimit limit;
	possible = getrlimit(RLIMIT_AS, &limit) == 0;
	limit.rlim_cur = xsmcTest(xsArg(0)) ? 1 : limit.rlim_max;
	possible = possible && setrlimit(RLIMIT_AS, &limit) == 0;
#endif
	xsmcSetBoolean(xsResult, possible);
}
