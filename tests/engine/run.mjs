// SPDX-License-Identifier: MIT
/**
 * Tests on the XS engine, in the desktop host: the unit tests of the modules without natives, the host itself, the
 * native halves of jpeg/, the simulated camera, the ESP32's camera over a fake driver, and stream/. Each is a separate
 * application, built and run in several variants (hosts/desktop/build/engine.mjs).
 *
 *   node tests/engine/run.mjs                       node tests/engine/run.mjs host camera/sanitize
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { BUILD } from "../../hosts/desktop/build/tools.mjs";
import { installPackages } from "../../hosts/desktop/setup.mjs";
import { drive } from "./setup/drive.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const VECTORS = path.join(HERE, "../vectors");
const EVERYWHERE = ["release", "sanitize", "m32"];

/** Send buffers in bytes: lwIP's as configured by the SDK, and one larger than the system's own buffer. */
const SEND_BUFFERS = ["5744", "16000000"];

/** Time limit of a run, milliseconds.
 *  The longest, a board's host in the variant sanitize, takes 40 seconds on two idle cores. */
const TIMEOUT = 240_000;

/** Runs in parallel. Many wait for timers more than they compute. */
const PARALLEL = 4;

/** Those that take longest come first. */
const applications = [
	{ name: "device", variants: EVERYWHERE, run: suite },
	{ name: "setup", variants: EVERYWHERE, run: (built, variant, _args, title) => drive(built, variant, title) },
	{ name: "unit", variants: EVERYWHERE, run: suite },
	{ name: "stream", variants: EVERYWHERE, run: suite },
	{ name: "http", variants: EVERYWHERE, run: suite },
	{ name: "discovery", variants: EVERYWHERE, run: suite },
	{ name: "host", variants: ["release", "sanitize"], run: host },
	{ name: "host", variants: ["thread"], run: (it, variant) => suite(it, variant, ["lookups"]) },
	{ name: "esp32camera", variants: EVERYWHERE, run: suite },
	{ name: "faults", variants: EVERYWHERE, run: suite },
	{ name: "camera", variants: EVERYWHERE, run: (it, variant) => suite(it, variant, [replayFolder(variant)]) },
	{ name: "polled", variants: EVERYWHERE, run: suite },
	{ name: "jpeg", variants: EVERYWHERE, run: suite },
	{ name: "ethernet", variants: EVERYWHERE, run: suite },
];

/** Programs that fail, with their arguments and expected messages.
 *  `at` is text in the line that the stack must contain. */
const endings = [
	...[
		["uncaught-in-main", "Error: from main"],
		["uncaught-in-timer", "Error: from timer"],
		["uncaught-in-readable", "RangeError: from readable"],
		["uncaught-in-writable", "TypeError: from writable"],
		["uncaught-in-error", "Error: from error"],
		["uncaught-in-listener", "Error: from listener"],
		["uncaught-in-udp", "Error: from udp"],
	].map(([name, message]) => ({ name: `${name}-ends-the-program`, args: [name],
		says: `uncaught exception: ${message}\n`, at: `"${message.split(": ")[1]}"` })
	),
	...[
		["uncaught-in-promise-job", "from a promise job"],
		["uncaught-in-async-function", "from an async function"],
		["rejection-in-a-program-that-goes-on", "from a promise that was collected"],
	].map(([name, message]) => ({ name: `${name}-ends-the-program`, args: [name],
		says: `unhandled rejection: Error: ${message}\n`, at: `"${message}"` })
	),
	{ name: "uncaught-error-has-the-whole-stack", args: ["uncaught-in-timer"],
		matches: /(\n at deep \(tests\/\S+\/scenarios\.ts:\d+\)){4}\n at \(tests\/\S+\/scenarios\.ts:\d+\)\n/ },
	{ name: "uncaught-value-that-is-no-error-is-told", args: ["uncaught-value"],
		says: "uncaught exception: no error but text\n" },
	{ name: "unknown-module-ends-the-program", args: ["unknown-module"],
		says: `ReferenceError: module "./no/such/module" not found\n`, at: "import(specifier)" },
	{ name: "heap-without-chunks-says-what-to-raise", args: ["--heap", "chunks-full"],
		matches:
			/^memory full, .*: raise "creation\.chunk" .*\d+ bytes .* \d+ slots in use\)\n(.*\n)*uncaught exception/ },
	{ name: "heap-without-slots-says-what-to-raise", args: ["--heap", "slots-full"],
		matches: /^memory full, .* or "creation\.heap" .*\d+ bytes .* 8191 slots in use\)\n(.*\n)*uncaught exception/ },
	{ name: "stack-overflow-says-what-to-raise", args: ["stack-full"],
		says: `stack overflow: raise "creation.stack" in manifest.json\n` },
	{ name: "send-buffer-out-of-range-is-refused", args: ["--send-buffer", "4095", "stack-full"],
		says: "--send-buffer takes", status: 2 },
	{ name: "send-buffer-without-number-is-refused", args: ["--send-buffer"], says: "--send-buffer takes", status: 2 },
];

