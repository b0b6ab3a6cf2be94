// SPDX-License-Identifier: MIT
/** Reads the headers of a JPEG file (ITU-T T.81) and writes those that RTP omits (RFC 2435 appendix B). */

/**
 * Parses the first image of a file.
 * @param {Buffer} file
 * @returns {{width: number, height: number, components: {id: number, sampling: number, table: number}[],
 * restartInterval: number,
 *   tables: [Buffer, Buffer], scan: Buffer, trailing: Buffer}} tables of luma and chroma in zig-zag order; the scan
 *   including EOI; the bytes after EOI
 */
export function parseJPEG(file) {
	const fail = message => {
		throw new Error(`JPEG: ${message}`);
	};
	if (file.length < 4 || file.readUInt16BE(0) !== 0xffd8)
		fail("no SOI");
	const quantization = new Map();
	let offset = 2, frame, restartInterval = 0;
	for (;;) {
		if (file[offset] !== 0xff)
			fail(`no marker at ${offset}`);
		const marker = file[offset + 1], length = file.readUInt16BE(offset + 2);
		const body = file.subarray(offset + 4, offset + 2 + length);
		offset += 2 + length;
		if (marker === 0xdb) {
			for (let at = 0; at < body.length; at += 65) {
				if (body[at] >> 4)
					fail("16-bit quantization table");
				quantization.set(body[at] & 15, body.subarray(at + 1, at + 65));
			}
		}
		else if (marker === 0xdd)
			restartInterval = body.readUInt16BE(0);
		else if (marker === 0xc0) {
			frame = { height: body.readUInt16BE(1), width: body.readUInt16BE(3), components: [] };
			for (let at = 6; at < body.length; at += 3)
				frame.components.push({ id: body[at], sampling: body[at + 1], table: body[at + 2] });
		}
		else if (marker > 0xc0 && marker <= 0xcf && marker !== 0xc4)
			fail(`SOF marker ${marker.toString(16)}`);
		else if (marker === 0xda)
			break;
	}
	if (!frame)
		fail("no SOF0");
	const tables = [0, 1].map(component =>
		quantization.get(frame.components[component].table) ?? fail("quantization table missing")
	);
	const end = file.indexOf(Buffer.from([0xff, 0xd9]), offset);
	if (end < 0)
		fail("no EOI");
	return { ...frame, restartInterval, tables, scan: file.subarray(offset, end + 2),
		trailing: file.subarray(end + 2) };
}

/** Splits concatenated JPEG files.
 *  @returns {Buffer[]} each file up to its EOI; bytes between EOI and the next SOI are dropped */
export function splitJPEG(files) {
	const all = [];
	while (files.length) {
		const { trailing } = parseJPEG(files);
		all.push(files.subarray(0, files.length - trailing.length));
		const begin = trailing.indexOf(Buffer.from([0xff, 0xd8]));
		files = trailing.subarray(begin < 0 ? trailing.length : begin);
	}
	return all;
}

/* The Huffman tables of Annex K.3: the number of codes of each length from 1 to 16, then the values. */
const AC_LUMA = "0002010303020403050504040000017d"
	+ "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a252627282"
	+ "92a3435363738393a43444546"
	+ "4748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a"
	+ "5a6a7a8a9aab2b3b4b5b6b7b8"
	+ "b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa";
const AC_CHROMA = "00020102040403040705040400010277"
	+ "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262"
	+ "728292a35363738393a434445"
	+ "464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a"
	+ "3a4a5a6a7a8a9aab2b3b4b5b6"
	+ "b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa";
const HUFFMAN = [
	[0x00, "00010501010101010100000000000000" + "000102030405060708090a0b"],
	[0x10, AC_LUMA],
	[0x01, "00030101010101010101010000000000" + "000102030405060708090a0b"],
	[0x11, AC_CHROMA],
];

/** Makes a JPEG file from a received frame, like a receiver of RFC 2435. Width and height are those of the RTP/JPEG
 *  header, multiples of 8. */
export function buildJPEG({ type, width, height, restartInterval, tables, scan }) {
	const segment = (marker, ...bytes) => {
		const body = Buffer.concat(bytes.map(part => Buffer.from(part)));
		const head = Buffer.from([0xff, marker, 0, 0]);
		head.writeUInt16BE(body.length + 2, 2);
		return Buffer.concat([head, body]);
	};
	const luma = (type & 0x3f) === 0 ? 0x21 : 0x22;
	return Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		segment(0xdb, [0], tables[0], [1], tables[1]),
		...(restartInterval ? [segment(0xdd, [restartInterval >> 8, restartInterval & 255])] : []),
		segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 3, 1, luma, 0, 2, 0x11, 1, 3, 0x11, 1]),
		...HUFFMAN.map(([id, hex]) => segment(0xc4, [id], Buffer.from(hex, "hex"))),
		segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]),
		scan,
	]);
}
