// SPDX-License-Identifier: MIT
/**
 * Clients that die, stall, send false reports, or come in crowds.
 * The others must lose no frame, and all resources must be released.
 *
 *   node tests/faults/run.mjs [PATTERN]
 *   FAULT_CYCLES=1000 node tests/faults/run.mjs cycles
 */
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { runAlone } from "../alone.mjs";
import { startCamera } from "../camera.mjs";
import { Receiver } from "../conformance/receiver.mjs";
import { HERE as INTEROP, Tests, check, equal, execute, sleep, until } from "../interop/harness.mjs";
import { receiverReport } from "../interop/rtcp.mjs";
import { lossless } from "../interop/players.mjs";
import { Player, RTSPClient } from "../interop/rtsp-client.mjs";
import { Waiting } from "../interop/waiting.mjs";
import { BadNetwork } from "./network.mjs";

const VICTIM = path.join(INTEROP, "../faults/victim.mjs");
const CYCLES = Number(process.env.FAULT_CYCLES ?? 200);
/** Memory that the allocator may keep, KB: some pages, but less than a leak of a few hundred clients. */
const RESIDENT_TOLERANCE = 1500;

const descriptors = pid => readdirSync(`/proc/${pid}/fd`).length;
const resident = pid => Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]);

/** Runs a camera for one test.
 *  At the end it must hold no more than at the beginning, have reported no error, and end in order. */
async function withCamera(args, body, { memory = true } = {}) {
	const camera = await startCamera({ args: ["--size", "QVGA", "--fps", "25", "--session-timeout", "5", ...args] });
	try {
		// one-time allocations: buffers of the first TCP and UDP player, names, pages of the allocator
		await warmUp(camera.port);
		await until(() => descriptors(camera.pid) <= 12, "only the camera's own descriptors", 3000);
		const before = { descriptors: descriptors(camera.pid), resident: resident(camera.pid) };
		const note = await body(camera);
		await until(() => descriptors(camera.pid) <= before.descriptors, `${before.descriptors} descriptors again`,
			15_000);
		const growth = resident(camera.pid) - before.resident;
		if (memory)
			check(growth < RESIDENT_TOLERANCE, `resident memory grew by ${growth} KB`);
		equal(/error/i.exec(camera.output)?.input ?? "", "", "what the camera complained of");
		return [note, `${growth} KB`].filter(Boolean).join(", ");
	}
	finally {
		const { status } = await camera.stop();
		equal(status, 0, `exit status, after\n${camera.output.slice(-2000)}`);
	}
}

async function warmUp(port) {
	for (let i = 0; i < 10; i++) {
		const players = await Promise.all(["tcp", "udp", "tcp"].map(transport => Player.play(port, { transport })));
		try {
			await Promise.all(players.map(player => player.receive(2)));
			await Promise.all(players.map(player => player.teardown()));
		}
		finally {
			players.forEach(player => player.close());
		}
	}
}

/** Checks that three clients that play during all of `body` keep their sessions and lose nothing. */
async function undisturbed({ port, pid }, body) {
	const players = [], waiting = new Waiting(pid);
	let timer;
	try {
		for (const transport of ["tcp", "udp", "tcp"])
			players.push(await Player.play(port, { transport }));
		timer = setInterval(() => players.forEach(player => player.sendReport()), 1000);
		await Promise.all(players.map(player => player.receive(3)));
		const begun = Date.now();
		await body();
		const ended = Date.now(), seconds = (ended - begun) / 1000;
		await Promise.all(players.map(player => player.receive(player.frames.length + 10)));
		const late = waiting.end();
		// a machine under load captures late, but all clients must get the same frames
		const digest = frame => createHash("sha1").update(frame.scan).digest("hex");
		const sets = players.map(player => new Set(player.frames.map(digest)));
		const sent = new Set(
			players.flatMap(player =>
				player.frames.filter(({ arrival }) => arrival >= begun && arrival <= ended).map(digest)
			),
		);
		players.forEach((player, i) => {
			const missing = [...sent].filter(item => !sets[i].has(item)).length;
			check(missing <= late.frames,
				`player ${i} over ${player.transport} has missed ${missing} of ${sent.size} frames: ${late.frames} may `
					+ "be missing");
			const steps = player.frames.slice(1).map((frame, j) =>
				(frame.timestamp - player.frames[j].timestamp) >>> 0
			);
			check(Math.max(...steps) < 45_000 + 90 * late.milliseconds,
				`${Math.max(...steps) / 90} ms without a frame`);
		});
		check(sent.size > seconds * 25 * 0.5 - late.frames, `${sent.size} frames in ${seconds.toFixed(1)} s`);
		await Promise.all(players.map(player => player.teardown()));
		players.forEach(player => player.mustBeSound());
		return `${players.reduce((total, player) => total + player.frames.length, 0)} frames of three players`;
	}
	finally {
		clearInterval(timer);
		players.forEach(player => player.close());
	}
}

