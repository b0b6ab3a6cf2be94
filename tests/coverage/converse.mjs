// SPDX-License-Identifier: MIT
/** Cases that conformance does not cover: passwords, a tunnel, multicast, clients that do not read, ports in use. */
import dgram from "node:dgram";
import http from "node:http";
import net from "node:net";
import { play } from "../../bench/player.mjs";
import { freePort, startCamera } from "../camera.mjs";
import { check, equal, until } from "../interop/harness.mjs";
import { LoginClient } from "../interop/login-client.mjs";
import { receiverReport } from "../interop/rtcp.mjs";
import { Player, RTSPClient } from "../interop/rtsp-client.mjs";
import { openTunnel } from "../interop/tunnelclient.mjs";

const LOGIN = { user: "admin", password: "s3cret" };
const GROUP = "239.255.42.46", GROUP_PORT = 5624;
const ARGS = ["--size", "QVGA", "--fps", "25"];

const multicastTo =
	port => ["--multicast", GROUP, "--multicast-port", String(port), "--multicast-interface", "127.0.0.1"];

async function withCamera(args, body) {
	const camera = await startCamera({ args: [...ARGS, ...args] });
	try {
		return await body(camera);
	}
	finally {
		const { status } = await camera.stop();
		equal(status, 0, `exit status, after\n${camera.output}`);
	}
}

/** One player over each unicast transport: reports, pause, resume and end. */
async function plays({ port }) {
	for (const transport of ["tcp", "udp"]) {
		const player = await Player.play(port, { transport });
		try {
			await player.receive(5);
			player.sendReport();
			await player.client.must("PAUSE", player.base, { Session: player.session });
			await player.client.must("PLAY", player.base, { Session: player.session });
			await player.receive(10);
			await player.teardown();
		}
		finally {
			player.close();
		}
	}
}

async function authenticates(camera) {
	const wrong = new LoginClient(camera.port, { ...LOGIN, password: "wrong" }),
		right = new LoginClient(camera.port, LOGIN);
	try {
		equal((await wrong.request("DESCRIBE", camera.url())).status, 401, "status for a wrong password");
		await right.play(camera.url());
		await until(() => right.frames > 3, "frames");
	}
	finally {
		wrong.close();
		right.close();
	}
}

async function tunnels({ port }) {
	const { down, up, say } = await openTunnel(port, "coverage");
	try {
		const url = `rtsp://127.0.0.1:${port}/`;
		await say(
			`SETUP ${url}trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n`,
		);
		await down.until(() => /Session: /.test(down.text), "session");
		const session = /Session: ([^;\r]+)/.exec(down.text)[1];
		await say(`PLAY ${url} RTSP/1.0\r\nCSeq: 2\r\nSession: ${session}\r\n\r\n`, 7);
		await down.until(() => down.text.length > 20_000, "frames");
	}
	finally {
		down.close();
		up.close();
	}
}

/** Sends a receiver report about an unknown stream to the group. */
async function reportTo(port) {
	const socket = dgram.createSocket("udp4");
	await new Promise(resolve => socket.bind(0, "127.0.0.1", resolve));
	socket.setMulticastInterface("127.0.0.1");
	await new Promise(resolve => socket.send(receiverReport(0x1234567, 1, 0), port, GROUP, resolve));
	socket.close();
}

/** Two members of the group receive packets, also after a report about an unknown stream. */
async function multicasts({ port }) {
	const heard = [0, 0];
	const players = [];
	try {
		for (let i = 0; i < 2; i++)
			players.push(await play(port, "multicast", (_packet, control) => heard[i] += control ? 0 : 1));
		await until(() => heard.every(count => count > 50), "packets at both members");
		await reportTo(GROUP_PORT + 1);
		const before = heard[0];
		await until(() => heard[0] > before + 50, "packets after a report");
	}
	finally {
		players.forEach(player => player.close());
	}
}

/** A client that does not read is dropped, and a notice has its address. */
async function dropsWhoReadsNothing(camera) {
	const player = await Player.play(camera.port, { transport: "tcp" });
	try {
		await player.receive(2);
		player.client.pause();
		await until(() => /127\.0\.0\.1 has read nothing for 1 s: dropped/.test(camera.output), "notice", 20_000);
	}
	finally {
		player.close();
	}
}

/** A client that sends requests but reads no replies is dropped as well. */
async function dropsWhoReadsNoReplies(camera) {
	const client = await RTSPClient.connect(camera.port);
	try {
		client.pause();
		const request = `OPTIONS ${camera.url()} RTSP/1.0\r\nCSeq: 1\r\n\r\n`;
		for (let i = 0; i < 200; i++)
			client.write(request.repeat(500));
		await until(() => /has read nothing/.test(camera.output), "notice", 20_000);
	}
	finally {
		client.close();
	}
}

/** A request with Connection: close is answered before the connection closes. */
async function answersBeforeItCloses(camera) {
	const client = await RTSPClient.connect(camera.port);
	try {
		client.write(`OPTIONS ${camera.url()} RTSP/1.0\r\nCSeq: 1\r\nConnection: close\r\n\r\n`);
		equal((await client.reply()).status, 200, "status");
		await until(() => client.ended, "end");
	}
	finally {
		client.close();
	}
}

