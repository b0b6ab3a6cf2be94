// SPDX-License-Identifier: MIT
/** The files that are checked: of this folder tree, without what is installed or built. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";

const OTHERS = ["node_modules", ".git"];

/** @param {string[]} extensions without dot; "sh": files that begin with "#!" and a shell as well
 *  @returns {string[]} paths from the root, with "/" */
export function sources(extensions) {
	const files = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => name !== "build");
	return files.flatMap(entry => walk(entry, "")).filter(file => extensions.includes(extensionOf(file))).sort();
}

function walk(entry, folder) {
	const file = folder + entry.name;
	if (entry.isFile())
		return [file];
	if (!entry.isDirectory() || OTHERS.includes(entry.name))
		return [];
	return readdirSync(path.join(ROOT, file), { withFileTypes: true }).flatMap(child => walk(child, `${file}/`));
}

function extensionOf(file) {
	const extension = path.extname(file).slice(1);
	if (extension || path.basename(file).startsWith("."))
		return extension;
	return /^#!.*\b(ba|da)?sh\b/.test(readFileSync(path.join(ROOT, file), "latin1").slice(0, 80)) ? "sh" : "";
}
