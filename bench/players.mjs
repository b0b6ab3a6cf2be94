// SPDX-License-Identifier: MIT
/** Many players in one process (bench/players/), for a server on the loopback interface. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../hosts/desktop/build/tools.mjs";
import { compile } from "./compile.mjs";

const SOURCES = path.join(ROOT, "bench/players");

export class Players {
	#child;
	#replies;
	#ended;
	#complaint = "";

	constructor(child) {
		this.#child = child;
		this.#replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
		child.stderr.on("data", data => this.#complaint += data);
		child.stdin.on("error", () => {});
		this.#ended = new Promise(resolve => child.on("close", resolve));
	}

	/**
	 * Starts the process, without players yet.
	 *
	 * @param {{port: number, pid: number, path: string}} server
	 * @param {"tcp" | "udp"} transport
	 * @param {{stamps?: boolean}} [options] stamps: arrival is recorded for `samples`, which costs the server time
	 * @returns {Promise<Players>}
	 */
	static async start(server, transport, { stamps = false } = {}) {
		const sources = readdirSync(SOURCES).filter(name => name.endsWith(".c")).map(name => path.join(SOURCES, name));
		const program = await compile("players", sources);
		const args = [String(server.port), server.path, transport, String(server.pid), ...(stamps ? ["stamps"] : [])];
		return new Players(spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] }));
	}

	/** Adds players until there are `count`. */
	async playing(count) {
		const { playing } = await this.report();
		await this.#ask(`play ${count - playing}`);
	}

	/** @returns {Promise<{time: number, cpu: number, ownCpu: number, playing: number, frames: number, packets: number,
	 *  bytes: number}>} totals of all players; the instant, and the processor time of the server and of the players, in
	 *  nanoseconds */
	report() {
		return this.#ask("report");
	}

	/** @returns {Promise<[number, number, number, number][]>} of each frame since the last call: player, capture,
	 *  arrival of its first and of its last packet; microseconds since 1970 */
	samples() {
		return this.#ask("samples");
	}

	/** Ends the sessions and the process. */
	async close() {
		this.#child.stdin.end();
		await this.#ended;
	}

	async #ask(command) {
		this.#child.stdin.write(`${command}\n`);
		const { value, done } = await this.#replies.next();
		if (done)
			throw new Error(`the players have ended: ${this.#complaint}`);
		return JSON.parse(value);
	}
}

/** What the players received between two reports.
 *  @returns {{seconds: number, frames: number, bytes: number, frameTime: number}} sums over all players; frameTime: the
 *  server's processor time for each frame and player, in nanoseconds */
export function difference(before, after) {
	const frames = after.frames - before.frames;
	return { seconds: (after.time - before.time) / 1e9, frames, bytes: after.bytes - before.bytes,
		frameTime: (after.cpu - before.cpu) / frames };
}
