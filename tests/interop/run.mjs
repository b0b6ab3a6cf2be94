// SPDX-License-Identifier: MIT
/**
 * Interop tests: the camera as a process, real clients, and a receiver of our own that looks at every field.
 *
 *   node tests/interop/run.mjs [PATTERN]        PATTERN: a regular expression, only tests whose names match
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { equal, OUT, Tests } from "./harness.mjs";
import { problems } from "./table.mjs";

const suites = ["clients", "rebuilt", "folder", "examples", "dissectors", "several", "ending", "options", "requests",
	"reconnects", "recorder"];

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line a test */
export async function run({ log, only } = {}) {
	mkdirSync(OUT, { recursive: true });
	const tests = new Tests({ log, only });
	for (const name of suites) {
		const begin = Date.now();
		try {
			const suite = await import(`./${name}.mjs`);
			await suite[name](tests);
		}
		catch (error) {
			await tests.test(`suite-${name}-runs`, [], () => Promise.reject(error));
		}
		log?.(`# ${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
	}
	await tests.test("table-in-docs-has-what-the-tests-fill", [], async () => equal(problems(), "", "what is wrong"));
	const { passed, failed, skipped, lines } = tests;
	return { passed, failed, skipped, lines };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const only = process.argv[2] === undefined ? undefined : new RegExp(process.argv[2]);
	const { passed, failed, skipped } = await run({ log: text => console.log(text), only });
	console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
	process.exitCode = failed ? 1 : 0;
}
