// SPDX-License-Identifier: MIT
/**
 * Writes the compound RTCP packets of senders with one canonical name into memory that the caller owns. One writer
 * serves any number of streams. Allocates only in its constructor.
 */

import { BYE, CNAME, RECEIVER_REPORT, RECEIVER_REPORT_BYTES, SENDER_REPORT, SENDER_REPORT_BYTES, SOURCE_DESCRIPTION,
	VERSION_BITS } from "./rtcp";
import { ntpFraction, ntpSeconds } from "./clock";

const BYE_BYTES = 8;
/** Offset of the SSRC in the SDES packet. */
const DESCRIBED_SSRC = 4;

export class RTCPWriter {
	/** The SDES packet, built once because only its SSRC changes. */
	readonly #description: Uint8Array;

	/** @param cname canonical name, the same for every stream of one source (RFC 3550 section 6.5.1): 1 to 255
	 *  printable ASCII characters */
	constructor(cname: string) {
		this.#description = describeSource(cname);
	}

	/** Bytes that `writeReport` writes. */
	get reportLength(): number {
		return SENDER_REPORT_BYTES + this.#description.byteLength;
	}

	/** Bytes that `writeBye` writes at most. */
	get byeLength(): number {
		return this.reportLength + BYE_BYTES;
	}

	/** Writes SR + SDES(CNAME).
	 *  @param offset where in `target` to begin
	 *  @param ssrc synchronization source identifier, unsigned 32-bit
	 *  @param unixTime wall-clock time of the instant that `timestamp` names, milliseconds since 1970-01-01
	 *  @param timestamp that instant on the RTP clock, unsigned 32-bit
	 *  @param packetCount RTP packets sent since the SSRC began
	 *  @param octetCount payload bytes of these packets, without headers and padding
	 *  @returns byteLength of the compound packet */
	writeReport(
		target: Uint8Array,
		offset: number,
		ssrc: number,
		unixTime: number,
		timestamp: number,
		packetCount: number,
		octetCount: number,
	): number {
		this.demand(target, offset, this.reportLength);
		let position = this.writeSenderReport(target, offset, ssrc, unixTime, timestamp, packetCount, octetCount);
		position = this.writeDescription(target, position, ssrc);
		return position - offset;
	}

	/** Writes SR + SDES(CNAME) + BYE. If nothing has been sent (`packetCount` 0), an empty RR replaces the SR.
	 *  Parameters as for `writeReport`.
	 *  @returns byteLength of the compound packet */
	writeBye(
		target: Uint8Array,
		offset: number,
		ssrc: number,
		unixTime: number,
		timestamp: number,
		packetCount: number,
		octetCount: number,
	): number {
		this.demand(target, offset, this.byeLength);
		let position = packetCount === 0
			? this.writeReceiverReport(target, offset, ssrc)
			: this.writeSenderReport(target, offset, ssrc, unixTime, timestamp, packetCount, octetCount);
		position = this.writeDescription(target, position, ssrc);
		// RFC 3550 section 6.6
		//    0                   1                   2                   3
		//    |V=2|P|  SC = 1 |   PT = BYE    |          length = 1           |
		//    |                             SSRC                              |
		position = writeHeader(target, position, 1, BYE, BYE_BYTES);
		position = writeWord(target, position, ssrc);
		return position - offset;
	}

	private demand(target: Uint8Array, offset: number, byteLength: number): void {
		if (!(offset >= 0 && offset + byteLength <= target.byteLength))
			throw new RangeError("RTCP buffer too small");
	}

	// RFC 3550 section 6.4.1
	//    0                   1                   2                   3
	//    |V=2|P|  RC = 0 |   PT = SR     |          length = 6           |
	//    |                         SSRC of sender                        |
	//    |              NTP timestamp, most significant word             |
	//    |             NTP timestamp, least significant word             |
	//    |                         RTP timestamp                         |
	//    |                     sender's packet count                     |
	//    |                      sender's octet count                     |
	private writeSenderReport(
		target: Uint8Array,
		offset: number,
		ssrc: number,
		unixTime: number,
		timestamp: number,
		packetCount: number,
		octetCount: number,
	): number {
		let position = writeHeader(target, offset, 0, SENDER_REPORT, SENDER_REPORT_BYTES);
		position = writeWord(target, position, ssrc);
		position = writeWord(target, position, ntpSeconds(unixTime));
		position = writeWord(target, position, ntpFraction(unixTime));
		position = writeWord(target, position, timestamp);
		position = writeWord(target, position, packetCount);
		return writeWord(target, position, octetCount);
	}

	// RFC 3550 section 6.4.2
	//    |V=2|P|  RC = 0 |   PT = RR     |          length = 1           |
	//    |                     SSRC of packet sender                     |
	private writeReceiverReport(target: Uint8Array, offset: number, ssrc: number): number {
		const position = writeHeader(target, offset, 0, RECEIVER_REPORT, RECEIVER_REPORT_BYTES);
		return writeWord(target, position, ssrc);
	}

	private writeDescription(target: Uint8Array, offset: number, ssrc: number): number {
		target.set(this.#description, offset);
		writeWord(target, offset + DESCRIBED_SSRC, ssrc);
		return offset + this.#description.byteLength;
	}
}

// RFC 3550 section 6.5
//    |V=2|P|  SC = 1 |  PT = SDES    |            length             |
//    |                              SSRC                             |
//    |   CNAME = 1   |  text length  | text                        ...
//    ... one to four zero bytes end the chunk on a word boundary
function describeSource(cname: string): Uint8Array {
	const length = cname.length;
	if (length < 1 || length > 255)
		throw new RangeError("CNAME must have 1 to 255 characters");
	const byteLength = (10 + length + 4) & ~3;
	const bytes = new Uint8Array(byteLength);
	writeHeader(bytes, 0, 1, SOURCE_DESCRIPTION, byteLength);
	let position = DESCRIBED_SSRC + 4;
	bytes[position++] = CNAME;
	bytes[position++] = length;
	for (let i = 0; i < length; i++) {
		const code = cname.charCodeAt(i);
		if (code < 0x20 || code > 0x7e)
			throw new RangeError("CNAME must be printable ASCII");
		bytes[position++] = code;
	}
	return bytes;
}

function writeHeader(target: Uint8Array, offset: number, count: number, type: number, byteLength: number): number {
	const words = byteLength / 4 - 1;
	target[offset] = VERSION_BITS | count;
	target[offset + 1] = type;
	target[offset + 2] = words >>> 8;
	target[offset + 3] = words;
	return offset + 4;
}

function writeWord(target: Uint8Array, offset: number, value: number): number {
	target[offset] = value >>> 24;
	target[offset + 1] = value >>> 16;
	target[offset + 2] = value >>> 8;
	target[offset + 3] = value;
	return offset + 4;
}
