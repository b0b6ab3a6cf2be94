// SPDX-License-Identifier: MIT
/** A viewer over TCP that measures the arrival of frames, and the time until a new client has its first frame. */
import { createHash } from "node:crypto";
import net from "node:net";
import { sleep } from "../interop/harness.mjs";

const md5 = text => createHash("md5").update(text).digest("hex");

/** @param {number[]} arrivals of frames, milliseconds
 *  @returns frames per second, and the longest time without a frame in milliseconds, between two instants */
export function measureArrivals(arrivals, from, to) {
	const times = [from, ...arrivals.filter(time => time >= from && time <= to), to];
	let gap = 0;
	for (let i = 1; i < times.length; i++)
		gap = Math.max(gap, times[i] - times[i - 1]);
	return { rate: (times.length - 2) / (to - from) * 1000, gap };
}

export class Viewer {
	/** Arrival time of each frame's last packet, milliseconds. */
	arrivals = [];
	ended;
	#socket;
	#buffer = Buffer.alloc(0);
	#waiting;
	#cseq = 0;
	#login;
	#nonce;
	#port;

	/** Plays over TCP. @param {{user: string, password: string}} [options.login] @throws if refused */
	static play(port, options) {
		return Viewer.setUp(port, { ...options, transport: "RTP/AVP/TCP;unicast;interleaved=0-1" });
	}

	/** Plays over any transport. Does not receive UDP packets itself. */
	static async setUp(port, { login, transport, localAddress = "127.0.0.1" }) {
		const viewer = new Viewer();
		viewer.#login = login;
		viewer.#port = port;
		try {
			await viewer.#connect(localAddress);
			const url = `rtsp://127.0.0.1:${port}/`;
			await viewer.request("DESCRIBE", url);
			const { session } = await viewer.request("SETUP", `${url}trackID=0`, `Transport: ${transport}`);
			await viewer.request("PLAY", url, `Session: ${session}`);
			return viewer;
		}
		catch (error) {
			viewer.close();
			throw error;
		}
	}

	/** Tries until it plays and has received a frame. @returns the time taken, milliseconds */
	static async newcomer(port, options, timeout = 15_000) {
		const begun = performance.now();
		for (;;) {
			let viewer;
			try {
				viewer = await Viewer.play(port, options);
				while (!viewer.arrivals.length && !viewer.ended && performance.now() - begun < timeout)
					await sleep(5);
				if (viewer.arrivals.length)
					return viewer.arrivals[0] - begun;
			}
			catch {
				// try again
			}
			finally {
				viewer?.close();
			}
			if (performance.now() - begun > timeout)
				return Infinity;
			await sleep(100);
		}
	}

	/** Frames per second, and the longest time without a frame in milliseconds, between two instants. */
	measure(from, to) {
		return measureArrivals(this.arrivals, from, to);
	}

	async request(method, url, ...headers) {
		const reply = await this.#exchange(method, url, headers);
		const nonce = /nonce="([^"]*)"/.exec(reply)?.[1];
		if (!/^RTSP\/1.0 401/.test(reply) || !nonce || !this.#login)
			return this.#accepted(method, reply);
		this.#nonce = nonce;
		return this.#accepted(method, await this.#exchange(method, url, headers));
	}

	close() {
		this.#socket?.destroy();
	}

	#accepted(method, reply) {
		if (!/^RTSP\/1.0 200/.test(reply))
			throw new Error(`${method}: ${reply.split("\r\n")[0]}`);
		return { text: reply, session: /^Session: (\w+)/m.exec(reply)?.[1] };
	}

	#connect(localAddress) {
		return new Promise((resolve, reject) => {
			const socket = this.#socket = net.connect({ port: this.#port, host: "127.0.0.1", localAddress });
			socket.setNoDelay(true);
			socket.on("connect", resolve);
			socket.on("data", data => this.#receive(data));
			socket.on("error", reject);
			socket.on("close", () => {
				this.ended = true;
				this.#waiting?.reject(new Error("closed by the server"));
				reject(new Error("closed by the server"));
			});
		});
	}

	#exchange(method, url, headers) {
		const lines = [`${method} ${url} RTSP/1.0`, `CSeq: ${++this.#cseq}`, ...headers];
		if (this.#nonce) {
			const { user, password } = this.#login;
			const response = md5(`${md5(`${user}:rtsp-camera:${password}`)}:${this.#nonce}:${md5(`${method}:${url}`)}`);
			lines.push(
				`Authorization: Digest username="${user}", realm="rtsp-camera", nonce="${this.#nonce}", `
					+ `uri="${url}", response="${response}"`,
			);
		}
		return new Promise((resolve, reject) => {
			this.#waiting = { resolve, reject };
			this.#socket.write([...lines, "", ""].join("\r\n"));
		});
	}

	#receive(data) {
		let buffer = this.#buffer.length ? Buffer.concat([this.#buffer, data]) : data;
		for (let length; buffer.length && (length = buffer[0] === 0x24 ? this.#packet(buffer) : this.#reply(buffer));)
			buffer = buffer.subarray(length);
		this.#buffer = buffer;
	}

	#packet(buffer) {
		const end = buffer.length < 4 ? Infinity : 4 + buffer.readUInt16BE(2);
		if (buffer.length < end)
			return 0;
		if (buffer[1] === 0 && buffer[5] & 0x80)
			this.arrivals.push(performance.now());
		return end;
	}

	#reply(buffer) {
		const end = buffer.indexOf("\r\n\r\n");
		if (end < 0)
			return 0;
		const total = end + 4 + Number(/^content-length: *(\d+)/im.exec(buffer.toString("latin1", 0, end))?.[1] ?? 0);
		if (buffer.length < total)
			return 0;
		this.#waiting?.resolve(buffer.toString("latin1", 0, total));
		return total;
	}
}
