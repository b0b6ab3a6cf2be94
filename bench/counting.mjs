// SPDX-License-Identifier: MIT
/** Counts what a running server does for a frame, from outside: system calls by strace, instructions by callgrind. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { BUILD, run } from "../hosts/desktop/build/tools.mjs";
import { available } from "../tests/system.mjs";
import { difference } from "./players.mjs";

const FOLDER = path.join(BUILD, "bench", String(process.pid));
process.on("exit", () => rmSync(FOLDER, { recursive: true, force: true }));

/** What can be counted here. */
export const countable = { systemCalls: available(["strace", "--version"]),
	instructions: available(["valgrind", "--version"]) };

export const sleep = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));

/** Frames that each player received between two reports: the captured frames, as long as none is dropped. */
function framesOfOne(before, after) {
	return difference(before, after).frames / after.playing;
}

/** @param {{pid: number}} server
 *  @param {import("./players.mjs").Players} players who play steadily
 *  @returns {Promise<Record<string, number>>} system calls per frame, by name, of all threads */
export async function countSystemCalls(server, players, seconds) {
	mkdirSync(FOLDER, { recursive: true });
	const output = path.join(FOLDER, "strace.txt");
	const tracer = spawn("strace", ["-f", "-c", "-o", output, "-p", String(server.pid)], {
		stdio: ["ignore", "ignore", "pipe"],
	});
	const ended = new Promise(resolve => tracer.on("close", resolve));
	await new Promise(resolve => tracer.stderr.once("data", resolve));
	const before = await players.report();
	await sleep(seconds);
	const after = await players.report();
	tracer.kill("SIGINT");
	await ended;
	const frames = framesOfOne(before, after), calls = {};
	for (const line of readFileSync(output, "utf8").split("\n")) {
		const match = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$/.exec(line);
		if (match && match[2] !== "total")
			calls[match[2]] = Number(match[1]) / frames;
	}
	return calls;
}

/** Program and arguments that count a server's instructions. For `countInstructions`, which removes the counts. */
export function callgrind() {
	mkdirSync(FOLDER, { recursive: true });
	return ["valgrind", "--tool=callgrind", `--callgrind-out-file=${path.join(FOLDER, "callgrind")}`];
}

/** @param {{pid: number}} server runs by `callgrind()`
 *  @returns {Promise<number>} instructions in user mode per frame, of all threads */
export async function countInstructions(server, players, seconds) {
	const control = async action => {
		await run("callgrind_control", [action, String(server.pid)]);
		return players.report();
	};
	const before = await control("--zero");
	await sleep(seconds);
	const after = await control("--dump");
	let sum = 0;
	for (const name of readdirSync(FOLDER).filter(file => file.startsWith("callgrind"))) {
		const file = path.join(FOLDER, name);
		sum += Number(/^(?:totals|summary): (\d+)/m.exec(readFileSync(file, "utf8"))?.[1] ?? 0);
		rmSync(file);
	}
	return sum / framesOfOne(before, after);
}
