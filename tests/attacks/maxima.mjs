// SPDX-License-Identifier: MIT
/**
 * The maximum that clients can make the server hold, by kind, with all places taken. It is measured in the device's
 * slots and compared with docs/security.md, and then held all at once in the device's heap, which cannot grow.
 */
import dgram from "node:dgram";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { buildApplication, canBuild } from "../../hosts/desktop/build/app.mjs";
import { BUILD, ROOT } from "../../hosts/desktop/build/tools.mjs";
import { startCamera } from "../camera.mjs";
import { Skip, check, sleep, until } from "../interop/harness.mjs";
import { DEVICE, OPEN_DEVICE, attacked, memoryOf } from "./rig.mjs";

const PLACES = 8, ADDRESSES = 64;

/** Longest allowed path of a URL, and longest cookie of a tunnel. */
const urlOf = (port, length = 1024) => {
	const begin = `rtsp://127.0.0.1:${port}/?`;
	return begin + "q".repeat(length - begin.length);
};

/** A connection from its own address, so that limits per address do not apply. */
export class Attacker {
	static #count = 0;
	received = "";
	ended = false;

	static open(
		port,
		{ paused = false, address = `127.0.${1 + Math.floor(++Attacker.#count / 250)}.${1 + Attacker.#count % 250}` } =
			{},
	) {
		return new Promise((resolve, reject) => {
			const socket = net.connect({ port, host: "127.0.0.1", localAddress: address });
			const attacker = new Attacker();
			attacker.socket = socket;
			if (!paused)
				socket.on("data", data => attacker.received += data.toString("latin1"));
			socket.on("error", reject).on("close", () => attacker.ended = true).on("connect", () => {
				socket.off("error", reject).on("error", () => {});
				resolve(attacker);
			});
		});
	}

	write(data) {
		this.socket.write(Buffer.from(data, "latin1"));
	}

	/** Sends a request and waits for its reply. @returns the reply's text */
	async ask(text) {
		this.received = "";
		this.write(text);
		await until(() => this.received.includes("\r\n\r\n") || this.ended, "a reply", 5000);
		return this.received;
	}

	close() {
		this.socket.destroy();
	}
}

const request = (method, url, ...headers) => [`${method} ${url} RTSP/1.0`, "CSeq: 1", ...headers, "", ""].join("\r\n");

/** The largest request. The server keeps every byte until it is complete. The head has `headBytes` with a long URL and
 *  long values. The body has 64 unknown parameters, which the reply lists. */
function largest(port, headBytes, bodyBytes) {
	const url = urlOf(port, Math.min(1024, Math.max(100, headBytes - 300)));
	const lines = [`SET_PARAMETER ${url} RTSP/1.0`, "CSeq: 1"];
	let rest = headBytes - lines.join("\r\n").length - 40;
	for (const name of ["Authorization", "Range", "Session", "Transport"]) {
		const length = Math.min(2000, rest - name.length - 4);
		if (length > 0)
			lines.push(`${name}: ${"v".repeat(length)}`);
		rest -= length + name.length + 4;
	}
	const line = `${"n".repeat(Math.max(0, Math.floor(bodyBytes / 64) - 1))}\n`;
	return `${[...lines, `Content-Length: ${line.length * 64}`, "", ""].join("\r\n")}${line.repeat(64)}`;
}

/** Playing sessions over UDP, each from its own address, with the longest URL that the server keeps. Their connections
 *  are closed; the sessions survive for some seconds without reports.
 *  @param {string[]} login header */
async function sessions(port, login = []) {
	for (let i = 0; i < PLACES; i++) {
		const attacker = await Attacker.open(port), track = `${urlOf(port, 1013)}/trackID=0`;
		const reply = await attacker.ask(
			request("SETUP", track, `Transport: RTP/AVP;unicast;client_port=${41000 + 2 * i}-${41001 + 2 * i}`,
				...login),
		);
		check(reply.includes(" 200 "), `SETUP of session ${i}: ${reply.split("\r\n")[0]}`);
		const played = await attacker.ask(
			request("PLAY", track, `Session: ${/Session: (\w+)/.exec(reply)[1]}`, ...login),
		);
		check(played.includes(" 200 "), `PLAY of session ${i}: ${played.split("\r\n")[0]}`);
		attacker.close();
	}
	return [];
}

/** Pending POST halves of tunnels, each with the longest cookie and the maximum of data kept before the GET arrives. */
async function tunnels(port, count) {
	const attackers = [];
	for (let i = 0; i < count; i++) {
		const attacker = await Attacker.open(port);
		attacker.write(
			`POST / HTTP/1.0\r\nx-sessioncookie: `
				+ `${String(i).repeat(128)}\r\n\r\n${Buffer.alloc(1024, "x").toString("base64")}`,
		);
		attackers.push(attacker);
	}
	await sleep(100);
	return attackers;
}

