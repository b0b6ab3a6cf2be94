/* SPDX-License-Identifier: MIT */
/*
 * Parses a JPEG image: finds its scan and quantization tables, and checks whether RTP can carry it (RFC 2435).
 *
 * RTP/JPEG sends only the entropy-coded scan and the quantization tables. The receiver reconstructs the other headers
 * and assumes baseline DCT, three components, 4:2:2 or 4:2:0, and the Huffman tables of ITU-T T.81 Annex K. It would
 * display any other image as garbage, so the parser refuses those and gives a reason.
 */

#ifndef JPEG_SCAN_H
#define JPEG_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reasons why RTP cannot carry an image. Negative; 0 is success. `jpeg_error_name` gives the text. */
typedef enum {
	JPEG_ERROR_NOT_JPEG = -1,
	JPEG_ERROR_TRUNCATED = -2,
	JPEG_ERROR_TOO_LONG = -3,
	JPEG_ERROR_MARKER = -4,
	JPEG_ERROR_SEGMENT_LENGTH = -5,
	JPEG_ERROR_NO_SCAN = -6,
	JPEG_ERROR_NO_FRAME_HEADER = -7,
	JPEG_ERROR_TWO_FRAME_HEADERS = -8,
	JPEG_ERROR_EXTENDED = -9,
	JPEG_ERROR_PROGRESSIVE = -10,
	JPEG_ERROR_LOSSLESS = -11,
	JPEG_ERROR_HIERARCHICAL = -12,
	JPEG_ERROR_ARITHMETIC = -13,
	JPEG_ERROR_PRECISION = -14,
	JPEG_ERROR_ZERO_DIMENSIONS = -15,
	JPEG_ERROR_GREYSCALE = -16,
	JPEG_ERROR_FOUR_COMPONENTS = -17,
	JPEG_ERROR_COMPONENT_COUNT = -18,
	JPEG_ERROR_SAMPLING_444 = -19,
	JPEG_ERROR_SAMPLING_440 = -20,
	JPEG_ERROR_SAMPLING_411 = -21,
	JPEG_ERROR_SAMPLING = -22,
	JPEG_ERROR_TABLE_16_BIT = -23,
	JPEG_ERROR_TABLE_ID = -24,
	JPEG_ERROR_TABLE_MISSING = -25,
	JPEG_ERROR_CHROMA_TABLES = -26,
	JPEG_ERROR_HUFFMAN = -27,
	JPEG_ERROR_HUFFMAN_SELECTION = -28,
	JPEG_ERROR_SCAN_COMPONENTS = -29,
	JPEG_ERROR_SCAN_PARAMETERS = -30,
	JPEG_ERROR_EMPTY_SCAN = -31,
	JPEG_ERROR_RESTART_MARKER = -32,
	JPEG_ERROR_DNL = -33,
	JPEG_ERROR_SECOND_SCAN = -34,
	JPEG_ERROR_SECOND_IMAGE = -35,
	JPEG_ERROR_SCAN_MARKER = -36,
} jpeg_error_t;

/** The most negative `jpeg_error_t`. */
#define JPEG_ERROR_LAST JPEG_ERROR_SCAN_MARKER

/** Longest scan in bytes: the last fragment offset must fit 24 bits (RFC 2435 section 3.1.2). */
#define JPEG_SCAN_LENGTH_MAX 0x1000000u

/** Largest width or height in pixels that fits the 8-bit fields of RFC 2435, which count 8-pixel blocks. */
#define JPEG_SCAN_DIMENSION_MAX 2040u

/** A parsed image, for the packetizer. It contains byte offsets into the image and plain numbers, but no pointers, so
 *  it can be kept, copied and compared independently of the image's memory. */
typedef struct {
	uint16_t width;            /**< pixels, 1 to 65535 */
	uint16_t height;           /**< pixels, 1 to 65535 */
	uint8_t sampling;          /**< luma sampling factors as in SOF0: 0x21 (4:2:2) or 0x22 (4:2:0) */
	uint8_t type;              /**< RTP/JPEG Type (RFC 2435 section 4.1): 0 or 1, plus 64 with restart markers */
	uint16_t restart_interval; /**< MCUs between restart markers, 0: none */
	uint32_t scan_offset;      /**< first entropy-coded byte, right after the SOS header */
	uint32_t scan_length;      /**< bytes from there through EOI, without padding after it. 0: not parsed */
	uint32_t table_offset[2];  /**< the 64 bytes (zig-zag order) of the luma and of the chroma quantization table;
	                                 equal if the image has one table for all components */
} jpeg_scan_t;

/** Parses one JPEG image. Reads every header byte once and searches the scan for EOI. Keeps no reference to the image.
 *  @param data the image, untrusted; only `data[0]` to `data[length - 1]` are read. May be NULL when `length` is 0
 *  @param length bytes of the image, including padding after EOI
 *  @param out filled on success, all zero otherwise
 *  @returns 0, or a negative `jpeg_error_t` */
int jpeg_scan_parse(const uint8_t *data, size_t length, jpeg_scan_t *out);

/** Parses the headers of one JPEG image and finds EOI from the end: the scan is not searched. For an image whose source
 *  vouches that it is whole: a driver that checks for EOI, a file that was parsed when it was read. Otherwise as
 *  `jpeg_scan_parse`. Of an image that is not whole, receivers show garbage; nothing else is affected. */
int jpeg_scan_parse_whole(const uint8_t *data, size_t length, jpeg_scan_t *out);

/** @returns the error as short English text for a log: constant, never NULL
 *  @param error from `jpeg_scan_parse`; other values give "unknown error" */
const char *jpeg_error_name(int error);

#endif
