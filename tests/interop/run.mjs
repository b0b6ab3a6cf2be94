// SPDX-License-Identifier: MIT
/**
 * Runs the interop tests: the camera as a process, with real clients and with our own receiver that checks every field.
 *
 *   node tests/interop/run.mjs [PATTERN]        PATTERN: regular expression; only tests with a matching name run
 */
import { mkdirSync } from "node:fs";
import { runAlone } from "../alone.mjs";
import { equal, OUT, runSuite, Tests } from "./harness.mjs";
import { problems } from "./table.mjs";

const SUITES = ["clients", "rebuilt", "folder", "examples", "dissectors", "several", "ending", "options", "requests",
	"reconnects", "recorder"];

/** @param {object} [options]
 *  @param {string[]} [options.suites] files of this folder. Default: all
 *  @param {string[]} [options.except] those of them that do not run
 *  @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line per test */
export async function run({ log, only, suites = SUITES, except = [] } = {}) {
	mkdirSync(OUT, { recursive: true });
	const tests = new Tests({ log, only });
	for (const name of suites.filter(item => !except.includes(item))) {
		const begin = Date.now();
		await runSuite(tests, name, item => import(`./${item}.mjs`));
		log?.(`# ${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
	}
	if (suites === SUITES)
		await tests.test("table-in-docs-is-up-to-date", [], async () => equal(problems(), "", "the problem"));
	return tests;
}

await runAlone(import.meta.url, run);
