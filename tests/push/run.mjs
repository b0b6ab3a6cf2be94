// SPDX-License-Identifier: MIT
/**
 * Tests of push: the camera as a process sends its stream to real receivers, and to a scripted one that misbehaves
 * while local players play.
 *
 *   node tests/push/run.mjs [PATTERN]        PATTERN: regular expression; only tests with a matching name run
 */
import { mkdirSync } from "node:fs";
import { runAlone } from "../alone.mjs";
import { OUT, runSuite, Tests } from "../interop/harness.mjs";

const SUITES = ["receivers", "logins", "troubles", "hostile", "build"];

/** Tests that run at a time: they wait for frames and timeouts. */
const PARALLEL = 6;

/** Collects tests, to run several at a time. */
class Queue {
	#waiting = [];
	#tests;

	constructor(tests) {
		this.#tests = tests;
	}

	test(...parameters) {
		this.#waiting.push(parameters);
	}

	async run() {
		const worker = async () => {
			for (let parameters; (parameters = this.#waiting.shift()) !== undefined;)
				await this.#tests.test(...parameters);
		};
		await Promise.all(Array.from({ length: PARALLEL }, worker));
	}
}

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} one line per test */
export async function run({ log, only, suites = SUITES } = {}) {
	mkdirSync(OUT, { recursive: true });
	const tests = new Tests({ log, only }), queue = new Queue(tests);
	for (const name of suites)
		await runSuite(tests, name, item => import(`./${item}.mjs`), queue);
	await queue.run();
	return tests;
}

await runAlone(import.meta.url, run);
