/**
 * `npm test [-- GROUP…]`: installs what the tests need, runs every group (or those named), and closes with one line of counts.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installPackages } from "../hosts/desktop/setup.mjs";
import { installSystemPackages } from "./system.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Each file exports `run(): Promise<{passed, failed, skipped, lines}>`. */
const groups = {
	unit: "unit/run-node.mjs",
	c: "c/run.mjs",
	simulator: "c/simulator/run.mjs",
	engine: "engine/run.mjs",
	steady: "steady/run.mjs",
	boards: "boards/run.mjs",
	interop: "interop/run.mjs",
	auth: "interop/auth.mjs",
	transports: "interop/transports.mjs",
	slow: "interop/slow.mjs",
	conformance: "conformance/run.mjs",
	device: "device/run.mjs",
	faults: "faults/run.mjs",
	soak: "soak/run.mjs",
	fuzz: "fuzz/run.mjs",
	coverage: "coverage/run.mjs",
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
	if (!(name in groups)) {
		console.error(`"${name}" is no group: ${Object.keys(groups).join(", ")}`);
		process.exit(2);
	}
}

installPackages();
installSystemPackages();

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const [name, file] of Object.entries(groups)) {
	if (wanted.length && !wanted.includes(name))
		continue;
	const full = path.join(HERE, file);
	if (!existsSync(full))
		continue;
	const begin = Date.now();
	console.log(`# ${name}`);
	let result;
	try {
		const module = await import(pathToFileURL(full));
		result = await module.run();
	}
	catch (error) {
		result = { passed: 0, failed: 1, skipped: 0, lines: [`not ok ${name}: ${error.stack ?? error}`] };
	}
	for (const line of result.lines) {
		console.log(line);
		if (line.startsWith("not ok"))
			failures.push(`${name}: ${line}`);
	}
	console.log(`# ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
	for (const key of Object.keys(total))
		total[key] += result[key];
}
for (const line of failures)
	console.log(line.split("\n")[0]);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ""}`);
process.exit(total.failed || !total.passed ? 1 : 0);
