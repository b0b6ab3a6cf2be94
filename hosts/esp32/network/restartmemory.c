/* SPDX-License-Identifier: MIT */
/*
 * The reset reason, and the record that the previous run left in RTC memory (restart_record.h). RTC memory survives
 * every reset except a power loss, and does not wear out.
 */

#include <stdio.h>

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "esp_attr.h"
#include "esp_system.h"
#include "esp_timer.h"

#include "restart_record.h"

/* Index of the uptime, which is written here with the notice. RestartLog assigns the other numbers. */
#define UPTIME 0
#define NOTICE_TIME 1

static RTC_NOINIT_ATTR restart_record_t gRecord;
/* The engine has already reported why it ends the program. */
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
 * (reason, exception): the engine calls this before it restarts the chip.
 * Memory may be full, so nothing is allocated here.
 *
 * In SDK 8.2.3 (xsPlatform.c, fxAbort) the engine then reads the message of an exception that it has already forgotten.
 * This raises another exception, which calls this function again, until the stack is full. So the second call restarts
 * the chip, and the first call's reason is kept.
 * The first call does not restart, because in a debug build the debugger stops in between.
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
