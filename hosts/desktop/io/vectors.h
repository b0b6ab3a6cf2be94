/* SPDX-License-Identifier: MIT */
#ifndef DESKTOP_VECTORS_H
#define DESKTOP_VECTORS_H

#include <stddef.h>
#include <sys/uio.h>

#include "../../../modules/jpeg/core/rtp_jpeg.h"

_Static_assert(sizeof(rtp_jpeg_part_t) == sizeof(struct iovec), "layout");
_Static_assert(offsetof(rtp_jpeg_part_t, bytes) == offsetof(struct iovec, iov_base), "layout");
_Static_assert(offsetof(rtp_jpeg_part_t, length) == offsetof(struct iovec, iov_len), "layout");

/** The parts of packets, as system calls take them. */
static inline struct iovec *part_vectors(rtp_jpeg_part_t *parts)
{
	return (struct iovec *)(void *)parts;
}

#endif
