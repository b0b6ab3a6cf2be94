// SPDX-License-Identifier: MIT
/**
 * Tests of docs/integrations: programs run with the documented lines, and the addresses in the documents exist.
 *
 *   node tests/integrations/run.mjs [PATTERN]        PATTERN: regular expression; only tests with a matching name run
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { runAlone } from "../alone.mjs";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { profile } from "../camera.mjs";
import { OUT, runSuite, Tests } from "../interop/harness.mjs";

const CAMERA = { manifest: path.join(ROOT, "manifest.json"), name: "camera", variant: profile.variant };
const SUITES = ["frigate", "motion", "homeassistant", "documented", "addresses"];

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line per test */
export async function run({ log, only, suites = SUITES } = {}) {
	mkdirSync(OUT, { recursive: true });
	const tests = new Tests({ log, only });
	// none of them must build it beside another
	await buildApplication(CAMERA);
	// they mostly wait
	await Promise.all(suites.map(name => runSuite(tests, name, item => import(`./${item}.mjs`))));
	return tests;
}

await runAlone(import.meta.url, run);
