// SPDX-License-Identifier: MIT
/**
 * Checks that the program is complete on each platform and takes no unused parts of the SDK: every import finds a
 * module, every C file its headers, every native function its definition. Nothing is compiled here; `npm run check:sdk`
 * does that.
 */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { readProgram, ROOT } from "./program.mjs";
import { COMPONENTS, FILES, MANIFESTS, POISONED, REASONS, VERSION } from "./sdk.mjs";

/** Modules that mcconfig generates. */
const MADE = new Set(["mc/config"]);
/** Headers that are found only if a manifest includes them: ours, and those of the SDK's modules. ESP-IDF's headers are
 *  found by its include paths. */
const BROUGHT = new Set([
	...["hosts", "modules"].flatMap(folder => readdirSync(path.join(ROOT, folder), { recursive: true })).filter(name =>
		name.endsWith(".h")
	),
	...Object.keys(FILES).filter(file => FILES[file].h).map(file => `${file}.h`),
].map(name => path.basename(name)));

/** Registers the tests.
 *  @param platforms as for mcconfig's -p
 *  @param test (name, body): `body` returns a list of faults
 *  @param texts texts by name that may mention versions: README and documents */
export function checkDependencies(platforms, test, texts) {
	const dependencies = new Map();
	for (const platform of platforms) {
		const name = platform.replace(/^esp32[:/](.*\/)?/, "esp32-");
		let program;
		test(`${name}-is-assembled`, () => (program = readProgram(platform)).faults);
		if (!program)
			continue;
		// dependencies with "idf" are part of ESP-IDF
		for (const dependency of program.dependencies.filter(({ idf }) => idf === undefined))
			dependencies.set(dependency.name, dependency);
		test(`${name}-has-a-reason-for-each-part-of-the-sdk`, () => unreasoned(program));
		test(`${name}-finds-every-import`, () => missingImports(program));
		test(`${name}-finds-every-header`, () => missingHeaders(program));
		test(`${name}-has-each-module-once`, () => doubles(program));
		test(`${name}-defines-every-native-function-once`, () => [...missingFunctions(program), ...clashes(program)]);
		if (platform === "esp32" || platform.startsWith("esp32:"))
			test(`${name}-preloads-every-module`, () => notPreloaded(program));
	}
	test("c-files-use-the-micro-interface-alone", () => [
		...new Set(platforms.flatMap(platform => poisoned(readProgram(platform)))),
	]);
	test("components-are-those-that-build-with-esp-idf-6", () => componentFaults([...dependencies.values()], texts));
}

function unreasoned({ named }) {
	return named.filter(([, name]) => !MANIFESTS[name]?.why && !REASONS[name] && !REASONS[`${path.dirname(name)}/*`])
		.map(([file, name]) => `${file} takes the SDK's ${name}, and tests/boards/sdk.mjs has no reason for it`);
}

const shown = file => path.isAbsolute(file) ? path.relative(ROOT, file) : `the SDK's ${file} (${VERSION})`;

