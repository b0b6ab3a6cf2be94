// SPDX-License-Identifier: MIT
/** Style, faults that a linter finds, and the order of the modules: `npm run lint`. `npm run format` mends the
 *  style. */
import { runAlone } from "../alone.mjs";
import { layers, unnoticed } from "./layers.mjs";
import { longLines, uncheckedCasts, withoutLicense } from "./text.mjs";
import { findings, shellFindings, unformatted, unformattedC, withoutClangFormat, withoutShellCheck } from "./tools.mjs";

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line a test, below it
 *  what was found */
export async function run() {
	const result = { passed: 0, failed: 0, skipped: 0, lines: [] };
	const test = (name, find, why) => {
		if (why) {
			result.skipped += 1;
			result.lines.push(`skipped: ${name}: ${why}`);
			return;
		}
		const found = find();
		result[found.length ? "failed" : "passed"] += 1;
		result.lines.push(found.length ? [`not ok ${name}: ${found.length}`, ...found].join("\n  ") : `ok ${name}`);
	};
	const { graph, homeless, upward, forbidden, cycles } = layers();
	test("typescript-is-formatted", unformatted);
	test("typescript-has-no-findings", findings);
	test("c-is-formatted", unformattedC, withoutClangFormat());
	test("shell-scripts-have-no-findings", shellFindings, withoutShellCheck());
	test("lines-have-at-most-120-columns", longLines);
	test("sources-name-their-license", withoutLicense);
	test("casts-are-checked-by-the-compiler-or-have-a-reason", uncheckedCasts);
	result.lines.push(["# folders and what they import", ...graph].join("\n#   "));
	test("sources-are-in-a-layer", () => homeless);
	test("imports-follow-the-layers", () => upward);
	test("imports-that-are-forbidden-are-not-there", () => forbidden);
	test("imports-make-no-circle", () => cycles);
	test("imports-that-break-a-rule-are-found", unnoticed);
	return result;
}

await runAlone(import.meta.url, run);
