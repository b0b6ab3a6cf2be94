/**
 * Attacks by clients without a password, with it, and by many at once: the camera stays up, and others are served.
 *
 *   node tests/attacks/run.mjs [PATTERN]        PATTERN: a regular expression, only tests whose names match
 *
 * One file a family of attacks. Each exports `async function NAME(tests)` and adds its tests with `tests.test(name, needs, body)`.
 */
import { fileURLToPath } from "node:url";
import { Tests } from "../interop/harness.mjs";
import { costs } from "./costs.mjs";
import { floods } from "./floods.mjs";
import { maxima } from "./maxima.mjs";
import { packets } from "./packets.mjs";
import { places } from "./places.mjs";

/** In the order in which they run. */
const FAMILIES = [
	packets,
	maxima,
	floods,
	places,
	costs,
];

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run({ log, only } = {}) {
	const tests = new Tests({ log, only });
	// instruction counts differ too much from machine to machine to hold them everywhere: by name only
	for (const family of FAMILIES)
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
