// SPDX-License-Identifier: MIT
/** `npm run bench [-- [PART…] [OPTION…]]`: measures this server, and compares it with others. See options.mjs. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../hosts/desktop/build/tools.mjs";
import { installPackages } from "../hosts/desktop/setup.mjs";
import { machine } from "./machine.mjs";
import { fillPart, wrap } from "./markdown.mjs";
import { HELP, PARTS, readOptions } from "./options.mjs";
import { picture } from "./picture.mjs";
import { installForBench } from "./servers.mjs";

const DOCUMENT = path.join(ROOT, "docs/performance.md");
const CHART = path.join(ROOT, "docs/pictures/instructions.svg");

function write(file, text) {
	mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
	writeFileSync(file, text);
}

async function measure(options) {
	if (options.install) {
		installPackages();
		installForBench({ peers: options.parts.some(part => part !== "tables") });
	}
	const { countable } = await import("./counting.mjs");
	for (const what of Object.keys(countable).filter(name => !countable[name]))
		options.log(`skip ${what}: ${what === "instructions" ? "valgrind" : "strace"} is not installed`);
	const results = { machine: machine() };
	for (const part of options.parts)
		results[part] = await (await import(`./${part}.mjs`)).run(options);
	return results;
}

/** Replaces the parts of docs/performance.md of which there are results, and its chart. */
async function fillDocument(results) {
	let document = fillPart(readFileSync(DOCUMENT, "utf8"), "machine", wrap(results.machine));
	for (const part of PARTS.filter(name => results[name]))
		document = fillPart(document, part, wrap((await import(`./${part}.mjs`)).markdown(results[part])));
	write(DOCUMENT, document);
	if (results.peers)
		write(CHART, picture(results));
}

async function main() {
	let options;
	try {
		options = readOptions(process.argv.slice(2));
	}
	catch (error) {
		console.error(`${error.message}\n\n${HELP}`);
		return 2;
	}
	if (!options) {
		console.log(HELP);
		return 0;
	}
	const results = options.from ? JSON.parse(readFileSync(options.from, "utf8")) : await measure(options);
	console.log(results.machine);
	for (const part of PARTS.filter(name => results[name]))
		console.log(`\n## ${part}\n\n${(await import(`./${part}.mjs`)).markdown(results[part])}`);
	if (options.json)
		write(options.json, `${JSON.stringify(results, null, "\t")}\n`);
	if (options.chart)
		write(options.chart, picture(results));
	if (options.markdown)
		await fillDocument(results);
	return 0;
}

process.exitCode = await main();
