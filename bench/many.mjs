// SPDX-License-Identifier: MIT
/**
 * Measures the camera with many clients, held by one process that checks every packet (bench/many/players.c):
 *
 * - frames delivered of those expected (clients × captured frames), missing RTP packets, the camera's share of a
 *   processor
 * - memory of a client in each state: slots and chunk bytes of the engine, bytes of the C heap
 * - with --callgrind: instructions (user mode) of a further client, for its set-up and for a frame that is sent to it
 *
 *    node bench/many.mjs [--clients N] [--transport tcp|udp] [--fps N] [--size NAME] [--seconds N] [--addresses N]
 *        [--variant release|m32] [--callgrind]
 *
 * Default: 768 clients from one address, over TCP and UDP, QVGA at 25 frames/s for 10 s.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildApplication } from "../hosts/desktop/build/app.mjs";
import { BUILD, ROOT, run } from "../hosts/desktop/build/tools.mjs";
import { startCamera } from "../tests/camera.mjs";
import { makeFrames } from "./frames.mjs";

const FOLDER = path.join(BUILD, "bench");
/** States of a client. */
export const STATES = ["connected", "ready", "playing"];
const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** Compiles the program that holds the clients.
 *  @returns its path */
async function buildPlayers() {
	mkdirSync(FOLDER, { recursive: true });
	const program = path.join(FOLDER, "many-players");
	await run(process.env.CC ?? "cc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", program,
		path.join(ROOT, "bench/many/players.c")]);
	return program;
}

/** Opens clients and waits until all have reached the state.
 *  @returns {Promise<{counts(): Promise<object>, close(): Promise<void>}>} `counts`: since the last call */
async function openClients(program, port, { transport, state, clients, addresses = 1 }) {
	const child = spawn(program, [port, transport, state, clients, addresses].map(String));
	let output = "", ended;
	const end = new Promise(resolve =>
		child.on("close", status => resolve(ended = `the clients ended with ${status}`))
	);
	child.stdout.on("data", data => output += data);
	child.stderr.on("data", data => output += data);
	const next = async () => {
		while (!output.includes("\n")) {
			if (ended)
				throw new Error(`${ended}: ${output}`);
			await sleep(10);
		}
		const [line] = output.split("\n");
		output = output.slice(line.length + 1);
		return line;
	};
	const ready = await next();
	if (ready !== "ready")
		throw new Error(ready);
	return {
		async counts() {
			child.stdin.write("\n");
			return JSON.parse(await next());
		},
		close() {
			child.stdin.end();
			return end;
		},
	};
}

/** Limits that leave room for the clients. Without a user, one session is kept for other addresses. */
function limits(clients) {
	return ["--connection-limit", String(clients + 1), "--session-limit", String(clients + 1), "--address-sessions",
		String(clients)];
}

const reportsOf = camera =>
	camera.output.split("\n").slice(0, -1).filter(line => line.startsWith("{")).map(line => JSON.parse(line));

/** Waits for the camera's next report. */
async function nextReport(camera) {
	const before = reportsOf(camera).length;
	for (const deadline = Date.now() + 120_000;;) {
		const reports = reportsOf(camera);
		if (reports.length > before)
			return reports.at(-1);
		if (Date.now() > deadline)
			throw new Error(`no report:\n${camera.output}`);
		await sleep(5);
	}
}

const manifestOf = app => path.join(ROOT, `bench/${app}/manifest.json`);

function startCounting(app, { clients, fps, size, variant = "release", wrapper = [], args = [] }) {
	return startCamera({ variant, wrapper, manifest: manifestOf(app), name: app, timeout: 120_000,
		args: ["--fps", String(fps), "--size", size, ...limits(clients), ...args] });
}

