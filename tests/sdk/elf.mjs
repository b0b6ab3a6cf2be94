// SPDX-License-Identifier: MIT
/** Reads the sections of an ELF file that its sizes depend on. 32-bit, little endian: ESP32 and ESP32-S3. */

const HEADER = 52;
const NOBITS = 8, ALLOC = 2;

/** @param bytes Buffer
 *  @returns [{name, address, size, loaded}] of the sections that take memory; loaded: the image has their contents
 *  @throws {Error} if the file is of another format */
export function readSections(bytes) {
	if (bytes.length < HEADER || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 1 || bytes[5] !== 1)
		throw new Error("not a 32-bit little-endian ELF file");
	const table = bytes.readUInt32LE(32), size = bytes.readUInt16LE(46), count = bytes.readUInt16LE(48),
		names = bytes.readUInt16LE(50);
	const at = index => table + index * size;
	const strings = bytes.readUInt32LE(at(names) + 16);
	const sections = [];
	for (let index = 0; index < count; index++) {
		const [name, type, flags, address, , length] = Array.from({ length: 6 }, (_, field) =>
			bytes.readUInt32LE(at(index) + field * 4));
		if (flags & ALLOC && length)
			sections.push({ name: bytes.toString("latin1", strings + name, bytes.indexOf(0, strings + name)), address,
				size: length, loaded: type !== NOBITS });
	}
	return sections;
}
