/* SPDX-License-Identifier: MIT */
#include "callback.h"

/** Rethrows the exception to the machine's own handler, where xsbug stops and a release build restarts. */
void host_uncaught(xsMachine *the)
{
	xsThrow(xsException);
	__builtin_unreachable();
}
