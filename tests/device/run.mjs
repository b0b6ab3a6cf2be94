// SPDX-License-Identifier: MIT
/**
 * Repeats conformance and interop in a device's conditions on the desktop: 32-bit slots, a fixed heap of the board's
 * size in the manifest (`creation`), 3 frame buffers, and the ESP32's sockets over lwIP with the boards' options.
 * Clients reach the camera through a router (link/gateway.c).
 *
 *   node tests/device/run.mjs [CONFIGURATION] [PATTERN]     board or small (lwip.mjs); only tests with a matching name
 *
 * Set HEAP=3000:40000 in the environment for another number of slots and bytes of chunks, to find out how much it
 * needs.
 */
import { fileURLToPath } from "node:url";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { profile } from "../camera.mjs";
import { gateway } from "./link.mjs";
import { lwip, sendBuffers } from "./lwip.mjs";

const CONFIGURATIONS = ["board", "small"];
const HEAP = process.env.HEAP ? `--heap=${process.env.HEAP}` : "--heap";
const GROUPS = { conformance: "../conformance/run.mjs", interop: "../interop/run.mjs" };

/** Makes all cameras started from now on run in a device's conditions.
 *  @throws {Error} if that is not possible; the message names the missing part */
export async function becomeDevice(configuration, { variant = "m32", heap = HEAP } = {}) {
	if (!await canBuild(variant))
		throw new Error(`no compiler available for ${variant}`);
	Object.assign(profile, { variant, device: true, args: [heap, "--buffers", "3"], network: await lwip(configuration),
		sendBuffer: sendBuffers[configuration], wrapper: await gateway() });
}

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run({ log, only, configurations = CONFIGURATIONS } = {}) {
	const total = { passed: 0, failed: 0, skipped: 0, lines: [] };
	const usual = { ...profile };
	try {
		for (const configuration of configurations) {
			try {
				await becomeDevice(configuration);
			}
			catch (error) {
				return { ...total, skipped: total.skipped + 1,
					lines: [...total.lines, `skip device: ${error.message.split("\n")[0]}`] };
			}
			for (const [name, file] of Object.entries(GROUPS)) {
				const { run } = await import(file);
				const { passed, failed, skipped, lines } = await run({ log, only });
				total.passed += passed;
				total.failed += failed;
				total.skipped += skipped;
				total.lines.push(
					...lines.map(line =>
						line.replace(/^(not ok|ok|skip) /,
							`$1 ${name}-with-${sendBuffers[configuration]}-bytes-of-send-buffer/`)
					),
				);
			}
		}
	}
	finally {
		Object.assign(profile, usual);
	}
	return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [configuration, pattern] = process.argv.slice(2);
	const { passed, failed, skipped, lines } = await run({
		log: text => console.log(text),
		configurations: configuration === undefined ? CONFIGURATIONS : [configuration],
		only: pattern === undefined ? undefined : new RegExp(pattern),
	});
	if (!passed && skipped)
		console.log(lines.join("\n"));
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed ? 1 : 0;
}