/** Starts a player in a separate process and waits until it plays. */
async function victim(port, transport) {
	const child = spawn(process.execPath, [VICTIM, String(port), transport], { stdio: ["ignore", "pipe", "inherit"] });
	await new Promise((resolve, reject) => {
		child.stdout.once("data", resolve);
		child.once("close", () => reject(new Error("the victim ended by itself")));
	});
	const ended = new Promise(resolve => child.once("close", resolve));
	return { child, end: () => {
		child.kill("SIGKILL");
		return ended;
	} };
}

/** Opens connections that send garbage, in four parallel sequences. @returns their number */
async function garbage(port, seconds) {
	const deadline = Date.now() + seconds * 1000;
	let count = 0;
	const one = () =>
		new Promise(resolve => {
			const socket = net.connect(port, "127.0.0.1", () => {
				count++;
				switch (count % 5) {
					case 0:
						socket.write(randomBytes(3000));
						break;
					case 1:
						socket.write("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".repeat(20));
						break;
					case 2:
						socket.write("$\x01\xff\xff".repeat(500), "latin1");
						break;
					case 3:
						socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
						break;
					default:
						socket.write(
							`SETUP rtsp://h/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: `
								+ `RTP/AVP/TCP\r\n\r\n${"x".repeat(100)}`,
						);
				}
				setTimeout(() => count % 2 ? socket.destroy() : socket.resetAndDestroy(), 5);
			});
			socket.on("error", () => {});
			socket.on("close", resolve);
		});
	await Promise.all(Array.from({ length: 4 }, async () => {
		while (Date.now() < deadline)
			await one();
	}));
	return count;
}

