// SPDX-License-Identifier: MIT
/**
 * The maximum that clients can make the server hold, by kind, with all places taken. It is measured in the device's
 * slots and compared with docs/security.md, and then held all at once in the device's heap, which cannot grow.
 */
import dgram from "node:dgram";
import net from "node:net";
import { canBuild } from "../../hosts/desktop/build/app.mjs";
import { startCamera } from "../camera.mjs";
import { Skip, check, equal, sleep, until } from "../interop/harness.mjs";
import { receiverReport } from "../interop/rtcp.mjs";
import { buildCases } from "./costly.mjs";
import { documentedTable } from "./documented.mjs";
import { DEVICE, OPEN_DEVICE, attacked, memoryOf } from "./rig.mjs";
import { udpQueue } from "./udpqueue.mjs";

const PLACES = 8, ADDRESSES = 64, PENDING_TUNNELS = 4;

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
			attacker.closed = new Promise(closed =>
				socket.on("close", () => {
					attacker.ended = true;
					closed();
				})
			);
			socket.on("error", reject).on("connect", () => {
				socket.off("error", reject).on("error", () => {});
				resolve(attacker);
			});
		});
	}

	write(data) {
		this.socket.write(Buffer.from(data, "latin1"));
	}

	/** Sends a request and waits for its reply. @returns the reply's text
	 *
	 *  Behind libslirp, all addresses of this machine are one to the device. lwIP answers no SYN from a port that is in
	 *  TIME_WAIT, and libslirp repeats it after 6 s: the wait must be longer. */
	async ask(text) {
		this.received = "";
		this.write(text);
		await until(() => this.received.includes("\r\n\r\n") || this.ended, "a reply");
		return this.received;
	}

	close() {
		this.socket.destroy();
	}

	/** Leaves, and waits until the server has seen it: the next connection does not find all places taken. */
	async leave() {
		this.socket.resume().end();
		await Promise.race([this.closed, sleep(5000)]);
		check(this.ended, "the server keeps a connection that its client has closed");
	}
}

export const request = (method, url, ...headers) =>
	[`${method} ${url} RTSP/1.0`, "CSeq: 1", ...headers, "", ""].join("\r\n");

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

/** A playing session over UDP. Its connection is closed; it survives for 15 seconds without a report. */
export class OrphanSession {
	#socket;
	#report;

	/** @param reply to SETUP */
	constructor(reply, address, rtcpPort) {
		const [, rtp, rtcp] = /server_port=(\d+)-(\d+)/.exec(reply);
		this.serverPorts = [Number(rtp), Number(rtcp)];
		this.ssrc = parseInt(/ssrc=(\w+)/i.exec(reply)[1], 16);
		this.#report = receiverReport(0x1234567, this.ssrc, 0);
		this.opened = new Promise((resolve, reject) => {
			this.#socket = dgram.createSocket("udp4").on("error", reject);
			this.#socket.bind(rtcpPort, address, resolve);
		});
	}

	/** Sends a datagram from the session's RTCP port; a receiver report keeps the session alive. */
	send(bytes = this.#report, to = this.serverPorts[1]) {
		return new Promise((resolve, reject) =>
			this.#socket.send(bytes, to, "127.0.0.1", error => (error ? reject(error) : resolve()))
		);
	}

	close() {
		this.#socket.close();
	}
}

/** Playing sessions over UDP, each from its own address, with the longest URL that the server keeps.
 *  @param {string[]} login header */
async function sessions(port, login = []) {
	const orphans = [];
	for (let i = 0; i < PLACES; i++) {
		const attacker = await Attacker.open(port), track = `${urlOf(port, 1013)}/trackID=0`, rtcpPort = 41_001 + 2 * i;
		const reply = await attacker.ask(
			request("SETUP", track, `Transport: RTP/AVP;unicast;client_port=${rtcpPort - 1}-${rtcpPort}`, ...login),
		);
		check(reply.includes(" 200 "), `SETUP of session ${i}: ${reply.split("\r\n")[0]}`);
		const played = await attacker.ask(
			request("PLAY", track, `Session: ${/Session: (\w+)/.exec(reply)[1]}`, ...login),
		);
		check(played.includes(" 200 "), `PLAY of session ${i}: ${played.split("\r\n")[0]}`);
		const orphan = new OrphanSession(reply, attacker.socket.localAddress, rtcpPort);
		await orphan.opened;
		orphans.push(orphan);
		attacker.close();
	}
	return orphans;
}

/** A pending POST half of a tunnel, with the longest cookie and the maximum of data kept before the GET arrives. */
async function pendingTunnel(port, i) {
	const attacker = await Attacker.open(port);
	attacker.write(
		`POST / HTTP/1.0\r\nx-sessioncookie: `
			+ `${String(i).repeat(128)}\r\n\r\n${Buffer.alloc(1024, "x").toString("base64")}`,
	);
	return attacker;
}

