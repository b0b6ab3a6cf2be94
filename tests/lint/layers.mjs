// SPDX-License-Identifier: MIT
/**
 * The order of the TypeScript of the camera: what each folder may import, and that no file imports itself in a circle.
 * Imports of types count. `node tests/lint/layers.mjs` prints the graph of folders and every violation.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import typescript from "typescript";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { sources } from "./sources.mjs";

/**
 * From the bottom up. A file imports from its own entry and from the lines above it, not from a neighbour in its line.
 * An entry is a folder or a file; the longest that fits a path is the one that counts.
 */
const LAYERS = [
	["modules/octets", "modules/random", "modules/hash", "modules/common"],
	["modules/jpeg", "modules/rtp", "modules/sockets"],
	["modules/camera"],
	["modules/rtsp", "modules/settings"],
	["modules/stream"],
	["modules/network"],
	["hosts"],
	["hosts/simulator", "hosts/sockets"],
	["hosts/desktop", "hosts/esp32"],
	["main.ts", "examples"],
];

/** Modules that a manifest chooses for the platform: their importers know an interface, no file. */
const PORTS = ["board", "burst", "camera", "fanout", "host", "process"];

/** @typedef {{ file: string, line: number, name: string, target: string }} Import */

/** @returns {{ imports: Import[], files: string[] }} imports of one source by another */
function readImports() {
	const files = sources(["ts"]).filter(file => /^(modules|hosts|examples)\//.test(file) || file === "main.ts");
	const known = new Set(files), imports = [];
	const { paths } = JSON.parse(readFileSync(path.join(ROOT, "tsconfig.json"), "utf8")).compilerOptions;
	for (const file of files) {
		const text = readFileSync(path.join(ROOT, file), "utf8");
		for (const { fileName: name, pos } of typescript.preProcessFile(text, true, true).importedFiles) {
			const target = candidates(file, name, paths).map(base => `${base}.ts`).find(base => known.has(base));
			if (target && !PORTS.includes(name))
				imports.push({ file, line: text.slice(0, pos).split("\n").length, name, target });
		}
	}
	return { imports, files };
}

/** Paths without extension that a module specifier may mean. */
function candidates(file, name, paths) {
	if (name.startsWith("."))
		return [path.posix.join(path.posix.dirname(file), name)];
	return Object.entries(paths).flatMap(([pattern, targets]) => {
		const [before, after] = pattern.split("*");
		if (after === undefined ? name !== pattern : !name.startsWith(before))
			return [];
		return targets.map(target => path.posix.normalize(target.replace("*", name.slice(before.length))));
	});
}

/** @returns {{ name: string, level: number } | undefined} the entry of LAYERS that a file belongs to */
function layerOf(file) {
	let found;
	for (const [level, names] of LAYERS.entries()) {
		for (const name of names) {
			if ((file === name || file.startsWith(`${name}/`)) && !(found?.name.length > name.length))
				found = { name, level };
		}
	}
	return found;
}

/** @returns {string[]} for each import that closes a circle, the shortest way round; each circle once */
function findCycles(files, imports) {
	const targets = new Map(files.map(file => [file, imports.filter(item => item.file === file)]));
	const cycles = new Map();
	for (const file of files) {
		const ways = [[file]], seen = new Set();
		for (let way; (way = ways.shift());) {
			const next = targets.get(way.at(-1)).map(item => item.target);
			if (next.includes(file)) {
				const first = way.indexOf([...way].sort()[0]);
				const turned = [...way.slice(first), ...way.slice(0, first)];
				cycles.set(turned.join(), [...turned, turned[0]].join(" → "));
				break;
			}
			for (const target of next) {
				if (!seen.has(target)) {
					seen.add(target);
					ways.push([...way, target]);
				}
			}
		}
	}
	return [...cycles.values()];
}

/** @returns {{ graph: string[], homeless: string[], upward: string[], cycles: string[] }} the graph of folders, and
 *  what is wrong with it */
export function layers() {
	const { imports, files } = readImports();
	const homeless = files.filter(file => !layerOf(file));
	const upward = [], edges = new Map();
	for (const { file, line, name, target } of imports) {
		const from = layerOf(file), to = layerOf(target);
		if (!from || !to || from.name === to.name)
			continue;
		const isUpward = to.level >= from.level;
		if (isUpward)
			upward.push(`${file}:${line} → ${target} ("${name}")`);
		const edge = `${from.name} → ${to.name}`, { count = 0 } = edges.get(edge) ?? {};
		edges.set(edge, { count: count + 1, isUpward });
	}
	const graph = [...edges].map(([edge, { count, isUpward }]) =>
		`${edge} (${count}${isUpward ? ", against the order" : ""})`
	).sort();
	return { graph, homeless, upward, cycles: findCycles(files, imports) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { graph, homeless, upward, cycles } = layers();
	const print = (title, lines) => console.log(`${title}: ${lines.length}`, ...lines.map(line => `\n  ${line}`));
	print("folders and what they import", graph);
	print("files in no layer", homeless);
	print("imports against the order", upward);
	print("circles", cycles);
	process.exitCode = homeless.length || upward.length || cycles.length ? 1 : 0;
}