/** @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run({ only = [], log = () => {} } = {}) {
	const wanted = (name, variant) => !only.length || only.includes(name) || only.includes(`${name}/${variant}`);
	const lines = [], runs = [], queue = [];
	let running = 0;
	/** Starts it when fewer than PARALLEL run. */
	const limited = async start => {
		if (running === PARALLEL)
			await new Promise(resolve => queue.push(resolve));
		else
			running++;
		lines.push(...await start());
		const follower = queue.shift();
		if (follower)
			follower();
		else
			running--;
	};
	// the next is built while others run
	for (const application of applications) {
		for (const variant of application.variants) {
			if (!wanted(application.name, variant))
				continue;
			const title = `${application.name}/${variant}`;
			if (!await canBuild(variant)) {
				lines.push(`skip ${title}: no compiler for it`);
				continue;
			}
			try {
				const built = await buildApplication({ manifest: path.join(HERE, application.name, "manifest.json"),
					name: `tests-${application.name}`, variant, log });
				runs.push(limited(() => application.run(built, variant, [], title)));
			}
			catch (error) {
				lines.push(`not ok ${title}: ${error.message}`);
			}
		}
	}
	await Promise.all(runs);
	const count = start => lines.filter(line => line.startsWith(start)).length;
	return { passed: count("ok "), failed: count("not ok "), skipped: count("skip "), lines };
}

/** Runs a program and waits for its exit. */
function execute({ program, folder }, args) {
	return new Promise(resolve => {
		const child = spawn(program, [folder, ...args], { stdio: ["ignore", "pipe", "pipe"] });
		let output = "", errors = "";
		child.stdout.on("data", data => output += data);
		child.stderr.on("data", data => errors += data);
		const timer = setTimeout(() => {
			errors += `\nnot finished in ${TIMEOUT / 1000} s\n`;
			child.kill("SIGKILL");
		}, TIMEOUT);
		child.on("error", error => errors += error.message);
		child.on("close", (status, signal) => {
			clearTimeout(timer);
			resolve({ status: status ?? signal, output, errors });
		});
	});
}

/** An application that prints its tests. */
export async function suite(
	built,
	variant,
	args,
	title = `${path.basename(built.folder).replace("tests-", "")}/${variant}`,
) {
	const { status, output, errors } = await execute(built, args);
	const lines = [];
	for (const line of output.trimEnd().split("\n")) {
		const match = /^(ok|not ok|skip) (.*)$/.exec(line);
		if (match)
			lines.push(`${match[1]} ${title}/${match[2]}`);
		else if (lines.at(-1)?.startsWith("not ok"))
			lines.push(lines.pop() + `\n${line}`);
	}
	if (!lines.length || (status !== 0 && (status !== 1 || errors || !lines.some(line => line.startsWith("not ok")))))
		lines.push(`not ok ${title}: ended with ${status} after ${lines.length} tests\n${errors.trim()}`);
	return lines;
}

