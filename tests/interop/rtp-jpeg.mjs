// SPDX-License-Identifier: MIT
/** A strict receiver of RTP/JPEG, written from the RFCs (RFC 3550 section 5.1, RFC 2435 section 3). */

/** Restart count of a server that sends whole frames: F and L set, count 0x3FFF. */
const WHOLE_FRAME = 0xffff;

/**
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                           timestamp                           |
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |                             SSRC                              |
 *  +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 */
export function parseRTP(packet) {
	return {
		version: packet[0] >> 6,
		padding: (packet[0] & 0x20) !== 0,
		extension: (packet[0] & 0x10) !== 0,
		sources: packet[0] & 15,
		marker: (packet[1] & 0x80) !== 0,
		payloadType: packet[1] & 0x7f,
		sequenceNumber: packet.readUInt16BE(2),
		timestamp: packet.readUInt32BE(4),
		ssrc: packet.readUInt32BE(8),
		payload: packet.subarray(12),
	};
}

/** Parses the payload after the RTP header. */
export function parsePayload(payload) {
	const result = {
		typeSpecific: payload[0],
		offset: payload.readUIntBE(1, 3),
		type: payload[4],
		q: payload[5],
		width: payload[6] * 8,
		height: payload[7] * 8,
		restartInterval: 0,
		restart: undefined,
		tables: undefined,
	};
	let at = 8;
	if (result.type >= 64 && result.type < 128) {
		result.restartInterval = payload.readUInt16BE(at);
		result.restart = payload.readUInt16BE(at + 2);
		at += 4;
	}
	if (result.q >= 128 && result.offset === 0) {
		const length = payload.readUInt16BE(at + 2);
		result.tables = { zero: payload[at], precision: payload[at + 1],
			data: payload.subarray(at + 4, at + 4 + length) };
		at += 4 + length;
	}
	result.data = payload.subarray(at);
	return result;
}

/** Assembles frames from packets. Violations of the RFCs go to `problems`; lost packets are only counted. */
export class Depacketizer {
	/** Violations, as text. */
	problems = [];
	/** Number of missing packets, by gaps in the sequence numbers. */
	lost = 0;
	/** Number of frames without a marker bit or with missing packets. */
	incomplete = 0;
	packetCount = 0;
	/** Payload octets, as a sender report counts them. */
	octetCount = 0;
	largest = 0;
	first;
	#ssrc;
	#onFrame;
	#next;
	#timestamp;
	#frame;
	#finished = true;

	/** @param {number} options.ssrc SSRC from the Transport header
	 *  @param {(frame) => void} options.onFrame receives each complete frame: {timestamp, type, q, width, height,
	 *  restartInterval, tables, scan, packets, sequenceNumber} */
	constructor({ ssrc, onFrame }) {
		this.#ssrc = ssrc;
		this.#onFrame = onFrame;
	}

	push(packet) {
		if (packet.length < 20) {
			this.#problem(`packet of ${packet.length} bytes`);
			return;
		}
		const rtp = parseRTP(packet), { sequenceNumber, timestamp, marker } = rtp;
		this.first ??= { sequenceNumber, timestamp };
		this.packetCount++;
		this.octetCount += rtp.payload.length;
		this.largest = Math.max(this.largest, packet.length);
		const expect = (actual, expected, what) => {
			if (actual !== expected)
				this.#problem(`packet ${sequenceNumber}: ${what} is ${actual}, not ${expected}`);
		};
		expect(rtp.version, 2, "version");
		expect(rtp.padding, false, "padding");
		expect(rtp.extension, false, "extension");
		expect(rtp.sources, 0, "CSRC count");
		expect(rtp.payloadType, 26, "payload type");
		expect(rtp.ssrc, this.#ssrc, "SSRC");

		const gap = this.#next === undefined ? 0 : (sequenceNumber - this.#next) & 0xffff;
		this.#next = (sequenceNumber + 1) & 0xffff;
		if (gap) {
			this.lost += gap;
			if (gap >= 0x8000)
				this.#problem(`packet ${sequenceNumber}: out of order`);
		}
		const jpeg = parsePayload(rtp.payload);
		expect(jpeg.typeSpecific, 0, "Type-specific");
		expect(jpeg.q, 255, "Q");
		if (jpeg.restart !== undefined)
			expect(jpeg.restart, WHOLE_FRAME, "restart count");
		if (timestamp !== this.#timestamp) {
			if (!this.#finished)
				this.incomplete++;
			this.#begin(timestamp, sequenceNumber, jpeg, gap, expect);
		}
		else if (this.#finished)
			this.#problem(`packet ${sequenceNumber}: the previous frame's timestamp after its marker`);
		this.#append(jpeg, marker, gap, expect);
	}

	#begin(timestamp, sequenceNumber, jpeg, gap, expect) {
		// the clock of a live stream never runs backwards
		if (this.#timestamp !== undefined && ((timestamp - this.#timestamp) >>> 0) >= 0x80000000)
			this.#problem(`packet ${sequenceNumber}: timestamp ${timestamp} after ${this.#timestamp}`);
		this.#timestamp = timestamp;
		this.#finished = false;
		this.#frame = undefined;
		if (!jpeg.tables) {
			if (!gap)
				this.#problem(`packet ${sequenceNumber}: a frame begins at fragment offset ${jpeg.offset}`);
			return;
		}
		expect(jpeg.tables.zero, 0, "MBZ");
		expect(jpeg.tables.precision, 0, "table precision");
		expect(jpeg.tables.data.length, 128, "table length");
		const { type, q, width, height, restartInterval } = jpeg;
		this.#frame = {
			timestamp,
			sequenceNumber,
			type,
			q,
			width,
			height,
			restartInterval,
			tables: [Buffer.from(jpeg.tables.data.subarray(0, 64)), Buffer.from(jpeg.tables.data.subarray(64, 128))],
			parts: [],
			length: 0,
			packets: 0,
		};
	}

	#append(jpeg, marker, gap, expect) {
		const frame = this.#frame;
		if (frame && gap && frame.packets)
			this.#frame = undefined;
		else if (frame) {
			for (const key of ["type", "q", "width", "height", "restartInterval"])
				expect(jpeg[key], frame[key], key);
			expect(jpeg.offset, frame.length, "fragment offset");
			expect(jpeg.data.length > 0, true, "presence of data");
			frame.parts.push(Buffer.from(jpeg.data));
			frame.length += jpeg.data.length;
			frame.packets++;
		}
		if (!marker)
			return;
		this.#finished = true;
		if (!this.#frame) {
			this.incomplete++;
			return;
		}
		this.#frame = undefined;
		const { parts, length: _length, ...rest } = frame;
		this.#onFrame({ ...rest, scan: Buffer.concat(parts) });
	}

	#problem(text) {
		if (this.problems.length < 20)
			this.problems.push(text);
	}
}
