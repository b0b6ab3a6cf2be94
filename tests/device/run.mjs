/**
 * The device's conditions on the desktop: conformance and interop once more, on 32-bit slots, in the heap that `creation` of the
 * manifest gives the board and that cannot grow, with the camera's 3 frame buffers, and with lwIP's credit: 8 KB as the SDK
 * configures it, 28 KB as hosts/esp32 does.
 *
 *   node tests/device/run.mjs [CREDIT] [PATTERN]        one credit only, bytes; only tests whose names match
 *
 * HEAP=3000:40000 in the environment: with so many slots and bytes of chunks instead, to find out what it takes.
 */
import { fileURLToPath } from "node:url";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { profile } from "../camera.mjs";

const CREDITS = [8192, 28720];
const HEAP = process.env.HEAP ? `--heap=${process.env.HEAP}` : "--heap";
const GROUPS = { conformance: "../conformance/run.mjs", interop: "../interop/run.mjs" };

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run({ log, only, credits = CREDITS } = {}) {
	const total = { passed: 0, failed: 0, skipped: 0, lines: [] };
	if (!await canBuild("m32"))
		return { ...total, skipped: 1, lines: ["skip device: no compiler for 32 bits"] };
	const usual = { ...profile };
	try {
		for (const credit of credits) {
			profile.variant = "m32";
			profile.device = true;
			profile.args = [HEAP, "--buffers", "3", "--send-buffer", String(credit)];
			for (const [name, file] of Object.entries(GROUPS)) {
				const { run } = await import(file);
				const { passed, failed, skipped, lines } = await run({ log, only });
				total.passed += passed;
				total.failed += failed;
				total.skipped += skipped;
				total.lines.push(...lines.map(line => line.replace(/^(not ok|ok|skip) /, `$1 ${name}-in-${credit}-bytes-of-credit/`)));
			}
		}
	}
	finally {
		Object.assign(profile, usual);
	}
	return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [credit, pattern] = process.argv.slice(2);
	const { passed, failed } = await run({
		log: text => console.log(text),
		credits: credit === undefined ? CREDITS : [Number(credit)],
		only: pattern === undefined ? undefined : new RegExp(pattern),
	});
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed || !passed ? 1 : 0;
}
