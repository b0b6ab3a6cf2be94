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
	["modules/jpeg", "modules/rtp", "modules/soap", "modules/sockets"],
	["modules/camera"],
	["modules/rtsp", "modules/settings"],
	["modules/stream"],
	["modules/http", "modules/push"],
	["modules/network", "modules/discovery"],
	["modules/onvif"],
	["hosts"],
	["hosts/simulator", "hosts/sockets"],
	["hosts/desktop", "hosts/esp32"],
	["services.ts"],
	["main.ts", "examples"],
];

/** Imports that the order allows and that must not be: [folder, folder it must not import from]. */
const FORBIDDEN = [
	["modules/network", "modules/stream"], // a board joins its network without the stream's code
	["hosts/esp32/camera", "modules/settings"], // a camera is given options, as an example's is
	["modules/jpeg", "modules/stream"], // the other way round
];

/** Modules that a manifest chooses for the platform: their importers know an interface, no file. An import of one is no
 *  import of a higher layer. It counts in circles: an implementation must not import, not even for types, a file that
 *  leads back to the import. */
const PORTS = ["board", "burst", "camera", "fanout", "host", "interfaces", "lookup", "pictureburst", "process"];

/** @typedef {{ file: string, line: number, name: string, target: string, port: boolean }} Import */

/** @returns {{ imports: Import[], files: string[] }} imports of one source by another */
export function readImports() {
	const files = sources(["ts"]).filter(file =>
		/^(modules|hosts|examples)\//.test(file) || /^(main|services)\.ts$/.test(file)
	);
	const known = new Set(files), imports = [];
	const { paths } = JSON.parse(readFileSync(path.join(ROOT, "tsconfig.json"), "utf8")).compilerOptions;
	for (const file of files) {
		const text = readFileSync(path.join(ROOT, file), "utf8");
		for (const { fileName: name, pos } of typescript.preProcessFile(text, true, true).importedFiles) {
			const line = text.slice(0, pos).split("\n").length, port = PORTS.includes(name);
			const targets = candidates(file, name, paths).map(base => `${base}.ts`).filter(base => known.has(base));
			if (port)
				targets.push(...files.filter(other =>
					/^(hosts|examples)\//.test(other) && !targets.includes(other)
					&& path.posix.basename(other) === `${name}.ts`
				));
			for (const target of port ? targets : targets.slice(0, 1))
				imports.push({ file, line, name, target, port });
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

/** @returns {{ graph: string[], homeless: string[], upward: string[], forbidden: string[], cycles: string[] }} the
 *  graph of folders, and what is wrong with it */
export function layers({ imports, files } = readImports()) {
	const homeless = files.filter(file => !layerOf(file));
	const upward = [], forbidden = [], edges = new Map();
	const isIn = (file, folder) => file.startsWith(`${folder}/`);
	for (const { file, line, name, target, port } of imports) {
		const from = layerOf(file), to = layerOf(target), place = `${file}:${line} → ${target} ("${name}")`;
		if (FORBIDDEN.some(([folder, other]) => isIn(file, folder) && isIn(target, other)))
			forbidden.push(place);
		if (port || !from || !to || from.name === to.name)
			continue;
		const isUpward = to.level >= from.level;
		if (isUpward)
			upward.push(place);
		const edge = `${from.name} → ${to.name}`, { count = 0 } = edges.get(edge) ?? {};
		edges.set(edge, { count: count + 1, isUpward });
	}
	const graph = [...edges].map(([edge, { count, isUpward }]) =>
		`${edge} (${count}${isUpward ? ", against the order" : ""})`
	).sort();
	return { graph, homeless, upward, forbidden, cycles: findCycles(files, imports) };
}

/** Checks the checks: each must find an import that is planted for it.
 *  @returns {string[]} planted imports that were not found */
export function unnoticed() {
	const { imports, files } = readImports();
	const first = folder => files.find(file => file.startsWith(`${folder}/`));
	const plant = (file, target, name = target, port = false) =>
		layers({ files, imports: [...imports, { file, line: 0, name, target, port }] });
	const missed = FORBIDDEN.filter(([folder, other]) => plant(first(folder), first(other)).forbidden.length === 0)
		.map(pair => pair.join(" → "));
	// the burst's types are those of stream/: what they name must not lead back to it
	const burst = "hosts/sockets/burst.ts",
		[used] = imports.filter(({ file, target }) => file === burst && target.startsWith("modules/stream/"));
	if (plant(used.target, burst, "burst", true).cycles.length === 0)
		missed.push(`${used.target} → "burst"`);
	if (plant(first("modules/rtp"), first("modules/stream")).upward.length === 0)
		missed.push("modules/rtp → modules/stream");
	return missed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { graph, homeless, upward, forbidden, cycles } = layers();
	const print = (title, lines) => console.log(`${title}: ${lines.length}`, ...lines.map(line => `\n  ${line}`));
	print("folders and what they import", graph);
	print("files in no layer", homeless);
	print("imports against the order", upward);
	print("forbidden imports", forbidden);
	print("circles", cycles);
	process.exitCode = homeless.length || upward.length || forbidden.length || cycles.length ? 1 : 0;
}
