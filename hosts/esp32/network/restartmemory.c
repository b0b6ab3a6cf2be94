/*
 * Why the chip started, and what the program before left in RTC memory: restart_record.h. That memory outlives every reset but a loss
 * of power, and does not wear out.
 */

#include <stdio.h>

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "esp_attr.h"
#include "esp_system.h"
#include "esp_timer.h"

#include "restart_record.h"

/* Written here, with the notice: the other numbers are RestartLog's. */
#define UPTIME 0
#define NOTICE_TIME 1

static RTC_NOINIT_ATTR restart_record_t gRecord;
/* The engine has told why it ends the program. */
static bool gEnding;

static const char *nameReason(esp_reset_reason_t reason)
{
	switch (reason) {
	case ESP_RST_POWERON: return "power on";
	case ESP_RST_EXT: return "reset pin";
	case ESP_RST_SW: return "software";
	case ESP_RST_PANIC: return "panic";
	case ESP_RST_INT_WDT: return "interrupt watchdog";
	case ESP_RST_TASK_WDT: return "task watchdog";
	case ESP_RST_WDT: return "watchdog";
	case ESP_RST_DEEPSLEEP: return "deep sleep";
	case ESP_RST_BROWNOUT: return "brownout";
	case ESP_RST_SDIO: return "SDIO";
	case ESP_RST_USB: return "USB";
	case ESP_RST_JTAG: return "JTAG";
	case ESP_RST_EFUSE: return "eFuse error";
	case ESP_RST_PWR_GLITCH: return "power glitch";
	case ESP_RST_CPU_LOCKUP: return "CPU lockup";
	default: return "unknown";
	}
}

static uint32_t getUptime(void)
{
	return (uint32_t)(esp_timer_get_time() / 1000000);
}

void xs_restarts_reason(xsMachine *the)
{
	xsmcSetString(xsResult, (char *)nameReason(esp_reset_reason()));
}

/* -> seconds since the chip started */
void xs_restarts_uptime(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)getUptime());
}

void xs_restarts_isKept(xsMachine *the)
{
	xsmcSetBoolean(xsResult, restart_record_is_valid(&gRecord));
}

void xs_restarts_clear(xsMachine *the)
{
	(void)the;
	restart_record_clear(&gRecord);
	gEnding = false;
}

/* (index) -> number */
void xs_restarts_read(xsMachine *the)
{
	xsmcSetNumber(xsResult, restart_record_get(&gRecord, (size_t)xsmcToInteger(xsArg(0))));
}

/* (index, number) */
void xs_restarts_write(xsMachine *the)
{
	size_t index = (size_t)xsmcToInteger(xsArg(0));
	restart_record_set(&gRecord, index, (uint32_t)xsmcToInteger(xsArg(1)));
}

void xs_restarts_notice(xsMachine *the)
{
	xsmcSetString(xsResult, gRecord.notice);
}

static void keep(const char *text)
{
	uint32_t now = getUptime();
	restart_record_note(&gRecord, text);
	restart_record_set(&gRecord, NOTICE_TIME, now);
	restart_record_set(&gRecord, UPTIME, now);
}

/* (text) */
void xs_restarts_keepNotice(xsMachine *the)
{
	keep(xsmcToString(xsArg(0)));
}

/*
 * (reason, exception): the engine calls it before it restarts the chip. There may be no memory left: nothing is allocated here that
 * is not there already.
 *
 * In the SDK 8.2.3 (xsPlatform.c, fxAbort) the engine then looks for the message of an exception that it has already forgotten. That
 * is an exception again, and calls this again, until the stack is full. So the second call restarts the chip, and the first one's
 * reason is what is kept. Not the first call: in a debug build the debugger comes in between.
 */
void xs_restarts_keepAbort(xsMachine *the)
{
	char text[RESTART_NOTICE];
	const char *reason = xsmcTypeOf(xsArg(0)) == xsStringType ? xsmcToString(xsArg(0)) : "the engine ended";

	if (gEnding) {
		esp_restart();
		return;
	}
	gEnding = true;
	xsmcVars(1);
	if (xsmcTypeOf(xsArg(1)) == xsReferenceType)
		xsmcGet(xsVar(0), xsArg(1), xsID_message);
	if (xsmcTypeOf(xsVar(0)) == xsStringType)
		snprintf(text, sizeof(text), "%s: %s", reason, xsmcToString(xsVar(0)));
	else
		snprintf(text, sizeof(text), "%s", reason);
	keep(text);
}
