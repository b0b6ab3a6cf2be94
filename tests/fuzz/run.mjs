/**
 * Fuzzing what comes from the network: the server inside the engine, and the running camera over real sockets.
 *
 *   node tests/fuzz/run.mjs                     a few seconds
 *   FUZZ_INPUTS=1000000 FUZZ_SEED=7 node tests/fuzz/run.mjs in-engine
 *
 * A failure names seed and input; FUZZ_SEED and FUZZ_FIRST begin there.
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

/** Inputs of each kind and variant; the sanitize build collects at every allocation. A long run is long where inputs are cheap. */
const counts = {
	release: { engine: wanted || 2000, live: Math.min(wanted || 1500, 20_000) },
	sanitize: { engine: Math.min(wanted || 10, 2000), live: Math.min(wanted || 20, 2000) },
};

async function fuzzInEngine(variant, count, log) {
	const { program, folder } = await buildApplication({ manifest: path.join(ROOT, "tests/fuzz/app/manifest.json"), name: "tests-fuzz", variant });
	const begin = Date.now();
	const { status, stdout, stderr } = await execute(program, [folder, SEED, FIRST, count].map(String), {
		timeout: 60_000 + count * (variant === "sanitize" ? 1000 : 20),
		// modules are still being loaded when it ends: what they hold is no leak
		env: { ASAN_OPTIONS: "detect_leaks=0" },
		onChild: child => child.stdout.on("data", data => log?.(String(data).trimEnd())),
	});
	const lines = String(stdout).trim().split("\n");
	check(status === 0, `${lines.filter(line => !/^\d+ inputs/.test(line)).join("\n")}${stderr}`);
	const result = JSON.parse(lines.at(-1));
	equal(result.inputs, count, "inputs");
	// the inputs reach deep: a fuzzer that is refused at the door proves nothing
	if (count >= 1000)
		check(result.good > count / 2 && result.refused > count / 2 && result.played > count / 20 && result.paused > count / 200 && result.reports > count / 20 && result.entered > count / 20, `hardly anything was reached: ${lines.at(-1)}`);
	return `${count} inputs, ${result.answers} answers, ${Math.round(count / (Date.now() - begin) * 1000)} inputs/s`;
}

export async function run({ log, only } = {}) {
	const tests = new Tests({ log, only });
	for (const [variant, { engine, live }] of Object.entries(counts)) {
		if (!await canBuild(variant)) {
			tests.skipped += 2;
			tests.lines.push(`skip fuzz-${variant}: no compiler for it`);
			continue;
		}
		await tests.test(`server-survives-fuzzing-in-engine-${variant}`, [], () => fuzzInEngine(variant, engine, wanted ? log : undefined), 24 * 3600_000);
		await tests.test(`camera-survives-fuzzing-over-sockets-${variant}`, [], () => fuzzCamera({ variant, seed: SEED, first: FIRST, count: live }), 24 * 3600_000);
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
