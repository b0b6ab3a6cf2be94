/* SPDX-License-Identifier: MIT */
/*
 * Writes the packets of one frame to a socket in native code. It returns to JavaScript when the frame is finished, the
 * socket is full, or an error occurs.
 *
 *   burst.c: packets of a Fragmenter ── burst_t ──> a host's sockets: until they are full or fail
 *
 * A socket that copies its input takes packets one by one, written in place (`next`). A socket that sends many packets
 * in one system call gathers them (`gather`).
 */
#ifndef SOCKETS_BURST_H
#define SOCKETS_BURST_H

#include <stddef.h>
#include <stdint.h>

#include "../../modules/jpeg/core/rtp_jpeg.h"

/** The next packet does not fit into the available room. */
#define BURST_NO_ROOM (-1)
/** The packets do not fit the frame: a programming error. */
#define BURST_ERROR (-2)

/** Capacity and room of a socket without a send buffer: a packet is sent at once or refused (UDP). */
#define BURST_UNLIMITED UINT32_MAX

typedef struct burst burst_t;

struct burst {
	/** The room of the socket's empty send buffer, bytes: a frame begins when there is a part of it. Initially
	 *  BURST_UNLIMITED. A socket with a send buffer sets it before it calls anything; a socket that leaves it gives
	 *  BURST_UNLIMITED as room, since any other room is too small a part for a large frame. */
	uint32_t capacity;
	/** Maximum length of a packet, bytes, including framing. */
	uint32_t packet_size;
	/** Writes the next packet's headers into the frame, over the bytes in front of its payload.
	 *  @param room bytes that the socket accepts, at most `capacity`; BURST_UNLIMITED if that is
	 *  @param bytes receives the packet, valid until the next call of `next`, `undo` or `restore`
	 *  @returns the packet's length in bytes, 0 if the frame is finished, BURST_NO_ROOM or BURST_ERROR */
	int32_t (*next)(burst_t *burst, uint32_t room, const uint8_t **bytes);
	/** Undoes the last `next`, whose packet the socket did not accept. The packet will be made again. */
	void (*undo)(burst_t *burst);
	/** Restores the frame's bytes under the last packet. To be called after the last `next`. */
	void (*restore)(burst_t *burst);
	/** Makes the next packets in two parts each.
	 *  @param room as for `next`; all of the packets fit into it
	 *  @param parts receives headers and payload of at most `count` packets, valid as long as the frame and `headers`
	 *  @param headers RTP_JPEG_HEADERS(count) bytes
	 *  @returns the number of packets, 0 if the frame is finished, BURST_NO_ROOM or BURST_ERROR */
	int32_t (*gather)(burst_t *burst, uint32_t room, rtp_jpeg_part_t *parts, uint8_t *headers, uint32_t count);
	/** Takes back the last packets gathered, which the socket did not accept. They will be made again.
	 *  @param parts of the first of them */
	void (*take_back)(burst_t *burst, const rtp_jpeg_part_t *parts, uint32_t count);
	/** For a burst that may be cut anywhere, NULL for any other: takes back the last octets gathered instead. */
	void (*take_back_octets)(burst_t *burst, size_t count);
};

#endif
