// SPDX-License-Identifier: MIT
/**
 * Tests of HTTP with the camera as a process: requests of every shape, the password, pictures and snapshots compared
 * with the camera's frames, players, and clients that read slowly or not at all.
 *
 *   node tests/http/run.mjs [PATTERN]        PATTERN: regular expression; only tests with a matching name run
 */
import { mkdirSync } from "node:fs";
import { runAlone } from "../alone.mjs";
import { OUT, runSuite, sideBySide, Tests } from "../interop/harness.mjs";

/** They mostly wait. Those that take longest come first. */
const SUITES = ["pictures", "crowds", "apievents", "api", "protocol", "players", "logins", "apisaving", "opening"];
const SIDE_BY_SIDE = 3;

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line per test */
export async function run({ log, only, suites = SUITES } = {}) {
	mkdirSync(OUT, { recursive: true });
	const tests = new Tests({ log, only });
	await sideBySide(suites, name => runSuite(tests, name, item => import(`./${item}.mjs`)), SIDE_BY_SIDE);
	return tests;
}

await runAlone(import.meta.url, run);