/** @returns the specifiers that a module imports at run time, without imports of types only */
export function importsOf(source, specifier) {
	const result = [];
	for (const [, clause, name] of source.matchAll(/^(?:import|export)\s+(?!type\b)([^"';]*?\sfrom\s+)?"([^"]+)"/gm)) {
		const names = /^\{([^}]*)\}/.exec(clause ?? "")?.[1].split(",").map(text => text.trim()).filter(Boolean);
		if (names?.length && names.every(text => text.startsWith("type ")))
			continue;
		result.push(name.startsWith(".") ? path.posix.join(path.posix.dirname(specifier), name) : name);
	}
	return result;
}

function missingImports({ modules }) {
	const faults = [];
	for (const [specifier, files] of modules) {
		for (const file of files) {
			const imports = file === undefined
				? []
				: path.isAbsolute(file)
				? importsOf(readFileSync(file, "utf8"), specifier)
				: FILES[file].js;
			for (const name of imports.filter(name => !modules.has(name) && !MADE.has(name)))
				faults.push(`${shown(file)} imports "${name}", which no manifest includes`);
		}
	}
	return faults;
}

function missingHeaders({ natives, headers, excluded }) {
	const faults = [];
	for (const file of natives) {
		if (excluded.has(file))
			continue;
		const needed = path.isAbsolute(file)
			? [...readFileSync(file, "utf8").matchAll(/^#include "([^"]+)"/gm)].map(match => match[1])
			: FILES[file].c;
		for (const header of needed) {
			if (BROUGHT.has(path.basename(header)) && !headers.has(path.basename(header)))
				faults.push(`${shown(file)} includes "${header}", which no manifest includes`);
		}
	}
	return faults;
}

/** Finds duplicate names. mcconfig names byte code after the module, and an object after its C file, without
 *  folders. */
function doubles({ modules, natives, excluded }) {
	const objects = new Map();
	for (const file of natives) {
		const name = `${path.basename(file, ".c")}.c`;
		if (!excluded.has(file))
			objects.set(name, [...objects.get(name) ?? [], file]);
	}
	return [...modules, ...objects].map(([name, files]) => [name, [...files]]).filter(([, files]) => files.length > 1)
		.map(([name, files]) => `"${name}" is ${files.map(shown).join(" and ")}`);
}

const ours = ({ natives, excluded }) => [...natives].filter(file => path.isAbsolute(file) && !excluded.has(file));

const functionsOf = file => [...readFileSync(file, "utf8").matchAll(/^void (xs_\w+)\(/gm)].map(match => match[1]);

function missingFunctions(program) {
	const defined = new Set(ours(program).flatMap(functionsOf)), faults = [];
	for (const file of [...program.modules.values()].flatMap(files => [...files]).filter(file =>
		file && path.isAbsolute(file)
	)) {
		for (const [, name] of readFileSync(file, "utf8").matchAll(/\b[nN]ative\("(xs_\w+)"\)/g)) {
			if (!defined.has(name))
				faults.push(`${shown(file)} binds ${name}, which no C file of a manifest defines`);
		}
	}
	return faults;
}

/** Finds functions whose names clash with the SDK's at link time. */
function clashes(program) {
	const faults = [];
	for (const file of ours(program)) {
		for (const other of [...program.natives].filter(other =>
			!path.isAbsolute(other) && !program.excluded.has(other)
		)) {
			const taken = (FILES[other].xs ?? []).map(name => `xs_${name}`);
			for (const name of functionsOf(file).filter(name =>
				taken.some(begin => name === begin || name.startsWith(`${begin}_`))
			))
				faults.push(`${shown(file)} defines ${name}, a name that ${shown(other)} may also define`);
		}
	}
	return faults;
}

/** Finds names that xsmc.h of the SDK poisons. The desktop's engine accepts them. */
function poisoned(program) {
	const name = new RegExp(`\\b(${POISONED.join("|")})\\b`, "g");
	return ours(program).flatMap(file => {
		const source = readFileSync(file, "utf8").replace(/\/\*[^]*?\*\//g, "");
		return /#include "xs\.h"/.test(source)
			? []
			: [...source.matchAll(name)].map(match => `${shown(file)} uses ${match[1]}`);
	});
}

/** Finds modules that are not preloaded, and so take a board's heap. main is exempt, because it starts the program. */
function notPreloaded({ modules, preloads }) {
	const exempt = new Set(["main", "setup/network",
		...Object.keys(MANIFESTS["examples/manifest_base.json"].esp32.modules)]);
	return [...modules.keys()].filter(name => !preloads.has(name) && !exempt.has(name)).map(name =>
		`"${name}" is not in "preload"`
	);
}

function componentFaults(dependencies, texts) {
	const faults = Object.keys(COMPONENTS).filter(name => !dependencies.some(dependency => dependency.name === name))
		.map(name => `no manifest has ${name}`);
	for (const { name, version } of dependencies) {
		const [, number] = /^[=^]+(\d+\.\d+\.\d+)$/.exec(version ?? "") ?? [];
		if (!COMPONENTS[name])
			faults.push(`sdk.mjs has no version for ${name}`);
		else if (!number || compare(number, COMPONENTS[name]) < 0)
			faults.push(`${name} ${version}: ESP-IDF 6.0 needs ${COMPONENTS[name]} or newer`);
		for (const [document, text] of Object.entries(texts)) {
			for (const [, said] of text.matchAll(
				new RegExp(`\\b${name}(?:\\]\\([^)]*\\))? (\\d+\\.\\d+\\.\\d+)`, "g"),
			)) {
				if (said !== number)
					faults.push(`${document} says ${name} ${said}, the manifest says ${version}`);
			}
		}
	}
	return faults;
}

function compare(a, b) {
	const [left, right] = [a, b].map(text => text.split(".").map(Number));
	return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
