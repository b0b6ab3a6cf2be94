// SPDX-License-Identifier: MIT
/**
 * `npm run bench -- latency`: from capture to the arrival of a frame's first and last packet.
 *
 * A sender report relates the stream's RTP timestamps to the wall clock, and the players are on the same machine: its
 * kernel notes when a packet arrives in the player's socket. On the loopback interface, this is the instant at which
 * the server's system call hands it over. So the times are those of the server and of the kernel, without the player's.
 * An RTP timestamp has a resolution of 11 microseconds.
 */
import os from "node:os";
import { sleep } from "./counting.mjs";
import { makeFrames, SIZES } from "./frames.mjs";
import { fixed, markdownTable } from "./markdown.mjs";
import { runnable, SERVERS } from "./servers.mjs";
import { gridDistances, percentile } from "./statistics.mjs";
import { inTurns, withPlayers } from "./turns.mjs";

const RATE = 25;
/** Seconds from PLAY to the second sender report: the first of live555 is about the timestamps before PLAY. */
const SETTLE = { camera: 2, gstreamer: 2, live555: 9 };
const SHARES = { median: 0.5, p90: 0.9, p99: 0.99 };

/** @param {import("./options.mjs").BenchOptions} options
 *  @returns {Promise<{fps: number, load: number, cores: number, rows: object[]}>} times in microseconds; load:
 *  the machine's load average of the last minute, to which the benchmark contributes */
export async function run(
	{ sizes = ["vga-25"], transports = ["tcp", "udp"], clients = [1, 4], servers: names, fps = RATE, seconds = 8,
		rounds = 2, log },
) {
	const servers = runnable(names, log), rows = [];
	for (const size of sizes) {
		const { folder } = await makeFrames(size);
		for (const transport of transports) {
			for (const count of clients) {
				log(`latency of ${SIZES[size].title} over ${transport}, ${count} clients`);
				const results = await inTurns(servers, rounds, server =>
					withPlayers(server, { folder, fps, transport, count, stamps: true, settle: SETTLE[server.name] },
						(_running, players) =>
							arrivals(players, seconds)));
				for (const { name } of servers)
					rows.push({ size, transport, clients: count, server: name, ...times(results.get(name), fps) });
			}
		}
	}
	return { fps, load: os.loadavg()[0], cores: os.availableParallelism(), rows };
}

async function arrivals(players, seconds) {
	await players.samples();
	await sleep(seconds);
	return players.samples();
}

/** @param {[number, number, number, number][][]} rounds samples of each round
 *  @returns {{frames: number, first: object, last: object, jitter: object}} percentiles in microseconds. jitter: of the
 *  instants at which frames were complete, from a grid with the frame rate's interval */
function times(rounds, fps) {
	const samples = rounds.flat();
	const distances = rounds.flatMap(round => {
		// each player has its own place in a frame's turn
		const players = [...new Set(round.map(([player]) => player))];
		return players.flatMap(player =>
			gridDistances(round.filter(item => item[0] === player).map(([, , , last]) => last), 1e6 / fps)
		);
	});
	return {
		frames: samples.length,
		first: percentiles(samples.map(([, capture, first]) => first - capture)),
		last: percentiles(samples.map(([, capture, , last]) => last - capture)),
		jitter: percentiles(distances),
	};
}

function percentiles(values) {
	return Object.fromEntries(
		Object.entries(SHARES).map(([name, share]) => [name, values.length ? percentile(values, share) : undefined]),
	);
}

/** @returns {string} the table, and the load under which it was measured */
export function markdown({ fps, load, cores, rows }) {
	const three = values => Object.keys(SHARES).map(name => fixed(values[name], 0)).join(" / ");
	return [
		`Microseconds at ${fps} frames/s, as median / 90th / 99th percentile. First and last packet: from capture to `
		+ "arrival. Jitter: distance of the last packet from a grid with the interval of the frame rate.",
		markdownTable(["frame", "transport", "clients", "server", "first packet", "last packet", "jitter"],
			rows.map(row => [
				SIZES[row.size].title,
				row.transport.toUpperCase(),
				row.clients,
				SERVERS[row.server].title,
				three(row.first),
				three(row.last),
				three(row.jitter),
			])),
		`The machine has ${cores} cores, and its load average was ${fixed(load, 1)}. Other work on it makes the higher `
		+ "percentiles worse.",
	].join("\n\n");
}
