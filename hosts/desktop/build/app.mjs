// SPDX-License-Identifier: MIT
/**
 * Builds one application for the desktop host: compiles its TypeScript, makes the module table from the manifests,
 * collects the natives that the modules name, and compiles the program that runs them.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { CC, HOST, buildEngine, canBuild, flagsFor, variants } from "./engine.mjs";
import { readManifest } from "./manifest.mjs";
import { buildPage } from "./page.mjs";
import { BUILD, ROOT, digest, each, once, run, stateOf, writeIfChanged } from "./tools.mjs";

/**
 * The network stack below the sockets. The default is the system's, which needs no extra parts. Tests can substitute a
 * stack with sockets of its own (tests/device/lwip.mjs).
 *
 * @typedef {object} Network
 * @property {string} name suffix of the application's build folder; empty for the system's network
 * @property {string[]} replaces files of io/ to leave out
 * @property {(variant: string, log: (line: string) => void) => Promise<Parts>} prepare
 * @typedef {object} Parts
 * @property {string[]} sources C files
 * @property {string[]} includes header folders
 * @property {string[]} flags compiler options
 * @property {string[]} libraries archives
 * @property {string[]} link linker options
 */
const systemNetwork = { name: "", replaces: [],
	prepare: async () => ({ sources: [], includes: [], flags: [], libraries: [], link: [] }) };

const WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-missing-field-initializers"];

/** The build that was last asked for in this process: the next one begins after it, because both may make the same
 *  files. */
let last = Promise.resolve();

/**
 * @param {object} options
 * @param {string} options.manifest the application's manifest.json
 * @param {string} [options.name] folder in build/VARIANT/
 * @param {string} [options.variant] one of `variants`
 * @param {Network} [options.network] Default: the system's network
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{program: string, folder: string}>} to be run as `program folder [options]`
 */
export function buildApplication(options) {
	const built = last.then(() => build(options));
	last = built.catch(() => {});
	return built;
}

async function build({ manifest, name = "camera", variant = "release", network = systemNetwork, log = () => {} }) {
	if (!variants[variant])
		throw new RangeError(`variant is "${variant}", not one of ${Object.keys(variants).join(", ")}`);
	const folder = path.join(BUILD, variant, [name, network.name].filter(Boolean).join("-"));
	const program = path.join(folder, "rtsp-camera");
	const description = readManifest(manifest);
	await buildPage(log);
	await compileTypeScript(log);
	const engine = await buildEngine(variant, log);
	const modules = installModules(description, folder);
	const parts = await network.prepare(variant, log);
	await buildProgram({ description, modules, folder, program, engine, variant, network, parts, log });
	return { program, folder };
}

/* ---- TypeScript ---- */

async function compileTypeScript(log) {
	const folders = ["main.ts", "services.ts", "tsconfig.json", "types", "modules", "hosts", "examples", "tests",
		"bench"];
	const files = folders.flatMap(entry => walk(path.join(ROOT, entry), /\.(ts|json)$/));
	await once(path.join(BUILD, "js/stamp"), stateOf(files), async () => {
		log("compiling TypeScript");
		try {
			await run(process.execPath, [path.join(ROOT, "node_modules/typescript/bin/tsc"), "-p",
				path.join(ROOT, "tsconfig.json")]);
		}
		catch (error) {
			throw new Error(`TypeScript:\n${error.output ?? error.message}`);
		}
	});
}

function walk(entry, pattern) {
	let names;
	try {
		names = readdirSync(entry, { withFileTypes: true });
	}
	catch {
		return pattern.test(entry) ? [entry] : [];
	}
	return names.flatMap(item => {
		const full = path.join(entry, item.name);
		return item.isDirectory() ? walk(full, pattern) : pattern.test(item.name) ? [full] : [];
	});
}

/* ---- modules ---- */

/** Writes the compiled modules, with their natives bound, and the specifier table to the application's folder.
 *  @returns the names of the natives, sorted */
