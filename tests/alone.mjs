// SPDX-License-Identifier: MIT
/** What the files of test groups share when they are run by themselves: `node tests/GROUP/run.mjs [PATTERN…]`. */
import { fileURLToPath } from "node:url";

/**
 * Runs a group if its file is the program, and ends the process. Prints tests as they end, or all at the end if `run`
 * takes no `log`.
 *
 * @param {string} url `import.meta.url` of the group's file
 * @param {(options: object) => Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} run takes
 *  `log`, a function that prints a line, and `only`, a regular expression that selects tests by name
 */
export async function runAlone(url, run) {
	if (process.argv[1] !== fileURLToPath(url))
		return;
	const patterns = process.argv.slice(2), begin = Date.now();
	let logged = false;
	const { passed, failed, skipped, lines } = await run({
		log: text => {
			logged = true;
			console.log(text);
		},
		only: patterns.length ? new RegExp(patterns.join("|")) : undefined,
	});
	const seconds = ((Date.now() - begin) / 1000).toFixed(1);
	for (const line of logged ? [] : lines)
		console.log(line);
	console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""} in ${seconds} s`);
	// a test that failed may have left a connection
	process.stdout.write("", () => process.exit(failed ? 1 : 0));
}
