// SPDX-License-Identifier: MIT
/** Cameras that push, and the player that must not notice. */
import { startCamera } from "../camera.mjs";
import { check, until } from "../interop/harness.mjs";
import { Waiting } from "../interop/waiting.mjs";
import { Player } from "../interop/rtsp-client.mjs";

const SIZE = ["--size", "QVGA", "--fps", "25"];

/** A camera that pushes. */
export class Pusher {
	static async start(url, args = []) {
		const all = [...SIZE, ...args];
		return new Pusher(await startCamera({ http: true, args: [...all, "--push", url] }), all);
	}

	constructor(camera, args) {
		this.camera = camera;
		/** Its arguments without the push. */
		this.args = args;
	}

	get output() {
		return this.camera.output;
	}

	async get(name) {
		return (await fetch(`http://127.0.0.1:${this.camera.httpPort}${name}`)).json();
	}

	/** The state of the push, as the API tells it. */
	async push() {
		return (await this.get("/api/status")).push;
	}

	/** Waits until the push has failed with this reason. */
	async fails(reason, timeout) {
		await until(() => reason.test(this.output), `"${reason}" in ${this.output}`, timeout);
	}

	stop() {
		return this.camera.stop();
	}
}

/** Frames that the player of a busy machine may miss compared with another one, per second and at least. */
const TOLERANCE = { rate: 0.5, least: 3 };

/** Runs `body` while a player plays from the camera that pushes, and another one from a camera that does not. The
 *  machine is busy with other tests: what the second one misses, the first one may miss.
 *  @returns {Promise<string>} what both received */
export async function whilePlaying(pusher, body) {
	const control = await startCamera({ args: pusher.args }), players = [];
	try {
		for (const { port } of [pusher.camera, control])
			players.push(await Player.play(port));
		const [own, other] = players;
		await Promise.all(players.map(player => player.receive(5)));
		const before = players.map(player => player.frames.length), begin = Date.now();
		const waiting = new Waiting(pusher.camera.pid);
		await body();
		const [received, expected] = players.map((player, i) => player.frames.length - before[i]);
		const seconds = (Date.now() - begin) / 1000;
		const { frames: late } = waiting.end();
		own.mustBeSound();
		check(received >= expected - Math.max(TOLERANCE.least, TOLERANCE.rate * seconds) - late,
			`${received} frames in ${seconds} s, ${expected} from a camera that does not push`);
		check(!own.client.ended && !other.client.ended, "a player's connection has ended");
		return `${received} frames beside it, ${expected} without a push`;
	}
	finally {
		players.forEach(player => player.close());
		await control.stop();
	}
}