/** A tunnel whose client does not read replies. Its requests, on the other connection, are still read. It stops sending
 *  requests shortly before the server would close it.
 *  @param latest returns the bytes of chunks in use */
async function deaf(port, latest, login = []) {
	const requests = count =>
		Buffer.from(request("DESCRIBE", `rtsp://127.0.0.1:${port}/`, ...login).repeat(count)).toString("base64");
	const address = "127.0.201.1", cookie = "x-sessioncookie: deaf\r\n\r\n", before = latest();
	const get = await Attacker.open(port, { paused: true, address }), post = await Attacker.open(port, { address });
	get.socket.pause();
	get.write(`GET / HTTP/1.0\r\n${cookie}`);
	await sleep(50);
	post.write(`POST / HTTP/1.0\r\n${cookie}`);
	// the systems at both ends first buffer some hundred kilobytes
	for (let i = 0; i < 400 && latest() < before + 6500; i++) {
		post.write(requests(latest() < before + 1500 ? 12 : 3));
		await sleep(300);
	}
	return [get, post];
}

const WITH_LOGIN = ["--user", "u", "--password", "p", "--auth", "basic"];
const basic = password => `Authorization: Basic ${Buffer.from(`u:${password}`).toString("base64")}`;

/** One wrong password from each address, for as many addresses as the server remembers. */
async function guesses(port) {
	for (let i = 0; i < ADDRESSES; i++) {
		const attacker = await Attacker.open(port, { address: `127.100.200.${100 + i}` });
		const reply = await attacker.ask(request("DESCRIBE", `rtsp://127.0.0.1:${port}/`, basic("wrong")));
		check(reply.includes(" 401 "), `a wrong password: ${reply.split("\r\n")[0]}`);
		attacker.close();
	}
	return [];
}

/** The kinds of data that the server keeps: how to create them, their maximum number, and the limit for each.
 *  docs/security.md has this table. */
export const KINDS = [
	{ name: "connections that say nothing", count: PLACES, slots: 75, chunkBytes: 100,
		hold: port => Promise.all(Array.from({ length: PLACES }, () => Attacker.open(port))) },
	{ name: "sessions that play, over UDP, with the longest URL", count: PLACES, slots: 180, chunkBytes: 1450,
		hold: port => sessions(port) },
	{ name: "half requests: lines of the head", count: 3, slots: 130, chunkBytes: 4600, hold: async port => {
		const attackers = await Promise.all([0, 1, 2].map(() => Attacker.open(port)));
		attackers.forEach(attacker => attacker.write(largest(port, 4000, 0).split("\r\n\r\n")[0]));
		await sleep(200);
		return attackers;
	} },
	{ name: "half requests: bodies", count: 2, slots: 130, chunkBytes: 6600, hold: async port => {
		const attackers = await Promise.all([0, 1].map(() => Attacker.open(port)));
		attackers.forEach(attacker => attacker.write(largest(port, 4000, 2000).slice(0, -1)));
		await sleep(200);
		return attackers;
	} },
	{ name: "half requests: interleaved data", count: PLACES, slots: 80, chunkBytes: 900, hold: async port => {
		const attackers = await Promise.all(Array.from({ length: PLACES }, () => Attacker.open(port)));
		attackers.forEach(attacker => attacker.write(`$\x01\x02\0${"x".repeat(511)}`));
		await sleep(200);
		return attackers;
	} },
	{ name: "halves of tunnels that wait", count: 4, slots: 110, chunkBytes: 2100, hold: port => tunnels(port, 4) },
	{ name: "replies that nobody reads, together", count: 1, slots: 300, chunkBytes: 11_000, hold: deaf },
	{ name: "addresses that have failed to log in", count: ADDRESSES, args: WITH_LOGIN, slots: 8, chunkBytes: 56,
		hold: guesses },
];

/** @returns the minimum of the camera's memory reports in one second, which are taken after a collection */
async function settled(camera) {
	const from = camera.output.length;
	await sleep(1100);
	const figures = camera.output.slice(from).split("\n").slice(1, -1).filter(line => line.startsWith("{")).map(line =>
		JSON.parse(line)
	);
	check(figures.length > 0, "the camera tells nothing of its memory");
	return figures.reduce((least, figure) => (figure.slots < least.slots ? figure : least));
}