function installModules(description, folder) {
	const natives = new Set();
	const table = [];
	for (const [specifier, file] of description.modules) {
		const relative = path.relative(ROOT, file).replace(/\.ts$/, ".js");
		const compiled = file.endsWith(".ts") ? path.join(BUILD, "js", relative) : file;
		let text;
		try {
			text = readFileSync(compiled, "utf8");
		}
		catch {
			throw new Error(`${path.relative(ROOT, file)} was not compiled. Add it to "include" in tsconfig.json.`);
		}
		for (const match of text.matchAll(/\b[nN]ative\("([^"]+)"\)/g))
			natives.add(match[1]);
		writeIfChanged(path.join(folder, "js", relative), bindNatives(text));
		if (file.endsWith(".ts"))
			writeIfChanged(path.join(folder, "js", `${relative}.map`), readFileSync(`${compiled}.map`, "utf8"));
		table.push(`${specifier}\tjs/${relative}${description.preload.has(specifier) ? "\tpreload" : ""}\n`);
	}
	writeIfChanged(path.join(folder, "js/config.js"), `export default ${JSON.stringify(description.config)};\n`);
	table.push("manifest/config\tjs/config.js\n");
	writeIfChanged(path.join(folder, "modules.txt"), table.sort().join(""));
	return [...natives].sort();
}

/** The end of a native wrapper: the native's name and its arguments. */
const CALL = String.raw`native\("(\w+)"\)\.call\(this(?:, ([\w$, ]*))?\);\s*\}`;

/**
 * Rewrites native wrappers as XS host functions, `name() @ "xs_name"`, where the wrapper passes exactly its own
 * parameters. Line numbers do not change.
 * Other wrappers keep calling the globals `native` and `Native`, which is slower.
 */
function bindNatives(text) {
	const lines = part => "\n".repeat(part.split("\n").length - 1);
	const bindConstructor = part =>
		part
			.replace(new RegExp(String.raw`\bconstructor\(([\w$, ]*)\)\s*\{\s*super\(\);\s*${CALL}`, "g"), (
				whole,
				parameters,
				name,
				args = "",
			) => (parameters === args ? `constructor(${parameters}) @ "${name}";${lines(whole)}` : whole));
	const bindClass = part => {
		const bound = bindConstructor(part);
		// a constructor that was not bound still calls super(), so its class needs a superclass
		return /\bsuper\s*\(/.test(bound)
			? part
			: bound.replace(/^class( \w+)? extends Native\("(\w+)"\)/, `class$1 @ "$2"`);
	};
	return text
		.split(/(?=\bclass(?: \w+)? extends )/)
		.map(part => (/^class(?: \w+)? extends Native\("/.test(part) ? bindClass(part) : part))
		.join("")
		.replace(new RegExp(String.raw`\b((?:get |set )?[\w$]+)\(([\w$, ]*)\)\s*\{\s*(?:return )?${CALL}`, "g"), (
			whole,
			head,
			parameters,
			name,
			args = "",
		) => (parameters === args ? `${head}(${parameters}) @ "${name}";${lines(whole)}` : whole));
}

/* ---- program ---- */

async function buildProgram({ description, modules: natives, folder, program, engine, variant, network, parts, log }) {
	const hostSources = [...["main.c", "loop.c"].map(file => path.join(HOST, file)),
		...["engine", "io"].flatMap(entry => walk(path.join(HOST, entry), /\.c$/))]
		.filter(file => !network.replaces.includes(path.basename(file)));
	const sources = [...new Set([...description.sources, ...hostSources, ...parts.sources])];
	const headers = ["modules", "hosts", "tests/engine", "tests/device"].flatMap(entry =>
		walk(path.join(ROOT, entry), /\.h$/)
	);
	// one header for all applications, so that they share object files
	const names = collectNames(
		["modules", "hosts", "tests", "bench"].flatMap(entry => walk(path.join(ROOT, entry), /\.[ch]$/)),
	);
	const namesFolder = path.join(BUILD, "names");
	writeIfChanged(path.join(namesFolder, "mc.xs.h"), namesHeader(names));
	const used = new Set(collectNames([...sources, ...headers]));
	writeIfChanged(path.join(folder, "names.c"), namesSource(names, used, description.creation));
	writeIfChanged(path.join(folder, "natives.c"), nativesSource(natives, program));
	const generated = ["names.c", "natives.c"].map(file => path.join(folder, file));
	const defines = flatten(description.defines).map(([key, value]) => `-DMODDEF_${key}=${value}`);
	const flags = [...flagsFor(variant), ...variants[variant].natives, ...WARNINGS, ...defines, `-I${namesFolder}`,
		...[...description.includes, ...parts.includes].map(include => `-I${include}`), ...parts.flags];
	const everything = [...sources, ...generated], archives = [engine, ...parts.libraries];
	const shared = [...headers, path.join(namesFolder, "mc.xs.h")];
	const key = digest(flags, parts.link, everything, stateOf([...everything, ...shared, ...archives]));
	await once(path.join(folder, "stamp"), key, async () => {
		log(`compiling the program (${variant})`);
		const objects = path.join(BUILD, variant, "objects");
		mkdirSync(objects, { recursive: true });
		const headersState = stateOf(shared);
		const seen = new Map();
		for (const source of everything) {
			const base = path.basename(source, ".c");
			if (seen.has(base))
				throw new Error(
					`${source} and ${seen.get(base)}: C files need distinct names (mcconfig writes all objects to `
						+ "one folder)",
				);
			seen.set(base, source);
		}
		const object = source => path.join(objects, `${path.basename(source, ".c")}-${digest(flags, source)}.o`);
		await each(everything,
			source =>
				once(`${object(source)}.stamp`, digest(stateOf([source]), headersState), async () => {
					// a build that runs at the same time may make the same file
					const temporary = `${object(source)}.${process.pid}`;
					await run(CC, [...flags, "-c", source, "-o", temporary]);
					renameSync(temporary, object(source));
				}));
		await run(CC, [...variants[variant].all, ...(variants[variant].link ?? []), "-o", program, ...parts.link,
			...everything.map(object), ...archives, "-lm", "-lpthread"]);
	});
}

/** @returns every NAME that the files use as xsID_NAME, sorted */
function collectNames(files) {
	const names = new Set();
	for (const file of files)
		for (const match of readFileSync(file, "utf8").matchAll(/\bxsID_(\w+)/g))
			names.add(match[1]);
	return [...names].sort();
}

function namesHeader(names) {
	return `#ifndef MC_XS_H\n#define MC_XS_H\nextern xsIdentifier `
		+ `host_ids[];\n${names.map((name, i) => `#define xsID_${name} (host_ids[${i}])\n`).join("")}#endif\n`;
}

/** @param {Set<string>} used names that this application's sources use. The others take no key of the machine */
function namesSource(names, used, creation) {
	const number = (value, absent) => (Number.isInteger(value) ? value : absent);
	const { chunk = {}, heap = {}, keys = {} } = creation;
	return `#include "machine.h"
const char *const host_names[] = { ${names.map(name => used.has(name) ? `"${name}", ` : "0, ").join("")}0 };
const int host_name_count = ${names.length};
xsIdentifier host_ids[${names.length + 1}];
const host_creation_t host_creation = {
	.chunk_initial = ${number(chunk.initial, 65536)}, .chunk_incremental = ${number(chunk.incremental, 0)},
	.heap_initial = ${number(heap.initial, 4096)}, .heap_incremental = ${number(heap.incremental, 0)},
	.stack = ${number(creation.stack, 512)}, .keys_available = ${number(keys.available, 64)},
};
`;
}

function nativesSource(natives) {
	return `#include "machine.h"
${natives.map(name => `extern void ${name}(void);\n`).join("")}const host_native_t host_natives[] = {
${natives.map(name => `\t{ "${name}", ${name} },\n`).join("")}\t{ 0, 0 },
};
const int host_native_count = ${natives.length};
`;
}

function flatten(defines, prefix = "") {
	return Object.entries(defines).flatMap(([key, value]) => {
		const name = prefix + key.toUpperCase();
		return value && typeof value === "object"
			? flatten(value, `${name}_`)
			: [[name, typeof value === "string" ? JSON.stringify(value) : Number(value)]];
	});
}

export { canBuild };