async function tunnels(port) {
	const attackers = [];
	for (let i = 0; i < PENDING_TUNNELS; i++)
		attackers.push(await pendingTunnel(port, i));
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
	// the systems at both ends first buffer some hundred kilobytes: more than these replies
	for (let i = 0; i < 10; i++) {
		post.write(requests(12));
		await sleep(20);
	}
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
 *  docs/security.md has the same names, numbers and limits. */
export const KINDS = [
	{ name: "idle connection", count: PLACES, slots: 75, chunkBytes: 100,
		hold: port => Promise.all(Array.from({ length: PLACES }, () => Attacker.open(port))) },
	{ name: "session playing over UDP, with the longest URL", count: PLACES, slots: 180, chunkBytes: 1450,
		hold: port => sessions(port) },
	{ name: "unfinished request: head", count: 3, slots: 130, chunkBytes: 4600, hold: async port => {
		const attackers = await Promise.all([0, 1, 2].map(() => Attacker.open(port)));
		attackers.forEach(attacker => attacker.write(largest(port, 4000, 0).split("\r\n\r\n")[0]));
		await sleep(200);
		return attackers;
	} },
	{ name: "unfinished request: body", count: 2, slots: 130, chunkBytes: 6600, hold: async port => {
		const attackers = await Promise.all([0, 1].map(() => Attacker.open(port)));
		attackers.forEach(attacker => attacker.write(largest(port, 4000, 2000).slice(0, -1)));
		await sleep(200);
		return attackers;
	} },
	{ name: "unfinished interleaved frame", count: PLACES, slots: 80, chunkBytes: 900, hold: async port => {
		const attackers = await Promise.all(Array.from({ length: PLACES }, () => Attacker.open(port)));
		attackers.forEach(attacker => attacker.write(`$\x01\x02\0${"x".repeat(511)}`));
		await sleep(200);
		return attackers;
	} },
	{ name: "pending half of a tunnel", count: PENDING_TUNNELS, slots: 110, chunkBytes: 2100, hold: tunnels },
	{ name: "unread replies, all clients together", count: 1, slots: 340, chunkBytes: 11_000, hold: deaf },
	{ name: "address with a failed login", count: ADDRESSES, args: WITH_LOGIN, slots: 8, chunkBytes: 56,
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

/** Everything that is held. What the server ends after a time is opened again before that. */
class Held {
	/** Until a pending half of a tunnel is opened again, and until sessions report, milliseconds: the server ends them
	 *  after 10 and 15 s. */
	static #TUNNEL = 8000;
	static #REPORT = 4000;
	#port;
	#tunnels = [];
	#others = [];
	#opened;
	#reported = 0;

	constructor(port) {
		this.#port = port;
	}

	/** @param latest returns the last memory report */
	async open(latest, login) {
		const port = this.#port;
		if (login)
			await guesses(port);
		this.#others.push(...await deaf(port, () => latest().chunkBytes, login));
		this.sessions = await sessions(port, login);
		// the sessions' connections are closed before those of the tunnels are opened
		await sleep(500);
		await this.openTunnels();
		const attacker = await Attacker.open(port);
		attacker.write(largest(port, 4000, 2000).slice(0, -1));
		this.#others.push(attacker);
	}

	async openTunnels() {
		this.#tunnels = await tunnels(this.#port);
		this.#opened = performance.now();
	}

	async closeTunnels() {
		for (const tunnel of this.#tunnels)
			await tunnel.leave();
	}

	async renew() {
		const now = performance.now();
		if (now - this.#reported > Held.#REPORT) {
			for (const session of this.sessions)
				await session.send();
			this.#reported = now;
		}
		if (now - this.#opened > Held.#TUNNEL) {
			await this.closeTunnels();
			await this.openTunnels();
		}
		check(![...this.#others, ...this.#tunnels].some(({ ended }) => ended), "the server has ended what was held");
	}

	close() {
		[...this.#others, ...this.#tunnels, ...this.sessions ?? []].forEach(each => each.close());
	}
}

/** Sends a request and OPTIONS behind it: some are not answered themselves. The server answers or closes. */
async function sendCase(port, text, name) {
	const attacker = await Attacker.open(port);
	attacker.write(text + request("OPTIONS", "*"));
	await answered(attacker, attacker, name);
	if (!attacker.ended)
		await attacker.leave();
}

async function answered(replied, sent, name) {
	const first = new Promise(resolve => replied.socket.once("data", resolve));
	await Promise.race([first, replied.closed, sent.closed, sleep(2000)]);
	check(replied.received !== "" || replied.ended || sent.ended, `${name}: neither a reply nor a close`);
}

/** Sends base64 through a tunnel, in two of the places. */
async function sendThroughTunnel(port, text, name) {
	const address = "127.0.202.1", head = method => `${method} / HTTP/1.0\r\nx-sessioncookie: costly\r\n\r\n`;
	const get = await Attacker.open(port, { address }), post = await Attacker.open(port, { address });
	await get.ask(head("GET"));
	get.received = "";
	// a frame that is longer than what was sent is completed
	const sent = Buffer.from(text, "base64"), rest = sent[0] === 0x24 ? 4 + sent.readUInt16BE(2) - sent.length : 0;
	const end = Buffer.concat([Buffer.alloc(Math.max(0, rest), "x"), Buffer.from(request("OPTIONS", "*"))]);
	post.write(`${head("POST")}${text}${end.toString("base64")}`);
	await answered(get, post, name);
	for (const half of [post, get]) {
		if (!half.ended)
			await half.leave();
	}
}

/** Sends each of the costliest requests in turn, first with the maximum size, then larger. */
async function everyRequest(port, held, login) {
	let count = 0;
	for (const it of await buildCases(DEVICE.variant)) {
		if (it.login && !login)
			continue;
		// its two places are two of the tunnels'
		if (it.tunnel)
			await held.closeTunnels();
		for (const size of [500, 1080, 2000, 4000]) {
			if (!it.tunnel)
				await held.renew();
			await (it.tunnel ? sendThroughTunnel : sendCase)(port, it.parts(size), `${it.name}, ${size}`);
			count += 1;
		}
		if (it.tunnel)
			await held.openTunnels();
	}
	return count;
}

/** A compound packet, all of it report blocks about one source.
 *  @param {number[]} counts of blocks in each packet. Default: as many as a datagram of 1,472 bytes has room for */
export function reports(ssrc, counts = [31, 29]) {
	const packets = counts.map(blocks => {
		const packet = Buffer.alloc(8 + blocks * 24);
		packet.set([0x80 | blocks, 201]);
		packet.writeUInt16BE(packet.length / 4 - 1, 2);
		for (let i = 0; i < blocks; i++)
			packet.writeUInt32BE(ssrc, 8 + i * 24);
		return packet;
	});
	return Buffer.concat(packets);
}

/** Sends datagrams of every size to both ports, from a stranger and from the sessions' own ports. */
async function datagrams({ sessions: all }) {
	const [session] = all, { serverPorts } = session;
	const before = serverPorts.map(udpQueue);
	const stranger = dgram.createSocket("udp4");
	const send = (bytes, to) =>
		new Promise((resolve, reject) =>
			stranger.send(bytes, to, "127.0.0.1", error => (error ? reject(error) : resolve()))
		);
	let count = 0;
	try {
		for (let i = 0; i < 20; i++) {
			for (const bytes of [...[65_507, 9000, 1500, 1].map(size => Buffer.alloc(size, 0x80)), reports(1)]) {
				for (const to of serverPorts) {
					await send(bytes, to);
					await all[i % all.length].send(bytes, to);
					count += 2;
					// the system keeps three of the largest
					await until(() => udpQueue(to).queued === 0, "the camera reads a datagram", 2000);
				}
			}
		}
	}
	finally {
		stranger.close();
	}
	equal(serverPorts.map(udpQueue).map(({ dropped }, i) => dropped - before[i].dropped).join(), "0,0",
		"datagrams that the camera did not read");
	return count;
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

	await tests.test("table-of-what-is-held-is-as-in-docs-security", [], () => {
		// measured, allowed
		const rows = documentedTable("state").map(([name, count, slots, chunkBytes]) =>
			[name, count, slots.split(", ")[1], chunkBytes.split(", ")[1]].join("; ")
		);
		equal(rows.join("\n"),
			KINDS.map(({ name, count, slots, chunkBytes }) =>
				[name, count, slots, chunkBytes.toLocaleString("en")].join("; ")
			).join("\n"), "the table");
	});

	for (const [who, login] of [["anybody", undefined], ["clients-with-the-password-and-64-addresses-without", [
		basic("p"),
	]]]) {
		await tests.test(`everything-at-once-and-every-costly-request-from-${who}-in-the-device-heap`, [], () =>
			attacked(OPEN_DEVICE, ["--request-timeout", "60", "--stall-timeout", "60", ...login ? WITH_LOGIN : []],
				camera =>
					everything(camera, login)), 180_000);
	}
}

/** Connections that hold something: a tunnel without a reader, pending halves of others, an unfinished request. One
 *  place is left, for requests. */
const HOLDERS = 2 + PENDING_TUNNELS + 1;

async function everything(camera, login) {
	const { port } = camera;
	await until(() => memoryOf(camera).slots, "the camera tells of its memory", 5000);
	const held = new Held(port);
	/** All places are taken, and as much is held as before. */
	const checkHeld = async () => {
		const { slots, chunkBytes, connections, playing } = await settled(camera);
		equal(`${connections} connections, ${playing} sessions`, `${HOLDERS} connections, ${PLACES} sessions`,
			"what is held");
		check(slots > 2600 && chunkBytes > 28_000, `only ${slots} slots and ${chunkBytes} bytes are held`);
		return `${slots} slots and ${chunkBytes} bytes`;
	};
	try {
		await held.open(() => memoryOf(camera), login);
		const before = await checkHeld();
		for (let i = 0; i < 20; i++) {
			await held.renew();
			await sendCase(port, largest(port, 4000, 2000), "the largest request");
		}
		const count = await everyRequest(port, held, login), sent = await datagrams(held);
		await held.renew();
		const after = await checkHeld();
		return `${before} held, ${after} after ${count} requests and ${sent} datagrams`;
	}
	finally {
		held.close();
	}
}
