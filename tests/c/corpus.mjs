// SPDX-License-Identifier: MIT
/**
 * Writes the seeds of the fuzz target to tests/c/corpus/: small images, well-formed and hostile, one for each path of
 * the parser and of the packetizer. Run it after changing it: `node tests/c/corpus.mjs`.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const camera = readFileSync(join(here, "../vectors/ov2640-svga.jpg"));

const hex = text => Buffer.from(text.replace(/\/\/[^\n]*/g, "").replace(/\s+/g, ""), "hex");
const bytes = (...parts) => Buffer.concat(parts.map(part => typeof part === "string" ? hex(part) : part));
const table = first => Buffer.from(Array.from({ length: 64 }, (_, i) => first + i));
const dqt = (id, first) => bytes("ffdb 0043", Buffer.from([id]), table(first));
const scan = length => Buffer.from(Array.from({ length }, (_, i) => i % 251));

const soi = "ffd8", eoi = "ffd9";
const tables = bytes(dqt(0, 1), dqt(1, 101));
const dht = camera.subarray(0x9e, 0x24e); // the four standard tables, as the camera writes them
const sof = (size, luma = "21") => `ffc0 0011 08 ${size} 03  01 ${luma} 00  02 11 01  03 11 01`;
const sofShared = "ffc0 0011 08 0008 0010 03  01 21 00  02 11 00  03 11 00";
const sos = "ffda 000c 03  01 00  02 11  03 11  00 3f 00";
const small = "0008 0010";
/** The 8 bytes that control a run (see fuzz_jpeg.c). */
const control = (flags, seed = "12345679", damage = "000000") =>
	hex(`${seed} ${flags.toString(16).padStart(2, "0")} ${damage}`);

const seeds = {
	// well-formed
	"minimal-422": [soi, tables, sof(small), sos, scan(40), eoi, control(0)],
	"minimal-420-interleaved": [soi, tables, sof(small, "22"), sos, scan(900), eoi, control(3)],
	"standard-dht": [soi, tables, dht, sof(small), sos, scan(500), eoi, control(7)],
	"restart": [soi, tables, sof(small), "ffdd 0004 0002", sos, scan(300), "ffd0", scan(300), "ffd7", scan(7), eoi,
		control(3)],
	"short-headers": [soi, dqt(0, 1), sofShared, sos, scan(600), eoi, control(7)],
	"short-headers-restart": [soi, dqt(0, 1), "ffdd 0004 0001", sofShared, sos, scan(600), eoi, control(3)],
	"short-headers-one-packet": [soi, dqt(0, 1), sofShared, sos, scan(20), eoi, control(1)],
	"one-dqt-chroma-first": [soi, "ffdb 0084 01", table(101), "00", table(1), sof(small), sos, scan(200), eoi,
		control(2)],
	"redefined-table": [soi, tables, dqt(0, 30), sof(small), sos, scan(20), eoi, control(2)],
	"oversize": [soi, tables, sof("0801 ffff"), sos, scan(20), eoi, control(0)],
	"stuffed-and-fill": [soi, "ffffff", tables, "ff", sof(small), sos, "11 ff00 ff00 ffffff00 22 ffff", eoi,
		control(0)],
	"padding-with-eoi": [soi, tables, sof(small), sos, scan(20), eoi, "00 ff d9 ff d8", control(0)],
	"limits-refused": [soi, tables, sof(small), sos, scan(3000), eoi, control(31, "deadbeef", "010000")],
	// scan records that no parse returned
	"damaged-scan-offset": [soi, tables, sof(small), sos, scan(20), eoi, control(8, "12345679", "002010")],
	"damaged-scan-length": [soi, tables, sof(small), sos, scan(20), eoi, control(9, "12345679", "06ff00")],
	"damaged-table-offset": [soi, tables, sof(small), sos, scan(20), eoi, control(8, "12345679", "fbff00")],
	"damaged-type": [soi, tables, sof(small), sos, scan(400), eoi, control(8, "12345679", "040000")],
	// hostile
	"empty": [],
	"soi": [soi],
	"eoi-only": [soi, eoi],
	"segment-length-0": [soi, "ffe0 0000", control(0)],
	"segment-beyond-end": [soi, "ffe0 ffff 00", control(0)],
	"fill-to-the-end": [soi, "ff".repeat(64)],
	"dqt-cut": [soi, "ffdb 0043 00", table(1).subarray(0, 20)],
	"dqt-16-bit": [soi, "ffdb 0083 10", table(1), table(1), control(0)],
	"dht-counts-255": [soi, "ffc4 0013 00", "ff".repeat(16), control(0)],
	"dht-changed": [soi, tables, dht.subarray(0, 100), "ee", dht.subarray(101), sof(small), sos, scan(20), eoi,
		control(0)],
	"sof-255-components": [soi, tables, `ffc0 0305 08 ${small} ff`, "011100".repeat(255), control(0)],
	"sof-twice": [soi, tables, sof(small), sof(small), sos, eoi, control(0)],
	"progressive": [soi, tables, sof(small).replace("ffc0", "ffc2"), sos, scan(20), eoi, control(0)],
	"sos-first": [soi, sos, scan(20), eoi, control(0)],
	"sos-count-255": [soi, tables, sof(small), "ffda 0204 ff", scan(600), control(0)],
	"rst-without-dri": [soi, tables, sof(small), sos, "11 ffd0 22", eoi, control(0)],
	"no-eoi": [soi, tables, sof(small), sos, "11 22 33 ff"],
	"two-images": [soi, tables, sof(small), sos, scan(20), soi, tables, sof(small), sos, scan(20), eoi, control(0)],
	"dnl": [soi, tables, sof(small), sos, scan(20), "ffdc 0004 0008", eoi, control(0)],
};

mkdirSync(join(here, "corpus"), { recursive: true });
for (const [name, parts] of Object.entries(seeds))
	writeFileSync(join(here, "corpus", `${name}.jpg`), bytes(...parts));
console.log(`${Object.keys(seeds).length} seeds`);
