// SPDX-License-Identifier: MIT
/** A lightweight viewer of the picture stream over HTTP. It trusts Content-Length, as most programs do. */
import net from "node:net";

/**
 * Connects to the camera's HTTP port and views.
 *
 * @param {number} port
 * @param {string} [path]
 * @param {object} [options]
 * @param {string[]} [options.headers] more header lines
 * @param {(part: {headers: string, image: Buffer}) => void} [options.onPart] without it, images are only counted
 * @param {number} [options.rate] most bytes that are read in a second. Default: as many as come
 * @param {string} [options.address] the viewer's own address, 127.0.0.x
 * @param {string} [options.host] the camera's address
 * @returns {Promise<{frames: number, bytes: number, head: string, ended: string | undefined, pause(): void,
 * resume(): void, close(): void}>} resolves when the head has arrived
 */
export function watch(port, path = "/stream", { headers = [], onPart, rate, address, host = "127.0.0.1" } = {}) {
	const socket = net.connect({ port, host, localAddress: address });
	const viewer = { frames: 0, bytes: 0, head: "", ended: undefined, pause: () => socket.pause(),
		resume: () => socket.resume(), close: () => socket.destroy() };
	let buffer = Buffer.alloc(0), boundary;
	const take = () => {
		const end = buffer.indexOf("\r\n\r\n");
		if (end < 0)
			return false;
		const text = buffer.toString("latin1", 0, end + 4);
		if (boundary === undefined) {
			viewer.head = text;
			if (!/^HTTP\/1\.1 200 /.test(text))
				throw new Error(`${path}: ${text.split("\r\n")[0]}`);
			boundary = Buffer.from(`--${/boundary=(\S+)/.exec(text)[1]}\r\n`);
			buffer = buffer.subarray(end + 4);
			return true;
		}
		const length = Number(/^Content-Length: (\d+)\r$/m.exec(text)?.[1]), next = end + 4 + length;
		if (buffer.length < next + 2)
			return false;
		if (!buffer.subarray(0, boundary.length).equals(boundary)
			|| buffer.toString("latin1", next, next + 2) !== "\r\n")
			throw new Error(`a part is not where it should be: ${JSON.stringify(text)}`);
		viewer.frames += 1;
		viewer.bytes += length;
		onPart?.({ headers: text, image: Buffer.from(buffer.subarray(end + 4, next)) });
		buffer = buffer.subarray(next + 2);
		return true;
	};
	return new Promise((resolve, reject) => {
		socket.on("connect",
			() => socket.write([`GET ${path} HTTP/1.1`, `Host: ${host}:${port}`, ...headers, "", ""].join("\r\n")));
		socket.on("data", data => {
			buffer = buffer.length ? Buffer.concat([buffer, data]) : data;
			if (rate) {
				socket.pause();
				setTimeout(() => socket.resume(), data.length / rate * 1000);
			}
			try {
				while (take()) {
					// the next part
				}
			}
			catch (error) {
				viewer.ended = error.message;
				socket.destroy();
				reject(error);
			}
			if (boundary !== undefined)
				resolve(viewer);
		});
		const end = reason => {
			viewer.ended ??= reason;
			reject(new Error(reason));
		};
		socket.on("error", error => end(error.message));
		socket.on("close", () => end("closed by the server"));
	});
}
