// SPDX-License-Identifier: MIT
/**
 * Checks every packet that the server sends (RFC 3550, RFC 2435): sequence numbers and fragments are contiguous, sender
 * reports count the sent packets, nothing follows BYE.
 */

import { SCANS } from "./fakecamera";
import { GROUP, OWN_PORT } from "./messages";
import type { World } from "./world";

const RTP = 12, JPEG = 8, TABLES = 132, SENDER_REPORT = 200, RECEIVER_REPORT = 201, BYE = 203, PAYLOAD_TYPE = 26;

interface Stream {
	sequenceNumber: number;
	timestamp: number;
	/** Offset of the next fragment; 0 at the beginning of a frame. */
	offset: number;
	packets: number;
	ended: boolean;
	/** Timestamp of the next packet that PLAY has announced. */
	announced: number | undefined;
}

export class Streams {
	/** Number of RTP payload octets, and of frames whose last packet was sent. */
	octets = 0;
	frames = 0;
	packets = 0;
	reports = 0;
	byes = 0;
	/** Number of streams that began with the announced timestamp, and of those that began later because their first
	 *  frame was skipped or abandoned. */
	punctual = 0;
	late = 0;
	/** SSRCs of sessions by id, and ids whose SSRC is uncertain, because the answer to a second SETUP may never be
	 *  read. */
	readonly sessions = new Map<string, number>();
	readonly unsure = new Set<string>();
	readonly #world: World;
	readonly #streams = new Map<number, Stream>();

	constructor(world: World) {
		this.#world = world;
	}

	/** Forgets all streams after all clients have left. */
	forget(): void {
		this.#streams.clear();
		this.sessions.clear();
		this.unsure.clear();
	}

