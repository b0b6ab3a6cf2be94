// SPDX-License-Identifier: MIT
/**
 * Multicast and RTSP over HTTP with real clients such as ffmpeg and GStreamer, and with clients in Node that check
 * every packet. Everything stays on the loopback: if possible, in a network namespace that has no other interface.
 * Without a namespace, real clients are skipped for multicast, because they join a group by the system's routes. The
 * clients in Node join on 127.0.0.1.
 */
import { readFileSync } from "node:fs";
import dgram from "node:dgram";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { play } from "../../bench/player.mjs";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { startCamera } from "../camera.mjs";
import { has } from "./harness.mjs";
import { execute, isolation } from "./namespace.mjs";
import { mustPlay, programs } from "./programs.mjs";
import { RTSPClient } from "./rtsp-client.mjs";
import { openTunnel, Wire } from "./tunnelclient.mjs";

const THIS = fileURLToPath(import.meta.url);
const GROUP = "239.255.42.44", PORT = 5604;
const MULTICAST = ["--multicast", GROUP, "--multicast-port", String(PORT), "--multicast-interface", "127.0.0.1"];
const MEASURE = { manifest: path.join(ROOT, "bench/measure/manifest.json"), name: "measure" };
const FRAMES = 25;
const BYE = 203, SENDER_REPORT = 200;

const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

function check(condition, message) {
	if (!condition)
		throw new Error(message);
}

/** Waits until `condition()` is true. */
async function until(condition, what, timeout = 5000) {
	const deadline = Date.now() + timeout;
	while (!await condition()) {
		check(Date.now() < deadline, `no ${what} in ${timeout} ms`);
		await sleep(10);
	}
}

/** Starts a multicast player that keeps every packet. */
async function listen(camera) {
	const rtp = [], rtcp = [];
	const player = await play(camera.port, "multicast", (packet, control) => (control ? rtcp : rtp).push(packet));
	return {
		rtp,
		rtcp,
		player,
		/** @returns the types of all received RTCP packets */
		types: () => rtcp.flatMap(compoundTypes),
	};
}

function compoundTypes(packet) {
	const types = [];
	for (let offset = 0; offset + 4 <= packet.length; offset += (packet.readUInt16BE(offset + 2) + 1) * 4)
		types.push(packet[offset + 1]);
	return types;
}

const sequenceNumber = packet => packet.readUInt16BE(2);
const marker = packet => (packet[1] & 0x80) !== 0;

/** Asserts that sequence numbers are contiguous: no packet is missing or repeated. */
function checkContiguous(packets) {
	for (let i = 1; i < packets.length; i++)
		check(sequenceNumber(packets[i]) === ((sequenceNumber(packets[i - 1]) + 1) & 0xffff),
			`packet ${sequenceNumber(packets[i])} follows ${sequenceNumber(packets[i - 1])}`);
}

/** @returns the number of UDP datagrams that this network namespace has sent */
function datagramsSent() {
	const [names, values] = readFileSync("/proc/net/snmp", "latin1").split("\n").filter(line => line.startsWith("Udp:"))
		.map(line => line.split(" "));
	return Number(values[names.indexOf("OutDatagrams")]);
}

async function oneSendServesTwo({ camera, isolated }) {
	const before = isolated ? datagramsSent() : 0;
	const a = await listen(camera), b = await listen(camera);
	await until(() => b.rtp.length > 60, "packets");
	const last = b.rtp.length;
	await b.player.request("TEARDOWN");
	const { types } = a;
	check(!types().includes(BYE), "BYE while a client plays");
	await a.player.request("TEARDOWN");
	await until(() => types().includes(BYE), "BYE");
	const after = isolated ? datagramsSent() : 0;
	a.player.close();
	b.player.close();
	checkContiguous(a.rtp);
	checkContiguous(b.rtp);
	const first = a.rtp.findIndex(packet => packet.equals(b.rtp[0]));
	check(first >= 0 && b.rtp.slice(0, last).every((packet, i) => packet.equals(a.rtp[first + i])),
		"the clients received different packets");
	if (!isolated)
		return `${last} equal packets`;
	const received = a.rtp.length + a.rtcp.length;
	check(after - before === received, `${after - before} datagrams were sent, one client received ${received}`);
	return `${last} equal packets; ${received} datagrams sent in all, and received by one client`;
}

