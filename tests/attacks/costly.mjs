// SPDX-License-Identifier: MIT
/** The costliest requests (bench/requests/cases.ts), after `buildCases()` has compiled them. */
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { BUILD, ROOT } from "../../hosts/desktop/build/tools.mjs";

const COMPILED = path.join(BUILD, "js/bench/requests/cases.js");

/** Compiles the cases. Processes that run side by side must not do that at once. */
export async function buildCases(variant) {
	await buildApplication({ manifest: path.join(ROOT, "bench/requests/manifest.json"), name: "requests", variant });
	return (await import(pathToFileURL(COMPILED))).CASES;
}

/** Fields with the costliest content, 4,000 bytes: those that once took 20 to 300 ms each, and those that cost most
 *  today. Some are refused for their length, some answered. */
const NAMES = [
	"URL, letters",
	"URL, 0xFF",
	"Require, one",
	"Digest, uri",
	"Digest, uri and URL",
	"header lines, known",
	"header nobody asks for",
	"Transport, parameters",
];

/** Their texts, a byte a character. */
export const COSTLY = existsSync(COMPILED)
	? (await import(pathToFileURL(COMPILED))).CASES.filter(({ name }) => NAMES.includes(name)).map(it => it.parts(4000))
	: [];
