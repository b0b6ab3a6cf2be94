// SPDX-License-Identifier: MIT
import type { Frame } from "../common/frame";
import type Scan from "./scan";

export interface FragmenterOptions {
	/** SSRC, random (RFC 3550 section 8): 0 to 2^32 - 1. */
	ssrc: number;
	/** Sequence number of the first packet, random: 0 to 65535. */
	sequenceNumber: number;
	/** Interleaved channel, 0 to 255 (RFC 2326 section 10.12). Without it, packets have no `$` framing. */
	channel?: number;
	/** Payload type, 0 to 127. Default: 26 (JPEG, RFC 3551). */
	payloadType?: number;
}

/** Bytes in native memory, as `write` of the ECMA-419 sockets accepts them. Not an ArrayBuffer: it has neither length
 *  nor methods. */
export interface HostBuffer {
	readonly fragmenter: Fragmenter;
}

/**
 * Makes the RTP packets of one subscriber (RFC 2435), one after another, in place in the frame. Each packet is a
 * contiguous piece of the frame's memory, so `write(fragmenter.packet)` copies nothing on this side.
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
 * While a packet is in the frame, its headers overwrite the bytes before its payload. `next` restores those of the
 * previous packet, `restore` those of the last one. Call `restore` before any other code reads or sends the frame,
 * before the frame is closed, and when `write` throws. The object keeps no frame memory between calls. Only the
 * constructor allocates.
 */
export default class Fragmenter extends Native("xs_fragmenter_destructor") {
	/** The packet that `next` made; empty before the first one, after `restore`, and when the frame is finished. Always
	 *  the same object. */
	declare readonly packet: HostBuffer;

	/** @throws TypeError for an option that is missing or not a number, RangeError for one that is out of range or not
	 *  an integer */
	constructor(options: FragmenterOptions) {
		super();
		native("xs_fragmenter_constructor").call(this, options);
	}

	/** Begins a frame. The rest of an unfinished previous frame is not sent.
	 *  @param timestamp RTP timestamp, 90 kHz, unsigned 32-bit
	 *  @throws RangeError for an invalid timestamp, or if the last frame was not restored */
	begin(timestamp: number): void {
		native("xs_fragmenter_begin").call(this, timestamp);
	}

	/** Makes the next packet, in `packet`.
	 *  @param frame the same in each call for one frame; its memory must be native (a host buffer), not JavaScript's
	 *  @param scan must have parsed this frame
	 *  @param limit maximum packet size, 256 to 64000 bytes with RTP header, but *without* the 4 bytes of `$` framing;
	 *  may differ from call to call
	 *  @returns bytes of the packet with its `$` framing, or 0 when the frame is finished
	 *  @throws RangeError for inconsistent arguments, TypeError for a wrong type; `packet` is empty then */
	next(frame: Frame, scan: Scan, limit: number): number {
		return native("xs_fragmenter_next").call(this, frame, scan, limit);
	}

	/** Restores the frame's own bytes and empties `packet`. No effect if there is nothing to restore.
	 *  @throws RangeError if the bytes cannot be this frame's: it is closed or shorter */
	restore(frame: Frame): void {
		native("xs_fragmenter_restore").call(this, frame);
	}

	/** Sequence number of the next packet, 0 to 65535. */
	get sequenceNumber(): number {
		return native("xs_fragmenter_get_sequenceNumber").call(this);
	}
	/** The SSRC from the options. */
	get ssrc(): number {
		return native("xs_fragmenter_get_ssrc").call(this);
	}
	/** Packets made, unsigned 32-bit, wrapping: the sender's packet count of RTCP SR (RFC 3550 section 6.4.1). */
	get packetCount(): number {
		return native("xs_fragmenter_get_packetCount").call(this);
	}
	/** Payload octets made, unsigned 32-bit, wrapping: the sender's octet count of RTCP SR. JPEG headers count, RTP
	 *  headers do not. */
	get octetCount(): number {
		return native("xs_fragmenter_get_octetCount").call(this);
	}
	/** Scan octets that were copied because the image's headers are too short to be overwritten, unsigned 32-bit,
	 *  wrapping. */
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
