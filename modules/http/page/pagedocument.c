/* SPDX-License-Identifier: MIT */
/*
 * The camera's page, compressed: constant bytes, which a board keeps in flash.
 */
#include "xsmc.h"
#include "mc.xs.h"
#include "pagebytes.h"

void xs_page_document(xsMachine *the)
{
	xsResult = xsNewHostObject(NULL);
	xsmcSetHostBuffer(xsResult, (void *)page_bytes, sizeof(page_bytes));
	xsmcPetrifyHostBuffer(xsResult);
}
