/* SPDX-License-Identifier: MIT */
/*
 * Unpredictable random numbers. XS seeds Math.random from the clock, so its numbers are predictable.
 */
#if defined(__APPLE__)
	#include <stdlib.h>
#elif defined(__linux__)
	#include <sys/random.h>
#endif

#include "xsmc.h"
#include "mc.xs.h"

#if defined(ESP_PLATFORM)
/* esp_random.h: true random bits while the radio or the SAR ADC runs */
extern uint32_t esp_random(void);
#endif

void xs_random32(xsMachine *the)
{
	uint32_t value = 0;
#if defined(ESP_PLATFORM)
	value = esp_random();
#elif defined(__APPLE__)
	value = arc4random();
#elif defined(__linux__)
	if (getrandom(&value, sizeof(value), 0) != (ssize_t)sizeof(value))
		xsUnknownError("no random numbers available");
#else
	#error "random.c: no random number generator for this platform"
#endif
	xsmcSetNumber(xsResult, (xsNumberValue)value);
}
