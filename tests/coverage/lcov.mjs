// SPDX-License-Identifier: MIT
/** Line counts in lcov's format, from several runs, as one. */
import { readFileSync } from "node:fs";
import path from "node:path";

/** Lines that the engine gives code to but that do nothing of their own: imports, which are bound before anything runs,
 *  and the brace behind a block that never falls through. */
const IDLE = /^\s*(import\b.*|\}?)$/;

/** Hits by line, by file. */
export class Lines {
	#files = new Map();

	/** Adds what one run counted.
	 *  @param {string} text in lcov's format, of which SF and DA are read */
	add(text) {
		let lines;
		for (const line of text.split("\n")) {
			if (line.startsWith("SF:")) {
				const name = line.slice(3);
				if (!this.#files.has(name))
					this.#files.set(name, new Map());
				lines = this.#files.get(name);
			}
			else if (line.startsWith("DA:")) {
				const [number, hits] = line.slice(3).split(",").map(Number);
				lines.set(number, (lines.get(number) ?? 0) + hits);
			}
		}
	}

	/** @param {string} root folder of the sources
	 *  @param {string} name of a source, as lcov has it
	 *  @returns {{total: number, missing: number[]} | undefined} undefined when no run has loaded it */
	of(root, name) {
		const lines = this.#files.get(name);
		if (!lines)
			return undefined;
		const source = readFileSync(path.join(root, name), "utf8").split("\n");
		const counted = [...lines].filter(([number]) => !IDLE.test(source[number - 1] ?? ""));
		return { total: counted.length,
			missing: counted.filter(([, hits]) => hits === 0).map(([number]) => number).sort((a, b) => a - b) };
	}
}

/** Runs of adjoining numbers: "3-5 9". */
export function ranges(numbers) {
	const parts = [];
	for (const number of numbers) {
		const last = parts.at(-1);
		if (last?.end === number - 1)
			last.end = number;
		else
			parts.push({ begin: number, end: number });
	}
	return parts.map(({ begin, end }) => (begin === end ? `${begin}` : `${begin}-${end}`)).join(" ");
}