/** Ports in use by another program: for RTP, the camera takes the next pair; for RTSP, it ends with a hint. */
async function copesWithTakenPorts() {
	const taken = net.createServer().listen(0, "127.0.0.1"), socket = dgram.createSocket("udp4");
	await new Promise(resolve => taken.once("listening", resolve));
	await new Promise(resolve => socket.bind(0, "0.0.0.0", resolve));
	try {
		const rtp = socket.address().port;
		await withCamera(["--udp-port", String(rtp & ~1)], async camera => {
			const player = await Player.play(camera.port, { transport: "udp" });
			try {
				check(!player.setup.includes(`server_port=${rtp & ~1}-`), `taken ports: ${player.setup}`);
				await player.receive(3);
			}
			finally {
				player.close();
			}
		});
		const complaint = await withCamera(["--port", String(taken.address().port)], () => "started").catch(error =>
			error.message
		);
		check(complaint.includes("choose another with --port"), complaint);
	}
	finally {
		taken.close();
		socket.close();
	}
}

/** With a board's credit, replies wait for a client that reads late: all arrive, in order. */
async function keepsRepliesForWhoReadsLate(camera) {
	const client = await RTSPClient.connect(camera.port), count = 2000;
	try {
		let text = "";
		for (let i = 1; i <= count; i++)
			text += `OPTIONS ${camera.url()} RTSP/1.0\r\nCSeq: ${i}\r\n\r\n`;
		client.write(text);
		for (let i = 1; i <= count; i++)
			equal((await client.reply()).headers.cseq, String(i), "CSeq");
	}
	finally {
		client.close();
	}
}

/** If another program uses the group's RTCP port, only multicast is missing, and a notice says so. */
async function doesWithoutMulticast() {
	const socket = dgram.createSocket("udp4");
	await new Promise(resolve => socket.bind(0, "0.0.0.0", resolve));
	// the RTCP port is odd
	if (socket.address().port % 2 === 0) {
		await new Promise(resolve => socket.close(resolve));
		return doesWithoutMulticast();
	}
	try {
		await withCamera(multicastTo(socket.address().port - 1), async camera => {
			check(/: multicast is off/.test(camera.output), camera.output);
			const player = await Player.play(camera.port, { transport: "udp" });
			try {
				await player.receive(3);
			}
			finally {
				player.close();
			}
		});
	}
	finally {
		socket.close();
	}
}

async function showsItsPage() {
	const port = await freePort();
	await withCamera(["--http-port", String(port)], async () => {
		const ask = headers =>
			new Promise((resolve, reject) =>
				http.get({ host: "127.0.0.1", port, path: "/", headers }, response => {
					response.resume();
					response.on("end", () => resolve(response));
				}).on("error", reject)
			);
		const { statusCode, headers } = await ask({ "accept-encoding": "gzip" });
		equal([statusCode, headers["content-encoding"]].join(), "200,gzip", "the page");
		const again = await ask({ "accept-encoding": "gzip", "if-none-match": headers.etag });
		const plain = await ask({ "accept-encoding": "identity" });
		equal([again.statusCode, plain.statusCode].join(), "304,406", "the same again, and without gzip");
	});
}

export async function converse(tests) {
	await tests.test("coverage-build-multicasts", [], () => withCamera(multicastTo(GROUP_PORT), multicasts));
	await tests.test("coverage-build-drops-a-client-that-does-not-read", [],
		() => withCamera(["--size", "UXGA", "--stall-timeout", "1"], dropsWhoReadsNothing));
	await tests.test("coverage-build-drops-a-client-that-reads-no-replies", [],
		() => withCamera(["--stall-timeout", "1"], dropsWhoReadsNoReplies));
	await tests.test("coverage-build-keeps-replies-for-a-client-that-reads-late", [],
		() => withCamera(["--send-buffer", "5744"], keepsRepliesForWhoReadsLate));
	await tests.test("coverage-build-runs-without-multicast", [], doesWithoutMulticast);
	await tests.test("coverage-build-answers-before-it-closes", [], () => withCamera([], answersBeforeItCloses));
	await tests.test("coverage-build-handles-ports-in-use", [], copesWithTakenPorts);
	await tests.test("coverage-build-plays-over-tcp-and-udp", [], () => withCamera([], plays));
	await tests.test("coverage-build-plays-in-bursts", [], () => withCamera(["--burst", "4"], plays));
	await tests.test("coverage-build-shows-its-page", [], showsItsPage);
	await tests.test("coverage-build-plays-through-a-small-buffer", [],
		() => withCamera(["--send-buffer", "5744", "--size", "VGA"], plays));
	await tests.test("coverage-build-asks-for-the-password", [],
		() => withCamera(["--user", LOGIN.user, "--password", LOGIN.password], authenticates));
	await tests.test("coverage-build-plays-through-http", [], () => withCamera([], tunnels));
}
