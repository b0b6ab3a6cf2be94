// SPDX-License-Identifier: MIT
/** A receiver's RTCP (RFC 3550 section 6). */

const NAMES = { 200: "SR", 201: "RR", 202: "SDES", 203: "BYE", 204: "APP" };
/** Seconds from 1900 to 1970. */
const NTP_EPOCH = 2208988800;

/** Parses a compound packet.
 *  @returns its packets
 *  @throws {Error} if the version or a length is wrong, or if it does not begin with a report */
export function parseRTCP(compound) {
	const packets = [];
	for (let offset = 0; offset < compound.length;) {
		if (compound.length - offset < 4 || compound[offset] >> 6 !== 2)
			throw new Error(`RTCP: no packet at ${offset}`);
		const count = compound[offset] & 31, name = NAMES[compound[offset + 1]];
		const end = offset + 4 + 4 * compound.readUInt16BE(offset + 2);
		if (!name || end > compound.length)
			throw new Error(
				`RTCP: packet type ${compound[offset + 1]}, ${end - offset} of ${compound.length - offset} bytes`,
			);
		const body = compound.subarray(offset + 4, end);
		const packet = { name, ssrc: body.readUInt32BE(0) };
		if (name === "SR") {
			// the same instant on both clocks
			packet.unixTime = (body.readUInt32BE(4) - NTP_EPOCH) * 1000 + body.readUInt32BE(8) / 2 ** 32 * 1000;
			// how a receiver report names this report (LSR)
			packet.middle = body.readUInt32BE(6);
			packet.timestamp = body.readUInt32BE(12);
			packet.packetCount = body.readUInt32BE(16);
			packet.octetCount = body.readUInt32BE(20);
		}
		else if (name === "SDES" && body[4] === 1)
			packet.cname = body.toString("utf8", 6, 6 + body[5]);
		else if (name === "BYE")
			packet.sources = Array.from({ length: count }, (_value, i) => body.readUInt32BE(4 * i));
		packets.push(packet);
		offset = end;
	}
	if (!packets.length || !["SR", "RR"].includes(packets[0].name))
		throw new Error(`RTCP: compound packet begins with ${packets[0]?.name}`);
	return packets;
}

/** @returns a receiver report with one block that reports no loss, and a CNAME */
export function receiverReport(ssrc, source, sequenceNumber) {
	const packet = Buffer.alloc(32 + 20);
	packet.set([0x81, 201, 0, 7], 0);
	packet.writeUInt32BE(ssrc, 4);
	packet.writeUInt32BE(source, 8);
	packet.writeUInt32BE(sequenceNumber, 16);
	packet.set([0x81, 202, 0, 4], 32);
	packet.writeUInt32BE(ssrc, 36);
	packet.set([1, 7, ...Buffer.from("interop")], 40);
	return packet;
}
