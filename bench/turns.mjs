// SPDX-License-Identifier: MIT
/** Runs servers in turns (A B C A B C …), so that what disturbs the machine disturbs all of them alike. */
import { sleep } from "./counting.mjs";
import { Players } from "./players.mjs";

/** Seconds from PLAY to a steady state. */
const SETTLE = 1.5;

/**
 * Starts a server and its players, lets `measure` work in the steady state, and ends both.
 *
 * @param {import("./servers.mjs").Server} server
 * @param {object} options
 * @param {string} options.folder of frames
 * @param {number} options.fps
 * @param {string} options.transport
 * @param {number} options.count of players
 * @param {boolean} [options.stamps] arrival is recorded
 * @param {number} [options.settle] seconds from PLAY to the measurement
 * @param {(running: import("./servers.mjs").RunningServer, players: Players) => Promise<T>} measure
 * @returns {Promise<T>} @template T
 */
export async function withPlayers(server, { folder, fps, ...options }, measure) {
	const running = await server.start({ folder, fps });
	try {
		return await withPlayersOf(running, options, measure);
	}
	finally {
		await running.stop("SIGTERM");
	}
}

/** The same with a server that is running already. */
export async function withPlayersOf(running, { transport, count, stamps, settle = SETTLE }, measure) {
	const players = await Players.start(running, transport, { stamps });
	try {
		await players.playing(count);
		await sleep(settle);
		return await measure(running, players);
	}
	finally {
		await players.close();
	}
}

/** Lets each server have its turn in each round.
 *  @param {(server: object) => Promise<object>} measure
 *  @returns {Promise<Map<string, object[]>>} results of the rounds, by the server's name */
export async function inTurns(servers, rounds, measure) {
	const results = new Map(servers.map(server => [server.name, []]));
	for (let round = 0; round < rounds; round++)
		for (const server of servers)
			results.get(server.name).push(await measure(server));
	return results;
}
