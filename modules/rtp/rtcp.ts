// SPDX-License-Identifier: MIT
/**
 * Constants of the RTCP writer and parser (RFC 3550 sections 6 and 12.1).
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |V=2|P|  count  |  packet type  |  length in words, minus one   |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const SENDER_REPORT = 200;
export const RECEIVER_REPORT = 201;
export const SOURCE_DESCRIPTION = 202;
export const BYE = 203;

/** Bytes of a sender report and a receiver report without report blocks, header included (RFC 3550 sections 6.4.1 and
 *  6.4.2). */
export const SENDER_REPORT_BYTES = 28;
export const RECEIVER_REPORT_BYTES = 8;

/** Version 2 without padding, as in the first byte. */
export const VERSION_BITS = 0x80;

/** SDES item type of the canonical name (RFC 3550 section 6.5.1). */
export const CNAME = 1;
