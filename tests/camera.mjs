/** Runs the camera for tests and benchmarks: builds it, starts it on free ports of the loopback, and ends it by its own process id. */
import { spawn } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { buildApplication } from "../hosts/desktop/build/app.mjs";
import { ROOT } from "../hosts/desktop/build/tools.mjs";

/**
 * What cameras are started with when a test does not say otherwise: the group `device` runs other groups in a board's conditions,
 * `coverage` on a build that counts lines. `environment` is asked for each camera: what comes on top of the tests' own. `network` is below
 * its sockets, when it is not the system's, `sendBuffer` its bytes for a TCP connection, and `wrapper` what the program is started through.
 */
export const profile = { variant: "release", args: [], device: false, environment: () => ({}), network: undefined, sendBuffer: undefined, wrapper: () => [] };

/**
 * @param {object} [options]
 * @param {string} [options.variant] of the build: release, sanitize, coverage, m32
 * @param {string[]} [options.args] command line of the camera, without --port and --udp-port
 * @param {string[]} [options.wrapper] program and arguments in front: ["valgrind", …]
 * @param {string} [options.manifest] another application than the camera, with `name` for its build
 * @param {string} [options.name]
 * @param {number} [options.port] the one that another camera had: any free one unless told
 * @returns {Promise<Camera>}
 */
export async function startCamera({ variant = profile.variant, args = [], wrapper = [], manifest = path.join(ROOT, "manifest.json"), name = "camera", timeout = 30_000, port = undefined } = {}) {
	const { program, folder } = await buildApplication({ manifest, name, variant, network: profile.network });
	port ??= await freePort();
	// below the range from which systems give out ports to clients, and apart from other cameras of the same run
	const udpPort = 10_000 + (port * 2) % 20_000;
	const [command, ...before] = [...profile.wrapper({ port, udpPort }), ...wrapper, program];
	const child = spawn(command, [...before, folder, "--port", String(port), "--udp-port", String(udpPort), ...withProfile(args)], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...profile.environment() } });
	const camera = new Camera(child, port, udpPort);
	await camera.ready(timeout);
	return camera;
}

/** The profile's options in front of a test's own, which win. */
function withProfile(args) {
	const before = [];
	for (let i = 0; i < profile.args.length; i++) {
		const option = profile.args[i], value = profile.args[i + 1]?.startsWith("--") ? [] : profile.args.slice(i + 1, i + 2);
		if (!args.includes(option))
			before.push(option, ...value);
		i += value.length;
	}
	return [...before, ...args];
}

export class Camera {
	#child;
	#ended;
	/** What it printed, both streams. */
	output = "";

	constructor(child, port, udpPort) {
		this.#child = child;
		this.port = port;
		/** Where RTP over UDP comes from, unless it was taken; RTCP has the next. */
		this.udpPort = udpPort;
		this.pid = child.pid;
		child.stdout.on("data", data => this.output += data);
		child.stderr.on("data", data => this.output += data);
		this.#ended = new Promise(resolve => child.on("close", (status, signal) => resolve({ status, signal })));
	}

	url(path = "") {
		return `rtsp://127.0.0.1:${this.port}/${path}`;
	}

	/** Waits until it has said its URL. Throws with its output when it ends, or takes too long. */
	async ready(timeout) {
		const deadline = Date.now() + timeout;
		let ended;
		this.#ended.then(result => ended = result);
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

	/** Ends it as Ctrl-C does. @returns {Promise<{status: number|null, signal: string|null}>} */
	async stop(signal = "SIGINT", timeout = 10_000) {
		this.#child.kill(signal);
		const late = setTimeout(() => this.#child.kill("SIGKILL"), timeout);
		const result = await this.#ended;
		clearTimeout(late);
		return result;
	}

	/** How it ended, when it does. */
	get ended() {
		return this.#ended;
	}
}

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = net.createServer();
		server.on("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}
