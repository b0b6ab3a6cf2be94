// SPDX-License-Identifier: MIT
/** The server's cost of a captured frame in the steady state, while it replays a folder of frames to players. */
import { readFileSync } from "node:fs";
import { callgrind, countable, countInstructions, countSystemCalls, sleep } from "./counting.mjs";
import { difference, Players } from "./players.mjs";
import { Pushed } from "./pushed.mjs";
import { startMeasured } from "./servers.mjs";
import { Viewers } from "./viewers.mjs";

/** Milliseconds until a steady state. */
const PATIENCE = 120_000;
/** Seconds after PLAY. */
const SETTLE = 1.5;

/**
 * @typedef {object} CostOptions
 * @property {string} folder of frames
 * @property {"tcp" | "udp" | "mjpeg" | "push"} transport RTP over TCP or UDP, pictures over HTTP, or RTP over TCP to a
 *  receiver that the server connects to
 * @property {number[]} clients numbers of players, ascending: the players stay, and more are added
 * @property {number} [fps] frames per second
 * @property {number} [seconds] of each measurement
 */

/** Starts the server, and lets `measure` work with each number of players after `settle`.
 *  @returns its results, in order */
async function forEachCount({ folder, transport, clients, fps = 50, wrapper, settle }, measure) {
	const pushed = transport === "push" ? await Pushed.listen() : undefined;
	const server = await startMeasured({ folder, fps, wrapper, args: pushed?.args }), results = [];
	const players = pushed
		? Object.assign(pushed, { server })
		: transport === "mjpeg"
		? await Viewers.start(server)
		: await Players.start(server, transport);
	try {
		for (const count of clients) {
			await players.playing(count);
			await settle(server, count);
			results.push(await measure(server, players));
		}
	}
	finally {
		await players.close();
		await server.stop();
	}
	return results;
}

/** Waits until the server has answered all requests. */
const rest = () => sleep(SETTLE);

/** Waits for a report of the server without requests in it. */
async function cleanReport(server, count) {
	const from = server.reports().length, deadline = Date.now() + PATIENCE;
	while (server.reports().slice(from).filter(report => report.playing === count).length < 2) {
		if (Date.now() > deadline)
			throw new Error(`no steady state:\n${server.output}`);
		await sleep(0.01);
	}
}

/** @param {CostOptions} options
 *  @returns {Promise<{slots: number, chunkBytes: number, copied: number, dropped: number, resident: number,
 *  frameTime: number}[]>} by number of players: slots, chunk bytes and copied payload bytes per captured frame; dropped
 *  frames in total; resident memory, KB; processor time of a delivered frame, nanoseconds */
export function allocations({ seconds = 4, ...options }) {
	return forEachCount({ ...options, settle: cleanReport },
		(server, players) => allocationsNow(server, players, seconds));
}

async function allocationsNow(server, players, seconds) {
	const before = await players.report(), from = server.reports().length;
	await sleep(seconds);
	const { frameTime } = difference(before, await players.report());
	while (server.reports().length === from)
		await sleep(0.01);
	const part = server.reports().slice(from), sum = name => part.reduce((total, report) => total + report[name], 0);
	const [, resident] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"));
	return { slots: sum("slots") / sum("frames"), chunkBytes: sum("chunkBytes") / sum("frames"),
		copied: sum("copied") / sum("frames"), dropped: sum("dropped"), resident: Number(resident), frameTime };
}

async function systemCallsNow(server, players, seconds) {
	const calls = await countSystemCalls(server, players, seconds);
	// leaves out the report's own output
	delete calls.write;
	return calls;
}

/** @param {CostOptions} options
 *  @returns {Promise<Record<string, number>[]>} by number of players: system calls per captured frame, by name */
export function systemCalls({ seconds = 4, ...options }) {
	return forEachCount({ ...options, settle: rest }, (server, players) => systemCallsNow(server, players, seconds));
}

/** @param {CostOptions} options
 *  @returns {Promise<number[]>} by number of players: instructions in user mode per captured frame */
export function instructions({ seconds = 6, ...options }) {
	return forEachCount({ ...options, wrapper: callgrind(), settle: rest },
		(server, players) => countInstructions(server, players, seconds));
}

/** All costs, from two servers one after the other: callgrind slows its own down.
 *  @param {CostOptions} options
 *  @returns {Promise<object[]>} a row for each number of players: `clients`, `instructions`, `calls`, and what
 *  `allocations` has; undefined for what cannot be counted here */
export async function costs({ seconds = 4, ...options }) {
	const rows = await forEachCount({ ...options, settle: cleanReport }, async (server, players) => ({
		...await allocationsNow(server, players, seconds),
		calls: countable.systemCalls ? await systemCallsNow(server, players, seconds) : undefined,
	}));
	const counted = countable.instructions ? await instructions({ ...options, seconds: seconds * 1.5 }) : [];
	return rows.map((row, i) => ({ clients: options.clients[i], instructions: counted[i], ...row }));
}
