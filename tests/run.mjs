// SPDX-License-Identifier: MIT
/**
 * `npm test [-- [--no-install] GROUP…]`:
 * installs the tests' requirements, runs all groups (or the named ones), and ends with the groups' times, the programs
 * that are missing, and one line of counts. `--no-install` installs nothing: tests whose programs are missing are
 * skipped.
 *
 * Groups that need the processors run in sequence, with nothing else running. Groups that mostly wait, for frames at
 * their rate and for timeouts, run in parallel: each in a separate process and, as root, in a network of its own, so
 * that none takes another's ports. If one of these fails, it is repeated alone, and the second result counts: beside
 * four others on two cores, a client can be late by no fault of the camera. The summary has the first failures, too.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildApplication } from "../hosts/desktop/build/app.mjs";
import { canBuild } from "../hosts/desktop/build/engine.mjs";
import { install, installPackages } from "../hosts/desktop/setup.mjs";
import { ROOT } from "../hosts/desktop/build/tools.mjs";
import { linkProgram } from "./device/link.mjs";
import { lwip, withoutLwip } from "./device/lwip.mjs";
import { isolation } from "./interop/namespace.mjs";
import { installSystemPackages, missingPrograms } from "./system.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Each file exports `run(options): Promise<{passed, failed, skipped, lines}>`. `everything`: options in a run of all
 *  groups only. `parallel`: mostly waits; those that take longest come first. */
const groups = {
	lint: { file: "lint/run.mjs" },
	unit: { file: "unit/run-node.mjs" },
	boards: { file: "boards/run.mjs" },
	c: { file: "c/run.mjs" },
	simulator: { file: "c/simulator/run.mjs" },
	engine: { file: "engine/run.mjs" },
	sockets: { file: "device/contract.mjs" },
	steady: { file: "steady/run.mjs" },
	cost: { file: "cost/run.mjs" },
	many: { file: "many/run.mjs" },
	fuzz: { file: "fuzz/run.mjs" },
	attacks: { file: "attacks/run.mjs", everything: { families: "timed" } },
	"device-28k": { file: "device/run.mjs", options: { configurations: ["board"] }, parallel: true },
	"device-5k": { file: "device/run.mjs", options: { configurations: ["small"] }, parallel: true },
	"attacks-counted": { file: "attacks/run.mjs", options: { families: "counted" }, parallel: true },
	interop: { file: "interop/run.mjs", everything: { except: ["rebuilt", "recorder"] }, parallel: true },
	http: { file: "http/run.mjs", parallel: true },
	onvif: { file: "onvif/run.mjs", parallel: true },
	slow: { file: "interop/slow.mjs", parallel: true },
	recorder: { file: "interop/run.mjs", options: { suites: ["recorder"] }, parallel: true },
	rebuilt: { file: "interop/run.mjs", options: { suites: ["rebuilt"] }, parallel: true },
	faults: { file: "faults/run.mjs", parallel: true },
	coverage: { file: "coverage/run.mjs", parallel: true },
	// by name all of it, in three minutes; in a run of everything one of them
	storms: { file: "device/lwipstorms.mjs", everything: { brief: true }, parallel: true },
	page: { file: "page/run.mjs", parallel: true },
	integrations: { file: "integrations/run.mjs", parallel: true },
	auth: { file: "interop/auth.mjs", parallel: true },
	push: { file: "push/run.mjs", parallel: true },
	soak: { file: "soak/run.mjs", parallel: true },
	discovery: { file: "discovery/run.mjs", parallel: true },
	transports: { file: "interop/transports.mjs", parallel: true },
	conformance: { file: "conformance/run.mjs", parallel: true },
};

/** Number of groups that run in parallel. */
const PARALLEL = 5;

/** Characters of a failure in the summary; all of it stands above. */
const LONGEST = 500;

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
/** Failures of groups that were repeated. */
const first = [];
/** Seconds by group. */
const times = {};

/** Program and arguments that give a group a network of its own. Without root, tests that make networks would fail. */
const network = process.getuid?.() === 0 ? isolation() ?? [] : [];

function add({ passed, failed, skipped }, lines) {
	total.passed += passed;
	total.failed += failed;
	total.skipped += skipped;
	failures.push(...lines);
}

function print(title, texts) {
	for (const text of texts)
		console.log(title + text.split("\n").map(line => line.trim()).filter(Boolean).join(" | ").slice(0, LONGEST));
}

