/*
 * The SDK has a restart of its own, in its module "system". That module imports the board's provider of every kind of input and
 * output, and so the SDK's drivers for all of them.
 */

#include "xsmc.h"
#include "esp_system.h"

void xs_device_restart(xsMachine *the)
{
	(void)the;
	esp_restart();
}
