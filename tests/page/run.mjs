// SPDX-License-Identifier: MIT
/**
 * The camera's page: the built document, as the camera serves it, and in a browser. `node tests/page/run.mjs [NAME…]`
 * runs the tests whose names match.
 */
import { fileURLToPath } from "node:url";
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const names = process.argv.slice(2);
	const begin = Date.now();
	const { passed, failed, skipped } = await run({ only: names.length ? new RegExp(names.join("|")) : undefined,
		log: line => console.log(line) });
	const seconds = ((Date.now() - begin) / 1000).toFixed(1);
	console.log(`${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
	process.exit(failed ? 1 : 0);
}
