// SPDX-License-Identifier: MIT
/**
 * Conformance: checks replies and packets of the camera against the RFCs. The camera runs as a process on the real
 * engine.
 *
 *   node tests/conformance/run.mjs [PATTERN]        PATTERN: regular expression; only tests with a matching name run
 */
import { runAlone } from "../alone.mjs";
import { startCamera } from "../camera.mjs";
import { Tests, equal } from "../interop/harness.mjs";
import { exchange } from "./exchange.mjs";
import { limits } from "./limits.mjs";
import { media } from "./media.mjs";
import { sessions } from "./sessions.mjs";
import { cases } from "./table.mjs";
import { timeouts } from "./timeouts.mjs";

/** Higher limits, because tests run in parallel from one address. */
const MANY = ["--connection-sessions", "32", "--address-sessions", "32"];

export async function run({ log, only } = {}) {
	const tests = new Tests({ log, only });
	const names = new Set(cases.map(({ name }) => name));
	if (names.size !== cases.length)
		throw new Error("two rows of the table have the same name");
	const camera = await startCamera({ args: ["--size", "QVGA", "--fps", "25", ...MANY] });
	const impatient = await startCamera({
		args: ["--size", "QQVGA", "--fps", "5", "--session-timeout", "5", "--request-timeout", "5", "--stall-timeout",
			"2", ...MANY],
	});
	try {
		// tests of timeouts take long, so they run in parallel with the others
		const silent = timeouts(tests, impatient);
		for (const row of cases)
			await tests.test(row.name, [], () => exchange(camera.port, row));
		await sessions(tests, camera);
		await media(tests, camera);
		await limits(tests, camera, impatient);
		await silent;
	}
	finally {
		for (const [name, process] of Object.entries({ camera, impatient })) {
			const { status } = await process.stop();
			await tests.test(`${name}-ends-normally-after-all-tests`, [], async () => {
				equal(status, 0, `exit status (${process.output.trim().split("\n").at(-1)})`);
				equal(/error/i.exec(process.output)?.input ?? "", "", "an error in its output");
			});
		}
	}
	return tests;
}

await runAlone(import.meta.url, run);
