/* SPDX-License-Identifier: MIT */
/*
 * RTP packets of a JPEG image (RFC 2435), written into the image itself.
 *
 * A packet's headers are written *in place* over the image bytes before its payload. Headers and payload are then
 * contiguous in the frame buffer, and no payload byte is copied. The stream saves the overwritten bytes and restores
 * them in the next call of `rtp_jpeg_next` or in `rtp_jpeg_restore`:
 *
 *   frame   | SOI .. SOS header          | scan                                    EOI | padding |
 *                     | headers, tables  | payload 1 |                                             first packet
 *                                 | headers | payload 2 |                                          second packet
 *
 * Any number of streams can send one frame, each at its own offset, but only one at a time can have a packet in the
 * frame: between `rtp_jpeg_next` and `rtp_jpeg_restore` no other code may read or send the frame.
 *
 * The caller owns all memory. Nothing is allocated, and no pointer into a frame is kept: each call is given the frame.
 */

#ifndef RTP_JPEG_H
#define RTP_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jpeg_scan.h"

/** Bounds for `limit` of `rtp_jpeg_next`: bytes of an RTP packet including its 12-byte header, without the 4 bytes of
 *  `$` framing. Minimum: the first packet's headers take up to 156 bytes. Maximum: live555 loses every frame with
 *  packets above 64,512. */
#define RTP_JPEG_LIMIT_MIN 256u
#define RTP_JPEG_LIMIT_MAX 64000u

/** Static payload type of JPEG (RFC 3551 section 6). */
#define RTP_JPEG_PAYLOAD_TYPE 26u

/** Channel of a stream that sends RTP alone, without interleaved framing (RFC 2326 section 10.12). */
#define RTP_JPEG_NO_CHANNEL (-1)

/** Maximum length of the headers: `$` 4, RTP 12, JPEG 8, restart 4, quantization 4 + 128. */
#define RTP_JPEG_HEADER_MAX 160u

/** Programming errors: inconsistent arguments. Negative. */
typedef enum {
	RTP_JPEG_ERROR_LIMIT = -1,        /**< `limit` is out of bounds */
	RTP_JPEG_ERROR_FRAME = -2,        /**< the frame is shorter than its scan, or than the saved bytes require */
	RTP_JPEG_ERROR_SCAN = -3,         /**< the scan is not of a parsed image, or not of the frame in progress */
	RTP_JPEG_ERROR_NOT_RESTORED = -4, /**< the last frame still has a packet written over it */
} rtp_jpeg_error_t;

/** One subscriber's stream. The caller owns it and initializes it with `rtp_jpeg_init`.
 *  The fields are read-only for the caller. */
typedef struct {
	uint32_t ssrc;
	uint32_t timestamp;         /**< RTP timestamp of the frame, 90 kHz; the same in each of its packets */
	uint32_t fragment_offset;   /**< of the next packet's payload: bytes from the start of the scan */
	uint32_t frame_scan_length; /**< scan length of the frame in progress, 0 before its first packet */
	uint32_t packet_count;      /**< packets written since init, wrapping: the sender's packet count of RTCP SR */
	uint32_t octet_count;       /**< payload octets since init, wrapping: the sender's octet count of RTCP SR. The JPEG
	                                  headers are payload, the RTP header is not (RFC 3550 section 6.4.1) */
	uint32_t copied_octets;     /**< scan octets copied because the image's headers are too short, wrapping */
	uint32_t saved_offset;      /**< offset of the saved bytes in the frame */
	uint16_t saved_length;      /**< bytes of the frame that are currently overwritten; 0: it is intact */
	uint16_t sequence;          /**< sequence number of the next packet */
	int16_t channel;            /**< interleaved channel 0 to 255, or RTP_JPEG_NO_CHANNEL */
	uint8_t payload_type;       /**< 0 to 127 */
	bool in_progress;           /**< the frame has packets left */
	/** The overwritten bytes (at most RTP_JPEG_HEADER_MAX), or a whole packet for which the image has no room. */
	uint8_t buffer[RTP_JPEG_LIMIT_MIN + 4];
} rtp_jpeg_stream_t;

/** A stream's position between two packets. */
typedef struct {
	uint32_t fragment_offset;
	uint32_t frame_scan_length;
	uint32_t packet_count;
	uint32_t octet_count;
	uint16_t sequence;
	bool in_progress;
} rtp_jpeg_position_t;

/** Part of a packet, in memory that somebody else owns. The layout is that of POSIX's `struct iovec`. */
typedef struct {
	const void *bytes;
	size_t length;
} rtp_jpeg_part_t;

