// SPDX-License-Identifier: MIT
/** Reads the sizes of a firmware by memory region, and formats their table. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { readSections } from "./elf.mjs";

/** Memory regions of ESP-IDF's linker scripts. */
const REGIONS = { iram0_0_seg: "iram", dram0_0_seg: "dram", iram0_2_seg: "text", drom0_0_seg: "rodata" };

/** Sections that only reserve space: for the contents of another region, or for alignment. */
const KEPT_FREE = /dummy|reserved_for|_end$/;

/** Reads the first table of a linker map.
 *  @returns [{use, begin, end}] */
export function readRegions(map) {
	const regions = [];
	for (const [, name, begin, length] of map.matchAll(/^(\w+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\b/gm)) {
		if (REGIONS[name] && !regions.some(region => region.use === REGIONS[name]))
			regions.push({ use: REGIONS[name], begin: parseInt(begin, 16),
				end: parseInt(begin, 16) + parseInt(length, 16) });
	}
	return regions;
}

/** @returns {{iram: number, dram: number, text: number, rodata: number}} sizes in octets */
export function sumSections(sections, regions) {
	const sums = { iram: 0, dram: 0, text: 0, rodata: 0 };
	for (const { name, address, size } of sections) {
		const region = regions.find(({ begin, end }) => address >= begin && address < end);
		if (region && !KEPT_FREE.test(name))
			sums[region.use] += size;
	}
	return sums;
}

/** @param text contents of partitions.csv
 *  @returns size of the first program partition in octets */
export function programPartition(text) {
	for (const line of text.split("\n")) {
		const [, type, , , size] = line.split(",").map(cell => cell.trim());
		if (type !== "app" || line.startsWith("#"))
			continue;
		const unit = { K: 1024, M: 1024 * 1024 }[size.at(-1).toUpperCase()];
		return unit ? Number(size.slice(0, -1)) * unit : Number(size);
	}
	throw new Error("partitions.csv has no partition for a program");
}

/** @param project folder of the built ESP-IDF project that mcconfig made */
export function readSizes(project) {
	const read = name => readFileSync(path.join(project, name));
	const regions = readRegions(read("build/xs_esp32.map").toString());
	const iram = regions.find(({ use }) => use === "iram");
	return {
		...sumSections(readSections(read("build/xs_esp32.elf")), regions),
		// on the S3, IRAM shares its memory with data
		...path.basename(project) === "xsProj-esp32" ? { iramLimit: iram.end - iram.begin } : {},
		image: statSync(path.join(project, "build/xs_esp32.bin")).size,
		partition: programPartition(read("partitions.csv").toString()),
	};
}

const number = value => value.toLocaleString("en-US");

/** @param rows [[board, build, result of readSizes, or a text]]
 *  @returns Markdown */
export function formatTable(rows) {
	const lines = [
		"| `-p` | build | IRAM | DRAM, data and bss | flash, code | flash, constants | image | of its partition |",
		"|---|---|---|---|---|---|---|---|",
	];
	for (const [board, build, sizes] of rows) {
		const cells = typeof sizes === "string" ? [sizes, "", "", "", "", ""] : [
			sizes.iramLimit ? `${number(sizes.iram)} of ${number(sizes.iramLimit)}` : number(sizes.iram),
			...[sizes.dram, sizes.text, sizes.rodata, sizes.image].map(number),
			`${Math.round(sizes.image / sizes.partition * 100)} %`,
		];
		lines.push(`| ${[`\`${board}\``, build, ...cells].join(" | ")} |`);
	}
	return lines.join("\n");
}
