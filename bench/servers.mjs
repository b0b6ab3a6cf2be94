// SPDX-License-Identifier: MIT
/** The servers that are measured: the camera, and its peers if their libraries are installed. All replay the same
 *  files. */
import { spawn } from "node:child_process";
import path from "node:path";
import { ROOT, run } from "../hosts/desktop/build/tools.mjs";
import { Camera, freePort, startCamera } from "../tests/camera.mjs";
import { available, installSystemPackages } from "../tests/system.mjs";
import { compile } from "./compile.mjs";

const HERE = path.join(ROOT, "bench");
/** Milliseconds to start, under callgrind as well. */
const TIMEOUT = 120_000;

/** Debian packages of the peers and of what counts. */
const NEEDS = [
	{ name: "Valgrind", purpose: "counts instructions", check: ["valgrind", "--version"], packages: ["valgrind"] },
	{ name: "strace", purpose: "counts system calls", check: ["strace", "--version"], packages: ["strace"] },
];
const PEERS = [
	{ name: "GStreamer's RTSP server", purpose: "is compared with", packages: ["libgstrtspserver-1.0-dev"],
		check: ["pkg-config", "--exists", "gstreamer-rtsp-server-1.0"] },
	{ name: "live555", purpose: "is compared with", packages: ["liblivemedia-dev"], optional: true,
		check: ["sh", "-c", "pkg-config --exists live555 || test -n \"$LIVE555\""] },
];

export function installForBench({ peers = false } = {}) {
	installSystemPackages(undefined, peers ? [...NEEDS, ...PEERS] : NEEDS);
}

/**
 * @typedef {object} Server
 * @property {string} title
 * @property {() => string | undefined} missing why it cannot run here
 * @property {(options: {folder: string, fps: number, wrapper?: string[]}) => Promise<RunningServer>} start
 *
 * @typedef {object} RunningServer
 * @property {number} port
 * @property {number} pid
 * @property {string} path of its stream's URL
 * @property {string} output
 * @property {() => Promise<unknown>} stop
 */

/** Admits as many clients as there are, all from one address. */
const LIMITS = ["--connection-limit", "1000", "--session-limit", "1000", "--address-sessions", "1000"];

/** Starts one of our programs. */
function startOurs(program, { folder, fps, wrapper = [], args: more = [] }) {
	const args = ["--fps", String(fps), "--frames", folder, ...LIMITS, ...more];
	return startCamera({ ...program, wrapper, timeout: TIMEOUT, http: true, args })
		.then(camera => Object.assign(camera, { path: "" }));
}

/** Starts a peer: `PROGRAM PORT FOLDER FPS`, which prints ":PORT/" when it is ready. */
async function startPeer(program, { folder, fps, wrapper = [] }) {
	const port = await freePort();
	const [command, ...args] = [...wrapper, program, String(port), folder, String(fps)];
	const server = new Camera(spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] }), port);
	await server.ready(TIMEOUT);
	return Object.assign(server, { path: "stream" });
}

const words = text => text.trim().split(/\s+/);

/** Compiles with live555: Debian's package, or the folder of its built sources that LIVE555 names. */
async function compileLive555() {
	const folder = process.env.LIVE555, parts = ["liveMedia", "groupsock", "BasicUsageEnvironment", "UsageEnvironment"];
	const flags = folder
		? parts.map(part => `-I${path.join(folder, part, "include")}`)
		: words(await run("pkg-config", ["--cflags", "live555"]));
	const libraries = folder
		? parts.map(part => path.join(folder, part, `lib${part}.a`))
		: words(await run("pkg-config", ["--libs", "live555"]));
	return compile("live555-server", [path.join(HERE, "peers/live555.cpp")], { compiler: process.env.CXX ?? "c++",
		flags: ["-std=c++20", ...flags], libraries });
}

async function compileGStreamer() {
	const config = async option => words(await run("pkg-config", [option, "gstreamer-rtsp-server-1.0"]));
	return compile("gstreamer-server", [path.join(HERE, "peers/gstreamer.c")], { flags: await config("--cflags"),
		libraries: await config("--libs") });
}

const missingPeer = index => () =>
	available(PEERS[index].check) ? undefined : `${PEERS[index].packages[0]} is not installed`;

/** @type {Record<string, Server>} */
export const SERVERS = {
	camera: { title: "this server", missing: () => undefined, start: options => startOurs({}, options) },
	gstreamer: { title: "GStreamer", missing: missingPeer(0),
		start: async options => startPeer(await compileGStreamer(), options) },
	live555: { title: "live555", missing: missingPeer(1),
		start: async options => startPeer(await compileLive555(), options) },
};

/** Our server with counters: it prints a line of JSON every second (bench/measure/main.ts). */
export async function startMeasured(options) {
	const server = await startOurs({ manifest: path.join(HERE, "measure/manifest.json"), name: "measure" }, options);
	return Object.assign(server, {
		reports: () => server.output.split("\n").filter(line => line.startsWith("{")).map(line => JSON.parse(line)),
	});
}

/** Servers by name. @returns {{name: string, title: string, start: Function}[]} those that can run here, after a line
 *  for each of the others */
export function runnable(names, log) {
	return names.map(name => ({ name, ...SERVERS[name] })).filter(server => {
		const reason = server.missing();
		if (reason)
			log(`skip ${server.title}: ${reason}`);
		return !reason;
	});
}