/** Maximum length of the headers after a frame's first packet: `$` 4, RTP 12, JPEG 8, restart 4. */
#define RTP_JPEG_LATER_HEADER_MAX 28u
/** Bytes of memory for the headers of `count` packets, at least 1. */
#define RTP_JPEG_HEADERS(count) (RTP_JPEG_HEADER_MAX + ((count)-1) * RTP_JPEG_LATER_HEADER_MAX)

/** One packet, ready for the socket, including `$` framing. It points into the frame, or into the stream if the image's
 *  headers are too short. Valid until the next call for this stream. */
typedef struct {
	uint8_t *data;
	uint32_t length; /**< bytes */
} rtp_jpeg_packet_t;

/** Initializes a stream.
 *  @param ssrc random (RFC 3550 section 8)
 *  @param sequence sequence number of the first packet, random
 *  @param channel 0 to 255 for `$` framing, or RTP_JPEG_NO_CHANNEL
 *  @param payload_type 0 to 127, usually RTP_JPEG_PAYLOAD_TYPE */
void rtp_jpeg_init(rtp_jpeg_stream_t *stream, uint32_t ssrc, uint16_t sequence, int16_t channel, uint8_t payload_type);

/** Begins a frame. The rest of an unfinished previous frame is not sent: receivers see no marker bit and drop that
 *  frame.
 *  @param timestamp RTP timestamp of the capture instant, 90 kHz
 *  @returns 0 or RTP_JPEG_ERROR_NOT_RESTORED */
int rtp_jpeg_begin(rtp_jpeg_stream_t *stream, uint32_t timestamp);

/** Writes the next packet of the frame.
 *  First restores the bytes under the last one, even if it then returns 0 or an error.
 *  @param scan result of `jpeg_scan_parse` for this frame
 *  @param frame the image, readable and writable; the same bytes in each call for one frame
 *  @param length bytes of the frame
 *  @param limit maximum packet size in bytes with RTP header, but *without* the 4 bytes of `$` framing;
 *    RTP_JPEG_LIMIT_MIN to RTP_JPEG_LIMIT_MAX. May differ from call to call
 *  @param packet receives the packet; {NULL, 0} if there is none
 *  @returns bytes of the packet with its `$` framing, 0 when the frame is finished, or a negative `rtp_jpeg_error_t` */
int32_t rtp_jpeg_next(rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, uint8_t *frame, size_t length, uint32_t limit,
	rtp_jpeg_packet_t *packet);

/** Makes the next packets of the frame, each in two parts, for a socket that gathers them. Any number of them can be
 *  valid at a time: as long as the frame and `headers`.
 *  @param scan, frame, length, limit as for `rtp_jpeg_next`; the frame is only read. All packets but the frame's last
 *    have the length of `limit`
 *  @param parts receives 2 parts for each packet: the headers with `$` framing, 20 to 160 bytes, and the payload, at
 *    least 1 byte
 *  @param headers receives the headers: RTP_JPEG_HEADERS(count) bytes
 *  @param count packets at most, at least 1
 *  @returns the number of packets, 0 when the frame is finished, or a negative `rtp_jpeg_error_t` */
int32_t rtp_jpeg_gather(rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, const uint8_t *frame, size_t length,
	uint32_t limit, rtp_jpeg_part_t *parts, uint8_t *headers, uint32_t count);

/** Takes back the last packets that `rtp_jpeg_gather` made, which were not sent.
 *  @param parts of the first of them
 *  @param count packets from there to the last one made */
void rtp_jpeg_take_back(rtp_jpeg_stream_t *stream, const rtp_jpeg_part_t *parts, uint32_t count);

/** @returns the current position, for `rtp_jpeg_rewind` in case the next packet is not sent */
rtp_jpeg_position_t rtp_jpeg_position(const rtp_jpeg_stream_t *stream);
/** Undoes the packets made since `position`. Not allowed while a packet is written over the frame. */
void rtp_jpeg_rewind(rtp_jpeg_stream_t *stream, const rtp_jpeg_position_t *position);

/** Restores the bytes under the last packet. No effect if there is none.
 *  @returns 0, or RTP_JPEG_ERROR_FRAME if they do not fit into `length`, as in another frame (the bytes stay saved) */
int rtp_jpeg_restore(rtp_jpeg_stream_t *stream, uint8_t *frame, size_t length);

/** @returns constant English text for a negative result, never NULL */
const char *rtp_jpeg_error_name(int error);

#endif
