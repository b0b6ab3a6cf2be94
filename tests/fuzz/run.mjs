// SPDX-License-Identifier: MIT
/**
 * Fuzzing what comes from the network: the server inside the engine, all of modules/ in all its states (state/main.ts),
 * and the running camera over real sockets.
 *
 *   npm run fuzz                                about a minute
 *   FUZZ_INPUTS=1000000 FUZZ_SEED=7 npm run fuzz -- in-engine-release
 *   FUZZ_INPUTS=10000000 npm run fuzz -- state-m32         half an hour: inputs are operations there
 *
 * Same seed, same run: an input depends on nothing but seed and number. A failure in the engine names both and prints
 * the steps of the input; this plays it alone:
 *
 *   FUZZ_SEED=7 FUZZ_FIRST=4711 FUZZ_INPUTS=1 npm run fuzz -- in-engine-release
 *   FUZZ_SEED=7 FUZZ_FIRST=76 FUZZ_INPUTS=1 FUZZ_TELL=1 npm run fuzz -- state-m32           an episode, every operation
 *                                                                                           told
 *
 * Only a heap that grows needs all inputs from the first. Over sockets time takes part: FUZZ_FIRST begins near what
 * failed.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { Tests, check, equal, execute } from "../interop/harness.mjs";
import { fuzzCamera } from "./live.mjs";

const SEED = Number(process.env.FUZZ_SEED ?? 2326), FIRST = Number(process.env.FUZZ_FIRST ?? 0);
const wanted = Number(process.env.FUZZ_INPUTS ?? 0);

/**
 * Inputs of each kind and variant. m32 has the device's slots, as many as the device has. The sanitize build collects
 * at every allocation: over sockets always, in the engine for the first milliseconds of an input (see stress.ts).
 */
const counts = {
	release: { engine: wanted || 2000, live: Math.min(wanted || 1500, 20_000) },
	m32: { engine: wanted || 1000, heap: true },
	sanitize: { engine: wanted || 400, live: Math.min(wanted || 20, 2000), stress: 5 },
};

/**
 * Operations of each variant. m32 has the device's heap, 4,096 slots and 64 KB of chunks, and beside it what the
 * clients in the same program take: 1,536 slots, and 48 KB for what is on its way to the server. Of the stack's 1,024
 * slots 256 are for them.
 */
const operations = {
	m32: { count: wanted || 50_000, heap: ["--heap=5632:114688"] },
	sanitize: { count: Math.min(wanted || 6000, 1_000_000), heap: [] },
};

async function fuzzStates(variant, { count, heap }, log) {
	const { program, folder } = await buildApplication({ manifest: path.join(ROOT, "tests/fuzz/state/manifest.json"),
		name: "tests-fuzz-state", variant });
	const begin = Date.now();
	const { status, stdout, stderr } = await execute(program, [folder, ...heap, ...[SEED, FIRST, count].map(String),
		process.env.FUZZ_TELL ?? "0"], {
		timeout: 60_000 + count * (variant === "sanitize" ? 100 : 10),
		env: { ASAN_OPTIONS: "detect_leaks=0" },
		onChild: child => child.stdout.on("data", data => log?.(String(data).trimEnd())),
	});
	const lines = String(stdout).trim().split("\n");
	check(status === 0 && stderr === "",
		`${lines.filter(line => !/^\d+ operations/.test(line)).slice(-6).join("\n")}\n${stderr}`);
	const result = JSON.parse(lines.at(-1));
	check(result.operations >= count, `${result.operations} operations`);
	// all places are taken, and the camera plays to most of them
	if (count >= 20_000) {
		check(result.full > result.rounds / 5 && result.busy > 0 && result.playing >= 6,
			`hardly anybody was there: ${lines.at(-1)}`);
		check(result.frames > count / 10 && result.byes > count / 300 && result.punctual > result.late,
			`hardly anything was sent: ${lines.at(-1)}`);
	}
	return `${Math.round(count / (Date.now() - begin) * 1000)} operations/s, ${lines.at(-1)}`;
}

async function fuzzInEngine(variant, { engine: count, stress = 0, heap = false }, log) {
	const { program, folder } = await buildApplication({ manifest: path.join(ROOT, "tests/fuzz/app/manifest.json"),
		name: "tests-fuzz", variant });
	const begin = Date.now();
	const { status, stdout, stderr } = await execute(program, [folder, ...heap ? ["--heap=4096:1048576"] : [],
		...[SEED, FIRST, count, stress].map(String)], {
		timeout: 60_000 + count * (variant === "sanitize" ? 2000 : 200),
		// modules are still being loaded when it ends: what they hold is no leak
		env: { ASAN_OPTIONS: "detect_leaks=0" },
		onChild: child => child.stdout.on("data", data => log?.(String(data).trimEnd())),
	});
	const lines = String(stdout).trim().split("\n");
	// what ends the machine, memory that is full for one, cannot say at which input
	check(status === 0,
		`${lines.filter((line, i) => i === lines.length - 1 || !/^\d+ inputs/.test(line)).join("\n")}\n${stderr}`);
	const result = JSON.parse(lines.at(-1));
	equal(result.inputs, count, "inputs");
	// the inputs reach deep: a fuzzer that is refused at the door proves nothing
	if (count >= 500) {
		const reached = { good: 1, refused: 1, failed: 0.1, tunnels: 0.2, played: 0.1, paused: 0.01, reports: 0.05,
			multicast: 0.03, written: 0.01, proved: 0.15, whole: 0.15 };
		for (const [what, share] of Object.entries(reached))
			check(result[what] > count * share, `hardly anything was reached: ${what} of ${lines.at(-1)}`);
		check(result.waiting > 0, "nobody was locked out");
	}
	return `${Math.round(count / (Date.now() - begin) * 1000)} inputs/s, ${lines.at(-1)}`;
}

export async function run({ log, only } = {}) {
	const tests = new Tests({ log, only });
	for (const [variant, { live, ...engine }] of Object.entries(counts)) {
		if (!await canBuild(variant)) {
			tests.skipped += live ? 2 : 1;
			tests.lines.push(`skip fuzz-${variant}: no compiler for it`);
			continue;
		}
		await tests.test(`server-survives-fuzzing-in-engine-${variant}`, [], () =>
			fuzzInEngine(variant, engine, wanted ? log : undefined), 24 * 3600_000);
		if (live)
			await tests.test(`camera-survives-fuzzing-over-sockets-${variant}`, [], () =>
				fuzzCamera({ variant, seed: SEED, first: FIRST, count: live }), 24 * 3600_000);
	}
	for (const [variant, options] of Object.entries(operations)) {
		const name = `server-keeps-its-promises-in-every-state-${variant}`;
		if (await canBuild(variant))
			await tests.test(name, [], () => fuzzStates(variant, options, wanted ? log : undefined), 24 * 3600_000);
		else {
			tests.skipped += 1;
			tests.lines.push(`skip ${name}: no compiler for it`);
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
