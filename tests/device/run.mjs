// SPDX-License-Identifier: MIT
/**
 * Repeats conformance, HTTP's requests and pictures, attacks at HTTP, and interop in a device's conditions on the
 * desktop: 32-bit slots, a fixed heap of the board's size in the manifest (`creation`), 3 frame buffers, and the
 * ESP32's sockets over lwIP with the boards' options. Clients reach the camera through a router (link/gateway.c).
 *
 *   node tests/device/run.mjs [CONFIGURATION] [PATTERN]     board or small (lwip.mjs); only tests with a matching name
 *
 * Set HEAP=3000:40000 in the environment for another number of slots and bytes of chunks, to find out how much it
 * needs.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { profile } from "../camera.mjs";
import { Tests } from "../interop/harness.mjs";
import { gateway } from "./link.mjs";
import { lwip, sendBuffers } from "./lwip.mjs";

const CONFIGURATIONS = ["board", "small"];
const HEAP = process.env.HEAP ? `--heap=${process.env.HEAP}` : "--heap";
/** Groups that mostly wait run side by side, in the order of the lists. */
const STAGES = [[conformance, http, attacks], [interop]];
/** Attacks by one client or a few. Floods are measured in the group of attacks. */
const ATTACKS = /^(odd-paths|requests-inside|pages-of-others|http-requests-beyond)/;
/** Not without another program than the camera. */
const NOT_HERE = /^snapshot-is-new/;

async function conformance(options) {
	return (await import("../conformance/run.mjs")).run(options);
}

async function interop(options) {
	return (await import("../interop/run.mjs")).run(options);
}

async function http({ only, log }) {
	const wanted = { test: name => !NOT_HERE.test(name) && (!only || only.test(name)) };
	return (await import("../http/run.mjs")).run({ log, only: wanted, suites: ["pictures", "protocol"] });
}

async function attacks({ only, log }) {
	const tests = new Tests({ log, only: { test: name => ATTACKS.test(name) && (!only || only.test(name)) } });
	await (await import("../attacks/http.mjs")).http(tests);
	return tests;
}

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
			// not by several at a time
			await buildApplication({ manifest: path.join(ROOT, "manifest.json"), variant: profile.variant,
				network: profile.network });
			for (const stage of STAGES) {
				const results = await Promise.all(stage.map(group => group({ log, only })));
				for (const [i, { passed, failed, skipped, lines }] of results.entries()) {
					total.passed += passed;
					total.failed += failed;
					total.skipped += skipped;
					total.lines.push(
						...lines.map(line =>
							line.replace(/^(not ok|ok|skip) /,
								`$1 ${stage[i].name}-with-${sendBuffers[configuration]}-bytes-of-send-buffer/`)
						),
					);
				}
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
