// SPDX-License-Identifier: MIT
/** Makes the files that sizes are read from: an ELF file with sections only, and the beginning of a linker map. */

const HEADER = 52, ENTRY = 40;
const PROGBITS = 1, STRTAB = 3, NOBITS = 8, ALLOC = 2;

/** @param sections [[name, address, size, loaded, takes memory]] */
export function makeElf(sections) {
	const all = [["", 0, 0, 0, 0], ...sections.map((
		[name, address, size, loaded = true, allocated = true],
	) => [name, address, size, loaded ? PROGBITS : NOBITS, allocated ? ALLOC : 0]), [".shstrtab", 0, 0, STRTAB, 0]];
	const strings = Buffer.from(all.map(([name]) => `${name}\0`).join(""), "latin1");
	const bytes = Buffer.alloc(HEADER + strings.length + all.length * ENTRY), table = HEADER + strings.length;
	bytes.write("\x7fELF\x01\x01\x01", 0, "latin1");
	bytes.writeUInt32LE(table, 32);
	bytes.writeUInt16LE(ENTRY, 46);
	bytes.writeUInt16LE(all.length, 48);
	bytes.writeUInt16LE(all.length - 1, 50);
	strings.copy(bytes, HEADER);
	let name = 0;
	all.forEach(([text, address, size, type, flags], index) => {
		const offset = type === STRTAB ? HEADER : 0;
		[name, type, flags, address, offset, size].forEach((value, field) =>
			bytes.writeUInt32LE(value, table + index * ENTRY + field * 4)
		);
		name += text.length + 1;
	});
	return bytes;
}

/** @param regions [[name, begin, length]] */
export function makeMap(regions) {
	const lines = regions.map(([name, begin, length]) =>
		`${name.padEnd(16)} 0x${begin.toString(16).padStart(8, "0")}         `
		+ `0x${length.toString(16).padStart(8, "0")}         xr`
	);
	return ["Memory Configuration", "", "Name             Origin             Length             Attributes", ...lines,
		"", "Linker script and memory map", ""].join("\n");
}
