// SPDX-License-Identifier: MIT
/**
 * Tests of ONVIF and WS-Discovery with the camera as a process, in network namespaces of their own: client libraries,
 * the requests of recorders, and messages that no client sends.
 *
 *   node tests/onvif/run.mjs [PATTERN]        PATTERN: regular expression; only tests with a matching name run
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Tests } from "../interop/harness.mjs";
import { Network } from "./network.mjs";

const SUITES = ["services", "recorders", "clients", "discovery"];
/** Seconds for all of it. */
const LIMIT = 240;

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line per test */
export async function run({ only } = {}) {
	const network = Network.create();
	if (!network)
		return { passed: 0, failed: 0, skipped: 1, lines: ["skip onvif: no network namespaces can be made here"] };
	try {
		return await runInside(network, only);
	}
	finally {
		network.close();
	}
}

/** Runs this file in the recorder's namespace. Its last line of output is the result. */
function runInside({ camera, recorder }, only) {
	return new Promise(resolve => {
		const child = spawn("ip", ["netns", "exec", recorder, process.execPath, fileURLToPath(import.meta.url),
			"--inside", camera, only?.source ?? ""], { stdio: ["ignore", "pipe", "inherit"] });
		let output = "";
		child.stdout.on("data", data => output += data);
		const timer = setTimeout(() => child.kill(), LIMIT * 1000);
		child.on("close", status => {
			clearTimeout(timer);
			try {
				resolve(JSON.parse(output.trimEnd().split("\n").at(-1)));
			}
			catch {
				resolve({ passed: 0, failed: 1, skipped: 0, lines: [`not ok onvif: ended with ${status}: ${output}`] });
			}
		});
	});
}

async function inside(cameraNamespace, only) {
	const tests = new Tests({ only: only ? new RegExp(only) : undefined });
	for (const name of SUITES) {
		try {
			const suite = await import(`./${name}.mjs`);
			await suite[name](tests, cameraNamespace);
		}
		catch (error) {
			await tests.test(`suite-${name}-runs`, [], () => Promise.reject(error));
		}
	}
	const { passed, failed, skipped, lines } = tests;
	process.stdout.write(`${JSON.stringify({ passed, failed, skipped, lines })}\n`, () => process.exit(0));
}

if (process.argv[2] === "--inside")
	await inside(process.argv[3], process.argv[4]);
else if (path.resolve(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
	const only = process.argv[2] === undefined ? undefined : new RegExp(process.argv[2]);
	const { passed, failed, skipped, lines } = await run({ only });
	console.log(lines.join("\n"));
	console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
	process.exitCode = failed ? 1 : 0;
}
