// SPDX-License-Identifier: MIT
/** What holds for the text of every source: the length of its lines, and its license. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { sources } from "./sources.mjs";

const LONGEST = 120, TAB = 4;
/** Sources that may have longer lines. */
const LONG = [];

const LICENSE = {
	sh: ["# SPDX-License-Identifier: MIT"],
	py: ["# SPDX-License-Identifier: MIT"],
	ts: ["// SPDX-License-Identifier: MIT", "/* SPDX-License-Identifier: MIT */"],
};

/** @returns {string[]} where a line has more columns than fit */
export function longLines() {
	const found = [];
	for (const file of sources(["ts", "mjs", "js", "c", "h"])) {
		if (LONG.includes(file))
			continue;
		for (const [index, line] of readFileSync(path.join(ROOT, file), "utf8").split("\n").entries()) {
			const width = widthOf(line);
			if (width > LONGEST)
				found.push(`${file}:${index + 1}: ${width} columns`);
		}
	}
	return found;
}

export function widthOf(line) {
	let column = 0;
	for (const character of line)
		column += character === "\t" ? TAB - column % TAB : 1;
	return column;
}

/** @returns {string[]} sources whose first line, after the one with "#!", does not name the license */
export function withoutLicense() {
	return sources(["ts", "mjs", "js", "c", "h", "sh", "py"]).filter(file => {
		const [first, second] = readFileSync(path.join(ROOT, file), "utf8").split("\n", 2);
		const wanted = LICENSE[/^#!.*sh\b/.test(first) ? "sh" : path.extname(file).slice(1)] ?? LICENSE.ts;
		return !wanted.includes(first.startsWith("#!") ? second : first);
	});
}
