/*
 * What the native half of Scan shares with Fragmenter: how to get the jpeg_scan_t of a Scan object.
 * Include xsmc.h first.
 */

#ifndef XS_SCAN_H
#define XS_SCAN_H

#include "core/jpeg_scan.h"

/** @param slot any value
 *  @returns the scan of a `Scan` object; it belongs to the object. Throws when the value is anything else */
const jpeg_scan_t *xs_scan_get(xsMachine *the, xsSlot *slot);

#endif