async function oneOfManyPauses({ camera }) {
	const a = await listen(camera), b = await listen(camera);
	const players = [await play(camera.port, "udp"), await play(camera.port, "tcp")];
	await until(() => players.every(player => player.frames > 5) && b.player.frames > 5, "frames");
	await a.player.request("PAUSE");
	const count = b.player.frames;
	await until(() => b.player.frames > count + 10, "frames after another client's PAUSE");
	await b.player.request("PAUSE");
	await sleep(100);
	const still = b.rtp.length;
	await sleep(300);
	check(b.rtp.length === still, "packets while all pause");
	const unicast = players.map(player => player.frames);
	const reply = await b.player.request("PLAY");
	await until(() => b.rtp.length > still + 5, "packets after PLAY");
	const [, number, timestamp] = /seq=(\d+);rtptime=(\d+)/.exec(reply);
	check(sequenceNumber(b.rtp[still]) === Number(number) && b.rtp[still].readUInt32BE(4) === Number(timestamp),
		"RTP-Info of the resumed stream does not match its first packet");
	checkContiguous(b.rtp);
	check(players.every((player, i) => player.frames > unicast[i]), "unicast players got no frames meanwhile");
	check(!b.types().includes(BYE), "BYE while all pause");
	const result = `${b.player.frames} frames by multicast, ${players[0].frames} by UDP, ${players[1].frames} by TCP`;
	for (const player of [a.player, b.player, ...players]) {
		await player.request("TEARDOWN");
		player.close();
	}
	return result;
}

async function laterPlayerKnowsTheNextPacket({ camera }) {
	const a = await listen(camera);
	await until(() => a.rtp.length > 10, "packets");
	const b = await listen(camera);
	await until(() => b.rtp.length > 10, "packets");
	const [, number, timestamp] = /seq=(\d+)(;rtptime=)?/.exec(b.player.playReply);
	check(/seq=\d+;rtptime=\d+/.test(a.player.playReply) && timestamp === undefined, `RTP-Info: ${b.player.playReply}`);
	const before = a.rtp.find(packet => sequenceNumber(packet) === ((Number(number) - 1) & 0xffff));
	check(before !== undefined && marker(before), "RTP-Info does not name the first packet of a frame");
	check(compoundTypes(a.rtcp[0])[0] === SENDER_REPORT && a.rtcp[0].readUInt32BE(4) === a.rtp[0].readUInt32BE(8),
		"RTCP does not begin with a sender report of the stream");
	const oldSource = a.rtp[0].readUInt32BE(8);
	for (const { player } of [a, b]) {
		await player.request("TEARDOWN");
		player.close();
	}
	const c = await listen(camera);
	await until(() => c.rtp.length > 0, "packets");
	check(c.rtp[0].readUInt32BE(8) !== oldSource, "the stream after BYE has the same SSRC");
	await c.player.request("TEARDOWN");
	c.player.close();
	return `seq=${number}`;
}

/** @returns a receiver report with one block about `source` */
function receiverReport(source) {
	const bytes = Buffer.alloc(32);
	bytes.set([0x81, 201, 0, 7]);
	bytes.writeUInt32BE(0x12345678, 4);
	bytes.writeUInt32BE(source, 8);
	return bytes;
}