/** @returns {Promise<{slots: number, chunkBytes: number}>} memory per item of a kind */
export async function measure({ count, args = [], hold }) {
	const camera = await startCamera({ ...OPEN_DEVICE,
		args: [...OPEN_DEVICE.args, "--size", "QVGA", "--fps", "5", "--stall-timeout", "60", ...args] });
	let attackers = [];
	try {
		const before = await settled(camera);
		attackers = await hold(camera.port, () => memoryOf(camera).chunkBytes);
		const { slots, chunkBytes } = await settled(camera);
		return { slots: (slots - before.slots) / count, chunkBytes: (chunkBytes - before.chunkBytes) / count, before };
	}
	finally {
		attackers.forEach(attacker => attacker.close());
		await camera.stop();
	}
}

async function cases() {
	await buildApplication({ manifest: path.join(ROOT, "bench/requests/manifest.json"), name: "requests",
		variant: DEVICE.variant });
	return (await import(pathToFileURL(path.join(BUILD, "js/bench/requests/cases.js")))).CASES;
}

/** Sends each of the costliest requests in turn, first with the maximum size, then larger. */
async function everyRequest(port, { login = false }) {
	let count = 0;
	for (const it of await cases()) {
		if (it.tunnel || (it.login && !login))
			continue;
		for (const size of [500, 1080, 2000, 4000]) {
			const attacker = await Attacker.open(port);
			attacker.write(it.parts(size));
			await until(() => attacker.received !== "" || attacker.ended, "the server answers or closes", 300).catch(
				() => {},
			);
			attacker.close();
			count += 1;
		}
	}
	return count;
}

/** Sends datagrams of every size to both ports. */
async function datagrams(port, login = []) {
	const reply = await (await Attacker.open(port)).ask(
		request("SETUP", `rtsp://127.0.0.1:${port}/trackID=0`, "Transport: RTP/AVP;unicast;client_port=42000-42001",
			...login),
	);
	const serverPorts = /server_port=(\d+)-(\d+)/.exec(reply)?.slice(1).map(Number) ?? [];
	const socket = dgram.createSocket("udp4");
	const send = (bytes, to) => new Promise(resolve => socket.send(bytes, to, "127.0.0.1", resolve));
	for (let i = 0; i < 20; i++) {
		for (const size of [65_507, 9000, 1500, 1]) {
			for (const to of serverPorts)
				await send(Buffer.alloc(size, 0x80), to);
		}
	}
	socket.close();
}

export async function maxima(tests) {
	for (const kind of KINDS) {
		await tests.test(`most-is-held-as-documented-${kind.name.replace(/[^a-z]+/gi, "-")}`, [], async () => {
			if (!await canBuild("m32"))
				throw new Skip("no compiler for m32");
			const { slots, chunkBytes } = await measure(kind);
			const note = `${slots.toFixed(0)} slots and ${chunkBytes.toFixed(0)} bytes each, of ${kind.count}`;
			check(slots <= kind.slots && chunkBytes <= kind.chunkBytes,
				`${note}; ${kind.slots} and ${kind.chunkBytes} are documented`);
			check(slots > kind.slots / 2 || chunkBytes > kind.chunkBytes / 2, `${note}: hardly anything is held`);
			return note;
		});
	}

	for (const [who, login] of [["anybody", undefined], ["clients-with-the-password-and-64-addresses-without", [
		basic("p"),
	]]]) {
		await tests.test(`everything-at-once-and-every-costly-request-from-${who}-in-the-device-heap`, [], () =>
			attacked(OPEN_DEVICE, ["--request-timeout", "60", "--stall-timeout", "60", ...login ? WITH_LOGIN : []],
				camera =>
					everything(camera, login)), 180_000);
	}
}

async function everything(camera, login) {
	const { port } = camera;
	await until(() => memoryOf(camera).slots, "the camera tells of its memory", 5000);
	if (login)
		await guesses(port);
	// in this order, since halves of tunnels stay pending for ten seconds
	const held = await deaf(port, () => memoryOf(camera).chunkBytes, login);
	await sessions(port, login);
	// their connections are closed before those of the tunnels are opened
	await sleep(500);
	held.push(...await tunnels(port, 4));
	try {
		// the seventh connection; the eighth sends requests
		const attacker = await Attacker.open(port);
		held.push(attacker);
		attacker.write(largest(port, 4000, 2000).slice(0, -1));
		await sleep(1000);
		const { slots, chunkBytes } = memoryOf(camera);
		check(slots > 2600 && chunkBytes > 28_000, `only ${slots} slots and ${chunkBytes} bytes are held`);
		for (let i = 0; i < 20; i++) {
			const asking = await Attacker.open(port);
			asking.write(largest(port, 4000, 2000));
			await until(() => asking.received !== "" || asking.ended, "a reply to the largest request", 2000);
			asking.close();
		}
		const count = await everyRequest(port, { login });
		await datagrams(port, login);
		return `${slots} slots and ${chunkBytes} bytes held, ${count} requests`;
	}
	finally {
		held.forEach(each => each.close());
	}
}
