// SPDX-License-Identifier: MIT
/** `npm run bench -- flat-out`: frames that servers deliver when no frame rate limits them, in turns. */
import { sleep } from "./counting.mjs";
import { makeFrames, SIZES } from "./frames.mjs";
import { fixed, markdownTable, rounded } from "./markdown.mjs";
import { difference } from "./players.mjs";
import { runnable, SERVERS } from "./servers.mjs";
import { percentile } from "./statistics.mjs";
import { inTurns, withPlayers } from "./turns.mjs";

/** Frame rates, unless an option says otherwise. 0: as fast as the server sends. */
const RATES = { camera: 0, gstreamer: 0, live555: 0 };

/** @param {import("./options.mjs").BenchOptions} options
 *  @returns {Promise<{rows: object[]}>} frames/s and MB/s, of all players together; cpu and
 *  playersCpu: cores that the server and the players keep busy */
export async function run(
	{ sizes = ["vga-25"], transports = ["tcp", "udp"], clients = [1, 4], servers: names, fps, seconds = 3, rounds = 3,
		log },
) {
	const servers = runnable(names, log), rows = [];
	for (const size of sizes) {
		const { folder } = await makeFrames(size);
		for (const transport of transports) {
			for (const count of clients) {
				log(`flat out: ${SIZES[size].title} over ${transport}, ${count} clients`);
				const results = await inTurns(servers, rounds, server =>
					withPlayers(server, { folder, fps: fps ?? RATES[server.name], transport, count },
						(_running, players) =>
							delivered(players, seconds)));
				for (const { name } of servers) {
					const middle = value => percentile(results.get(name).map(result => result[value]), 0.5);
					rows.push({ size, transport, clients: count, server: name, fps: fps ?? RATES[name],
						frameRate: middle("frameRate"), byteRate: middle("byteRate"), cpu: middle("cpu"),
						playersCpu: middle("playersCpu") });
				}
			}
		}
	}
	return { rows };
}

async function delivered(players, seconds) {
	const before = await players.report();
	await sleep(seconds);
	const after = await players.report(), { frames, bytes, seconds: passed } = difference(before, after);
	return { frameRate: frames / passed, byteRate: bytes / passed, cpu: (after.cpu - before.cpu) / 1e9 / passed,
		playersCpu: (after.ownCpu - before.ownCpu) / 1e9 / passed };
}

/** @returns {string} the table */
export function markdown({ rows }) {
	const limited = [...new Set(rows.filter(row => row.fps > 0).map(row =>
		`${SERVERS[row.server].title} at `
		+ `${row.fps} frames/s`
	))];
	return [
		"Frames and megabytes per second that arrive at all players together, cores that the server and the players "
		+ "keep busy, and what the server delivers in a second of processor time. Medians of the rounds:",
		markdownTable(["frame", "transport", "clients", "server", "frames/s", "MB/s", "server's cores",
			"players' cores", "frames per CPU second"], rows.map(row => [
				SIZES[row.size].title,
				row.transport.toUpperCase(),
				row.clients,
				SERVERS[row.server].title,
				rounded(row.frameRate),
				fixed(row.byteRate / 1e6, 0),
				fixed(row.cpu, 2),
				fixed(row.playersCpu, 2),
				rounded(row.frameRate / row.cpu),
			])),
		"Over UDP, only frames whose last packet arrived count.",
		...limited.length ? [`With a frame rate: ${limited.join(", ")}.`] : [],
	].join("\n\n");
}
