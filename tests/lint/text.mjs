// SPDX-License-Identifier: MIT
/** What holds for the text of every source: the length of its lines, its license, and casts that hide a type. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { sources } from "./sources.mjs";

const LONGEST = 120, TAB = 4;

/** Casts in the program that the compiler does not check: file, text, reason. */
const CASTS = [
	["modules/sockets/sockets.ts", "TCPSocket as unknown as new (options: TCPOptions) => TCPStream",
		"the SDK's typings: write returns nothing, target is not known"],
	["modules/sockets/sockets.ts", "ListenerSocket as unknown as new (options: ListenerOptions) => ListenerStream",
		"the SDK's typings: no close"],
	["modules/sockets/sockets.ts", "UDPSocket as unknown as new (options: UDPOptions) => UDPStream",
		"the SDK's typings: no close, add, remove, multicastInterface"],
	["modules/sockets/sockets.ts", "UDPSocket as unknown as new (options: SharedOptions) => SharedUDPStream",
		"the SDK's typings: no close, add, remove, shared, destination, interface"],
	["hosts/simulator/pictureburst.ts", "frame as unknown as ArrayBuffer",
		"a frame is native memory, which the engine's typed arrays take like an ArrayBuffer"],
];
const CAST = /\bas\s+unknown\s+as\b|\bas\s+any\b/g;

const LICENSE = {
	sh: ["# SPDX-License-Identifier: MIT"],
	py: ["# SPDX-License-Identifier: MIT"],
	ts: ["// SPDX-License-Identifier: MIT", "/* SPDX-License-Identifier: MIT */"],
};

/** @returns {string[]} where a line has more columns than fit */
export function longLines() {
	const found = [];
	for (const file of sources(["ts", "mjs", "js", "c", "h"])) {
		for (const [index, line] of readFileSync(path.join(ROOT, file), "utf8").split("\n").entries()) {
			const width = widthOf(line);
			if (width > LONGEST)
				found.push(`${file}:${index + 1}: ${width} columns`);
		}
	}
	return found;
}

function widthOf(line) {
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

/** @returns {string[]} casts in the program to `any`, or by way of `unknown`, that CASTS does not name; and rows of
 *  CASTS that no source has */
export function uncheckedCasts() {
	const found = [], named = new Set();
	for (const file of sources(["ts"]).filter(name => /^(?:modules|hosts|examples)\/|^main\.ts$/.test(name))) {
		const text = withoutComments(readFileSync(path.join(ROOT, file), "utf8"));
		for (const { index } of text.matchAll(CAST)) {
			const row = CASTS.find(([of, cast]) => of === file && text.startsWith(cast, index - cast.search(CAST)));
			if (row)
				named.add(row);
			else
				found.push(`${file}:${text.slice(0, index).split("\n").length}: ${lineAt(text, index)}`);
		}
	}
	return [...found, ...CASTS.filter(row => !named.has(row)).map(([file, cast]) => `${file} does not have: ${cast}`)];
}

/** Comments and quoted text become blanks, so that lines keep their numbers. */
function withoutComments(text) {
	return text.replace(/"(?:\\.|[^"\\\n])*"|(`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[^]*?\*\//g,
		(match, template) => template ?? match.replace(/[^\n]/g, " "));
}

const lineAt = (text, index) => text.slice(text.lastIndexOf("\n", index) + 1).split("\n", 1)[0].trim();
