/* SPDX-License-Identifier: MIT */
/*
 * Access to the stream of a Picture object, for other natives.
 * Include xsmc.h first.
 */
#ifndef XS_PICTURE_H
#define XS_PICTURE_H

#include "../../modules/http/core/multipart.h"

/** @param slot any value
 *  @returns the stream of a `Picture`, which the object owns. Throws for any other value */
multipart_t *xs_picture_part(xsMachine *the, xsSlot *slot);

/** @param slot an object
 *  @returns NULL if it is no `Picture`; otherwise as `xs_picture_part` */
multipart_t *xs_picture_if(xsMachine *the, xsSlot *slot);

#endif
