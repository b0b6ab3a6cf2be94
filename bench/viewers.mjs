// SPDX-License-Identifier: MIT
/** Viewers over HTTP, with the interface of players.mjs. */
import { readFileSync } from "node:fs";
import { watch } from "./viewer.mjs";

export class Viewers {
	#server;
	#viewers = [];

	constructor(server) {
		this.#server = server;
	}

	/** @param {{httpPort: number, pid: number}} server */
	static async start(server) {
		return new Viewers(server);
	}

	async playing(count) {
		while (this.#viewers.length < count)
			this.#viewers.push(await watch(this.#server.httpPort));
	}

	async report() {
		const [onProcessor] = readFileSync(`/proc/${this.#server.pid}/schedstat`, "utf8").split(" ");
		const sum = name => this.#viewers.reduce((total, viewer) => total + viewer[name], 0);
		return { time: Number(process.hrtime.bigint()), cpu: Number(onProcessor), playing: this.#viewers.length,
			frames: sum("frames"), bytes: sum("bytes") };
	}

	async close() {
		this.#viewers.forEach(viewer => viewer.close());
	}
}
