/**
 * `npm run bench [-- --json FILE]`: what the server costs for each captured frame. A folder of VGA frames of about 25 KB is
 * replayed to 1 and to 4 players, over TCP and over UDP, and these are counted in the steady state, per captured frame:
 *
 * - instructions: user mode, by callgrind; of them the simulated camera's own (it copies a file into its buffer, as a sensor's
 *   DMA would) are told apart, for a board does not have them
 * - system calls, by strace
 * - payload bytes copied by our code: those that a TCP socket had to keep, and those that the fragmenter bounced
 * - allocations of the machine: slots and chunk bytes
 * and the program's resident memory.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import path from "node:path";
import { installPackages } from "../hosts/desktop/setup.mjs";

installPackages();
const { BUILD, ROOT, run } = await import("../hosts/desktop/build/tools.mjs");
const { startCamera } = await import("../tests/camera.mjs");
const { play } = await import("./player.mjs");
const { installSystemPackages } = await import("../tests/system.mjs");
installSystemPackages();

const FOLDER = path.join(BUILD, "bench");
const FRAMES = path.join(FOLDER, "frames");
const WIDTH = 640, HEIGHT = 480;

/** Ten VGA frames of about 25 KB, made by the simulated camera's own encoder. */
async function makeFrames() {
	rmSync(FRAMES, { recursive: true, force: true });
	mkdirSync(FRAMES, { recursive: true });
	const tool = path.join(FOLDER, "make-frames");
	const core = path.join(ROOT, "hosts/simulator/core");
	await run(process.env.CC ?? "cc", ["-O2", "-o", tool, path.join(ROOT, "tests/interop/make-frames.c"), path.join(core, "jpeg_encoder.c"), path.join(core, "test_card.c")]);
	await run(tool, [path.join(FRAMES, "frame"), String(WIDTH), String(HEIGHT), "422", "8", "0", "10"]);
	const sizes = readdirSync(FRAMES).map(name => readFileSync(path.join(FRAMES, name)).length);
	return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** Starts the measuring camera and `count` players, and waits until all play steadily. */
async function begin(transport, count, { wrapper = [], fps = 100 } = {}) {
	const camera = await startCamera({
		manifest: path.join(ROOT, "bench/measure/manifest.json"), name: "measure", wrapper, timeout: 120_000,
		args: ["--fps", String(fps), "--frames", FRAMES],
	});
	const players = [];
	for (let i = 0; i < count; i++)
		players.push(await play(camera.port, transport));
	const reports = () => camera.output.split("\n").filter(line => line.startsWith("{")).map(line => JSON.parse(line));
	const until = async test => {
		const deadline = Date.now() + 120_000;
		while (!test(reports())) {
			if (Date.now() > deadline)
				throw new Error(`no steady state:\n${camera.output}`);
			await new Promise(resolve => setTimeout(resolve, 10));
		}
	};
	await until(list => list.filter(item => item.playing === count).length >= 2);
	return {
		camera, reports, until,
		async end() {
			players.forEach(player => player.close());
			await camera.stop();
		},
	};
}

/** @returns frames captured while `work` ran, which began and ended at a report */
async function during(session, reports, work) {
	const first = session.reports().length;
	await session.until(list => list.length > first);
	await work.begin();
	const from = session.reports().length;
	await session.until(list => list.length >= from + reports);
	await work.end();
	return session.reports().slice(from, from + reports).reduce((sum, item) => sum + item.frames, 0);
}

async function allocations(transport, count) {
	const session = await begin(transport, count);
	const first = session.reports().length;
	await session.until(list => list.length >= first + 5);
	const part = session.reports().slice(first, first + 5);
	const sum = name => part.reduce((total, item) => total + item[name], 0);
	const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${session.camera.pid}/status`, "utf8"))[1]);
	await session.end();
	return { slots: sum("slots") / sum("frames"), chunkBytes: sum("chunkBytes") / sum("frames"), copied: sum("copied") / sum("frames"), dropped: sum("dropped"), resident };
}

async function systemCalls(transport, count) {
	const session = await begin(transport, count);
	const output = path.join(FOLDER, "strace.txt");
	let tracer, ended;
	const frames = await during(session, 4, {
		async begin() {
			tracer = spawn("strace", ["-f", "-c", "-o", output, "-p", String(session.camera.pid)], { stdio: ["ignore", "ignore", "pipe"] });
			ended = new Promise(resolve => tracer.on("close", resolve));
			await new Promise(resolve => tracer.stderr.once("data", resolve));
		},
		async end() {
			tracer.kill("SIGINT");
			await ended;
		},
	});
	await session.end();
	const calls = {};
	for (const line of readFileSync(output, "utf8").split("\n")) {
		const match = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$/.exec(line);
		if (match && match[2] !== "total")
			calls[match[2]] = Number(match[1]) / frames;
	}
	// the report's own line
	delete calls.write;
	return calls;
}

async function instructions(transport, count) {
	const out = path.join(FOLDER, "callgrind.out");
	for (const name of readdirSync(FOLDER))
		if (name.startsWith("callgrind.out"))
			rmSync(path.join(FOLDER, name));
	const session = await begin(transport, count, { wrapper: ["valgrind", "--tool=callgrind", `--callgrind-out-file=${out}`], fps: 50 });
	const pid = String(session.camera.pid);
	const frames = await during(session, 4, {
		begin: () => run("callgrind_control", ["--zero", pid]),
		end: () => run("callgrind_control", ["--dump", pid]),
	});
	await session.end();
	const dump = readdirSync(FOLDER).filter(name => name.startsWith("callgrind.out.")).sort()[0];
	const text = await run("callgrind_annotate", ["--inclusive=yes", "--threshold=100", path.join(FOLDER, dump)]);
	const cost = name => Number((new RegExp(`^\\s*([\\d,]+) .*[:/ ]${name}(?: |\\[|$)`, "m").exec(text)?.[1] ?? "0").replaceAll(",", ""));
	const total = Number(/^\s*([\d,]+) .*PROGRAM TOTALS/m.exec(text)[1].replaceAll(",", ""));
	return { total: total / frames, camera: cost("xs_simulator_capture") / frames };
}

mkdirSync(FOLDER, { recursive: true });
const average = await makeFrames();
console.log(`VGA frames of ${Math.round(average)} bytes, per captured frame:`);
console.log("");
console.log("| transport | players | instructions | of them camera | system calls | bytes copied | slots | chunk bytes | dropped | resident |");
console.log("|---|---|---|---|---|---|---|---|---|---|");
const rows = [];
for (const transport of ["tcp", "udp"]) {
	for (const count of [1, 4]) {
		const memory = await allocations(transport, count);
		const calls = await systemCalls(transport, count);
		const cost = await instructions(transport, count);
		const sum = Object.values(calls).reduce((total, value) => total + value, 0);
		rows.push({ transport, count, ...memory, calls, ...cost });
		console.log(`| ${transport} | ${count} | ${Math.round(cost.total)} | ${Math.round(cost.camera)} | ${sum.toFixed(2)} | ${memory.copied.toFixed(1)} | ${memory.slots.toFixed(2)} | ${memory.chunkBytes.toFixed(1)} | ${memory.dropped} | ${memory.resident} KB |`);
	}
}
console.log("");
for (const { transport, count, calls } of rows)
	console.log(`${transport} ${count}: ${Object.entries(calls).map(([name, value]) => `${name} ${value.toFixed(2)}`).join(", ")}`);
const json = process.argv.indexOf("--json");
if (json > 0)
	writeFileSync(process.argv[json + 1], `${JSON.stringify({ average, rows }, null, "\t")}\n`);
