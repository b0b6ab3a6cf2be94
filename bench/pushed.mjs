// SPDX-License-Identifier: MIT
/** A receiver that the camera pushes to, with the interface of players.mjs. There is only one. */
import { readFileSync } from "node:fs";
import { Receiver } from "../tests/push/receiver.mjs";

export class Pushed {
	#receiver;
	/** Set when the server runs. */
	server;

	/** @param {Receiver} receiver */
	constructor(receiver) {
		this.#receiver = receiver;
	}

	static async listen() {
		return new Pushed(await Receiver.listen());
	}

	/** The server's arguments. */
	get args() {
		return ["--push", this.#receiver.url()];
	}

	async playing() {
		while (this.#receiver.frameCount === 0)
			await new Promise(resolve => setTimeout(resolve, 10));
	}

	async report() {
		const [onProcessor] = readFileSync(`/proc/${this.server.pid}/schedstat`, "utf8").split(" ");
		return { time: Number(process.hrtime.bigint()), cpu: Number(onProcessor), playing: 1,
			frames: this.#receiver.frameCount, bytes: 0 };
	}

	async close() {
		await this.#receiver.close();
	}
}
