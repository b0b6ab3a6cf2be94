/*
 * What the native half of Fragmenter shares: its stream, and the memory of a frame.
 * Include xsmc.h first.
 */

#ifndef XS_FRAGMENTER_H
#define XS_FRAGMENTER_H

#include "core/rtp_jpeg.h"

/** @param slot any value
 *  @returns the stream of a `Fragmenter`; it belongs to the object. Throws when the value is anything else */
rtp_jpeg_stream_t *xs_fragmenter_stream(xsMachine *the, xsSlot *slot);

/** To be called last of all: whatever runs JavaScript may close the frame.
 *  @param slot any value
 *  @param length gets the bytes of the image, 0 when it is closed
 *  @returns the memory of a `Frame`, which is the driver's. Throws when the value is no host buffer */
uint8_t *xs_fragmenter_frame(xsMachine *the, xsSlot *slot, size_t *length);

#endif
