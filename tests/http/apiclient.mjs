// SPDX-License-Identifier: MIT
/** A camera with its HTTP port, and requests to it. */
import http from "node:http";
import { freePort, startCamera } from "../camera.mjs";
import { Failure, until } from "../interop/harness.mjs";

/** @typedef {{status: number, type: string|undefined, headers: object, text: string, json: any}} Answer */

/** The simulated camera's controls, as JSON that follows the other settings, until somebody changes them. */
export const CONTROLS =
	",\"brightness\":0,\"contrast\":0,\"saturation\":0,\"special_effect\":0,\"mirror\":0,\"flip\":0";

/** A camera that serves HTTP. */
export class HTTPCamera {
	/** @param {string[]} [args] the camera's options */
	static async start(args = [], options = {}) {
		const httpPort = await freePort();
		const camera = await startCamera({ ...options,
			args: ["--address", "127.0.0.1", "--http-port", String(httpPort), ...args] });
		return new HTTPCamera(camera, httpPort);
	}

	constructor(camera, httpPort) {
		this.camera = camera;
		this.httpPort = httpPort;
	}

	get port() {
		return this.camera.port;
	}

	stop() {
		return this.camera.stop();
	}

	/** @param {object} [options] {method, headers, body}; an object as body is sent as JSON
	 *  @returns {Promise<Answer>} */
	request(path, { method = "GET", headers = {}, body } = {}) {
		const isObject = typeof body === "object" && !Buffer.isBuffer(body);
		const bytes = body === undefined ? undefined : Buffer.from(isObject ? JSON.stringify(body) : body);
		return new Promise((resolve, reject) => {
			const request = http.request({ host: "127.0.0.1", port: this.httpPort, path, method, agent: false,
				headers: { ...(isObject ? { "Content-Type": "application/json" } : {}),
					...(bytes ? { "Content-Length": bytes.length } : {}), ...headers } }, response => {
				const pieces = [];
				response.on("data", data => pieces.push(data));
				response.on("error", reject);
				response.on("end", () => {
					const data = Buffer.concat(pieces), type = response.headers["content-type"];
					const text = data.toString();
					resolve({ status: response.statusCode, type, headers: response.headers, text, data,
						json: type === "application/json" ? JSON.parse(text) : undefined });
				});
			});
			request.setTimeout(15_000, () => request.destroy(new Error(`${method} ${path}: no answer`)));
			request.on("error", reject);
			request.end(bytes);
		});
	}

	/** The document of a GET that has to succeed. */
	async get(path) {
		const { status, json, text } = await this.request(path);
		if (status !== 200)
			throw new Failure(`GET ${path}: ${status} ${text}`);
		return json;
	}

	/** Repeats GET until the condition holds. @returns the document */
	async when(path, condition, what, timeout) {
		let document;
		const deadline = Date.now() + (timeout ?? 15_000);
		for (;;) {
			document = await this.get(path);
			if (condition(document))
				return document;
			if (Date.now() > deadline)
				throw new Failure(`${what}: ${JSON.stringify(document)}`);
			await new Promise(resolve => setTimeout(resolve, 200));
		}
	}
}

/** A reader of server-sent events. */
export class EventReader {
	/** {event, data, arrival}; data is parsed JSON. */
	events = [];
	retry;
	ended = false;
	#request;

	constructor(port, path = "/api/events") {
		let text = "";
		this.#request = http.get({ host: "127.0.0.1", port, path, agent: false }, response => {
			this.status = response.statusCode;
			this.type = response.headers["content-type"];
			this.headers = response.headers;
			response.setEncoding("utf8");
			response.on("data", data => {
				text += data;
				for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2))
					this.#take(text.slice(0, end));
			});
			response.on("close", () => this.ended = true);
			response.on("error", () => {});
		});
		this.#request.on("error", () => this.ended = true);
	}

	#take(block) {
		const event = { event: "message", arrival: Date.now() };
		for (const line of block.split("\n")) {
			const colon = line.indexOf(": "), name = line.slice(0, colon), value = line.slice(colon + 2);
			if (name === "retry")
				this.retry = Number(value);
			else
				event[name] = name === "data" ? JSON.parse(value) : value;
		}
		this.events.push(event);
	}

	/** Waits until `count` events have arrived in all. */
	receive(count, timeout = 15_000) {
		return until(() => this.events.length >= count, `${count} events`, timeout);
	}

	close() {
		this.#request.destroy();
	}
}
