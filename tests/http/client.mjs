// SPDX-License-Identifier: MIT
/** The tests' own HTTP client: it sends bytes as they are, in pieces of any size, and reads responses by the rules. */
import net from "node:net";
import { Failure } from "../interop/harness.mjs";

/** One connection. */
export class HTTPClient {
	/** Reason of the end; undefined while the connection is open. */
	ended;
	#socket;
	#buffer = Buffer.alloc(0);
	#wake = () => {};

	/** @param {string} [localAddress] the client's address: 127.0.0.x */
	static connect(port, localAddress) {
		return new Promise((resolve, reject) => {
			const socket = net.connect({ port, host: "127.0.0.1", localAddress });
			socket.once("error", reject);
			socket.once("connect", () => {
				socket.off("error", reject);
				resolve(new HTTPClient(socket));
			});
		});
	}

	constructor(socket) {
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.on("data", data => {
			this.#buffer = Buffer.concat([this.#buffer, data]);
			this.#wake();
		});
		const end = reason => {
			this.ended ??= reason;
			this.#wake();
		};
		socket.on("error", error => end(error.message));
		socket.on("close", () => end("closed by the server"));
	}

	/** Sends bytes unchanged. */
	write(data) {
		this.#socket.write(data);
	}

	/** Sends each byte alone. */
	async dribble(data) {
		for (const byte of Buffer.from(data, "latin1")) {
			this.#socket.write(Buffer.from([byte]));
			await new Promise(resolve => setImmediate(resolve));
		}
	}

	/** Reads the next response.
	 *  @param {boolean} [options.head] the request was HEAD: there is no body
	 *  @returns {Promise<{status: number, version: string, headers: object, lines: string[], body: Buffer}>} */
	async response({ head = false, timeout = 10_000 } = {}) {
		const text = (await this.#until(() => {
			const end = this.#buffer.indexOf("\r\n\r\n");
			return end < 0 ? undefined : this.#take(end + 4);
		}, timeout, "head")).toString("latin1");
		const [first, ...lines] = text.slice(0, -4).split("\r\n");
		const [, version, status] = /^(HTTP\/1\.[01]) (\d{3}) \S/.exec(first) ?? [];
		if (!status)
			throw new Failure(`no status line: ${JSON.stringify(first)}`);
		const headers = {};
		for (const line of lines) {
			const [, name, value] = /^([!-9;-~]+): ([ -~]*)$/.exec(line) ?? [];
			if (!name || name.toLowerCase() in headers)
				throw new Failure(`a bad or repeated header: ${JSON.stringify(line)}`);
			headers[name.toLowerCase()] = value;
		}
		const length = head || status === "204" || status === "304" ? 0 : Number(headers["content-length"] ?? 0);
		const body = await this.#until(() => this.#buffer.length < length ? undefined : this.#take(length), timeout,
			`body of ${length} bytes`);
		return { status: Number(status), version, headers, lines, body };
	}

	/** Sends a request and reads its response. */
	async ask(target, { method = "GET", headers = [], body = "", version = "HTTP/1.1", ...options } = {}) {
		const length = body ? [`Content-Length: ${body.length}`] : [];
		this.write([`${method} ${target} ${version}`, "Host: 127.0.0.1", ...headers, ...length, "", body].join("\r\n"));
		return this.response({ head: method === "HEAD", ...options });
	}

	/** Bytes received and not read. */
	get unread() {
		return this.#buffer.length;
	}

	/** Takes bytes that were received. */
	read(length) {
		return this.#take(length);
	}

	/** Waits for the end of the connection. @returns {Promise<boolean>} whether it ended */
	async ends(timeout = 6000) {
		const deadline = Date.now() + timeout;
		while (!this.ended && Date.now() < deadline)
			await new Promise(resolve => setTimeout(resolve, 10));
		return this.ended !== undefined;
	}

	pause() {
		this.#socket.pause();
	}

	resume() {
		this.#socket.resume();
	}

	close() {
		this.#socket.destroy();
	}

	#take(length) {
		const bytes = this.#buffer.subarray(0, length);
		this.#buffer = this.#buffer.subarray(length);
		return bytes;
	}

	async #until(get, timeout, what) {
		const deadline = Date.now() + timeout;
		for (;;) {
			const value = get();
			if (value !== undefined)
				return value;
			if (this.ended)
				throw new Failure(
					`no ${what}: ${this.ended}, after ${JSON.stringify(this.#buffer.toString("latin1", 0, 80))}`,
				);
			if (Date.now() > deadline)
				throw new Failure(`no ${what} in ${timeout} ms`);
			await new Promise(resolve => {
				this.#wake = resolve;
				setTimeout(resolve, 100);
			});
		}
	}
}

/** One request on a connection of its own. */
export async function ask(port, target, options) {
	const client = await HTTPClient.connect(port, options?.address);
	try {
		return await client.ask(target, options);
	}
	finally {
		client.close();
	}
}