async function runGroup(name) {
	const { file, everything } = groups[name];
	const options = { ...groups[name].options, ...(byName ? {} : everything) };
	const begin = Date.now();
	console.log(`# ${name}`);
	let result;
	try {
		const module = await import(pathToFileURL(path.join(HERE, file)));
		result = await module.run(options);
	}
	catch (error) {
		result = { passed: 0, failed: 1, skipped: 0, lines: [`not ok ${name}: ${error.stack ?? error}`] };
	}
	for (const line of result.lines)
		console.log(line);
	times[name] = (Date.now() - begin) / 1000;
	console.log(
		`# ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in `
			+ `${times[name].toFixed(1)} s`,
	);
	add(result, result.lines.filter(line => line.startsWith("not ok")).map(line => `${name}: ${line}`));
}

/** Runs a group in a separate process and prints its output in one piece.
 *  @returns {Promise<{total, failures, times}>} of that process */
function runApart(name) {
	return new Promise(resolve => {
		const [program, ...args] = [...network, process.execPath, fileURLToPath(import.meta.url), name];
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe", "ipc"], cwd: ROOT });
		let output = "", report;
		child.stdout.on("data", data => output += data);
		child.stderr.on("data", data => output += data);
		child.on("message", message => report = message);
		child.on("close", (status, signal) => {
			process.stdout.write(output);
			resolve(
				report
					?? { total: { passed: 0, failed: 1, skipped: 0 },
						failures: [`not ok ${name}: ended with ${status ?? signal}`], times: {} },
			);
		});
	});
}

/** Groups that run in parallel must not build the same program at the same time. */
async function buildForAll() {
	const programs = [["manifest.json", "camera"], ["bench/measure/manifest.json", "measure"], [
		"bench/memory/manifest.json",
		"memory",
	]];
	for (const variant of ["release", "m32"]) {
		if (!await canBuild(variant))
			continue;
		for (const [manifest, name] of programs)
			await buildApplication({ manifest: path.join(ROOT, manifest), name, variant });
	}
	if (await withoutLwip())
		return;
	for (const [variant, configuration] of [["m32", "board"], ["m32", "small"], ["sanitize", "board"], ["thread",
		"board"]])
		if (await canBuild(variant))
			await buildApplication({ manifest: path.join(ROOT, "manifest.json"), variant,
				network: await lwip(configuration) });
	// a group reports a missing program itself
	await Promise.allSettled(["gateway", "tap", "storm"].map(linkProgram));
}

const mayInstall = !process.argv.includes("--no-install");
const wanted = process.argv.slice(2).filter(argument => argument !== "--no-install");
/** A process of a run of everything is told its group, too. */
const byName = wanted.length > 0 && !process.send;
for (const name of wanted) {
	if (!(name in groups)) {
		console.error(`"${name}" is not a group. Groups: ${Object.keys(groups).join(", ")}`);
		process.exit(2);
	}
}
if (!process.send && mayInstall) {
	installPackages();
	for (const folder of ["clients", "page"]) {
		if (!install(path.join(HERE, folder)))
			console.log(`# the packages of tests/${folder} cannot be installed: tests that need them are skipped`);
	}
	installSystemPackages();
}
if (wanted.length) {
	for (const name of wanted)
		await runGroup(name);
}
else {
	const names = Object.keys(groups), apart = names.filter(name => groups[name].parallel);
	for (const name of names.filter(item => !groups[item].parallel))
		await runGroup(name);
	await buildForAll();
	const again = [];
	const worker = async () => {
		for (let name; (name = apart.shift()) !== undefined;) {
			const report = await runApart(name);
			Object.assign(times, report.times);
			if (report.total.failed) {
				again.push(name);
				first.push(...report.failures);
			}
			else
				add(report.total, report.failures);
		}
	};
	await Promise.all(Array.from({ length: PARALLEL }, worker));
	for (const name of again) {
		const report = await runApart(name);
		times[name] += report.times[name] ?? 0;
		add(report.total, report.failures);
	}
}
if (process.send)
	await new Promise(resolve => process.send({ total, failures, times }, resolve));
else {
	const missing = missingPrograms();
	if (missing.length)
		console.log(`# Missing, so their tests were skipped: ${missing.join(", ")}`);
	const slowest = Object.entries(times).sort(([, a], [, b]) => b - a);
	console.log(`# Seconds by group: ${slowest.map(([name, time]) => `${name} ${time.toFixed(0)}`).join(", ")}`);
	print("failed beside others, and the group was repeated alone: ", first);
	print("", failures);
	console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ""}`);
}
process.stdout.write("", () => process.exit(total.failed || !total.passed ? 1 : 0));
