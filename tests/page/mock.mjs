// SPDX-License-Identifier: MIT
/**
 * A camera of few lines that answers as the API is described (docs/api.md), for tests of the page alone: it fails on
 * request, and its figures are chosen by the test.
 */
import http from "node:http";
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { frame } from "./frames.mjs";

const SIZES = ["QQVGA", "QVGA", "CIF", "VGA", "SVGA", "XGA", "SXGA", "UXGA"];
const PIXELS = { QQVGA: [160, 120], QVGA: [320, 240], CIF: [400, 296], VGA: [640, 480], SVGA: [800, 600],
	XGA: [1024, 768], SXGA: [1280, 1024], UXGA: [1600, 1200] };
const SWITCHES = ["mirror", "flip", "agc", "aec", "awb", "lenc", "colorbar"];
const RANGES = { brightness: [-2, 2], contrast: [-2, 2], saturation: [-2, 2], special_effect: [0, 6], ae_level: [-2, 2],
	aec_value: [0, 1200], agc_gain: [0, 30], wb_mode: [0, 4] };
const INITIAL = { framerate: 25, quality: 12, size: "SVGA", ...Object.fromEntries(SWITCHES.map(name => [name, 0])),
	...Object.fromEntries(Object.keys(RANGES).map(name => [name, 0])), aec: 1, agc: 1, awb: 1, aec_value: 300 };
const CLIENTS = [
	{ id: 3, address: "192.168.1.20", kind: "rtsp-tcp", since: 5400, packets: 800_000, octets: 900_000_000,
		frameRate: 25, sent: 130_000, skipped: 0, lost: 0, jitter: 1.2, roundTrip: 3 },
	{ id: 4, address: "192.168.1.77", kind: "rtsp-udp", since: 240, packets: 60_000, octets: 70_000_000,
		frameRate: 21.4, sent: 5400, skipped: 412, lost: 0.024, jitter: 8, roundTrip: 41 },
	{ id: 5, address: "192.168.1.31", kind: "mjpeg", since: 12, packets: 300, octets: 9_000_000, frameRate: 25,
		sent: 300, skipped: 0, lost: null, jitter: null, roundTrip: null },
	{ id: 6, address: "192.168.1.31", kind: "events", since: 12, packets: 0, octets: 9000, frameRate: 0, sent: 0,
		skipped: 0, lost: null, jitter: null, roundTrip: null },
];

/** Networks that a search finds, and how long it takes, milliseconds. */
const NETWORKS = ["Caf\u00e9 <b>upstairs</b>", "home", "garden"], SEARCH = 1200;
/** Set-up of a board. */
export const SETUP = { ssid: "home", name: "porch", user: "anna", networks: [], searching: false };

export class MockCamera {
	#server = http.createServer((request, response) => this.#answer(request, response));
	#frames = 0;
	/** @type {Set<http.ServerResponse>} */
	streams = new Set();
	/** Each request: "METHOD /path body". */
	requests = [];
	values = { ...INITIAL };
	saved = null;
	writable = true;
	storable = true;
	/** Settings that the camera has not, as while it is being reopened. */
	lost = [];
	/** A board's set-up, as /api/setup shows it; undefined: there is none. */
	setup = undefined;
	/** The receiver of a push, as /api/status shows it; undefined: there is none. */
	push = undefined;
	/** What set-up was given last. */
	given = undefined;
	user = undefined;
	name = "Front door";
	uptime = 93_784;
	restarts = 0;
	/** Streams send nothing. */
	isFrozen = false;
	clients = CLIENTS;
	bottleneck = { where: "none", text: "Everything keeps up: every viewer gets every frame." };
	notices = [
		{ time: 93_700, text: "A wrong password from 192.168.1.99.", count: 3 },
		{ time: 93_100, text: "192.168.1.77 receives too slowly: frames are skipped for it.", count: 12 },
		{ time: 2, text: "The camera is open: OV2640, SVGA.", count: 1 },
	];
	/** Requests that fail, with status, message and name: { "GET /stream": [503, "All places are taken."] }. */
	failures = {};

	/** @param {object} page
	 *  @param {Buffer} page.body the document as it is sent, compressed
	 *  @param {string} page.policy its Content-Security-Policy */
	constructor({ document, policy }) {
		this.page = { body: gzipSync(document, { level: 9 }), policy };
	}

