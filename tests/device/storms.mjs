// SPDX-License-Identifier: MIT
/**
 * Storms of connections against a camera: on a board, in QEMU, or with the device's network stack in the tests.
 *
 *   node tests/device/storms.mjs HOST:PORT [closes=1000] [resets=1000] [halves=1000] [shorts=5000] [side=4]
 *
 *   closes  play over TCP, read some of the stream, close with unread data: the client's system resets the connection
 *   resets  play over TCP, reset
 *   halves  play over TCP, FIN, then reset
 *   shorts  connect, send OPTIONS or nothing, close
 *   side    number of parallel connections
 *
 * Prints the number of served clients, and the duration of the first and the second request of a connection. A client
 * that a busy camera answers with 503 counts as served, because a storm asks for more places than there are.
 */
import net from "node:net";
import { fileURLToPath } from "node:url";

/** Time limit of an exchange in milliseconds. */
const PATIENCE = 10_000;
/** Time for packets to arrive that nobody reads, milliseconds. */
const UNREAD = 150;

/** One client that sends a request at a time. */
class Client {
	#text = "";
	#waiting;
	#failure;

	constructor(host, port) {
		this.socket = net.connect({ host, port, noDelay: true });
		this.socket.on("data", data => {
			this.#text += data.toString("latin1");
			this.#waiting?.();
		});
		for (const event of ["error", "close"]) {
			this.socket.on(event, error => {
				this.#failure ??= error instanceof Error ? error : new Error("closed");
				this.#waiting?.();
			});
		}
	}

	/** Waits until `test` finds a match in the received text.
	 *  @returns the match */
	async #until(test) {
		const deadline = Date.now() + PATIENCE;
		for (;;) {
			const found = test(this.#text);
			if (found)
				return found;
			if (this.#failure)
				throw this.#failure;
			if (Date.now() > deadline)
				throw new Error(`no answer in ${PATIENCE} ms`);
			await new Promise(resolve => {
				const timer = setTimeout(resolve, 100);
				this.#waiting = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
	}

	/** @returns {Promise<{status: number, text: string}>} */
	async request(method, url, headers = "") {
		this.#text = "";
		this.socket.write(`${method} ${url} RTSP/1.0\r\nCSeq: 1\r\n${headers}\r\n`);
		const [text, status] = await this.#until(all => /RTSP\/1\.0 (\d+)[^]*?\r\n\r\n/.exec(all));
		return { status: Number(status), text };
	}

	/** Waits for the first bytes of the stream. */
	packet() {
		return this.#until(all => all.includes("$"));
	}

	/** Plays over this connection.
	 *  @returns whether the camera had a place */
	async play(url) {
		const { status, text } = await this.request("SETUP", `${url}/trackID=0`,
			"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
		if (status !== 200)
			return false;
		const session = /^Session: *([^;\r]+)/im.exec(text)[1];
		await this.request("PLAY", `${url}/`, `Session: ${session}\r\n`);
		await this.packet();
		return true;
	}
}

const storms = {
	async closes(client, url) {
		await client.play(url);
		client.socket.destroy();
	},
	async resets(client, url) {
		await client.play(url);
		client.socket.resetAndDestroy();
	},
	async halves(client, url) {
		await client.play(url);
		// unread data make the system reset the connection at the close: Node resets none that has sent its FIN
		client.socket.pause();
		await new Promise(resolve => setTimeout(resolve, UNREAD));
		await new Promise(resolve => client.socket.end(resolve));
		client.socket.destroy();
	},
	async shorts(client, url, number) {
		if (number % 2)
			await client.request("OPTIONS", url);
		client.socket.end();
	},
};

/** Runs `count` clients of one kind, `side` at a time.
 *  @returns {Promise<{served: number, failures: string[]}>} */
export async function storm(kind, { host, port, count, side = 4 }) {
	const url = `rtsp://${host}:${port}`, failures = [];
	let number = 0, served = 0;
	await Promise.all(Array.from({ length: side }, async () => {
		while (number < count) {
			const client = new Client(host, port), mine = number++;
			try {
				await storms[kind](client, url, mine);
				served += 1;
			}
			catch (error) {
				failures.push(`${kind} ${mine}: ${error.message}`);
			}
			client.socket.destroy();
		}
	}));
	return { served, failures };
}

/** Measures the first request of a connection, from connecting to the reply, and the second one.
 *  @returns {Promise<{first: number[], second: number[]}>} sorted durations in milliseconds */
export async function latency({ host, port, count }) {
	const first = [], second = [];
	for (let i = 0; i < count; i++) {
		const client = new Client(host, port), begin = performance.now();
		await client.request("OPTIONS", `rtsp://${host}:${port}/`);
		first.push(performance.now() - begin);
		const again = performance.now();
		await client.request("OPTIONS", `rtsp://${host}:${port}/`);
		second.push(performance.now() - again);
		client.socket.destroy();
	}
	return { first: first.sort((a, b) => a - b), second: second.sort((a, b) => a - b) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [place = "", ...options] = process.argv.slice(2);
	const [host, port] = place.split(":");
	const wanted = Object.fromEntries(options.map(option => option.split("=")));
	const unknown = Object.keys(wanted).filter(name => !(name in storms) && name !== "side");
	if (!port || unknown.length) {
		console.error(
			unknown.length
				? `Unknown option "${unknown[0]}". Options: ${Object.keys(storms).join(", ")}, side`
				: "usage: node tests/device/storms.mjs HOST:PORT [closes=N] [resets=N] [halves=N] [shorts=N] [side=N]",
		);
		process.exit(2);
	}
	const camera = { host, port: Number(port), side: Number(wanted.side ?? 4) };
	const middle = list => list[list.length >> 1].toFixed(1);
	const { first, second } = await latency({ ...camera, count: 25 });
	console.log(`first request ${middle(first)} ms, second ${middle(second)} ms (medians of ${first.length})`);
	let failed = 0;
	for (const kind of Object.keys(storms)) {
		const count = Number(wanted[kind] ?? 0);
		if (!count)
			continue;
		const begin = Date.now();
		const { served, failures } = await storm(kind, { ...camera, count });
		failed += failures.length;
		console.log(
			`${kind}: ${served} of ${count} served in ${((Date.now() - begin) / 1000).toFixed(0)} `
				+ `s${failures.length ? `; ${failures.slice(0, 3).join("; ")}` : ""}`,
		);
	}
	process.exitCode = failed ? 1 : 0;
}
