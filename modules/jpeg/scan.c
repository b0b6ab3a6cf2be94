/* SPDX-License-Identifier: MIT */
/*
 * Native half of scan.ts.
 */

#include "xsmc.h"
#include "mc.xs.h" // for xsID_* values

#include "xs_scan.h"

#include <stdlib.h>

void xs_scan_destructor(void *data);

static const xsHostHooks xsScanHooks = {
	.destructor = xs_scan_destructor,
};

static jpeg_scan_t *getScan(xsMachine *the, xsSlot *slot)
{
	jpeg_scan_t *scan = xsmcGetHostDataValidate(*slot, (void *)&xsScanHooks);
	if (!scan)
		xsTypeError("not a Scan");
	return scan;
}

jpeg_scan_t *xs_scan_get(xsMachine *the, xsSlot *slot)
{
	return getScan(the, slot);
}

void xs_scan_constructor(xsMachine *the)
{
	jpeg_scan_t *scan = calloc(1, sizeof(jpeg_scan_t));
	if (!scan)
		xsRangeError("out of memory");
	// Expose the record as a read-only buffer with its true length. XS 13 treats any host object as a buffer of
	// `byteLength` bytes (XS 17 does not), and a Scan passed as a frame by mistake would be read far beyond its end.
	xsmcSetHostBuffer(xsThis, scan, sizeof(jpeg_scan_t));
	xsSetHostHooks(xsThis, (xsHostHooks *)&xsScanHooks);
	xsmcPetrifyHostBuffer(xsThis);
}

void xs_scan_destructor(void *data)
{
	free(data); // NULL if the constructor threw
}

void xs_scan_parse(xsMachine *the)
{
	jpeg_scan_t *scan = getScan(the, &xsThis);
	void *data;
	xsUnsignedValue length;

	if (xsmcArgc < 1)
		xsTypeError("frame: buffer expected");
	xsmcGetBufferReadable(xsArg(0), &data, &length);
	xsBooleanValue whole = (xsmcArgc > 1) && xsmcTest(xsArg(1));
	xsmcSetInteger(xsResult, whole ? jpeg_scan_parse_whole(data, length, scan) : jpeg_scan_parse(data, length, scan));
}

void xs_scan_get_width(xsMachine *the)
{
	xsmcSetInteger(xsResult, getScan(the, &xsThis)->width);
}

void xs_scan_get_height(xsMachine *the)
{
	xsmcSetInteger(xsResult, getScan(the, &xsThis)->height);
}

void xs_scan_get_type(xsMachine *the)
{
	xsmcSetInteger(xsResult, getScan(the, &xsThis)->type);
}

void xs_scan_get_restartInterval(xsMachine *the)
{
	xsmcSetInteger(xsResult, getScan(the, &xsThis)->restart_interval);
}

void xs_scan_get_offset(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)getScan(the, &xsThis)->scan_offset);
}

void xs_scan_get_byteLength(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)getScan(the, &xsThis)->scan_length);
}

void xs_scan_errorName(xsMachine *the)
{
	int error = (xsmcArgc < 1) ? 0 : xsmcToInteger(xsArg(0));
	xsmcSetString(xsResult, (char *)jpeg_error_name(error));
}
