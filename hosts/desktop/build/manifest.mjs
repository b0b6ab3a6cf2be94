// SPDX-License-Identifier: MIT
/**
 * Reads mcconfig's manifests for the desktop host: the modules by specifier, their C files, and the values of `config`,
 * `creation` and `defines`.
 *
 * Entries from `$(MODDABLE)` and the SDK's other folders are skipped. The platform "desktop" provides these modules
 * (hosts/desktop/manifest.json).
 */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

const PLATFORM = "desktop";

/** @returns {{modules: Map<string, string>, preload: Set<string>, sources: string[], includes: string[], config:
 *  object, creation: object, defines: object, files: string[]}} */
export function readManifest(file) {
	const result = { modules: new Map(), preload: new Set(), sources: new Set(), includes: new Set(), config: {},
		creation: {}, defines: {}, files: [] };
	visit(path.resolve(file), result, new Set());
	checkPreload(result);
	return { ...result, sources: [...result.sources], includes: [...result.includes] };
}

function visit(file, result, seen) {
	if (seen.has(file))
		return;
	seen.add(file);
	result.files.push(file);
	let manifest;
	try {
		manifest = JSON.parse(readFileSync(file, "utf8"));
	}
	catch (error) {
		throw new Error(`${file}: ${error.message}`);
	}
	apply(manifest, file, result, seen);
	const platforms = manifest.platforms ?? {};
	const platform = platforms[PLATFORM] ?? platforms["..."];
	if (platform)
		apply(platform, file, result, seen);
}

function apply(part, file, result, seen) {
	if (part.error)
		throw new Error(`${file}: ${part.error}`);
	const folder = path.dirname(file);
	for (const include of list(part.include)) {
		const name = typeof include === "string" ? include : undefined;
		if (name === undefined)
			throw new Error(`${file}: the desktop host supports only file names in "include"`);
		if (!name.startsWith("$(MODDABLE)"))
			visit(path.resolve(folder, name), result, seen);
	}
	for (const [specifier, places] of Object.entries(part.modules ?? {})) {
		// for mcconfig, "~" excludes files, since its first module of a name wins; here the last one wins
		if (specifier === "~")
			continue;
		for (const place of list(places))
			addModules(specifier, place, folder, file, result);
	}
	for (const pattern of list(part.preload))
		result.preload.add(pattern);
	merge(result.config, part.config);
	merge(result.creation, part.creation);
	merge(result.defines, part.defines);
}

/** Throws unless each name in "preload" is a module. mcconfig matches patterns in "preload" only against JavaScript
 *  modules and ignores unknown names, so that on a board these modules would silently go to the heap. */
function checkPreload({ preload, modules }) {
	for (const name of preload) {
		if (!modules.has(name))
			throw new Error(
				`"preload" names "${name}", which is not a module. mcconfig does not match patterns against `
					+ "TypeScript modules.",
			);
	}
}

function list(value) {
	return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function merge(target, source) {
	for (const [key, value] of Object.entries(source ?? {})) {
		if (value && typeof value === "object" && !Array.isArray(value))
			merge(target[key] ??= {}, value);
		else
			target[key] = value;
	}
}

/** Adds one entry of "modules". `"jpeg/*": "./*"` matches every file in the folder, `"camera": "./camera"` every file
 *  with that base name. A folder with matching headers is added to the include path. */
function addModules(specifier, place, folder, file, result) {
	if (place.startsWith("$("))
		return;
	const target = path.resolve(folder, place);
	const directory = path.dirname(target);
	const wanted = path.basename(target);
	const names = existsSync(directory) ? readdirSync(directory).sort() : [];
	let found = false;
	for (const name of names) {
		const match = /^(.*?)(\.d)?\.(ts|js|mjs|c|h)$/.exec(name);
		if (!match || match[2] || !statSync(path.join(directory, name)).isFile())
			continue;
		const [, base, , extension] = match;
		if (wanted !== "*" && wanted !== base && wanted !== name)
			continue;
		found = true;
		const full = path.join(directory, name);
		if (extension === "c")
			result.sources.add(full);
		else if (extension === "h")
			result.includes.add(directory);
		else
			result.modules.set(specifier.replace(/\*$/, base), full);
	}
	if (!found)
		throw new Error(`${file}: nothing matches "${specifier}": "${place}"`);
}
