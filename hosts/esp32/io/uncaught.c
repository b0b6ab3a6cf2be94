#include "callback.h"

/** Thrown on, it ends at the machine's own handler: xsbug stops there, a release build restarts. */
void host_uncaught(xsMachine *the)
{
	xsThrow(xsException);
	__builtin_unreachable();
}
