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

#include <stdint.h>

/** Maximum length of the headers in front of a payload, bytes. */
#define BURST_HEADER_MAX 160

/** The next packet does not fit into the available room. */
#define BURST_NO_ROOM (-1)
/** The packets do not fit the frame: a programming error. */
#define BURST_ERROR (-2)

/** Position in the sequence of packets; opaque. */
typedef struct {
	uint32_t words[6];
} burst_position_t;

/** A packet in two parts. */
typedef struct {
	/** Position before this packet. */
	burst_position_t position;
	uint8_t header[BURST_HEADER_MAX];
	uint32_t header_length;
	/** In the frame. */
	const uint8_t *payload;
	uint32_t payload_length;
} burst_packet_t;

typedef struct burst burst_t;

struct burst {
	/** The socket sets it before it calls anything: the room of its empty send buffer, bytes; UINT32_MAX: unlimited. */
	uint32_t capacity;
	/** Writes the next packet's headers into the frame, over the bytes in front of its payload.
	 *  @param room bytes that the socket accepts
	 *  @param bytes receives the packet, valid until the next call of `next`, `undo` or `restore`
	 *  @returns the packet's length in bytes, 0 if the frame is finished, BURST_NO_ROOM or BURST_ERROR */
	int32_t (*next)(burst_t *burst, uint32_t room, const uint8_t **bytes);
	/** Undoes the last `next`, whose packet the socket did not accept. The packet will be made again. */
	void (*undo)(burst_t *burst);
	/** Restores the frame's bytes under the last packet. To be called after the last `next`. */
	void (*restore)(burst_t *burst);
	/** Makes the next packet in two parts. Several such packets are valid at a time. Returns as `next`. */
	int32_t (*gather)(burst_t *burst, uint32_t room, burst_packet_t *packet);
	/** Goes back to this packet: the socket did not accept it and those gathered after it. */
	void (*rewind)(burst_t *burst, const burst_packet_t *packet);
};

#endif
