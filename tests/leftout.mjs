// SPDX-License-Identifier: MIT
/** The program without one of its features. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { BUILD, ROOT } from "../hosts/desktop/build/tools.mjs";

/** @param {string} feature folder of modules/ that has a folder `absent`
 *  @returns {string} path of the program's manifest with the feature left out by one line */
export function manifestWithout(feature) {
	const folder = path.join(BUILD, `without-${feature}`), file = path.join(folder, "manifest.json");
	const whole = readFileSync(path.join(ROOT, "manifest.json"), "utf8");
	const text = whole.replaceAll(`./modules/${feature}/manifest.json`, `./modules/${feature}/absent/manifest.json`);
	if (text === whole)
		throw new Error(`manifest.json does not include ${feature}`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(file, text.replaceAll("\"./", `"${ROOT}/`));
	return file;
}
