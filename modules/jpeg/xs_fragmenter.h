/* SPDX-License-Identifier: MIT */
/*
 * Access to a Fragmenter's stream and to a frame's memory, for other natives.
 * Include xsmc.h first.
 */

#ifndef XS_FRAGMENTER_H
#define XS_FRAGMENTER_H

#include "core/rtp_jpeg.h"

/** @param slot any value
 *  @returns the stream of a `Fragmenter`, which the object owns. Throws for any other value */
rtp_jpeg_stream_t *xs_fragmenter_stream(xsMachine *the, xsSlot *slot);

/** Gets a frame's memory. To be called after everything that may run JavaScript, which could close the frame.
 *  @param slot any value
 *  @param length receives the length of the image in bytes, 0 if the frame is closed
 *  @returns the memory of a `Frame`, which the driver owns. Throws if the value is not a host buffer */
uint8_t *xs_fragmenter_frame(xsMachine *the, xsSlot *slot, size_t *length);

#endif
