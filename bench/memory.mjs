// SPDX-License-Identifier: MIT
/**
 * What the program keeps in memory, in the device's slots (16 bytes): after start, for each connection, session and
 * player. The figures are what is left after a collection; docs/device.md has them.
 *
 *   node bench/memory.mjs
 */
import net from "node:net";
import path from "node:path";
import { ROOT } from "../hosts/desktop/build/tools.mjs";
import { startCamera } from "../tests/camera.mjs";
import { RTSPClient } from "../tests/interop/rtsp-client.mjs";
import { play } from "./player.mjs";

const CLIENTS = 8;

const camera = await startCamera({
	variant: "m32",
	manifest: path.join(ROOT, "bench/memory/manifest.json"),
	name: "memory",
	args: ["--size", "QVGA", "--fps", "10", "--connection-limit", "8", "--session-limit", "8", "--address-sessions",
		"8", ...process.argv.slice(2)],
});

/** The least of the next few figures: requests are being served in some of them. */
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

/** @param open opens one client @returns what each of them holds */
async function each(name, open) {
	const before = await settled();
	const clients = [];
	for (let i = 0; i < CLIENTS; i++)
		clients.push(await open());
	print(name, await settled(), before, CLIENTS);
	clients.forEach(client => (client.close ?? client.destroy).call(client));
	await new Promise(resolve => setTimeout(resolve, 300));
}

try {
	const start = await settled();
	print("after start", start);
	await each("a connection that says nothing", () =>
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
	print("in the end, more than after start", await settled(), start);
}
finally {
	await camera.stop();
}
