// SPDX-License-Identifier: MIT
/** Measures the server's cost per captured frame in the steady state, while it replays a folder of VGA frames to
 *  players. */
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import path from "node:path";
import { BUILD, ROOT, run } from "../hosts/desktop/build/tools.mjs";
import { startCamera } from "../tests/camera.mjs";
import { play } from "./player.mjs";

const FOLDER = path.join(BUILD, "bench");
/** Folder of `makeFrames`. */
export const FRAMES = path.join(FOLDER, "frames");
const WIDTH = 640, HEIGHT = 480;

/** Makes ten VGA frames of about 25 KB with the simulated camera's encoder, before anything is measured.
 *  @returns average size, bytes */
export async function makeFrames() {
	rmSync(FRAMES, { recursive: true, force: true });
	mkdirSync(FRAMES, { recursive: true });
	const tool = path.join(FOLDER, "make-frames");
	const core = path.join(ROOT, "hosts/simulator/core");
	await run(process.env.CC ?? "cc", ["-O2", "-o", tool, path.join(ROOT, "tests/interop/make-frames.c"),
		path.join(core, "jpeg_encoder.c"), path.join(core, "test_card.c")]);
	await run(tool, [path.join(FRAMES, "frame"), String(WIDTH), String(HEIGHT), "422", "8", "0", "10"]);
	const sizes = readdirSync(FRAMES).map(name => readFileSync(path.join(FRAMES, name)).length);
	return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** Starts the measuring camera and `count` players, and waits until all play steadily. */
async function begin(transport, count, { wrapper = [], fps = 100 } = {}) {
	const camera = await startCamera({
		manifest: path.join(ROOT, "bench/measure/manifest.json"),
		name: "measure",
		wrapper,
		timeout: 120_000,
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
		camera,
		reports,
		until,
		async end() {
			players.forEach(player => player.close());
			await camera.stop();
		},
	};
}

/** Calls `work.begin` and, `reports` reports later, `work.end`, each right after a report.
 *  @returns frames captured in between */
async function during(session, reports, work) {
	const first = session.reports().length;
	await session.until(list => list.length > first);
	await work.begin();
	const from = session.reports().length;
	await session.until(list => list.length >= from + reports);
	await work.end();
	return session.reports().slice(from, from + reports).reduce((sum, item) => sum + item.frames, 0);
}

/** @returns slots, chunk bytes and copied payload bytes per frame; total of dropped frames; resident memory, KB */
export async function allocations(transport, count) {
	const session = await begin(transport, count);
	const first = session.reports().length;
	await session.until(list => list.length >= first + 5);
	const part = session.reports().slice(first, first + 5);
	const sum = name => part.reduce((total, item) => total + item[name], 0);
	const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${session.camera.pid}/status`, "utf8"))[1]);
	await session.end();
	return { slots: sum("slots") / sum("frames"), chunkBytes: sum("chunkBytes") / sum("frames"),
		copied: sum("copied") / sum("frames"), dropped: sum("dropped"), resident };
}

/** @returns system calls per frame, by name */
export async function systemCalls(transport, count) {
	const session = await begin(transport, count);
	const output = path.join(FOLDER, "strace.txt");
	let tracer, ended;
	const frames = await during(session, 4, {
		async begin() {
			tracer = spawn("strace", ["-f", "-c", "-o", output, "-p", String(session.camera.pid)], {
				stdio: ["ignore", "ignore", "pipe"],
			});
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
	// leaves out the report's own output
	delete calls.write;
	return calls;
}

/** @returns user-mode instructions per frame: in total, and the simulated camera's share */
export async function instructions(transport, count) {
	const out = path.join(FOLDER, "callgrind.out");
	for (const name of readdirSync(FOLDER))
		if (name.startsWith("callgrind.out"))
			rmSync(path.join(FOLDER, name));
	const session = await begin(transport, count, {
		wrapper: ["valgrind", "--tool=callgrind", `--callgrind-out-file=${out}`],
		fps: 50,
	});
	const pid = String(session.camera.pid);
	const frames = await during(session, 4, {
		begin: () => run("callgrind_control", ["--zero", pid]),
		end: () => run("callgrind_control", ["--dump", pid]),
	});
	await session.end();
	const dump = readdirSync(FOLDER).filter(name => name.startsWith("callgrind.out.")).sort()[0];
	const text = await run("callgrind_annotate", ["--inclusive=yes", "--threshold=100", path.join(FOLDER, dump)]);
	const cost = name =>
		Number(
			(new RegExp(`^\\s*([\\d,]+) .*[:/ ]${name}(?: |\\[|$)`, "m").exec(text)?.[1] ?? "0").replaceAll(",", ""),
		);
	const total = Number(/^\s*([\d,]+) .*PROGRAM TOTALS/m.exec(text)[1].replaceAll(",", ""));
	return { total: total / frames, camera: cost("xs_simulator_capture") / frames };
}
