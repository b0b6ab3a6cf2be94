/* SPDX-License-Identifier: MIT */
/*
 * A picture without a socket, for tests.
 */
#include "xsmc.h"
#include "mc.xs.h"

#include "../../../hosts/sockets/xs_picture.h"

/** (picture, count) */
void xs_sentpicture_count(xsMachine *the)
{
	double count = xsmcToNumber(xsArg(1));
	multipart_t *part = xs_picture_part(the, &xsArg(0));
	uint32_t left = part->length - part->position;
	multipart_advance(part, count < left ? (uint32_t)count : left);
}