/** Reports to the group or to the server are counted, but do not keep a session alive. Requests do. */
async function reportsAreCountedAndSessionsEnd() {
	const camera = await startCamera({ ...MEASURE,
		args: ["--no-gso", "--fps", "50", "--size", "QVGA", "--session-timeout", "5", ...MULTICAST] });
	const socket = dgram.createSocket("udp4");
	try {
		const silent = await listen(camera);
		await new Promise(resolve => socket.bind(0, "127.0.0.1", resolve));
		socket.setMulticastInterface("127.0.0.1");
		await until(() => silent.rtp.length > 0, "packets");
		const source = silent.rtp[0].readUInt32BE(8);
		for (const [address, of] of [[GROUP, source], ["127.0.0.1", source], [GROUP, source ^ 1]])
			socket.send(receiverReport(of >>> 0), PORT + 1, address);
		const begin = Date.now();
		await until(() => silent.types().includes(BYE), "BYE to a silent session", 9000);
		check(Date.now() - begin > 3500, "the session ended early");
		const counts = camera.output.split("\n").filter(line => line.startsWith("{")).map(line =>
			JSON.parse(line).multicastReports
		);
		check(counts.at(-1) === 2, `${counts.at(-1)} reports were counted, 2 about this stream were sent`);
		silent.player.close();
		const lively = await listen(camera);
		for (let i = 0; i < 4; i++) {
			await sleep(2000);
			await lively.player.request("GET_PARAMETER");
		}
		check(!lively.types().includes(BYE), "a session with keep-alives has ended");
		lively.player.close();
		return `silent session ended after ${((Date.now() - begin - 8000) / 1000).toFixed(1)} s`;
	}
	finally {
		socket.close();
		await camera.stop();
	}
}

/** GET_PARAMETER and SET_PARAMETER in a session without its own stream. */
async function parametersOfAMember({ camera }) {
	const client = await RTSPClient.connect(camera.port), url = camera.url();
	const setup = await client.must("SETUP", `${url}trackID=0`, { Transport: "RTP/AVP;multicast" });
	const headers = { Session: setup.headers.session.split(";")[0], "Content-Type": "text/parameters" };
	const ask = async (method, body) => {
		const { status, body: text } = await client.request(method, url, headers, body);
		return `${status} ${text.trim().replaceAll("\r\n", ", ")}`;
	};
	const before = [await ask("GET_PARAMETER", "packets_sent\r\noctets_sent"), await ask("GET_PARAMETER", "jitter"),
		await ask("GET_PARAMETER", "none"), await ask("SET_PARAMETER", "none: 1")];
	check(before.join("; ") === "200 packets_sent: 0, octets_sent: 0; 451 jitter; 451 none; 451 none",
		before.join("; "));
	await client.must("PLAY", url, headers);
	await until(async () => /packets_sent: [1-9]/.test(await ask("GET_PARAMETER", "packets_sent")),
		"packets sent to the group");
	await client.must("TEARDOWN", url, headers);
	client.close();
	return before[0];
}

async function tunnelTakesAnyPieces({ camera }) {
	const { down, up, head, say, reopen } = await openTunnel(camera.port, "pieces");
	check(
		head.startsWith("HTTP/1.0 200 OK\r\n") && /\r\nContent-Type: application\/x-rtsp-tunnelled\r\n/.test(head)
			&& !/Content-Length/i.test(head),
		head,
	);
	const url = camera.url();
	await say(`DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`, 1);
	await down.until(() => down.text.includes("a=control:trackID=0"), "description");
	await say(`SETUP ${url}trackID=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n`, 3);
	await down.until(() => /Session: \w+/.test(down.text), "session");
	const session = /Session: (\w+)/.exec(down.text)[1];
	await say(`PLAY ${url} RTSP/1.0\r\nCSeq: 3\r\nSession: ${session}\r\n\r\n`, 7);
	await down.until(() => down.text.includes("RTP-Info") && down.text.includes("$\0"), "packets");
	check(up.text === "", "the server replied on POST");
	const length = () => down.text.length;
	const begin = length();
	await down.until(() => length() > begin + 50_000, "more packets");
	// QuickTime closes its POST and opens another one
	up.close();
	const again = await down.until(() => length() > begin + 100_000, "packets without a POST").then(() => reopen());
	await again.say(`GET_PARAMETER ${url} RTSP/1.0\r\nCSeq: 4\r\nSession: ${session}\r\n\r\n`, 5);
	await down.until(() => /\r\nCSeq: 4\r\n/.test(down.text), "answer to the second POST's request");
	down.close();
	await again.up.until(() => again.up.closed, "end of POST after GET's");
	return `${length()} bytes on GET`;
}

