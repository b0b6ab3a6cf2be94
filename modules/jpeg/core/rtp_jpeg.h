/*
 * RTP packets of a JPEG image (RFC 2435), written into the image itself.
 *
 * A packet's headers go *in place* over the image bytes in front of its payload, so that headers and payload are one contiguous
 * run of the frame buffer and no payload byte is copied. The bytes overwritten are kept in the stream and put back by the next
 * call of `rtp_jpeg_next` or by `rtp_jpeg_restore`:
 *
 *   frame   | SOI .. SOS header          | scan                                    EOI | padding |
 *                     | headers, tables  | payload 1 |                                             first packet
 *                                 | headers | payload 2 |                                          second packet
 *
 * Any number of streams can send one frame, each at its own offset, as long as only one of them has a packet out at a time:
 * between `rtp_jpeg_next` and `rtp_jpeg_restore` nobody else may read or send the frame.
 *
 * Memory: the caller's. Nothing is allocated and no pointer into a frame is kept: each call gets the frame anew.
 */

#ifndef RTP_JPEG_H
#define RTP_JPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jpeg_scan.h"

/** Bounds of the `limit` of `rtp_jpeg_next`, bytes of an RTP packet with its 12-byte header, without the 4 bytes of `$` framing.
 *  Below: the first packet's headers take up to 156 of them. Above: live555 loses every frame beyond 64,512. */
#define RTP_JPEG_LIMIT_MIN 256u
#define RTP_JPEG_LIMIT_MAX 64000u

/** Static payload type of JPEG (RFC 3551 section 6). */
#define RTP_JPEG_PAYLOAD_TYPE 26u

/** Channel of a stream that sends RTP alone, without interleaved framing (RFC 2326 section 10.12). */
#define RTP_JPEG_NO_CHANNEL (-1)

/** Longest run of headers: `$` 4, RTP 12, JPEG 8, restart 4, quantization 4 + 128. */
#define RTP_JPEG_HEADER_MAX 160u

/** Programmer errors: the arguments don't fit together. Negative. */
typedef enum {
	RTP_JPEG_ERROR_LIMIT = -1,         /**< `limit` is out of bounds */
	RTP_JPEG_ERROR_FRAME = -2,         /**< the frame is shorter than the scan says, or than the bytes to put back need */
	RTP_JPEG_ERROR_SCAN = -3,          /**< the scan is of no parsed image, or of another one than the frame began with */
	RTP_JPEG_ERROR_NOT_RESTORED = -4,  /**< a packet is still written over the last frame */
} rtp_jpeg_error_t;

/** One subscriber's stream. The caller owns it, `rtp_jpeg_init` fills it; read the fields, write none. */
typedef struct {
	uint32_t ssrc;
	uint32_t timestamp;          /**< RTP timestamp of the frame, 90 kHz; the same in each of its packets */
	uint32_t fragment_offset;    /**< into the scan: where the next packet's payload begins, bytes */
	uint32_t frame_scan_length;  /**< scan length of the frame in progress, 0 before its first packet */
	uint32_t packet_count;       /**< packets written since init, wrapping: the sender's packet count of RTCP SR */
	uint32_t octet_count;        /**< payload octets since init, wrapping: the sender's octet count of RTCP SR. The JPEG
	                                  headers are payload, the RTP header is not (RFC 3550 section 6.4.1) */
	uint32_t copied_octets;      /**< scan octets that had to be copied because the image's headers are too short, wrapping */
	uint32_t saved_offset;       /**< where in the frame the saved bytes belong */
	uint16_t saved_length;       /**< bytes of the frame that are overwritten now, 0 when it is intact */
	uint16_t sequence;           /**< sequence number of the next packet */
	int16_t channel;             /**< interleaved channel 0 to 255, or RTP_JPEG_NO_CHANNEL */
	uint8_t payload_type;        /**< 0 to 127 */
	bool in_progress;            /**< the frame has packets left to write */
	/** Either the bytes overwritten (at most RTP_JPEG_HEADER_MAX), or a whole packet that found no room in the image. */
	uint8_t buffer[RTP_JPEG_LIMIT_MIN + 4];
} rtp_jpeg_stream_t;

