// SPDX-License-Identifier: MIT
/**
 * Conformance: the camera as a process on the real engine, and what it answers and sends, line by line of the RFCs.
 *
 *   node tests/conformance/run.mjs [PATTERN]        PATTERN: a regular expression, only tests whose names match
 */
import { fileURLToPath } from "node:url";
import { startCamera } from "../camera.mjs";
import { Tests, equal } from "../interop/harness.mjs";
import { exchange } from "./exchange.mjs";
import { limits } from "./limits.mjs";
import { media } from "./media.mjs";
import { sessions } from "./sessions.mjs";
import { cases } from "./table.mjs";
import { timeouts } from "./timeouts.mjs";

/** Tests run side by side, all from one address. */
const MANY = ["--connection-sessions", "32", "--address-sessions", "32"];

export async function run({ log, only } = {}) {
	const tests = new Tests({ log, only });
	const names = new Set(cases.map(({ name }) => name));
	if (names.size !== cases.length)
		throw new Error("two rows of the table have one name");
	const camera = await startCamera({ args: ["--size", "QVGA", "--fps", "25", ...MANY] });
	const impatient = await startCamera({
		args: ["--size", "QQVGA", "--fps", "5", "--session-timeout", "5", "--request-timeout", "5", "--stall-timeout",
			"2", ...MANY],
	});
	try {
		// silence takes long: those tests run beside the others
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
			await tests.test(`${name}-ends-in-order-after-all-of-it`, [], async () => {
				equal(status, 0, `exit status (${process.output.trim().split("\n").at(-1)})`);
				equal(/error/i.exec(process.output)?.input ?? "", "", "what it complained of");
			});
		}
	}
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
