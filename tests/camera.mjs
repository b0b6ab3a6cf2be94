// SPDX-License-Identifier: MIT
/** Runs the camera for tests and benchmarks:
 *  builds it, starts it on free ports of the loopback interface, and ends it by process id. */
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import net from "node:net";
import path from "node:path";
import { buildApplication } from "../hosts/desktop/build/app.mjs";
import { ROOT } from "../hosts/desktop/build/tools.mjs";

/**
 * Defaults for starting cameras. The group `device` runs other groups under a board's conditions, `coverage` on a build
 * that counts lines. `environment()` returns additional environment variables for a camera. `network` replaces the
 * system's network below the sockets. `sendBuffer` is its send buffer for a TCP connection, bytes. `wrapper()` returns
 * the program and arguments to run it with.
 */
export const profile = { variant: "release", args: [], device: false, environment: () => ({}), network: undefined,
	sendBuffer: undefined, wrapper: () => [] };

/**
 * @param {object} [options]
 * @param {string} [options.variant] of the build: release, sanitize, coverage, m32
 * @param {string[]} [options.args] command line of the camera, without --port and --udp-port
 * @param {boolean} [options.http] opens the HTTP port as well
 * @param {string[]} [options.wrapper] program and arguments to run it with: ["valgrind", …]
 * @param {string} [options.manifest] another application than the camera, with `name` for its build
 * @param {string} [options.name]
 * @param {number} [options.port] for example that of a previous camera. Default: a free port
 * @returns {Promise<Camera>}
 */
export async function startCamera(options = {}) {
	for (let attempt = 1;; attempt++) {
		try {
			return await start(options);
		}
		catch (error) {
			// another camera has taken the port between its choice and its use
			if (options.port !== undefined || attempt === ATTEMPTS || !/Address already in use/.test(error.message))
				throw error;
		}
	}
}

async function start(
	{ variant = profile.variant, args = [], wrapper = [], http = false, manifest = path.join(ROOT, "manifest.json"),
		name = "camera", timeout = 30_000, port },
) {
	const { program, folder } = await buildApplication({ manifest, name, variant, network: profile.network });
	port ??= await freePort();
	const udpPort = udpPortOf(port);
	const httpPort = http ? await freePort() : 0;
	const tcpPorts = [port, httpPort, ...["--http-port", "--stream-port"].filter(option => args.includes(option)).map(
		option => Number(args[args.indexOf(option) + 1]),
	)].filter(Boolean);
	const [command, ...before] = [...profile.wrapper({ tcpPorts, udpPort }), ...wrapper, program];
	const child = spawn(command, [...before, folder, "--port", String(port), "--udp-port", String(udpPort),
		...(args.includes("--http-port") ? [] : ["--http-port", String(httpPort)]), ...withProfile(args)], {
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, ...profile.environment() },
	});
	const camera = new Camera(child, port, udpPort, httpPort);
	await camera.ready(timeout);
	return camera;
}

/** The profile's options, followed by the test's own, which take precedence. */
function withProfile(args) {
	const before = [];
	for (let i = 0; i < profile.args.length; i++) {
		const option = profile.args[i],
			value = profile.args[i + 1]?.startsWith("--") ? [] : profile.args.slice(i + 1, i + 2);
		if (!args.includes(option))
			before.push(option, ...value);
		i += value.length;
	}
	return [...before, ...args];
}

export class Camera {
	#child;
	#ended;
	/** Its output on both streams. */
	output = "";

	constructor(child, port, udpPort, httpPort) {
		this.#child = child;
		this.port = port;
		/** Source port of RTP over UDP, unless it was in use. RTCP has the next port. */
		this.udpPort = udpPort;
		/** 0 without HTTP. */
		this.httpPort = httpPort;
		this.pid = child.pid;
		child.stdout.on("data", data => this.output += data);
		child.stderr.on("data", data => this.output += data);
		this.#ended = new Promise(resolve => child.on("close", (status, signal) => resolve({ status, signal })));
	}

	url(path = "") {
		return `rtsp://127.0.0.1:${this.port}/${path}`;
	}

	/** Waits until it has printed its URL. Throws with its output if it ends or takes too long. */
	async ready(timeout) {
		const deadline = Date.now() + timeout;
		let ended;
		void this.#ended.then(result => ended = result);
		while (!this.output.includes(`:${this.port}/`)) {
			if (ended)
				throw new Error(`the camera ended with ${ended.status ?? ended.signal}:\n${this.output}`);
			if (Date.now() > deadline) {
				await this.stop();
				throw new Error(`the camera did not start in ${timeout} ms:\n${this.output}`);
			}
			await new Promise(resolve => setTimeout(resolve, 20));
		}
	}

	/** Stops the camera like Ctrl-C. @returns {Promise<{status: number|null, signal: string|null}>} */
	async stop(signal = "SIGINT", timeout = 10_000) {
		this.#child.kill(signal);
		const late = setTimeout(() => this.#child.kill("SIGKILL"), timeout);
		const result = await this.#ended;
		clearTimeout(late);
		return result;
	}

	/** Resolves with the exit status when it ends. */
	get ended() {
		return this.#ended;
	}
}

/** Attempts to start a camera at a free port. */
const ATTEMPTS = 3;

/** Ports of cameras and other servers: below the system's range of ephemeral ports, which connections of other tests
 *  take at any time, and below the cameras' UDP ports. */
const PORTS = { first: 3000, count: 7000 };

/** @returns {Promise<number>} a TCP port that is free, as are the UDP ports of a camera there */
export async function freePort() {
	for (;;) {
		const port = PORTS.first + Math.floor(Math.random() * PORTS.count), udpPort = udpPortOf(port);
		const free = await Promise.all([tcpIsFree(port), udpIsFree(udpPort), udpIsFree(udpPort + 1)]);
		if (free.every(Boolean))
			return port;
	}
}

/** @returns the even UDP port of a camera, distinct from those of other cameras */
function udpPortOf(port) {
	return 10_000 + (port * 2) % 20_000;
}

function tcpIsFree(port) {
	return new Promise(resolve => {
		const server = net.createServer().on("error", () => resolve(false));
		server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
	});
}

function udpIsFree(port) {
	return new Promise(resolve => {
		const socket = dgram.createSocket("udp4").on("error", () => resolve(false));
		socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
	});
}
