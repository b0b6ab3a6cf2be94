// SPDX-License-Identifier: MIT
/**
 * `npm run check:sdk [-- BOARD…]`: builds each row of docs/boards.md, release and debug, and the simulator, with an
 * installed Moddable SDK and ESP-IDF. Prints the table of sizes for docs/device.md, including sizes of earlier runs
 * from the same sources. Exit status: 0 everything builds, 1 a build has failed, 2 a requirement is missing.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { boardTable } from "../boards/manifests.mjs";
import { ROOT } from "../boards/program.mjs";
import { VERSION } from "../boards/sdk.mjs";
import { build, buildFolder, faultLines } from "./build.mjs";
import { checkFiles, checkModules } from "./facts.mjs";
import { findMissing, leavePackages, versions } from "./installed.mjs";
import { formatTable, readSizes } from "./sizes.mjs";

const USAGE = `npm run check:sdk [-- OPTIONS] [BOARD…]

BOARD is a platform (-p) of docs/boards.md, or its last part: esp32, esp-eye, xiao_esp32s3_sense. lin or mac is the
simulator. Default: all.

  --output FOLDER    folder for the builds, 2 GB per board. Default: build/sdk
  --build KIND       release, debug or both. Default: both
  --timeout MINUTES  time limit of each build. Default: 60`;

function fail(message) {
	console.error(message);
	process.exit(2);
}

function readOptions() {
	try {
		const { values, positionals } = parseArgs({
			allowPositionals: true,
			options: {
				output: { type: "string", default: path.join(ROOT, "build/sdk") },
				build: { type: "string", default: "both" },
				timeout: { type: "string", default: "60" },
				help: { type: "boolean" },
			},
		});
		if (!["release", "debug", "both"].includes(values.build) || !(Number(values.timeout) > 0))
			throw new Error("--build takes release, debug or both; --timeout takes a number of minutes");
		return { ...values, names: positionals };
	}
	catch (error) {
		fail(`${error.message}\n\n${USAGE}`);
	}
}

/** Hashes all compiled files: a table must not mix sizes of different sources. */
function hashSources() {
	const hash = createHash("sha256");
	for (const part of ["main.ts", "services.ts", "manifest.json", "modules", "hosts"]) {
		const names = part.includes(".") ? [""] : readdirSync(path.join(ROOT, part), { recursive: true }).sort();
		for (const name of names.filter(name => name === "" || /\.\w+$/.test(name)))
			hash.update(name).update(readFileSync(path.join(ROOT, part, name)));
	}
	return hash.digest("hex");
}

function readEarlier(file, sources) {
	try {
		const earlier = JSON.parse(readFileSync(file, "utf8"));
		return earlier.sources === sources ? earlier.sizes : {};
	}
	catch {
		return {};
	}
}

const { output, build: kind, timeout, names, help } = readOptions();
if (help) {
	console.log(USAGE);
	process.exit(0);
}
const simulator = process.platform === "darwin" ? "mac" : "lin";
const platforms = [...boardTable(readFileSync(path.join(ROOT, "docs/boards.md"), "utf8")).keys(), simulator];
const wanted = names.length
	? names.map(name =>
		platforms.find(platform => platform === name || path.basename(platform) === name)
			?? fail(`Unknown board "${name}". Boards: ${platforms.join(", ")}`)
	)
	: platforms;
const boards = wanted.some(platform => platform.startsWith("esp32"));
leavePackages(ROOT);
const missing = findMissing(boards);
if (missing.length)
	fail(missing.join("\n"));

const folder = path.resolve(output), record = path.join(folder, "sizes.json"), sources = hashSources();
mkdirSync(folder, { recursive: true });
const sizes = readEarlier(record, sources);
console.error(versions(boards));
const faults = checkFiles(process.env.MODDABLE).map(fault => `tests/boards/sdk.mjs (SDK ${VERSION}): ${fault}`);

for (const platform of wanted) {
	for (const debug of kind === "both" ? [false, true] : [kind === "debug"]) {
		const title = `${platform} ${debug ? "debug" : "release"}`, begin = Date.now();
		process.stderr.write(`${title}: `);
		const { project, error, log } = await build(platform, debug, folder, timeout * 60);
		const seconds = Math.round((Date.now() - begin) / 1000);
		if (error) {
			console.error(`${error} after ${seconds} s, ${log}\n${faultLines(log).join("\n")}`);
			faults.push(`${title}: ${error}`);
			sizes[title] = "does not build";
		}
		else {
			console.error(`${seconds} s`);
			faults.push(...checkModules(platform, buildFolder(platform, debug, folder)));
			if (project)
				sizes[title] = readSizes(project);
		}
		writeFileSync(record, JSON.stringify({ sources, sizes }, undefined, "\t"));
	}
}

const rows = platforms.flatMap(platform =>
	["release", "debug"].map(kind => [platform, kind, sizes[`${platform} ${kind}`]])
).filter(([, , size]) => size);
if (rows.length)
	console.log(formatTable(rows));
for (const fault of new Set(faults))
	console.error(fault);
process.exitCode = faults.length ? 1 : 0;