	async listen() {
		this.#server.listen(0, "127.0.0.1");
		await once(this.#server, "listening");
		this.#timers = [setInterval(() => this.#nextFrame(), 120), setInterval(() => this.#nextSecond(), 1000)];
		return this;
	}

	#timers = [];
	/** @type {Set<http.ServerResponse>} */
	listeners = new Set();

	close() {
		this.#timers.forEach(clearInterval);
		this.#server.closeAllConnections();
		this.#server.close();
	}

	/** Ends all streams as a server does that stops: in the middle of a part. */
	cutStreams() {
		for (const stream of this.streams)
			stream.destroy();
	}

	cutEvents() {
		for (const listener of this.listeners)
			listener.destroy();
	}

	get url() {
		return `http://127.0.0.1:${this.#server.address().port}/`;
	}

	status() {
		const [width, height] = PIXELS[this.values.size];
		const { port } = this.#server.address();
		return { name: this.name, version: "0.1.0", uptime: this.uptime, setup: this.setup && true, user: this.user,
			push: this.push,
			camera: { sensor: "OV2640", size: this.values.size, width, height, quality: this.values.quality,
				frameRate: this.values.framerate, measuredFrameRate: this.values.framerate - 0.2 + this.uptime % 7 / 20,
				reopened: 0 }, stream: { rtsp: "rtsp://127.0.0.1:8554/", mjpeg: "/stream", snapshot: "/snapshot.jpg" },
			clients: this.clients.length, connections: this.clients.length, captured: 2_300_000, sent: 6_000_000,
			dropped: 412, octets: 4_000_000_000, bitrate: 8200 + port % 50 + 900 * Math.sin(this.uptime / 9),
			bottleneck: this.bottleneck,
			heap: { free: 61_440, largest: 31_744, psram: { free: 3_145_728, largest: 3_000_000 } } };
	}

	settings() {
		const limits = { framerate: { minimum: 5, maximum: 30 }, quality: { minimum: 8, maximum: 40 }, size: SIZES };
		for (const name of SWITCHES)
			limits[name] = { minimum: 0, maximum: 1, default: INITIAL[name] };
		for (const [name, [minimum, maximum]] of Object.entries(RANGES))
			limits[name] = { minimum, maximum, default: INITIAL[name] };
		const values = { ...this.values };
		for (const name of this.lost) {
			delete limits[name];
			delete values[name];
		}
		return { values, limits, saved: this.saved, writable: this.writable, storable: this.storable };
	}

	#nextFrame() {
		this.#frames++;
		if (this.streams.size === 0 || this.isFrozen)
			return;
		const picture = frame(this.#frames);
		const part = Buffer.concat([
			Buffer.from(`Content-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`),
			picture,
			Buffer.from("\r\n--frame\r\n"),
		]);
		for (const stream of this.streams) {
			if (!stream.writableNeedDrain)
				stream.write(part);
		}
	}

	#nextSecond() {
		this.uptime++;
		this.clients = this.clients.map(client => ({ ...client, since: client.since + 1,
			octets: client.octets + 290_000 })
		);
		for (const listener of this.listeners)
			this.#sendStatus(listener);
	}

	#sendStatus(listener) {
		listener.write(`event: status\ndata: ${JSON.stringify({ ...this.status(), clients: this.clients })}\n\n`);
	}

	async #answer(request, response) {
		const { pathname } = new URL(request.url, this.url);
		let body = "";
		for await (const piece of request)
			body += piece;
		this.requests.push([request.method, pathname, body].join(" ").trim());
		const json = (status, value) => {
			response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
			response.end(JSON.stringify(value));
		};
		const failure = this.failures[`${request.method} ${pathname}`];
		if (failure) {
			const [status, message, name = "refused"] = failure;
			json(status, { error: { name, message } });
			return;
		}
		switch (`${request.method} ${pathname}`) {
			case "GET /":
				response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip",
					"Content-Security-Policy": this.page.policy });
				response.end(this.page.body);
				break;
			case "GET /stream":
				response.writeHead(200, { "Content-Type": "multipart/x-mixed-replace; boundary=frame",
					"Cache-Control": "no-store" });
				response.write("--frame\r\n");
				this.streams.add(response);
				response.on("close", () => this.streams.delete(response));
				break;
			case "GET /snapshot.jpg":
				response.writeHead(200, { "Content-Type": "image/jpeg" });
				response.end(frame(this.#frames));
				break;
			case "GET /api/events":
				response.writeHead(200, { "Content-Type": "text/event-stream" });
				response.write("retry: 300\n\n");
				this.listeners.add(response);
				response.on("close", () => this.listeners.delete(response));
				this.#sendStatus(response);
				break;
			case "GET /api/status":
				json(200, this.status());
				break;
			case "GET /api/clients":
				json(200, { clients: this.clients });
				break;
			case "GET /api/log":
				json(200, { notices: this.notices });
				break;
			case "GET /api/settings":
				json(200, this.settings());
				break;
			case "PATCH /api/settings":
				this.#change(JSON.parse(body), json);
				break;
			case "POST /api/settings/save":
				this.saved = { ...this.values };
				json(200, this.settings());
				break;
			case "POST /api/settings/forget":
				this.saved = null;
				json(200, this.settings());
				break;
			case "POST /api/settings/reset":
				this.values = { ...INITIAL };
				json(200, this.settings());
				break;
			case "GET /api/setup":
				json(this.setup ? 200 : 404, this.setup ?? {});
				break;
			case "POST /api/setup/search":
				this.setup = { ...this.setup, searching: true };
				setTimeout(() => {
					this.setup = { ...this.setup, searching: false, networks: NETWORKS };
				}, SEARCH);
				json(200, this.setup);
				break;
			case "POST /api/setup":
				this.given = JSON.parse(body);
				json(200, { restarting: "board" });
				break;
			case "POST /api/setup/forget":
				this.given = null;
				json(200, { restarting: "board" });
				break;
			case "POST /api/restart":
				this.restarts++;
				this.uptime = 0;
				json(200, {});
				break;
			default:
				json(404, { error: { name: "path", message: "There is no such path." } });
		}
	}

	#change(changes, json) {
		const { limits } = this.settings();
		for (const [name, value] of Object.entries(changes)) {
			const limit = limits[name];
			const isAllowed = Array.isArray(limit)
				? limit.includes(value)
				: value >= limit?.minimum && value <= limit?.maximum;
			if (!isAllowed) {
				json(400, { error: { name, message: `${name} is ${value}.`, allowed: limit } });
				return;
			}
		}
		Object.assign(this.values, changes);
		json(200, this.settings());
	}
}
