/* SPDX-License-Identifier: MIT */
/*
 * Restarts the chip. The SDK's module "system" also can, but it imports the board's I/O providers, and with them the
 * SDK's drivers for every kind of input and output.
 */

#include "xsmc.h"
#include "esp_system.h"

void xs_device_restart(xsMachine *the)
{
	(void)the;
	esp_restart();
}
