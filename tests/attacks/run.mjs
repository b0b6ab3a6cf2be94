// SPDX-License-Identifier: MIT
/**
 * Attacks by clients without the password, with it, and by many at once. The camera must stay up and serve others.
 *
 *   node tests/attacks/run.mjs [PATTERN]        PATTERN: a regular expression that selects tests by name
 *
 * There is one file per family of attacks. Each exports `async function NAME(tests)` and adds its tests with
 * `tests.test(name, needs, body)`.
 */
import { runAlone } from "../alone.mjs";
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
	return tests;
}

await runAlone(import.meta.url, run);
