/*
 * The packets of one frame on their way into a socket, all in native code. JavaScript is entered again when the frame is finished, or
 * when something is in its way.
 *
 *   burst.c: packets of a Fragmenter ── burst_t ──> a host's sockets: until they are full or fail
 *
 * A socket that copies what it is given takes packets one by one, written in place (`next`). One that sends many in one system call
 * gathers them (`gather`).
 */
#ifndef SOCKETS_BURST_H
#define SOCKETS_BURST_H

#include <stdint.h>

/** Longest run of headers in front of a payload, bytes. */
#define BURST_HEADER_MAX 160

/** The next packet does not fit into the room there is. */
#define BURST_NO_ROOM (-1)
/** The frame and its packets do not fit together: a programmer's error. */
#define BURST_ERROR (-2)

/** Where the packets stand; opaque. */
typedef struct {
	uint32_t words[6];
} burst_position_t;

/** A packet in two parts. */
typedef struct {
	/** Before this packet. */
	burst_position_t position;
	uint8_t header[BURST_HEADER_MAX];
	uint32_t header_length;
	/** In the frame. */
	const uint8_t *payload;
	uint32_t payload_length;
} burst_packet_t;

typedef struct burst burst_t;

struct burst {
	/** Writes the next packet into the frame, over the bytes in front of its payload. Valid until the next call of `next`, `undo` or `restore`.
	 *  @param room bytes that the socket takes
	 *  @returns the packet's bytes, 0 when the frame is finished, BURST_NO_ROOM or BURST_ERROR */
	int32_t (*next)(burst_t *burst, uint32_t room, const uint8_t **bytes);
	/** The packet that `next` made last was not taken: it will be made again. */
	void (*undo)(burst_t *burst);
	/** Puts back the frame's own bytes under the last packet. To be called at the end of packets made by `next`. */
	void (*restore)(burst_t *burst);
	/** Makes the next packet in two parts; many can be out at once. Returns as `next`. */
	int32_t (*gather)(burst_t *burst, uint32_t room, burst_packet_t *packet);
	/** This packet and those gathered after it were not taken. */
	void (*rewind)(burst_t *burst, const burst_packet_t *packet);
};

#endif
