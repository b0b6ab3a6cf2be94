// SPDX-License-Identifier: MIT
/**
 * Runs the socket contract's tests with the ESP32's sockets over lwIP: the tests of the desktop's sockets, and the
 * behaviour when lwIP runs out of memory. Both ends of every connection are in one lwIP. Runs in all variants,
 * including ThreadSanitizer.
 *
 *   node tests/device/contract.mjs [VARIANT]...
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { suite } from "../engine/run.mjs";
import { lwip, sendBuffers, withoutLwip } from "./lwip.mjs";

const CONFIGURATION = "roomy";
const VARIANTS = ["release", "sanitize", "m32", "thread"];

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run({ log = () => {}, variants = VARIANTS } = {}) {
	const lines = [], queue = [];
	const missing = await withoutLwip();
	for (const variant of variants) {
		const title = `sockets-over-lwip/${variant}`;
		if (missing || !await canBuild(variant)) {
			lines.push(`skip ${title}: ${missing ?? "no compiler available"}`);
			continue;
		}
		try {
			const manifest = path.join(ROOT, "tests/engine/contract/manifest.json");
			const built = await buildApplication({ manifest, name: "tests-contract", variant,
				network: await lwip(CONFIGURATION), log });
			queue.push(() => suite(built, variant, [String(sendBuffers[CONFIGURATION])], title));
		}
		catch (error) {
			lines.push(`not ok ${title}: ${error.message}`);
		}
	}
	// the tests measure time, so only two run at once
	const worker = async () => {
		for (let start; (start = queue.shift()) !== undefined;)
			lines.push(...await start());
	};
	await Promise.all([worker(), worker()]);
	const count = start => lines.filter(line => line.startsWith(start)).length;
	return { passed: count("ok "), failed: count("not ok "), skipped: count("skip "), lines };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const variants = process.argv.slice(2);
	const { passed, failed, skipped, lines } = await run({ log: line => console.error(line),
		variants: variants.length ? variants : undefined });
	for (const line of lines)
		console.log(line);
	console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
	process.exitCode = failed ? 1 : 0;
}
