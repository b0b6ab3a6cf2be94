// SPDX-License-Identifier: MIT
/** Tests how `npm run check:sdk` reads sizes, since CI has no firmware. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeElf, makeMap } from "./fixture.mjs";
import { readSections } from "./elf.mjs";
import { formatTable, programPartition, readSizes } from "./sizes.mjs";

const MAP = [["iram0_0_seg", 0x40080000, 0x20000], ["iram0_2_seg", 0x400d0020, 0x32ffe0], ["dram0_0_seg", 0x3ffb0000,
	0x30000], ["drom0_0_seg", 0x3f400020, 0x3fffe0]];
const SECTIONS = [
	[".iram0.vectors", 0x40080000, 1000],
	[".iram0.text", 0x40080400, 100_000],
	[".iram0.text_end", 0x40098aa0, 500, false],
	[".dram0.data", 0x3ffb0000, 3000],
	[".dram0.bss", 0x3ffb0c00, 7000, false],
	[".dram0.dummy", 0x3ffb4000, 9000, false],
	[".flash.text", 0x400d0020, 900_000],
	[".flash.rodata", 0x3f400020, 400_000],
	[".flash_rodata_dummy", 0x3f400020, 70_000, false],
	[".debug_info", 0, 5_000_000, true, false],
];
const PARTITIONS =
	"# Name, Type, SubType, Offset, Size\nnvs, data, nvs, 0x9000, 24K,\nfactory, app, factory, 0x10000, 0x3F0000,\n";

/** Makes a firmware's files like ESP-IDF and reads their sizes. */
function sizesOf(project) {
	const folder = mkdtempSync(path.join(tmpdir(), "sizes-"));
	try {
		mkdirSync(path.join(folder, project, "build"), { recursive: true });
		const write = (name, data) => writeFileSync(path.join(folder, project, name), data);
		write("build/xs_esp32.elf", makeElf(SECTIONS));
		write("build/xs_esp32.map", makeMap(MAP));
		write("build/xs_esp32.bin", Buffer.alloc(41_000));
		write("partitions.csv", PARTITIONS);
		return readSizes(path.join(folder, project));
	}
	finally {
		rmSync(folder, { recursive: true });
	}
}

function equal(found, expected) {
	const [a, b] = [found, expected].map(value => JSON.stringify(value));
	return a === b ? [] : [`${a} is not ${b}`];
}

function thrown(body) {
	try {
		body();
		return [];
	}
	catch (error) {
		return error.message;
	}
}

/** Registers the tests.
 *  @param test (name, body): `body` returns a list of faults */
export function checkSizes(test) {
	const sizes = { iram: 101_000, dram: 10_000, text: 900_000, rodata: 400_000, iramLimit: 131_072, image: 41_000,
		partition: 4_128_768 };
	test("sizes-are-sums-of-sections-in-memory-by-region", () => equal(sizesOf("xsProj-esp32"), sizes));
	test("sizes-of-an-s3-have-no-iram-limit", () => equal(sizesOf("xsProj-esp32s3").iramLimit, undefined));
	test("sizes-of-another-file-are-refused", () =>
		equal(thrown(() => readSections(Buffer.alloc(100))), "not a 32-bit little-endian ELF file"));
	test("size-of-the-program's-partition-may-have-a-unit", () =>
		equal(["0x1000", "4K", "2M", "8192"].map(size => programPartition(`a, app, factory, , ${size}`)), [4096, 4096,
			2_097_152, 8192]));
	test("table-of-sizes-is-markdown", () =>
		equal(formatTable([["esp32", "release", sizes], ["esp32", "debug", "does not build"]]).split("\n").slice(2), [
			"| `esp32` | release | 101,000 of 131,072 | 10,000 | 900,000 | 400,000 | 41,000 | 1 % |",
			"| `esp32` | debug | does not build |  |  |  |  |  |",
		]));
}