	/** Checks and notes the next packet that PLAY announces for a session. */
	announced(id: string, sequenceNumber: number | undefined, timestamp: number | undefined): void {
		const ssrc = this.sessions.get(id);
		if (ssrc === undefined || this.unsure.has(id) || sequenceNumber === undefined)
			return;
		const stream = this.#find(ssrc, sequenceNumber);
		if (stream.sequenceNumber !== sequenceNumber)
			this.#world.fail(
				`PLAY announces packet ${sequenceNumber} of ${ssrc.toString(16)}, not ${stream.sequenceNumber}`,
			);
		stream.announced = timestamp;
	}

	datagram(bytes: Uint8Array, address: string, port: number): void {
		if (!(address.startsWith("192.0.2.") || address === GROUP) || port === OWN_PORT || port === OWN_PORT + 1)
			this.#world.fail(`a datagram to ${address}:${port}`);
		this.packet(bytes, 0);
	}

	/** Checks the packet that begins at `offset`. */
	packet(bytes: Uint8Array, offset: number): void {
		const type = bytes[offset + 1]!;
		if (bytes.byteLength < offset + 8 || bytes[offset]! >> 6 !== 2)
			this.#world.fail(`not a packet: ${bytes.slice(offset, offset + 12).join(" ")}`);
		else if (type >= SENDER_REPORT && type <= 207)
			this.#control(bytes, offset);
		else
			this.#media(bytes, offset);
	}

	#media(bytes: Uint8Array, begin: number): void {
		const marker = bytes[begin + 1]! >> 7 === 1;
		const sequenceNumber = (bytes[begin + 2]! << 8) | bytes[begin + 3]!, timestamp = word(bytes, begin + 4),
			ssrc = word(bytes, begin + 8);
		const offset = word(bytes, begin + RTP) & 0xffffff;
		const payload = begin + RTP + JPEG + (offset === 0 ? TABLES : 0), length = bytes.byteLength - payload;
		const stream = this.#find(ssrc, sequenceNumber);
		this.octets += bytes.byteLength - begin - RTP;
		this.packets += 1;
		this.frames += marker ? 1 : 0;
		stream.packets += 1;
		let wrong: string | undefined;
		if ((bytes[begin + 1]! & 0x7f) !== PAYLOAD_TYPE || length <= 0)
			wrong = "is not RTP/JPEG";
		else if (stream.ended)
			wrong = "arrives after BYE";
		else if (sequenceNumber !== stream.sequenceNumber)
			wrong = `arrives instead of ${stream.sequenceNumber}`;
		else if (stream.announced !== undefined && ((timestamp - stream.announced) >>> 0) >= 0x80000000)
			wrong = `has timestamp ${timestamp}, PLAY has announced ${stream.announced}`;
		else if (offset !== 0 && (offset !== stream.offset || timestamp !== stream.timestamp))
			wrong = `has offset ${offset} and timestamp ${timestamp}, not ${stream.offset} and ${stream.timestamp}`;
		else if (offset === 0 && stream.packets > 1 && timestamp === stream.timestamp)
			wrong = "begins a frame with the timestamp of the previous one";
		else
			wrong = judgeScan(bytes, payload, offset, marker);
		if (wrong !== undefined)
			this.#world.fail(`packet ${sequenceNumber} of ${ssrc.toString(16)} ${wrong}`);
		stream.sequenceNumber = (sequenceNumber + 1) & 0xffff;
		stream.timestamp = timestamp;
		if (stream.announced !== undefined)
			this[stream.announced === timestamp ? "punctual" : "late"] += 1;
		stream.announced = undefined;
		stream.offset = marker ? 0 : offset + length;
	}

	#find(ssrc: number, sequenceNumber: number): Stream {
		let stream = this.#streams.get(ssrc);
		if (stream === undefined) {
			stream = { sequenceNumber, timestamp: -1, offset: 0, packets: 0, ended: false, announced: undefined };
			this.#streams.set(ssrc, stream);
		}
		return stream;
	}

	#control(bytes: Uint8Array, begin: number): void {
		const ssrc = word(bytes, begin + 4);
		this.reports += 1;
		let offset = begin;
		for (; offset + 4 <= bytes.byteLength; offset += (((bytes[offset + 2]! << 8) | bytes[offset + 3]!) + 1) * 4) {
			const type = bytes[offset + 1]!, stream = this.#streams.get(ssrc);
			if (type === SENDER_REPORT && word(bytes, offset + 20) !== (stream?.packets ?? 0))
				this.#world.fail(
					`a report of ${ssrc.toString(16)} counts ${word(bytes, offset + 20)} packets, not `
						+ (stream?.packets ?? 0),
				);
			if (type === BYE) {
				this.byes += 1;
				if (stream?.ended)
					this.#world.fail(`${ssrc.toString(16)} has sent BYE before`);
				if (stream)
					stream.ended = true;
			}
		}
		if ((bytes[begin + 1] !== SENDER_REPORT && bytes[begin + 1] !== RECEIVER_REPORT) || offset !== bytes.byteLength)
			this.#world.fail(`not a compound packet: ${bytes.slice(begin).join(" ")}`);
	}
}

/** Checks a fragment of a scan, whose bytes depend on their offset (smalljpeg.ts).
 *  @returns the fault, or undefined */
function judgeScan(bytes: Uint8Array, begin: number, offset: number, marker: boolean): string | undefined {
	const end = bytes.byteLength, last = offset + end - begin;
	const scanEnd = marker ? end - 2 : Math.min(end, begin + Math.max(...SCANS) - offset);
	if (marker && !SCANS.includes(last - 2))
		return `ends a frame of ${last} bytes`;
	if (marker && scanEnd >= begin && (bytes[end - 2] !== 0xff || bytes[end - 1] !== 0xd9))
		return "ends a frame without EOI";
	for (const at of [begin, (begin + scanEnd) >> 1, scanEnd - 1]) {
		// a packet may end with the first byte of EOI
		if (at >= begin && at < scanEnd && bytes[at] !== ((offset + at - begin) & 0x7f)
			&& !SCANS.includes(offset + at - begin))
			return `has ${bytes[at]} at offset ${offset + at - begin} of the scan`;
	}
	return undefined;
}

export function word(bytes: Uint8Array, offset: number): number {
	return ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
}
