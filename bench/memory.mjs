// SPDX-License-Identifier: MIT
/**
 * Measures the memory that the program keeps, in the device's slots (16 bytes): after the start, and for each
 * connection, session and player. Garbage is collected before each reading. docs/device.md has the figures.
 *
 *    node bench/memory.mjs
 */
import net from "node:net";
import path from "node:path";
import { ROOT } from "../hosts/desktop/build/tools.mjs";
import { startCamera } from "../tests/camera.mjs";
import { HTTPClient } from "../tests/http/client.mjs";
import { RTSPClient } from "../tests/interop/rtsp-client.mjs";
import { Receiver } from "../tests/push/receiver.mjs";
import { play } from "./player.mjs";
import { watch } from "./viewer.mjs";

/** As many clients as the device has places. Without a password, the server keeps one session free for other
 *  addresses, so its limits are one higher. */
const CLIENTS = 8;

/** @param {string[]} args further arguments of the camera */
function start(args = []) {
	return startCamera({
		variant: "m32",
		manifest: path.join(ROOT, "bench/memory/manifest.json"),
		name: "memory",
		http: true,
		args: ["--size", "QVGA", "--fps", "10", "--connection-limit", "9", "--session-limit", "9", "--address-sessions",
			"8", ...process.argv.slice(2), ...args],
	});
}

let camera = await start();

/** Returns the smallest of the next few readings, since some of them fall into a request. */
async function settled() {
	const from = camera.output.length;
	await new Promise(resolve => setTimeout(resolve, 1600));
	const figures = camera.output.slice(from).split("\n").slice(1, -1).filter(line => line.startsWith("{")).map(line =>
		JSON.parse(line)
	);
	return figures.reduce((least, figure) => (figure.slots < least.slots ? figure : least));
}

function print(name, { slots, chunkBytes }, before = { slots: 0, chunkBytes: 0 }, count = 1) {
	console.log(
		`${name.padEnd(44)}${((slots - before.slots) / count).toFixed(0).padStart(8)} `
			+ `slots${((chunkBytes - before.chunkBytes) / count).toFixed(0).padStart(9)} bytes of chunks`,
	);
}

/** Opens several clients and prints the memory that each of them takes.
 *  @param open opens one client */
async function each(name, open) {
	const before = await settled();
	const clients = [];
	for (let i = 0; i < CLIENTS; i++)
		clients.push(await open());
	const full = await settled();
	print(name, full, before, CLIENTS);
	print(`  ${CLIENTS} of them with the server and the camera`, full);
	clients.forEach(client => (client.close ?? client.destroy).call(client));
	await new Promise(resolve => setTimeout(resolve, 300));
}

try {
	const begin = await settled();
	print("after start", begin);
	await each("an idle connection", () =>
		new Promise(resolve => {
			const socket = net.connect(camera.port, "127.0.0.1", () => resolve(socket));
		}));
	await each("a connection after OPTIONS and DESCRIBE", async () => {
		const client = await RTSPClient.connect(camera.port);
		await client.must("OPTIONS", camera.url());
		await client.must("DESCRIBE", camera.url());
		return client;
	});
	await each("a player over TCP", () => play(camera.port, "tcp"));
	await each("a player over UDP", () => play(camera.port, "udp"));
	await each("an idle connection to the HTTP port", () => HTTPClient.connect(camera.httpPort));
	await each("a connection after a snapshot", async () => {
		const client = await HTTPClient.connect(camera.httpPort);
		await client.ask("/snapshot.jpg");
		return client;
	});
	// sessions and streams of an address share its places
	await each("a viewer over HTTP", () => watch(camera.httpPort, "/stream", { address: "127.0.0.2" }));
	print("at the end, compared with the start", await settled(), begin);
	await camera.stop();
	const receiver = await Receiver.listen();
	camera = await start(["--push", receiver.url()]);
	print("a push", await settled(), begin);
	await receiver.close();
}
finally {
	await camera.stop();
}