async function httpIsRefusedInHTTP({ camera }) {
	const statuses = [];
	for (const [line, status] of [["GET / HTTP/1.1\r\nHost: x", 400], ["GET /other HTTP/1.1\r\nx-sessioncookie: c",
		404], ["PUT / HTTP/1.1", 405], ["PRI * HTTP/2.0", 505]])
	{
		const wire = new Wire(camera.port);
		wire.send(`${line}\r\n\r\n`);
		await wire.until(() => wire.closed, "end");
		check(wire.text.startsWith(`HTTP/1.0 ${status} `), wire.text);
		statuses.push(status);
	}
	return statuses.join(", ");
}

/** @returns a case for every client that supports the transport */
function clients(transport, more) {
	return Object.entries(programs).filter(([, { transports }]) => transports.includes(transport))
		.map(([name, { needs }]) => ({ needs,
			body: ({ camera }) => mustPlay(name, { url: camera.url(), transport, count: FRAMES }), ...more(name) })
		);
}

const CASES = [
	...clients("http", name => ({ name: `${name}-plays-through-an-http-tunnel` })),
	{ name: "http-tunnel-takes-requests-in-any-pieces-and-a-second-post", body: tunnelTakesAnyPieces },
	{ name: "other-http-is-refused-in-http", body: httpIsRefusedInHTTP },
	...clients("udp_multicast", name => ({ name: `${name}-plays-multicast`, alone: true })),
	{ name: "gstreamer-still-plays-unicast-udp", needs: "GStreamer",
		body: ({ camera }) => mustPlay("gstreamer", { url: camera.url(), transport: "udp", count: FRAMES }) },
	{ name: "multicast-one-send-serves-two-clients", body: oneSendServesTwo },
	{ name: "multicast-and-unicast-continue-while-one-pauses", body: oneOfManyPauses },
	{ name: "multicast-later-player-learns-the-next-packet", body: laterPlayerKnowsTheNextPacket },
	{ name: "multicast-session-has-parameters", body: parametersOfAMember },
	{ name: "multicast-reports-are-counted-and-silent-sessions-end", body: reportsAreCountedAndSessionsEnd },
];

async function runCases(isolated) {
	const lines = [];
	let passed = 0, failed = 0, skipped = 0;
	const camera = await startCamera({ args: ["--no-gso", "--size", "QVGA", ...MULTICAST] });
	try {
		for (const { name, needs, alone, body } of CASES) {
			const missing = needs && !has(needs)
				? `${needs} is not installed`
				: alone && !isolated
				? "no network namespace available"
				: undefined;
			if (missing) {
				skipped += 1;
				lines.push(`skip ${name}: ${missing}`);
				continue;
			}
			try {
				lines.push(`ok ${name}: ${await body({ camera, isolated })}`);
				passed += 1;
			}
			catch (error) {
				lines.push(`not ok ${name}: ${error.message}`);
				failed += 1;
			}
		}
	}
	finally {
		const { status } = await camera.stop();
		if (status !== 0) {
			failed += 1;
			lines.push(`not ok camera-ends-normally: ended with ${status}:\n${camera.output}`);
		}
	}
	return { passed, failed, skipped, lines };
}

export async function run() {
	// built outside the namespace, where the build has all it needs
	await buildApplication({ manifest: path.join(ROOT, "manifest.json"), name: "camera", variant: "release" });
	await buildApplication({ ...MEASURE, variant: "release" });
	const prefix = isolation();
	if (!prefix)
		return runCases(false);
	const { status, stdout, stderr } = await execute(prefix[0], [...prefix.slice(1), process.execPath, THIS,
		"--isolated"], { timeout: 180_000 });
	try {
		return JSON.parse(stdout.trim().split("\n").at(-1));
	}
	catch {
		throw new Error(`the tests in the namespace ended with ${status}:\n${stdout}${stderr}`);
	}
}

if (process.argv[1] === THIS) {
	const [, , option] = process.argv;
	const result = option ? await runCases(option === "--isolated") : await run();
	const text = option === "--isolated"
		? JSON.stringify(result)
		: [...result.lines, `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`].join("\n");
	// open sockets of a failed case must not keep the process alive
	process.stdout.write(`${text}\n`, () => process.exit(result.failed ? 1 : 0));
}