/** Where a stream stands between two packets. */
typedef struct {
	uint32_t fragment_offset;
	uint32_t frame_scan_length;
	uint32_t packet_count;
	uint32_t octet_count;
	uint16_t sequence;
	bool in_progress;
} rtp_jpeg_position_t;

/** One packet in two parts, `$` framing included: headers in the caller's memory, payload in the frame. */
typedef struct {
	uint32_t header_length;      /**< bytes, 20 to 160 */
	const uint8_t *payload;      /**< in the frame: valid as long as the frame is */
	uint32_t payload_length;     /**< bytes, at least 1 */
} rtp_jpeg_parts_t;

/** One packet, ready for the socket, `$` framing included. Points into the frame, or into the stream when the image's headers
 *  were too short; valid until the next call for this stream. */
typedef struct {
	uint8_t *data;
	uint32_t length;             /**< bytes */
} rtp_jpeg_packet_t;

/** @param ssrc random (RFC 3550 section 8)
 *  @param sequence sequence number of the first packet, random
 *  @param channel 0 to 255 for `$` framing, or RTP_JPEG_NO_CHANNEL
 *  @param payload_type 0 to 127, RTP_JPEG_PAYLOAD_TYPE unless agreed otherwise */
void rtp_jpeg_init(rtp_jpeg_stream_t *stream, uint32_t ssrc, uint16_t sequence, int16_t channel, uint8_t payload_type);

/** Begins a frame. What was left of the frame before is never sent: receivers see no marker bit and drop it.
 *  @param timestamp RTP timestamp, 90 kHz, of the instant of capture
 *  @returns 0 or RTP_JPEG_ERROR_NOT_RESTORED */
int rtp_jpeg_begin(rtp_jpeg_stream_t *stream, uint32_t timestamp);

/** Writes the next packet of the frame; puts back the bytes under the last one first, even when it then returns 0 or an error.
 *  @param scan what `jpeg_scan_parse` said of this frame
 *  @param frame the image, readable and writable; the same bytes in each call for one frame
 *  @param length bytes of the frame
 *  @param limit the largest packet in bytes, RTP header included, the 4 bytes of `$` framing *not* included;
 *    RTP_JPEG_LIMIT_MIN to RTP_JPEG_LIMIT_MAX. May differ from call to call
 *  @param packet the packet; {NULL, 0} when there is none
 *  @returns bytes of the packet with its `$` framing, 0 when the frame is finished, or a negative `rtp_jpeg_error_t` */
int32_t rtp_jpeg_next(rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, uint8_t *frame, size_t length, uint32_t limit,
	rtp_jpeg_packet_t *packet);

/** Makes the next packet of the frame as two parts, for a socket that gathers them. Any number of packets can be out at once.
 *  @param scan, frame, length, limit as for `rtp_jpeg_next`; the frame is only read
 *  @param header gets the headers
 *  @param parts the packet
 *  @returns bytes of the packet with its `$` framing, 0 when the frame is finished, or a negative `rtp_jpeg_error_t` */
int32_t rtp_jpeg_gather(rtp_jpeg_stream_t *stream, const jpeg_scan_t *scan, const uint8_t *frame, size_t length, uint32_t limit,
	uint8_t header[RTP_JPEG_HEADER_MAX], rtp_jpeg_parts_t *parts);

/** Before a packet is made: where to go back to when no byte of it leaves. */
rtp_jpeg_position_t rtp_jpeg_position(const rtp_jpeg_stream_t *stream);
/** Undoes the packets made since. Only with packets that are not written over the frame. */
void rtp_jpeg_rewind(rtp_jpeg_stream_t *stream, const rtp_jpeg_position_t *position);

/** Puts back the bytes under the last packet. Harmless when there is none.
 *  @returns 0 or RTP_JPEG_ERROR_FRAME when they don't fit into `length`: another frame (the bytes stay saved) */
int rtp_jpeg_restore(rtp_jpeg_stream_t *stream, uint8_t *frame, size_t length);

/** Constant English text of a negative result, never NULL. */
const char *rtp_jpeg_error_name(int error);

#endif
