// SPDX-License-Identifier: MIT
/** A client of RTSP over HTTP that sends exactly the bytes of a test. */
import net from "node:net";

/** One TCP connection and the text received on it. */
export class Wire {
	#socket;
	text = "";
	closed = false;

	constructor(port) {
		this.#socket = net.connect(port, "127.0.0.1");
		this.#socket.setNoDelay(true);
		this.#socket.on("data", data => this.text += data.toString("latin1"));
		this.#socket.on("error", () => {});
		this.#socket.on("close", () => this.closed = true);
	}

	send(text) {
		this.#socket.write(text, "latin1");
	}

	/** Sends text in pieces of `size` bytes, each in its own segment if the system does not merge them. */
	async dribble(text, size) {
		for (let offset = 0; offset < text.length; offset += size) {
			this.send(text.slice(offset, offset + size));
			await new Promise(resolve => setImmediate(resolve));
		}
	}

	close() {
		this.#socket.destroy();
	}

	/** Waits until `condition()` is true. */
	async until(condition, what, timeout = 5000) {
		const deadline = Date.now() + timeout;
		while (!condition()) {
			if (Date.now() > deadline)
				throw new Error(`no ${what}: ${JSON.stringify(this.text.slice(0, 300))}`);
			await new Promise(resolve => setTimeout(resolve, 10));
		}
	}
}

/** Opens both connections of a tunnel. `reopen` opens another POST. */
export async function openTunnel(port, cookie, path = "") {
	const openPost = () => {
		const up = new Wire(port);
		up.send(
			`POST /${path} HTTP/1.0\r\nx-sessioncookie: ${cookie}\r\nContent-Type: `
				+ `application/x-rtsp-tunnelled\r\nContent-Length: 32767\r\n\r\n`,
		);
		return { up, say: (text, size = 1000) => up.dribble(Buffer.from(text, "latin1").toString("base64"), size) };
	};
	const down = new Wire(port);
	down.send(`GET /${path} HTTP/1.0\r\nx-sessioncookie: ${cookie}\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n`);
	await down.until(() => down.text.includes("\r\n\r\n"), "answer to GET");
	const head = down.text;
	down.text = "";
	return { down, head, ...openPost(), reopen: openPost };
}
