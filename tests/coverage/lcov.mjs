// SPDX-License-Identifier: MIT
/** Merges line counts of several runs in lcov's format. */
import { readFileSync } from "node:fs";
import path from "node:path";

/** Lines for which the engine has code, but which do nothing themselves: imports, which are bound before anything runs,
 *  and the brace after a block that never falls through. */
const IDLE = /^\s*(import\b.*|\}?)$/;

/** Number of hits of each line, by file. */
export class Lines {
	#files = new Map();

	/** Adds the counts of one run.
	 *  @param {string} text in lcov's format; only SF and DA are read */
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

	/** Counts the lines of one source.
	 *  @param {string} root folder of the sources
	 *  @param {string} name path of a source as in lcov's data
	 *  @returns {{total: number, missing: number[]} | undefined} undefined if no run has loaded the source */
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

/** Formats runs of adjoining numbers: "3-5 9". */
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
