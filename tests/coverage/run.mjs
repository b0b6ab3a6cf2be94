// SPDX-License-Identifier: MIT
/**
 * Measures which lines of modules/ the tests run on the engine: the engine's applications, and conversations with the
 * running camera, on a build that counts lines (COVERAGE_FILE, hosts/desktop/engine/coverage.c). Other groups run these
 * tests as well; here they also have to reach most of the code.
 *
 *   node tests/coverage/run.mjs
 */
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { BUILD, ROOT } from "../../hosts/desktop/build/tools.mjs";
import { installPackages } from "../../hosts/desktop/setup.mjs";
import { profile } from "../camera.mjs";
import * as conformance from "../conformance/run.mjs";
import * as http from "../http/run.mjs";
import * as push from "../push/run.mjs";
import { Tests, check, equal, execute } from "../interop/harness.mjs";
import { Lines, ranges } from "./lcov.mjs";
import { converse } from "./converse.mjs";

const OUT = path.join(BUILD, "coverage-lines");
const APPLICATIONS = ["unit", "stream", "faults", "polled", "jpeg", "http", "discovery"];
/** Least percentage of lines of modules/ that have to run, and least percentage for a single file. */
const LEAST = 95, LEAST_OF_FILE = 80;
/** Files that only other builds run: a board's flash, and the stand-ins for what a build leaves out. */
const ELSEWHERE = ["modules/network/tuningstore.ts", "modules/http/api/description/noopenapi.ts",
	"modules/push/absent/open.ts", "modules/onvif/absent/open.ts", "modules/discovery/absent/open.ts"];

/** Files with fewer lines are exempt: a single line would exceed the tolerance. */
const FEWEST_LINES = 10;

async function runApplication(name) {
	const { program, folder } = await buildApplication({
		manifest: path.join(ROOT, `tests/engine/${name}/manifest.json`),
		name: `tests-${name}`,
		variant: "coverage",
	});
	const { status, stdout, stderr } = await execute(program, [folder], { timeout: 60_000,
		env: { COVERAGE_FILE: path.join(OUT, `${name}.info`) } });
	const failures = String(stdout).split("\n").filter(line => line.startsWith("not ok"));
	check(status === 0, `ended with ${status}: ${[...failures, stderr].join("\n")}`);
}

/** Makes all cameras started in `body` count lines. */
async function counted(body) {
	const before = { ...profile };
	let number = 0;
	Object.assign(profile, { variant: "coverage",
		environment: () => ({ COVERAGE_FILE: path.join(OUT, `camera-${++number}.info`) }) });
	try {
		await body();
	}
	finally {
		Object.assign(profile, before);
	}
}

/** Summarizes the counts of all runs.
 *  @returns {{table: string[], poor: string[], percent: number, hit: number, total: number}} percent of all lines;
 *  poor: files below LEAST_OF_FILE */
function summarize() {
	const lines = new Lines();
	for (const file of readdirSync(OUT))
		lines.add(readFileSync(path.join(OUT, file), "utf8"));
	const table = [], poor = [];
	let total = 0, hit = 0;
	for (const name of readdirSync(path.join(ROOT, "modules"), { recursive: true }).filter(name => name.endsWith(".ts"))
		.sort())
	{
		const source = `modules/${name}`, result = lines.of(ROOT, source);
		// a file of types has no lines
		if (result?.total === 0)
			continue;
		// the number of lines is unknown if no run has loaded the file
		const percent = result ? 100 * (1 - result.missing.length / result.total) : 0;
		total += result?.total ?? 0;
		hit += result ? result.total - result.missing.length : 0;
		table.push(
			`# ${percent.toFixed(1).padStart(5)} % of ${String(result?.total ?? "?").padStart(3)}  `
				+ `${source}${result?.missing.length ? `  ${ranges(result.missing)}` : ""}`,
		);
		if (percent < LEAST_OF_FILE && !(result?.total < FEWEST_LINES) && !ELSEWHERE.includes(source))
			poor.push(`${source} ${percent.toFixed(1)} %`);
	}
	return { table, poor, percent: 100 * hit / total, hit, total };
}

export async function run({ log } = {}) {
	const tests = new Tests({ log });
	if (!await canBuild("coverage")) {
		tests.skipped++;
		return { passed: 0, failed: 0, skipped: 1, lines: ["skip coverage: no compiler available"] };
	}
	rmSync(OUT, { recursive: true, force: true });
	mkdirSync(OUT, { recursive: true });
	for (const name of APPLICATIONS)
		await tests.test(`coverage-build-passes-${name}`, [], () => runApplication(name));
	await counted(async () => {
		// not by several at a time
		await buildApplication({ manifest: path.join(ROOT, "manifest.json"), variant: "coverage" });
		await buildApplication({ manifest: path.join(ROOT, "bench/measure/manifest.json"), name: "measure",
			variant: "coverage" });
		// they mostly wait
		await Promise.all([
			tests.test("coverage-build-passes-conformance", [], async () => {
				// without the tests of media: they measure time, and counting lines slows the camera
				const { failed, lines } = await conformance.run({ only: /^(?!stream-over)/ });
				equal(failed, 0, lines.filter(line => line.startsWith("not ok")).join("\n"));
			}),
			// without players and crowds, which measure time, and the launcher
			tests.test("coverage-build-passes-http", [], async () => {
				const { failed, lines } = await http.run({
					suites: ["pictures", "apievents", "api", "protocol", "logins", "apisaving"],
				});
				equal(failed, 0, lines.filter(line => line.startsWith("not ok")).join("\n"));
			}, 180_000),
			tests.test("coverage-build-passes-push", [], async () => {
				// without floods, which measure time
				const { failed, lines } = await push.run({ suites: ["receivers", "logins", "troubles"] });
				equal(failed, 0, lines.filter(line => line.startsWith("not ok")).join("\n"));
			}, 180_000),
			converse(tests),
		]);
	});
	let summary;
	await tests.test(`at-least-${LEAST}-percent-of-the-lines-of-modules-run`, [], async () => {
		summary = summarize();
		check(summary.percent >= LEAST, `${summary.percent.toFixed(2)} %`);
		return `${summary.percent.toFixed(2)} %, ${summary.hit} of ${summary.total}`;
	});
	await tests.test(`no-file-of-modules-is-below-${LEAST_OF_FILE}-percent`, [],
		async () => equal(summary.poor.join(", "), "", "files below"));
	const table = summary?.table ?? [];
	table.forEach(line => log?.(line));
	const { passed, failed, skipped, lines } = tests;
	return { passed, failed, skipped, lines: [...table, ...lines] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	installPackages();
	const begin = Date.now();
	const { passed, failed } = await run({ log: text => console.log(text) });
	console.log(`${passed} passed, ${failed} failed in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
	process.exitCode = failed ? 1 : 0;
}
