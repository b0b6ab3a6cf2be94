/* SPDX-License-Identifier: MIT */
/*
 * Access to the jpeg_scan_t of a Scan object, for other natives.
 * Include xsmc.h first.
 */

#ifndef XS_SCAN_H
#define XS_SCAN_H

#include "core/jpeg_scan.h"

/** @param slot any value
 *  @returns the scan of a `Scan` object, which the object owns. Throws for any other value */
jpeg_scan_t *xs_scan_get(xsMachine *the, xsSlot *slot);

#endif
