// SPDX-License-Identifier: MIT
/**
 * Attacks by clients without the password, with it, and by many at once. The camera must stay up and serve others.
 *
 *   node tests/attacks/run.mjs [PATTERN]        PATTERN: a regular expression that selects tests by name
 *
 * There is one file per family of attacks. Each exports `async function NAME(tests)` and adds its tests with
 * `tests.test(name, needs, body)`.
 */
import { fileURLToPath } from "node:url";
import { Tests } from "../interop/harness.mjs";
import { costs } from "./costs.mjs";
import { exhaustion } from "./exhaustion.mjs";
import { floods } from "./floods.mjs";
import { http } from "./http.mjs";
import { httpCosts } from "./httpcosts.mjs";
import { maxima } from "./maxima.mjs";
import { onvif } from "./onvif.mjs";
import { packets } from "./packets.mjs";
import { places } from "./places.mjs";

/** Families that measure how long others wait meanwhile: with nothing else running. */
const TIMED = [packets, floods, places, http];
/** Families that count slots, bytes, instructions and connections. */
const COUNTED = [maxima, exhaustion, costs, httpCosts, onvif];

/** @param {"timed" | "counted"} [options.families] Default: all
 *  @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run({ log, only, families } = {}) {
	const tests = new Tests({ log, only });
	for (const family of { timed: TIMED, counted: COUNTED }[families] ?? [...TIMED, ...COUNTED])
		await family(tests);
	const { passed, failed, skipped, lines } = tests;
	return { passed, failed, skipped, lines };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const only = process.argv[2] === undefined ? undefined : new RegExp(process.argv[2]);
	const begin = Date.now();
	const { passed, failed } = await run({ log: text => console.log(text), only });
	console.log(`${passed} passed, ${failed} failed in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
	process.exitCode = failed ? 1 : 0;
}
