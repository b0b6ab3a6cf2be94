/* SPDX-License-Identifier: MIT */
/*
 * One viewer's stream of JPEG images as parts of multipart/x-mixed-replace, or a single image.
 *
 *   --boundary CRLF                                          before the first part: the head of the response
 *   Content-Type, Content-Length, X-Timestamp, empty line    |
 *   the image, from SOI through EOI                          | one part
 *   CRLF --boundary CRLF                                     |
 *
 * The boundary line follows a part at once: a browser shows an image when its part has ended. Padding after EOI is left
 * out. The image is sent from the frame; only the text around it is here.
 *
 * If the frame is taken away in the middle of a part, the part is filled up with EOI markers. So the length that its
 * header announced stays true, and decoders end the image there.
 *
 * The caller owns all memory. No pointer into a frame is kept.
 */

#ifndef MULTIPART_H
#define MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** No JPEG image contains it except by a chance of 2^-128. The page and the head of the response use the same. */
#define MULTIPART_BOUNDARY "rtsp-camera-8a1f5c0be4d94f7796c2d3e07b51fa68"

/** Maximum length of a part's header: three lines with numbers of at most 10 and 20 digits, and the empty line. */
#define MULTIPART_HEADER_MAX 112u

/** One viewer's stream. Initialize with zeros. The fields are read-only for the caller. */
typedef struct {
	uint32_t image_length;  /**< bytes of the image */
	uint32_t position;      /**< bytes of the part that were sent: header, image and boundary line */
	uint32_t length;        /**< bytes of the part */
	uint32_t octets_before; /**< image octets of earlier parts, wrapping */
	uint8_t header_length;  /**< 0: a single image, without header and boundary line */
	bool in_progress;       /**< the part has bytes left */
	bool padding;           /**< the frame is gone: EOI markers take the place of the image's rest */
	uint8_t header[MULTIPART_HEADER_MAX];
} multipart_t;

/** Begins a part. The rest of an unfinished previous part must not be left out: see `multipart_pad`.
 *  @param image_length bytes of the image, at least 1
 *  @param capture_time microseconds since boot, for X-Timestamp */
void multipart_begin(multipart_t *self, uint32_t image_length, uint64_t capture_time);

/** Begins a single image. @param image_length bytes of the image, at least 1 */
void multipart_begin_single(multipart_t *self, uint32_t image_length);

/** The next bytes to send, in one piece: of the header, the image, the padding or the boundary line.
 *  @param frame the image, or NULL while padding
 *  @param limit most bytes
 *  @param bytes receives the piece
 *  @returns its length, 0 if the part is finished or `limit` is 0 */
uint32_t multipart_peek(const multipart_t *self, const uint8_t *frame, uint32_t limit, const uint8_t **bytes);

/** Counts bytes as sent. @param count at most what `multipart_peek` returned */
void multipart_advance(multipart_t *self, uint32_t count);

/** Takes back the last bytes that were counted as sent. @param count at most those of this part */
void multipart_take_back(multipart_t *self, uint32_t count);

/** The frame is taken away. A part of which nothing was sent is dropped. */
void multipart_pad(multipart_t *self);

/** @returns octets of images sent, padding included, wrapping */
uint32_t multipart_octets(const multipart_t *self);

#endif