/** Processor time of a process, seconds. */
function processorTime(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Plays for some seconds.
 *  @returns frames expected and delivered, frames that the camera skipped, packets missing or wrong, and the share of
 *  a processor that the camera took */
export async function deliver(options) {
	const { clients, seconds } = options;
	const program = await buildPlayers();
	const camera = await startCounting("measure", options);
	try {
		const players = await openClients(program, camera.port, { ...options, state: "playing" });
		await sleep(1000);
		const before = await nextReport(camera), time = processorTime(camera.pid), begin = Date.now();
		await players.counts();
		let captured = 0, dropped = 0;
		while (Date.now() - begin < seconds * 1000) {
			const report = await nextReport(camera);
			captured += report.frames;
			dropped += report.dropped;
		}
		const elapsed = (Date.now() - begin) / 1000, share = (processorTime(camera.pid) - time) / elapsed;
		const counts = await players.counts();
		await players.close();
		if (before.playing !== clients)
			throw new Error(`${before.playing} of ${clients} clients play`);
		return { ...counts, expected: captured * clients, dropped, share, rate: captured / elapsed };
	}
	finally {
		await camera.stop();
	}
}

/** Number of the camera's reports, one a second, in which playing is counted, and frames per second. Frames are
 *  replayed, since the test card would cost more than the clients. RTCP reports of a client are 2.5 to 7.5 s apart:
 *  each sends two of them, more or less. */
const COUNTED = 10, COUNTED_RATE = 2;
/** bench/measure calls this once in each of its reports. */
const REPORTING = "xs_process_copied";

/** Callgrind writes its counts with each report of the camera, so that they belong to the frames of that report
 *  exactly, however late the machine is.
 *  @returns instructions (user mode) of the program from its start until all clients play, and for a captured frame
 *  then; clients: those that a frame was sent to, on average */
async function count(program, clients, transport, frames) {
	const out = path.join(FOLDER, `many-${clients}.callgrind`);
	const files = () => readdirSync(FOLDER).filter(name => name.startsWith(path.basename(out)));
	files().forEach(name => rmSync(path.join(FOLDER, name)));
	const camera = await startCounting("measure", { clients, fps: COUNTED_RATE, size: "VGA",
		args: ["--frames", frames, "--request-timeout", "100"],
		wrapper: ["valgrind", "--tool=callgrind", `--callgrind-out-file=${out}`, `--dump-before=${REPORTING}`] });
	try {
		const players = await openClients(program, camera.port, { clients, transport, state: "playing" });
		// the next one may be from before the last set-up, and the one after it has counted some of that
		await nextReport(camera);
		await nextReport(camera);
		const begin = reportsOf(camera).length;
		// a report of a machine that is late has more RTCP reports for its frames
		const isOnTime = ({ frames: captured }) => captured === COUNTED_RATE;
		const waits = () => reportsOf(camera).slice(begin).filter(isOnTime).length < COUNTED;
		while (waits()) {
			await nextReport(camera);
			if (reportsOf(camera).length > begin + 10 * COUNTED)
				throw new Error(`the machine is too slow: ${camera.output}`);
		}
		const reports = reportsOf(camera);
		await players.close();
		const instructions = number => Number(/^totals: (\d+)/m.exec(readFileSync(`${out}.${number}`, "utf8"))[1]);
		const sum = isCounted => {
			const total = { instructions: 0, frames: 0, sent: 0 };
			for (const [i, report] of reports.entries()) {
				if (!isCounted(report, i))
					continue;
				total.instructions += instructions(i + 1);
				total.frames += report.frames;
				total.sent += report.sent;
			}
			return total;
		};
		const before = sum((_report, i) => i < begin), counted = sum((report, i) => i >= begin && isOnTime(report));
		// the first clients play while others are set up
		const setUp = before.instructions - before.sent * counted.instructions / counted.sent;
		return { setUp, playing: counted.instructions / counted.frames, clients: counted.sent / counted.frames };
	}
	finally {
		await camera.stop();
	}
}

/** Counts with three numbers of clients.
 *  @param {number[]} numbers of clients, rising
 *  @returns instructions of each further client between the first two, and between the last two, for its set-up and for
 *  a frame that is sent to it. They are equal where nothing is quadratic */
export async function slopes(transport, numbers) {
	const { folder } = await makeFrames("vga-25");
	const program = await buildPlayers();
	// not by several at a time
	await buildApplication({ manifest: manifestOf("measure"), name: "measure", variant: "release" });
	const counts = await Promise.all(numbers.map(clients => count(program, clients, transport, folder)));
	const slope = (i, what) => (counts[i + 1][what] - counts[i][what]) / (counts[i + 1].clients - counts[i].clients);
	return { setUp: [slope(0, "setUp"), slope(1, "setUp")], playing: [slope(0, "playing"), slope(1, "playing")] };
}

/** @returns slots, chunk bytes and C heap bytes of a client, and all of it in bytes, by state */
export async function memoryOfClient(options) {
	const { clients } = options;
	const program = await buildPlayers();
	const camera = await startCounting("memory", options);
	// the smallest of several readings: some of them fall into a request
	const settled = async () => {
		const readings = [];
		for (let i = 0; i < 5; i++)
			readings.push(await nextReport(camera));
		return readings.reduce((least, figure) => (figure.slots < least.slots ? figure : least));
	};
	try {
		const result = {};
		const before = await settled();
		for (const state of STATES) {
			const held = await openClients(program, camera.port, { ...options, state });
			const after = await settled();
			const each = name => (after[name] - before[name]) / clients;
			result[state] = { slots: each("slots"), chunkBytes: each("chunkBytes"), nativeBytes: each("nativeBytes") };
			result[state].bytes = result[state].slots * after.slotBytes + result[state].chunkBytes
				+ result[state].nativeBytes;
			await held.close();
			for (let i = 0; i < 200 && (await nextReport(camera)).slots > before.slots + 100; i++);
		}
		return result;
	}
	finally {
		await camera.stop();
	}
}

function optionsOf(given) {
	const value = (name, byDefault) => {
		const index = given.indexOf(`--${name}`);
		return index < 0 ? byDefault : given[index + 1];
	};
	const transport = value("transport", "");
	return {
		clients: Number(value("clients", 768)),
		transports: transport === "" ? ["tcp", "udp"] : [transport],
		fps: Number(value("fps", 25)),
		size: value("size", "QVGA"),
		seconds: Number(value("seconds", 10)),
		addresses: Number(value("addresses", 1)),
		variant: value("variant", "release"),
		callgrind: given.includes("--callgrind"),
	};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const { transports, callgrind, ...common } = optionsOf(process.argv.slice(2));
	for (const transport of transports) {
		const options = { ...common, transport };
		const { frames, expected, dropped, missing, incomplete, wrong, closed, least, most, octets, share, rate } =
			await deliver(options);
		console.log(
			`${options.clients} clients over ${transport}, ${options.size} at ${rate.toFixed(1)} frames/s: ${frames} `
				+ `frames of ${expected} (${(100 * frames / expected).toFixed(2)} %), ${least} to ${most} a client, `
				+ `${dropped} skipped by the camera, ${missing} packets missing, ${incomplete} frames incomplete, `
				+ `${wrong} wrong, ${closed} closed; ${(octets / frames / 1000).toFixed(1)} KB a frame; camera `
				+ `${(100 * share).toFixed(0)} % of a processor`,
		);
		const memory = await memoryOfClient(options);
		for (const [state, { slots, chunkBytes, nativeBytes, bytes }] of Object.entries(memory))
			console.log(
				`  ${state.padEnd(10)}${slots.toFixed(1).padStart(7)} slots${
					chunkBytes.toFixed(0).padStart(6)
				} bytes of `
					+ `chunks${nativeBytes.toFixed(0).padStart(6)} of C heap${bytes.toFixed(0).padStart(7)} bytes`,
			);
		if (callgrind) {
			const numbers = [16, 64, 256], { setUp, playing } = await slopes(transport, numbers);
			const show = list => list.map(value => Math.round(value).toLocaleString("en")).join(" and ");
			console.log(
				`  instructions of a further client, ${numbers[0]} to ${numbers[1]} and ${numbers[1]} to ${
					numbers[2]
				}: `
					+ `set-up ${show(setUp)}, a frame ${show(playing)}`,
			);
		}
	}
}
