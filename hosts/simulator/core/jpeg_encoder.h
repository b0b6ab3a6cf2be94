/* SPDX-License-Identifier: MIT */
/*
 * A small baseline JPEG encoder (ITU-T T.81) that writes images like an OV2640: 4:2:2, two 8-bit quantization tables in
 * two DQT segments, the Huffman tables of Annex K, no restart markers. It also supports 4:2:0 and restart intervals, to
 * exercise the other RTP/JPEG types (RFC 2435 section 4.1: 4:2:2 is type 0, 4:2:0 type 1;
 * with restart intervals 64 and 65).
 *
 * It allocates nothing, and its only state is `jpeg_encoder_t`. The caller owns the picture and the output.
 */

#ifndef JPEG_ENCODER_H
#define JPEG_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Errors. Negative, whereas a length in bytes is positive. */
typedef enum {
	JPEG_ENCODER_ERROR_SIZE = -1,     /**< width or height outside 1..65535 */
	JPEG_ENCODER_ERROR_SAMPLING = -2, /**< neither 0x21 nor 0x22 */
	JPEG_ENCODER_ERROR_QUALITY = -3,  /**< quality number outside 0..63 */
	JPEG_ENCODER_ERROR_RESTART = -4,  /**< restart interval outside 0..65535 */
	JPEG_ENCODER_ERROR_PICTURE = -5,  /**< a plane or a stride is smaller than the picture */
	JPEG_ENCODER_ERROR_NO_ROOM = -6,  /**< the output is too small for the image */
} jpeg_encoder_error_t;

/** Luma sampling factors as SOF0 writes them; chroma is always 0x11. */
#define JPEG_ENCODER_422 0x21
#define JPEG_ENCODER_420 0x22

/** Range of the OV2640's quality number: 0 is best (and largest), 63 worst. */
#define JPEG_ENCODER_QUALITY_MAX 63

/** Bytes before the scan:
 *  SOI, APP0, two DQT, SOF0, four DHT, SOS (623 like the sensor's own header), and 6 more with DRI. */
#define JPEG_ENCODER_HEADER_LENGTH 623

/** A picture as planes of full-range YCbCr (ITU-R BT.601, as in JFIF), 8 bits per sample.
 *  The caller's memory, read only. */
typedef struct {
	const uint8_t *y;     /**< luma, `y_stride` bytes per row */
	const uint8_t *cb;    /**< chroma: half as wide as luma and, in 4:2:0, half as high; both rounded up */
	const uint8_t *cr;    /**< as `cb` */
	size_t y_stride;      /**< bytes from a luma row to the next, at least the width */
	size_t chroma_stride; /**< bytes from a chroma row to the next */
	size_t y_size;        /**< bytes at `y` */
	size_t chroma_size;   /**< bytes at `cb` and at `cr`, each */
} jpeg_picture_t;

/** An encoder set up for one size, sampling, quality and restart interval: about 3 KB, no pointers, freely copied.
 *  The fields may be read, but are set only by `jpeg_encoder_init` and `jpeg_encoder_set_quality`. */
typedef struct {
	uint16_t width;              /**< pixels */
	uint16_t height;             /**< pixels */
	uint16_t restart_interval;   /**< MCUs between restart markers, 0 for none */
	uint8_t sampling;            /**< JPEG_ENCODER_422 or JPEG_ENCODER_420 */
	uint8_t quality;             /**< 0..63, lower is better */
	uint8_t quantization[2][64]; /**< luma, chroma; zig-zag order as in DQT, 1..255 */
	uint32_t reciprocal[2][64];  /**< 2^20 / (8 * quantization), rounded up: a division by multiplication */
	uint32_t dc_codes[2][12];    /**< code << 8 | length in bits, by category */
	uint32_t ac_codes[2][256];   /**< code << 8 | length in bits, by run << 4 | category */
} jpeg_encoder_t;

/** Sets up an encoder.
 *  @param width,height pixels, 1..65535; partial MCUs are filled by repeating the edge
 *  @param sampling JPEG_ENCODER_422 or JPEG_ENCODER_420
 *  @param quality 0..63 as `jpeg_encoder_set_quality` takes it
 *  @param restart_interval MCUs between restart markers, 0..65535; 0 writes neither DRI nor markers
 *  @returns 0, or a negative `jpeg_encoder_error_t` with the encoder unchanged */
int jpeg_encoder_init(jpeg_encoder_t *encoder, int width, int height, int sampling, int quality, int restart_interval);

/** Changes the quantization tables to those of Annex K.1 with each entry times quality / 16, rounded and clamped to
 *  1..255. So 16 is Annex K itself, 8 libjpeg's quality 75, 4 its 88, 12 about its 63; 0 means no quantization (every
 *  entry is 1). The entries increase with the number: an image with a higher number is never finer.
 *  @param quality 0..63
 *  @returns 0, or JPEG_ENCODER_ERROR_QUALITY with the encoder unchanged */
int jpeg_encoder_set_quality(jpeg_encoder_t *encoder, int quality);

/** Encodes one picture, SOI through EOI.
 *  Writes only to `out[0]` to `out[size - 1]`, whose contents are undefined after an error.
 *  @param picture planes that cover the encoder's width and height
 *  @param out memory of the caller; @param size its bytes
 *  @returns length of the image in bytes, or a negative `jpeg_encoder_error_t` */
int32_t jpeg_encoder_encode(const jpeg_encoder_t *encoder, const jpeg_picture_t *picture, uint8_t *out, size_t size);

/** @returns the error as text for a log: constant, never NULL */
const char *jpeg_encoder_error_name(int error);

#endif
