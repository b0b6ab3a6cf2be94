// SPDX-License-Identifier: MIT
/**
 * Fuzzes input from the network: the server and multicast DNS inside the engine, all of modules/ in all states
 * (state/main.ts), and the running camera over real sockets.
 *
 *   npm run fuzz                                about a minute
 *   FUZZ_INPUTS=1000000 FUZZ_SEED=7 npm run fuzz -- in-engine-release
 *   FUZZ_INPUTS=10000000 npm run fuzz -- state-m32         half an hour; an input is one operation
 *
 * An input depends only on seed and number, so the same seed repeats a run. A failure in the engine prints both and the
 * steps of the input. To play a single input or episode:
 *
 *   FUZZ_SEED=7 FUZZ_FIRST=4711 FUZZ_INPUTS=1 npm run fuzz -- in-engine-release
 *   FUZZ_SEED=7 FUZZ_FIRST=76 FUZZ_INPUTS=1 FUZZ_TELL=1 npm run fuzz -- state-m32           prints every operation
 *
 * Only failures because of a growing heap need all inputs from the first one. Over sockets, a failure also depends on
 * time; set FUZZ_FIRST to an input shortly before it.
 */
import path from "node:path";
import { runAlone } from "../alone.mjs";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { Tests, check, equal, execute } from "../interop/harness.mjs";
import { fuzzCrowd } from "./crowd.mjs";
import { fuzzCamera } from "./live.mjs";

const SEED = Number(process.env.FUZZ_SEED ?? 2326), FIRST = Number(process.env.FUZZ_FIRST ?? 0);
const wanted = Number(process.env.FUZZ_INPUTS ?? 0);

/**
 * Number of inputs of each kind and variant. m32 has slots of the device's size and number. The sanitize build collects
 * at every allocation: over sockets always, in the engine in the first milliseconds of each input (see stress.ts).
 */
const counts = {
	release: { engine: wanted || 2000, parts: wanted || 4000, live: Math.min(wanted || 1500, 20_000), crowd: 200 },
	m32: { engine: wanted || 1000, heap: true },
	sanitize: { engine: wanted || 400, parts: wanted || 400, live: Math.min(wanted || 20, 2000), crowd: 60, stress: 5 },
};

/**
 * Number of operations of each variant. m32 has the device's heap, 4,096 slots and 64 KB of chunks, and additional
 * memory for the clients in the same program: 1,536 slots, and 48 KB of data on the way to the server. 256 of the
 * stack's 1,024 slots are for the clients as well.
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
	// the places are often all taken, and most clients have played
	if (count >= 20_000) {
		check(result.full > result.rounds / 5 && result.busy > 0 && result.playing >= 6,
			`too few clients were connected: ${lines.at(-1)}`);
		check(result.frames > count / 10 && result.byes > count / 300 && result.punctual > result.late,
			`too little was sent: ${lines.at(-1)}`);
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
		// memory of modules still being loaded at the end is not a leak
		env: { ASAN_OPTIONS: "detect_leaks=0" },
		onChild: child => child.stdout.on("data", data => log?.(String(data).trimEnd())),
	});
	const lines = String(stdout).trim().split("\n");
	// a failure that ends the machine, such as full memory, cannot report its input
	check(status === 0,
		`${lines.filter((line, i) => i === lines.length - 1 || !/^\d+ inputs/.test(line)).join("\n")}\n${stderr}`);
	const result = JSON.parse(lines.at(-1));
	equal(result.inputs, count, "inputs");
	// a fuzzer whose input is always refused at once proves nothing: the inputs have to reach each feature
	if (count >= 500) {
		const reached = { good: 1, refused: 1, failed: 0.1, tunnels: 0.2, played: 0.1, paused: 0.01, reports: 0.05,
			multicast: 0.03, written: 0.01, proved: 0.15, whole: 0.15 };
		for (const [what, share] of Object.entries(reached))
			check(result[what] > count * share, `too few of "${what}": ${lines.at(-1)}`);
		check(result.waiting > 0, "no client was locked out");
	}
	return `${Math.round(count / (Date.now() - begin) * 1000)} inputs/s, ${lines.at(-1)}`;
}

/** Fuzzers of one part in the engine, each an application below this folder: the shares of the inputs that at least
 *  have to reach what the part is for. */
const parts = {
	http: { handled: 0.25, good: 0.25, refused: 0.25 },
	onvif: { good: 0.1, faults: 0.3, discovered: 0.02, changed: 0.02 },
	dns: { valid: 0.4, broken: 0.1, answers: 0.1, replies: 0.02, probes: 0.05 },
	push: { recorded: 0.1, reports: 0.1, failed: 0.3, redirected: 0.02 },
};

async function fuzzPart(name, variant, { parts: count, stress = 0 }) {
	const { program, folder } = await buildApplication({
		manifest: path.join(ROOT, `tests/fuzz/${name}/manifest.json`),
		name: `tests-fuzz-${name}`,
		variant,
	});
	const begin = Date.now();
	const { status, stdout, stderr } = await execute(program, [folder, ...[SEED, FIRST, count, stress].map(String)], {
		timeout: 60_000 + count * (variant === "sanitize" ? 2000 : 200),
		env: { ASAN_OPTIONS: "detect_leaks=0" },
	});
	check(status === 0, `${stdout}\n${stderr}`);
	const result = JSON.parse(String(stdout).trim());
	equal(result.inputs, count, "inputs");
	for (const [what, share] of Object.entries(parts[name]))
		check(result[what] > count * share, `too few of "${what}": ${stdout}`);
	return `${Math.round(count / (Date.now() - begin) * 1000)} inputs/s, ${JSON.stringify(result)}`;
}

export async function run({ log, only } = {}) {
	const tests = new Tests({ log, only });
	for (const [variant, { live, crowd, ...engine }] of Object.entries(counts)) {
		if (!await canBuild(variant)) {
			tests.skipped += live ? 3 + Object.keys(parts).length : 1;
			tests.lines.push(`skip fuzz-${variant}: no compiler available`);
			continue;
		}
		await tests.test(`server-survives-fuzzing-in-engine-${variant}`, [], () =>
			fuzzInEngine(variant, engine, wanted ? log : undefined), 24 * 3600_000);
		for (const name of engine.parts ? Object.keys(parts) : []) {
			await tests.test(`${name}-survives-fuzzing-in-engine-${variant}`, [], () => fuzzPart(name, variant, engine),
				3600_000);
		}
		if (crowd)
			await tests.test(`frames-are-whole-in-a-crowd-that-does-anything-${variant}`, [], () =>
				fuzzCrowd({ variant, seed: SEED, first: FIRST, count: wanted ? Math.min(wanted, 5000) : crowd }),
				3600_000);
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
			tests.lines.push(`skip ${name}: no compiler available`);
		}
	}
	return tests;
}

await runAlone(import.meta.url, run);
