// SPDX-License-Identifier: MIT
/**
 * The camera's page: the built document, as the camera serves it, and in a browser. `node tests/page/run.mjs [NAME…]`
 * runs the tests whose names match.
 */
import { runAlone } from "../alone.mjs";
import { Tests } from "../interop/harness.mjs";
import { Browser, withoutBrowser } from "./browser.mjs";
import { documentTests } from "./document.mjs";
import { mockTests } from "./mockpage.mjs";
import { realTests } from "./realpage.mjs";
import { servedTests } from "./served.mjs";

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run({ only, log } = {}) {
	const tests = new Tests({ only, log });
	await documentTests(tests);
	await servedTests(tests);
	const missing = await withoutBrowser();
	if (missing) {
		tests.skipped++;
		tests.lines.push(`skip page-in-a-browser: ${missing}`);
		return tests;
	}
	const browser = await new Browser().open();
	try {
		const mock = await mockTests(tests, browser);
		await Promise.all([mock.sideBySide(), realTests(tests, browser)]);
		await mock.alone();
	}
	finally {
		await browser.close();
	}
	return tests;
}

await runAlone(import.meta.url, run);
