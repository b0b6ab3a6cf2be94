// SPDX-License-Identifier: MIT
/**
 * What all subscribers of a server share for RTCP: parser, writer, clock, and the memory that sender reports are
 * written into. A sink sends or drops a report at once, so one piece of memory serves all.
 */

import { RTCPParser } from "../rtp/rtcpparser";
import { RTCPWriter } from "../rtp/rtcpwriter";

/** Bytes of `$`, channel and length, in front of an interleaved packet (RFC 2326 section 10.12). */
export const FRAMING = 4;

export class Control {
	readonly parser = new RTCPParser();
	readonly writer: RTCPWriter;
	/** Wall-clock time of an instant on the hub's clock: milliseconds since 1970. */
	readonly unixTime: (now: number) => number;
	readonly #framed: Uint8Array;
	readonly #plain: Uint8Array;

	/** @param cname RTCP canonical name */
	constructor(cname: string, unixTime: (now: number) => number) {
		this.writer = new RTCPWriter(cname);
		this.unixTime = unixTime;
		this.#framed = new Uint8Array(FRAMING + this.writer.reportLength);
		this.#plain = new Uint8Array(this.writer.reportLength);
	}

	/** Memory for a sender report, until the next call.
	 *  @param framing bytes in front of it: 0 or FRAMING */
	reportMemory(framing: number): Uint8Array {
		return framing === 0 ? this.#plain : this.#framed;
	}
}
