// SPDX-License-Identifier: MIT
import type { Frame } from "../common/frame";
import type Scan from "./scan";

export interface FragmenterOptions {
	/** Synchronisation source, random (RFC 3550 section 8): 0 to 2^32 - 1. */
	ssrc: number;
	/** Sequence number of the first packet, random: 0 to 65535. */
	sequenceNumber: number;
	/** Interleaved channel, 0 to 255 (RFC 2326 section 10.12). Absent: RTP alone, without `$` framing. */
	channel?: number;
	/** 0 to 127; 26 (JPEG, RFC 3551) unless given. */
	payloadType?: number;
}

/** Bytes in native memory, as `write` of the ECMA-419 sockets accepts them. No ArrayBuffer: it has neither length nor
 *  methods. */
export interface HostBuffer {
	readonly fragmenter: Fragmenter;
}

/**
 * The RTP packets of one subscriber (RFC 2435), one after another, written in place into the frame: each is a
 * contiguous piece of the frame's memory, so `write(fragmenter.packet)` copies nothing on our side.
 *
 * ```ts
 * fragmenter.begin(timestamp);
 * while (fragmenter.inProgress && (credit >= 256 + 4)) {
 * 	fragmenter.next(frame, scan, Math.min(limit, credit - 4));
 * 	credit = socket.write(fragmenter.packet);
 * }
 * fragmenter.restore(frame);
 * ```
 *
 * While a packet is out, the bytes in front of it in the frame are its headers. `next` puts back those of the packet
 * before, `restore` those of the last: call it before anybody else reads or sends the frame, before the frame is
 * closed, and when `write` throws. No frame memory is kept from one call to the next. Nothing but the constructor
 * allocates.
 */
export default class Fragmenter extends Native("xs_fragmenter_destructor") {
	/** The packet that `next` made; empty before, after `restore` and when the frame is finished. Always the same
	 *  object. */
	declare readonly packet: HostBuffer;

	/** @throws TypeError for an option that is missing or no number, RangeError for one out of range or no integer */
	constructor(options: FragmenterOptions) {
		super();
		native("xs_fragmenter_constructor").call(this, options);
	}

	/** Begins a frame. What was left of the frame before is never sent.
	 *  @param timestamp RTP timestamp, 90 kHz, unsigned 32-bit
	 *  @throws RangeError for another timestamp, or when the last frame was not restored */
	begin(timestamp: number): void {
		native("xs_fragmenter_begin").call(this, timestamp);
	}

	/** Makes the next packet, in `packet`.
	 *  @param frame the same one for all packets between two `begin`; its memory must be native (a host buffer), not
	 *  JavaScript's
	 *  @param scan has parsed this frame
	 *  @param limit the largest packet, 256 to 64000 bytes, RTP header included, the 4 bytes of `$` framing *not*
	 *  included; may
	 *    differ from call to call
	 *  @returns bytes of the packet with its `$` framing, or 0 when the frame is finished
	 *  @throws RangeError when the arguments don't fit together, TypeError for a wrong type; `packet` is empty then */
	next(frame: Frame, scan: Scan, limit: number): number {
		return native("xs_fragmenter_next").call(this, frame, scan, limit);
	}

	/** Puts the frame's own bytes back and empties `packet`. Harmless when there is nothing to put back.
	 *  @throws RangeError when the bytes cannot be this frame's: it is closed or shorter */
	restore(frame: Frame): void {
		native("xs_fragmenter_restore").call(this, frame);
	}

	/** Sequence number of the next packet, 0 to 65535. */
	get sequenceNumber(): number {
		return native("xs_fragmenter_get_sequenceNumber").call(this);
	}
	/** As given. */
	get ssrc(): number {
		return native("xs_fragmenter_get_ssrc").call(this);
	}
	/** Packets made, unsigned 32-bit, wrapping: the sender's packet count of RTCP SR (RFC 3550 section 6.4.1). */
	get packetCount(): number {
		return native("xs_fragmenter_get_packetCount").call(this);
	}
	/** Payload octets made, unsigned 32-bit, wrapping: the sender's octet count of RTCP SR. JPEG headers count, RTP
	 *  headers don't. */
	get octetCount(): number {
		return native("xs_fragmenter_get_octetCount").call(this);
	}
	/** Octets of scan that had to be copied, for images whose headers are too short to be written over: unsigned
	 *  32-bit, wrapping. */
	get copiedOctets(): number {
		return native("xs_fragmenter_get_copiedOctets").call(this);
	}
	/** Whether a packet of the frame has been made. */
	get begun(): boolean {
		return native("xs_fragmenter_get_begun").call(this);
	}
	/** Whether the frame has packets left to make. */
	get inProgress(): boolean {
		return native("xs_fragmenter_get_inProgress").call(this);
	}
}
