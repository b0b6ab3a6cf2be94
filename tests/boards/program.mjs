// SPDX-License-Identifier: MIT
/**
 * Assembles the program for a platform like mcconfig: modules with their specifiers, C files, folders of headers. Our
 * manifests are read; facts about the SDK's come from sdk.mjs.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { FILES, MANIFESTS, TARGETS } from "./sdk.mjs";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Matches a path in the SDK, as our manifests name it. */
const SDK = /^\$\((MODDABLE|MODULES|BUILD|IO)\)\//;
const FOLDERS = { MODDABLE: "", MODULES: "modules/", BUILD: "build/", IO: "modules/io/" };

/** Reads the program for a platform.
 *  @param platform as for mcconfig's -p: "esp32", "esp32/BOARD", "esp32:FOLDER", "lin", "mac"
 *  @returns the parts of the program, and the faults found so far
 *  @throws {Error} if one of our manifests cannot be read; the message names the file */
export function readProgram(platform) {
	const [system, target] = platform.split(/[/:]/, 1).concat(platform.split(/[/:]/).slice(1).join("/"));
	const program = {
		system,
		full: target ? `${system}/${path.basename(target)}` : system,
		/** The target's manifest in our tree, or the name of a target of the SDK. */
		target: platform.includes(":") ? path.join(ROOT, target, "manifest.json") : target,
		/** specifier -> Set of files: ours by path, the SDK's as in sdk.mjs; undefined if the file does not matter */
		modules: new Map(),
		preloads: new Set(),
		/** C files: ours by path, the SDK's as in sdk.mjs */
		natives: new Set(),
		headers: new Set(),
		excluded: new Set(),
		/** [our manifest, the path in the SDK that it names] */
		named: [],
		dependencies: [],
		/** Values of "build", which includes refer to as $(NAME) */
		environment: new Map(),
		faults: [],
		seen: new Set(),
	};
	visit(program, path.join(ROOT, "manifest.json"));
	for (const files of program.modules.values()) {
		for (const file of files) {
			if (program.excluded.has(file))
				files.delete(file);
		}
	}
	for (const [specifier, files] of program.modules) {
		if (!files.size)
			program.modules.delete(specifier);
	}
	return program;
}

/** @returns the part of "platforms" that mcconfig selects */
function matching(platforms, full) {
	for (let parts = full.split("/"); parts.length; parts = parts.slice(0, -1)) {
		const name = parts.join("/");
		for (const key of Object.keys(platforms)) {
			if (key === name || key.endsWith("/*") && name.startsWith(key.slice(0, -1)))
				return platforms[key];
		}
	}
	return platforms["..."];
}

function visit(program, file) {
	if (program.seen.has(file))
		return;
	program.seen.add(file);
	let manifest;
	try {
		manifest = JSON.parse(readFileSync(file, "utf8"));
	}
	catch (error) {
		throw new Error(`${path.relative(ROOT, file)}: ${error.message}`);
	}
	const parts = [manifest, matching(manifest.platforms ?? {}, program.full) ?? {}];
	for (const part of parts)
		Object.entries(part.build ?? {}).forEach(([name, value]) => program.environment.set(name, value));
	for (const part of parts) {
		if (part.error)
			program.faults.push(`${path.relative(ROOT, file)}: ${part.error}`);
		for (const include of [part.include ?? []].flat())
			visitInclude(program, file, include);
		for (const [specifier, places] of Object.entries(part.modules ?? {})) {
			for (const place of [places].flat())
				addPlace(program, file, specifier, place);
		}
		for (const name of [part.preload ?? []].flat())
			program.preloads.add(name);
		program.dependencies.push(...part.dependency ?? []);
	}
}

function visitInclude(program, file, include) {
	const name = sdkName(include, program);
	if (name === undefined)
		return visit(program,
			path.resolve(path.dirname(file),
				include.replace(/\$\((\w+)\)/g, (all, variable) => program.environment.get(variable) ?? all)));
	program.named.push([path.relative(ROOT, file), name]);
	visitSDK(program, name);
	if (name !== "examples/manifest_base.json" || !program.target)
		return;
	if (path.isAbsolute(program.target))
		return visit(program, program.target);
	if (program.system === "esp32") {
		addSDK(program, "setup/target", undefined);
		for (const part of TARGETS[program.target] ?? [])
			visitSDK(program, part);
		if (!TARGETS[program.target])
			program.faults.push(`sdk.mjs has no facts about the SDK's board ${program.target}`);
	}
}

function sdkName(place, { system }) {
	return SDK.test(place)
		? place.replace(SDK, (all, name) => FOLDERS[name]).replace("$(PLATFORM)", system)
		: undefined;
}

function visitSDK(program, name) {
	if (program.seen.has(name))
		return;
	program.seen.add(name);
	const part = MANIFESTS[name]?.[program.system];
	if (!part)
		return program.faults.push(`sdk.mjs has no facts about the SDK's ${name} on ${program.system}`);
	for (const include of part.includes ?? [])
		visitSDK(program, include);
	for (const [specifier, file] of Object.entries(part.modules))
		addSDK(program, specifier, file);
	for (const file of part.natives ?? [])
		addSDK(program, undefined, file);
	for (const specifier of part.preloads ?? Object.keys(part.modules))
		program.preloads.add(specifier);
}

function addSDK(program, specifier, file) {
	if (specifier !== undefined)
		addModule(program, specifier, file);
	const facts = FILES[file];
	if (file !== undefined && !facts)
		return program.faults.push(`sdk.mjs has no facts about the SDK's ${file}`);
	if (facts?.c)
		program.natives.add(file);
	if (facts?.h)
		program.headers.add(`${path.basename(file)}.h`);
}

function addModule({ modules }, specifier, file) {
	modules.set(specifier, (modules.get(specifier) ?? new Set()).add(file));
}

/** Adds an entry of "modules" in one of our manifests. */
function addPlace(program, file, specifier, place) {
	const name = sdkName(place, program);
	if (specifier === "~")
		return program.excluded.add(name ?? path.resolve(path.dirname(file), place));
	if (name !== undefined) {
		program.named.push([path.relative(ROOT, file), name]);
		return addSDK(program, FILES[name]?.js ? specifier.replace(/\*$/, path.basename(name)) : undefined, name);
	}
	const target = path.resolve(path.dirname(file), place), folder = path.dirname(target),
		wanted = path.basename(target);
	let count = 0;
	for (const found of existsSync(folder) ? readdirSync(folder) : []) {
		if (found.endsWith(".json") && !found.startsWith("manifest")
			&& (wanted === "*" || wanted === path.basename(found, ".json")))
			program.faults.push(`mcconfig would make a module of ${path.relative(ROOT, path.join(folder, found))}`);
		const match = /^(.*?)\.(d\.ts|ts|c|h)$/.exec(found);
		if (!match || wanted !== "*" && wanted !== match[1])
			continue;
		count += 1;
		const [, base, extension] = match;
		if (extension === "ts")
			addModule(program, specifier.replace(/\*$/, base), path.join(folder, found));
		else if (extension === "c")
			program.natives.add(path.join(folder, found));
		else if (extension === "h")
			readdirSync(folder).filter(name => name.endsWith(".h")).forEach(name => program.headers.add(name));
	}
	if (!count)
		program.faults.push(`${path.relative(ROOT, file)}: nothing matches "${specifier}": "${place}"`);
}