async function host(built, variant) {
	const lines = await suite(built, variant, ["all"]);
	for (const bytes of SEND_BUFFERS)
		lines.push(...await suite(built, variant, ["--send-buffer", bytes, "imitated", bytes]));
	lines.push(...await suite(built, variant, ["--heap", "memory"]));
	const folder = mkdtempSync(path.join(tmpdir(), "camera-files-"));
	lines.push(...await suite(built, variant, ["files", folder]));
	rmSync(folder, { recursive: true });
	const source = readFileSync(path.join(HERE, "host/scenarios.ts"), "utf8").split("\n");
	for (const { name, args, says = "", matches = /^/, at, status: expected = 1 } of endings) {
		const { status, errors } = await execute(built, args);
		const place = at && `(tests/engine/host/scenarios.ts:${source.findIndex(line => line.includes(at)) + 1})`;
		const good = status === expected && errors.includes(says) && matches.test(errors)
			&& (!place || errors.includes(place)) && !errors.includes("Sanitizer");
		lines.push(
			good
				? `ok host/${variant}/${name}`
				: `not ok host/${variant}/${name}: ended with `
					+ `${status}${place ? `, not at ${place}` : ""}\n${errors.trim()}`,
		);
	}
	lines.push(await stopWhileOutputWaits(built, `host/${variant}/stop-while-output-waits-loses-none-of-it`));
	return lines;
}

/** Sends a signal while the program waits for a reader of its output.
 *  The scenario prints 2,000 numbered lines, a megabyte. */
async function stopWhileOutputWaits({ program, folder }, title) {
	const child = spawn(program, [folder, "stop-while-output-waits"], { stdio: ["ignore", "pipe", "inherit"] });
	const ended = new Promise(resolve => child.on("close", (status, signal) => resolve(status ?? signal)));
	const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT);
	// until the pipe is full and the program blocks in a write
	let before;
	do {
		before = child.stdout.readableLength;
		await new Promise(resolve => setTimeout(resolve, 500));
	}
	while (!before || child.stdout.readableLength !== before);
	child.kill("SIGTERM");
	await new Promise(resolve => setTimeout(resolve, 100));
	let output = "";
	child.stdout.on("data", data => output += data);
	const status = await ended;
	clearTimeout(timer);
	const lines = output.trimEnd().split("\n"),
		wrong = lines.findIndex((line, i) => line !== `line ${i} ${".".repeat(500)}`);
	const good = status === 0 && lines.length === 2000 && wrong < 0;
	return good
		? `ok ${title}`
		: `not ok ${title}: ended with ${status} after ${lines.length} lines, wrong from line ${wrong}`;
}

/** A folder with two frames that RTP can carry and, between them, two files that it cannot. */
function replayFolder(variant) {
	const folder = path.join(BUILD, variant, "tests-camera/frames");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	copyFileSync(path.join(VECTORS, "odd-227x149.jpg"), path.join(folder, "a-odd.jpg"));
	writeFileSync(path.join(folder, "b-text.jpg"), "no image at all\n");
	const whole = readFileSync(path.join(VECTORS, "ov2640-svga.jpg"));
	writeFileSync(path.join(folder, "c-cut.jpg"), whole.subarray(0, whole.length / 2));
	copyFileSync(path.join(VECTORS, "ov2640-svga.jpg"), path.join(folder, "d-svga.JPEG"));
	writeFileSync(path.join(folder, "e-not-an-image.txt"), "passed over\n");
	return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	installPackages();
	const { passed, failed, skipped, lines } = await run({ only: process.argv.slice(2), log: line =>
		console.error(line) });
	for (const line of lines)
		console.log(line);
	console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
	process.exitCode = failed || !passed ? 1 : 0;
}