export async function run({ log, only } = {}) {
	const tests = new Tests({ log, only });
	const test = (name, body) => tests.test(name, [], () => lossless("udp", body), 60_000 + CYCLES * 500);

	for (const [heap, args] of [["", []], ["-in-the-device-heap", ["--heap"]]]) {
		await test(`connect-play-drop-cycles-leave-nothing${heap}`, () =>
			withCamera(args, async ({ port, pid }) => {
				const begun = Date.now(), resting = descriptors(pid);
				for (let i = 0; i < CYCLES; i++) {
					const receiver = await Receiver.setup(port, { transport: i % 4 === 3 ? "udp" : "tcp" });
					await receiver.play();
					if (i % 10 === 0)
						await receiver.frames(1);
					switch (i % 4) {
						case 0:
							receiver.client.close();
							break;
						case 1:
							await receiver.request("PAUSE");
							break;
						case 2:
							receiver.client.write("garbage\r\n\r\n");
							break;
						// a session over UDP would stay until its timeout
						default:
							await receiver.request("TEARDOWN");
					}
					receiver.close();
				}
				await until(() => descriptors(pid) <= resting, "descriptors are given back before the timeout of 5 s",
					3000);
				return `${CYCLES} cycles, ${Math.round(CYCLES / (Date.now() - begun) * 1000)}/s`;
			}));
	}

	await test("client-killed-in-the-middle-of-a-frame-disturbs-nobody", () =>
		withCamera([], camera =>
			undisturbed(camera, async () => {
				for (const transport of ["tcp", "udp", "tcp", "tcp"]) {
					const { end } = await victim(camera.port, transport);
					await end();
				}
			})));

	await test("client-that-is-stopped-is-cut-off-and-disturbs-nobody", () =>
		withCamera([], camera =>
			undisturbed(camera, async () => {
				const { child, end } = await victim(camera.port, "tcp");
				const with4 = descriptors(camera.pid);
				child.kill("SIGSTOP");
				try {
					// 5 s of silence, 10 s in which the BYE waits for room, and 5 s for sending accepted bytes
					await until(() => descriptors(camera.pid) < with4, "the camera gives its connection up", 22_000);
				}
				finally {
					await end();
				}
			})));

	await test("connections-that-say-nothing-are-closed", () =>
		withCamera([], async ({ port, pid }) => {
			const sockets = Array.from({ length: 20 }, () => net.connect(port, "127.0.0.1").on("error", () => {}));
			const before = descriptors(pid);
			sockets.forEach((socket, i) => i % 2 && socket.write("DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq"));
			await Promise.all(sockets.map(socket => new Promise(resolve => socket.resume().on("close", resolve))));
			check(descriptors(pid) <= before, "descriptors are left");
		}));

	await test("clients-that-stop-reading-leave-no-buffers", () =>
		withCamera([], async ({ port }) => {
			const text = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".repeat(4500);
			for (let i = 0; i < 20; i++) {
				const client = await RTSPClient.connect(port);
				client.pause();
				client.write(text);
				await sleep(60);
				const other = await RTSPClient.connect(port);
				await other.must("OPTIONS", "*");
				await other.must("OPTIONS", "*");
				other.close();
				client.close();
			}
		}));

	await test("fifty-connections-at-once-are-served-or-told-to-come-again", () =>
		withCamera(["--address-sessions", "32"], async ({ port }) => {
			const clients = await Promise.all(Array.from({ length: 50 }, () => RTSPClient.connect(port)));
			try {
				clients.forEach(client =>
					client.write(
						`SETUP rtsp://127.0.0.1:${port}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: `
							+ `RTP/AVP/TCP\r\n\r\n`,
					)
				);
				const statuses = (await Promise.all(clients.map(client => client.reply(5000)))).map(reply =>
					reply.status
				);
				// one address does not get the last of 32 places
				equal(statuses.filter(status => status === 200).length, 31, "clients served");
				equal(statuses.filter(status => status === 503).length, 19, "clients told to come again");
			}
			finally {
				clients.forEach(client => client.close());
			}
			await sleep(100);
			const player = await Player.play(port);
			await player.receive(3);
			await player.teardown();
			player.close();
		}));

	await test("thirty-players-at-once-get-every-frame", () =>
		withCamera(["--address-sessions", "30"], async ({ port }) => {
			const players = await Promise.all(
				Array.from({ length: 30 }, (_, i) => Player.play(port, { transport: i % 2 ? "udp" : "tcp" })),
			);
			try {
				await Promise.all(players.map(player => player.receive(30)));
				await Promise.all(players.map(player => player.teardown()));
				players.forEach(player => player.mustBeSound());
			}
			finally {
				players.forEach(player => player.close());
			}
		}, { memory: false }));

	await test("flood-of-garbage-connections-costs-three-players-no-frame", () =>
		withCamera([], async camera => {
			let count = 0;
			const note = await undisturbed(camera, async () => {
				count = await garbage(camera.port, 4);
			});
			check(count > 100, `only ${count} connections of garbage`);
			return `${count} connections, ${note}`;
		}));

	await test("reader-at-one-percent-of-the-speed-costs-the-others-no-frame", () =>
		withCamera(["--size", "VGA", "--quality", "4"], camera =>
			undisturbed(camera, async () => {
				const slow = await Player.play(camera.port);
				try {
					for (let i = 0; i < 5; i++) {
						slow.client.pause();
						await sleep(990);
						slow.client.resume();
						await sleep(10);
						slow.sendReport();
					}
				}
				finally {
					slow.close();
				}
			}), { memory: false }));

	// a frame fills a device's send buffer:
	// the current frame stays unfinished, and no other is begun in the little room left
	await test("reader-that-stalls-has-one-half-frame-at-most-in-its-stream", () =>
		withCamera(["--size", "VGA", "--send-buffer", "28720", "--lease-deadline", "700", "--tcp-packet-size", "1400"],
			async ({ port }) => {
				const receiver = await Receiver.setup(port);
				try {
					await receiver.play();
					await receiver.frames(3);
					// several deadlines, each longer than a busy machine keeps the receiver waiting
					receiver.client.pause();
					await sleep(4000);
					receiver.client.resume();
					await receiver.frames(20);
					const ended = new Map();
					for (const { bytes } of receiver.rtp)
						ended.set(bytes.readUInt32BE(4), (bytes[1] & 0x80) !== 0);
					// the last may be incomplete
					const half = [...ended.values()].slice(0, -1).filter(end => !end).length;
					check(half <= 1, `${half} frames without an end`);
					await receiver.end();
					return `${ended.size} frames`;
				}
				finally {
					receiver.close();
				}
			}, { memory: false }));

	await test("udp-client-whose-ports-are-closed-disturbs-nobody", () =>
		withCamera([], camera =>
			undisturbed(camera, async () => {
				const gone = await Receiver.setup(camera.port, { transport: "udp" });
				await gone.play();
				gone.sockets.splice(0).forEach(socket => socket.close());
				await sleep(2500);
				await gone.request("TEARDOWN");
				gone.close();
			})));

	await test("reports-of-loss-and-datagrams-out-of-order-disturb-nobody", () =>
		withCamera([], camera =>
			undisturbed(camera, async () => {
				const liar = await Receiver.setup(camera.port, { transport: "udp" });
				await liar.play();
				for (let i = 0; i < 300; i++) {
					// random sequence numbers, all lost, then none; every third report truncated, some with an unknown
					// SSRC
					const packet = receiverReport(i, i % 5 ? liar.ssrc : i, (i * 7919) & 0xffff);
					packet.writeUInt32BE(i % 2 ? 0xffffffff : 0, 12);
					const part = i % 3 ? packet : packet.subarray(0, i % packet.length);
					liar.sockets[i % 4 ? 1 : 0].send(part, liar.serverPorts[1], "127.0.0.1");
					if (i % 20 === 0)
						await sleep(50);
				}
				await liar.frames(3);
				await liar.end();
			})));

	await tests.test("udp-loss-and-reordering-cost-that-client-its-frames-only", ["ffmpeg"],
		() =>
			withCamera([], async camera => {
				const network = await BadNetwork.open(camera.port, { loses: 50, swaps: 7 });
				const bystander = await Player.play(camera.port);
				try {
					const frames = 100;
					const { stdout } = await execute("ffmpeg", ["-nostdin", "-v", "error", "-rtsp_transport", "udp",
						"-i", `rtsp://127.0.0.1:${network.port}/`, "-frames:v", String(frames), "-f", "framecrc", "-"]);
					const shown = stdout.toString().split("\n").filter(line => line && !line.startsWith("#")).length;
					const { relayed, lost, swapped } = network.counts;
					equal(shown, frames, "frames that ffmpeg shows");
					check(lost > 10 && swapped > 50, `${lost} lost and ${swapped} swapped`);
					// ffmpeg waits for late packets: only frames with a lost packet are missing, and the stream
					// continues
					await bystander.receive(Math.floor(relayed / 8 * 0.5));
					bystander.mustBeSound();
					return `${relayed} packets, ${lost} lost, ${swapped} swapped`;
				}
				finally {
					bystander.close();
					network.close();
				}
			}), 90_000);

	return tests;
}

await runAlone(import.meta.url, run);
