// SPDX-License-Identifier: MIT
/**
 * Parses the compound RTCP packets of receivers. The bytes come from the network and are not trusted: a packet is
 * checked to its end before anything in it is reported. One parser serves any number of streams. Allocates nothing
 * after construction.
 */

import { BYE, RECEIVER_REPORT, RECEIVER_REPORT_BYTES, SENDER_REPORT, SENDER_REPORT_BYTES } from "./rtcp";

/** A report block (RFC 3550 section 6.4.1): one receiver's report about one source. */
export interface ReportBlock {
	/** SSRC of the receiver that reports. */
	readonly reporter: number;
	/** SSRC of the source it reports on. */
	readonly ssrc: number;
	/** Fraction lost since the previous report, in 1/256. */
	readonly fractionLost: number;
	/** Packets lost since the beginning; signed, because duplicates can make it negative. */
	readonly cumulativeLost: number;
	/** Extended highest sequence number received: 16 bits of cycles, 16 of sequence number. */
	readonly highestSequenceNumber: number;
	/** Interarrival jitter, in units of the RTP clock. */
	readonly jitter: number;
	/** LSR: the middle 32 bits of the last SR's NTP timestamp; 0 if none has arrived. */
	readonly lastSR: number;
	/** DLSR: delay since that SR, in units of 2^-16 s. */
	readonly delaySinceLastSR: number;
}

/** Receives what a packet reports. */
export interface RTCPListener {
	/** @param block reused for every block: valid only during the call */
	onReport(block: ReportBlock): void;
	/** @param ssrc a source that has left */
	onBye(ssrc: number): void;
}

const REPORT_BLOCK_BYTES = 24;

export class RTCPParser {
	readonly #block = {
		reporter: 0,
		ssrc: 0,
		fractionLost: 0,
		cumulativeLost: 0,
		highestSequenceNumber: 0,
		jitter: 0,
		lastSR: 0,
		delaySinceLastSR: 0,
	};

	/** Reports every block and BYE of one compound packet, in order. Other packet types (SDES, APP, feedback) are
	 *  skipped. Reduced-size packets, which do not begin with a report (RFC 5506), are accepted.
	 *  @returns false if the packet is malformed; nothing in it is reported then */
	parse(bytes: Uint8Array, listener: RTCPListener): boolean {
		if (!isCompound(bytes))
			return false;
		let offset = 0;
		while (offset < bytes.byteLength) {
			const count = bytes[offset]! & 0x1f;
			switch (bytes[offset + 1]) {
				case SENDER_REPORT:
					this.readBlocks(bytes, offset, SENDER_REPORT_BYTES, count, listener);
					break;
				case RECEIVER_REPORT:
					this.readBlocks(bytes, offset, RECEIVER_REPORT_BYTES, count, listener);
					break;
				case BYE:
					for (let i = 0; i < count; i++)
						listener.onBye(readWord(bytes, offset + 4 + i * 4));
					break;
			}
			offset += packetLength(bytes, offset);
		}
		return true;
	}

	// RFC 3550 section 6.4.1
	//    0                   1                   2                   3
	//    |                 SSRC of the reported source                   |
	//    | fraction lost |       cumulative number of packets lost       |
	//    |           extended highest sequence number received           |
	//    |                      interarrival jitter                      |
	//    |                         last SR (LSR)                         |
	//    |                   delay since last SR (DLSR)                  |
	private readBlocks(
		bytes: Uint8Array,
		packet: number,
		headLength: number,
		count: number,
		listener: RTCPListener,
	): void {
		const block = this.#block;
		for (let i = 0; i < count; i++) {
			const offset = packet + headLength + i * REPORT_BLOCK_BYTES;
			const lost = readWord(bytes, offset + 4) % 0x1000000;
			block.reporter = readWord(bytes, packet + 4);
			block.ssrc = readWord(bytes, offset);
			block.fractionLost = bytes[offset + 4]!;
			// signed 24-bit
			block.cumulativeLost = lost < 0x800000 ? lost : lost - 0x1000000;
			block.highestSequenceNumber = readWord(bytes, offset + 8);
			block.jitter = readWord(bytes, offset + 12);
			block.lastSR = readWord(bytes, offset + 16);
			block.delaySinceLastSR = readWord(bytes, offset + 20);
			listener.onReport(block);
		}
	}
}

/** Checks the headers as in RFC 3550 appendix A.2, and that every packet is long enough for its count. */
function isCompound(bytes: Uint8Array): boolean {
	const byteLength = bytes.byteLength;
	let offset = 0;
	while (offset < byteLength) {
		if (offset + 4 > byteLength)
			return false;
		const first = bytes[offset]!;
		const length = packetLength(bytes, offset);
		if (first >> 6 !== 2 || offset + length > byteLength)
			return false;
		let padding = 0;
		if (first & 0x20) {
			// only the last packet of a compound may be padded; the count includes itself
			padding = bytes[offset + length - 1]!;
			if (offset + length !== byteLength || padding === 0 || padding % 4 !== 0)
				return false;
		}
		if (shortestLength(bytes[offset + 1]!, first & 0x1f) + padding > length)
			return false;
		offset += length;
	}
	return offset > 0;
}

function shortestLength(type: number, count: number): number {
	switch (type) {
		case SENDER_REPORT:
			return SENDER_REPORT_BYTES + count * REPORT_BLOCK_BYTES;
		case RECEIVER_REPORT:
			return RECEIVER_REPORT_BYTES + count * REPORT_BLOCK_BYTES;
		case BYE:
			return 4 + count * 4;
		default:
			return 4;
	}
}

function packetLength(bytes: Uint8Array, offset: number): number {
	return ((bytes[offset + 2]! << 8 | bytes[offset + 3]!) + 1) * 4;
}

/** Reads an unsigned 32-bit word. Shifting the first byte left would reach the sign bit. */
function readWord(bytes: Uint8Array, offset: number): number {
	return bytes[offset]! * 0x1000000 + (bytes[offset + 1]! << 16 | bytes[offset + 2]! << 8 | bytes[offset + 3]!);
}
