// SPDX-License-Identifier: MIT
/** `npm run bench -- peers`: what a frame costs this server and others that replay the same files to the same players,
 *  counted in the same way, in turns. */
import { callgrind, countable, countInstructions, countSystemCalls, sleep } from "./counting.mjs";
import { makeFrames, SIZES } from "./frames.mjs";
import { fixed, markdownTable, rounded } from "./markdown.mjs";
import { difference } from "./players.mjs";
import { runnable, SERVERS } from "./servers.mjs";
import { percentile } from "./statistics.mjs";
import { inTurns, withPlayers, withPlayersOf } from "./turns.mjs";

/** Frames per second, unless an option says otherwise: a camera's. */
const RATE = 25;

/** @param {import("./options.mjs").BenchOptions} options
 *  @returns {Promise<{fps: number, rows: object[]}>} */
export async function run(
	{ sizes = ["vga-25"], transports = ["tcp", "udp"], clients = [1, 4, 16], servers: names, fps = RATE, seconds = 4,
		rounds = 3, log },
) {
	const servers = runnable(names, log), rows = [];
	for (const size of sizes) {
		const { folder } = await makeFrames(size);
		for (const transport of transports)
			for (const count of clients)
				rows.push(...await natively({ servers, size, folder, fps, transport, count, seconds, rounds, log }));
		for (const server of countable.instructions ? servers : [])
			await underCallgrind({ server, folder, fps, seconds, log, rows: rows.filter(row =>
				row.size === size && row.server === server.name
			) });
	}
	return { fps, rows };
}

/** Processor time in all rounds, and system calls in the first. */
async function natively({ servers, size, folder, fps, transport, count, seconds, rounds, log }) {
	log(`${SIZES[size].title} over ${transport}, ${count} clients: ${servers.map(({ title }) => title).join(", ")}`);
	const calls = new Map();
	const results = await inTurns(servers, rounds,
		server =>
			withPlayers(server, { folder, fps, transport, count }, async (running, players) => {
				const before = await players.report();
				await sleep(seconds);
				const result = difference(before, await players.report());
				if (countable.systemCalls && !calls.has(server.name))
					calls.set(server.name, await countSystemCalls(running, players, seconds / 2));
				return result;
			}));
	const rows = servers.map(({ name }) => ({
		size,
		transport,
		clients: count,
		server: name,
		frameTime: percentile(results.get(name).map(result => result.frameTime), 0.5),
		delivered: sum(results.get(name).map(({ frames }) => frames))
			/ sum(results.get(name).map(result => result.seconds * fps * count)),
		systemCalls: calls.has(name) ? sum(Object.values(calls.get(name))) : undefined,
	}));
	for (const row of rows)
		row.frameTimeRatio = row.frameTime / rows[0].frameTime;
	return rows;
}

/** Adds instructions to the rows of one server. */
async function underCallgrind({ server, folder, fps, seconds, rows, log }) {
	log(`${server.title} under callgrind`);
	const running = await server.start({ folder, fps, wrapper: callgrind() });
	try {
		for (const row of rows)
			row.instructions = await withPlayersOf(running, { transport: row.transport, count: row.clients },
				(_running, players) => countInstructions(running, players, seconds * 1.5));
	}
	finally {
		await running.stop("SIGTERM");
	}
}

const sum = values => values.reduce((total, value) => total + value, 0);

/** @returns {string} a row for each server, transport and number of clients */
export function markdown({ fps, rows }) {
	const late = rows.filter(row => row.delivered < 0.98);
	return [
		`Per frame period, at ${fps} frames/s:`,
		markdownTable(["frame", "transport", "clients", "server", "instructions", "system calls",
			"CPU per delivered frame"], rows.map(row => [
				SIZES[row.size].title,
				row.transport.toUpperCase(),
				row.clients,
				SERVERS[row.server].title,
				rounded(row.instructions),
				fixed(row.systemCalls, 1),
				fixed(row.frameTimeRatio, 2),
			])),
		"CPU is the processor time of a delivered frame, as a multiple of this server's: the median of the rounds.",
		...late.map(row =>
			`${SERVERS[row.server].title} delivered ${fixed(row.delivered * 100, 0)} % of the frames over `
			+ `${row.transport.toUpperCase()} to ${row.clients} clients.`
		),
	].join("\n\n");
}
