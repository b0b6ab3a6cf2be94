// SPDX-License-Identifier: MIT
/**
 * The soak test: all kinds of clients at once, with the device's heap and credit, for a long time. Memory must return
 * to its initial state, a frame must create no garbage, and the RTP clock must match the camera's.
 *
 *   npm run soak [-- --minutes N]        Default: 30. The test group `soak` takes a third of a minute.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { play } from "../../bench/player.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { startCamera } from "../camera.mjs";
import { check, has, sleep, Tests, until } from "../interop/harness.mjs";
import { parseRTCP } from "../interop/rtcp.mjs";
import { formatRequest, Player, RTSPClient } from "../interop/rtsp-client.mjs";
import { openTunnel } from "../interop/tunnelclient.mjs";

const FPS = 25;
const GROUP = ["--multicast", "239.255.42.44", "--multicast-port", "5104", "--multicast-interface", "127.0.0.1"];
const KEEPALIVE = 20_000;
/** Maximum measured drift between two readings of the same clock, milliseconds. Arrivals are as exact as a busy machine
 *  lets them be: the change from one second to the next shows how exact. A drift adds to that only its share of a
 *  second. */
const DRIFT = 1;

export async function run({ log, only, minutes = 1 / 3 } = {}) {
	const tests = new Tests({ log, only });
	const variant = await canBuild("m32") ? "m32" : "release";
	const camera = await startCamera({
		variant,
		manifest: path.join(ROOT, "bench/memory/manifest.json"),
		name: "memory",
		args: ["--heap", "--send-buffer", "28672", "--size", "QVGA", "--fps", String(FPS), "--session-limit", "8",
			"--address-sessions", "8", ...GROUP],
	});
	const warmUp = new Soak(camera), soak = new Soak(camera);
	try {
		// the first clients cause permanent allocations: grown tables, the group's stream
		await warmUp.run(0);
		await warmUp.end();
		warmUp.stop();
		await until(() => soak.reports.length > 4, "reports of the camera's memory");
		const begin = soak.settled(), process = processOf(camera.pid);
		await soak.run(minutes * 60_000);
		const { reports } = soak, middle = processOf(camera.pid);
		const summary = soak.summary();
		await soak.end();
		const end = soak.settled(), after = processOf(camera.pid);
		await tests.test("no-client-was-lost", [], async () =>
			check(soak.problems.length === 0, soak.problems.slice(0, 5).join("; ")));
		await tests.test("every-client-played", [], async () =>
			check(summary.least > 0, `frames: ${JSON.stringify(soak.frames)}`));
		await tests.test("memory-is-where-it-was", [], async () =>
			check(Math.abs(end.slots - begin.slots) <= 16 && Math.abs(end.chunkBytes - begin.chunkBytes) <= 256,
				`${begin.slots} slots and ${begin.chunkBytes} bytes at the beginning, ${end.slots} and `
					+ `${end.chunkBytes} at the end`));
		await tests.test("memory-is-flat-while-all-play", [], async () =>
			check(Math.abs(summary.lastSlots - summary.firstSlots) <= 40,
				`${summary.firstSlots} slots in the first fifth, ${summary.lastSlots} in the last`));
		await tests.test("a-frame-makes-no-garbage", [], async () =>
			check(summary.quiet > reports.length / 4,
				`${summary.quiet} of ${reports.length} quarters of a second without`));
		await tests.test("descriptors-are-where-they-were", [], async () =>
			check(after.descriptors === process.descriptors, `${process.descriptors}, then ${after.descriptors}`));
		await tests.test("process-memory-is-flat", [], async () =>
			check(after.kilobytes - process.kilobytes < 2048,
				`${process.kilobytes} KB, ${middle.kilobytes} KB, ${after.kilobytes} KB`));
		await tests.test("rtp-clock-is-the-camera's", [], async () => {
			check(Math.abs(summary.reportDrift) < DRIFT,
				`sender reports drift by ${summary.reportDrift.toFixed(3)} ms`);
			check(Math.abs(summary.arrivalDrift) < DRIFT + summary.unrest,
				`arrivals drift by ${summary.arrivalDrift.toFixed(3)} ms, ${
					summary.unrest.toFixed(3)
				} from one to the next`);
		});
		tests.lines.push(
			`# ${(minutes * 60).toFixed(0)} s: ${JSON.stringify(soak.frames)} frames, ${soak.visits} visits; `
				+ `${begin.slots} slots before, ${summary.firstSlots} and ${summary.lastSlots} while all play,`
				+ ` ${end.slots} after; ${summary.quiet} of ${reports.length} quarters of a second without garbage; `
				+ `drift ${summary.reportDrift.toFixed(3)} ms (reports), ${summary.arrivalDrift.toFixed(3)} ms `
				+ "(arrivals);"
				+ ` ${process.kilobytes} KB, then ${after.kilobytes} KB`,
		);
		log?.(tests.lines.at(-1));
	}
	finally {
		warmUp.stop();
		soak.stop();
		const { status } = await camera.stop();
		await tests.test("the-camera-ends-in-order", [], async () =>
			check(status === 0, `status ${status}: ${camera.output.trim().split("\n").at(-1)}`));
	}
	const { passed, failed, skipped, lines } = tests;
	return { passed, failed, skipped, lines };
}

/** All clients, and their observations. */
class Soak {
	reports = [];
	problems = [];
	/** Frames received by each kind of client. */
	frames = {};
	visits = 0;
	#camera;
	#read = 0;
	#players = [];
	#timers = [];
	#stops = [];
	#going = true;
	#visiting;
	#offsets = [];
	#arrivals = new Map();

	constructor(camera) {
		this.#camera = camera;
		this.#timers.push(setInterval(() => this.#readReports(), 500));
	}

	/** Memory in use when idle: the minimum of the last second. */
	settled() {
		this.#readReports();
		return this.reports.slice(-4).reduce((least, report) => (report.slots < least.slots ? report : least));
	}

	async run(duration) {
		const { port } = this.#camera;
		const open = async (name, transport, onPacket) => {
			const player = await play(port, transport, onPacket);
			this.#players.push([name, player]);
			this.#timers.push(
				setInterval(() => player.request("GET_PARAMETER").catch(error => this.#problem(name, error)),
					KEEPALIVE),
			);
		};
		await open("tcp", "tcp");
		await open("udp", "udp", (packet, rtcp) => this.#watch(packet, rtcp));
		await open("multicast", "multicast");
		await this.#tunnel();
		await this.#slowReader();
		if (has("ffmpeg"))
			this.#ffmpeg();
		this.#visiting = this.#visit();
		// until the clients' memory is released
		await sleep(2000);
		this.reports.length = 0;
		await sleep(duration);
	}

	/** Ends all clients. Those whose sessions outlive a connection send TEARDOWN. */
	async end() {
		this.#going = false;
		await this.#visiting;
		for (const [name, player] of this.#players)
			await player.request("TEARDOWN").catch(error => this.#problem(name, error));
		this.stop();
		await sleep(1500);
		this.#timers.push(setInterval(() => this.#readReports(), 500));
		await sleep(1500);
	}

	stop() {
		this.#going = false;
		this.#timers.splice(0).forEach(clearInterval);
		this.#stops.splice(0).forEach(stop => stop());
		for (const [name, player] of this.#players.splice(0)) {
			this.frames[name] = player.frames;
			player.close();
		}
	}

	summary() {
		const { reports } = this, fifth = Math.ceil(reports.length / 5);
		const slots = part => part.map(report => report.slots).sort((a, b) => a - b)[part.length >> 1];
		const frames = { ...this.frames,
			...Object.fromEntries(this.#players.map(([name, player]) => [name, player.frames])) };
		return {
			least: Math.min(...Object.values(frames)),
			firstSlots: slots(reports.slice(0, fifth)),
			lastSlots: slots(reports.slice(-fifth)),
			quiet: reports.filter(({ newSlots, newChunkBytes }) => newSlots === 0 && newChunkBytes === 0).length,
			reportDrift: drift(this.#offsets),
			arrivalDrift: drift([...this.#arrivals.values()]),
			unrest: unrest([...this.#arrivals.values()]),
		};
	}

	#problem(name, error) {
		if (this.#going)
			this.problems.push(`${name}: ${error.message ?? error}`);
	}

	#readReports() {
		const text = this.#camera.output, end = text.lastIndexOf("\n");
		for (const line of text.slice(this.#read, Math.max(end, this.#read)).split("\n")) {
			if (line.startsWith("{"))
				this.reports.push(JSON.parse(line));
		}
		this.#read = Math.max(end, this.#read);
	}

	/** Records the RTP clock relative to the wall clock, from sender reports, and relative to ours, from arrivals. Of
	 *  these the earliest in each second counts. */
	#watch(packet, rtcp) {
		if (rtcp) {
			const report = parseRTCP(packet).find(({ name }) => name === "SR");
			if (report)
				this.#offsets.push(this.#unwrapped(report.timestamp) / 90 - report.unixTime);
			return;
		}
		const now = performance.now(), second = Math.floor(now / 1000);
		const offset = now - this.#unwrapped(packet.readUInt32BE(4)) / 90;
		if (!(this.#arrivals.get(second) <= offset))
			this.#arrivals.set(second, offset);
	}

	#last = undefined;
	#total = 0;
	#unwrapped(timestamp) {
		this.#total += this.#last === undefined ? timestamp : (timestamp - this.#last) | 0;
		this.#last = timestamp;
		return this.#total;
	}

	async #tunnel() {
		const { port } = this.#camera;
		const tunnel = await openTunnel(port, "soak");
		const url = `rtsp://127.0.0.1:${port}/`;
		let cseq = 0;
		const ask = async (method, where, ...headers) => {
			cseq += 1;
			await tunnel.say([`${method} ${where} RTSP/1.0`, `CSeq: ${cseq}`, ...headers, "", ""].join("\r\n"), 100);
			await tunnel.down.until(
				() => tunnel.down.text.includes(`CSeq: ${cseq}\r\n`) && tunnel.down.text.includes("\r\n\r\n"),
				`answer to ${method}`,
			);
			return tunnel.down.text;
		};
		const session = /^Session: ([^;\r]+)/m.exec(
			await ask("SETUP", `${url}trackID=0`, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"),
		)[1];
		await ask("PLAY", url, `Session: ${session}`);
		this.frames.tunnel = 0;
		// counts bytes instead of searching megabytes for the marker bit
		this.#timers.push(setInterval(() => {
			this.frames.tunnel += tunnel.down.text.length;
			tunnel.down.text = "";
			if (tunnel.down.closed)
				this.#problem("tunnel", "closed");
		}, 100));
		this.#timers.push(
			setInterval(
				() =>
					void tunnel.say(`GET_PARAMETER ${url} RTSP/1.0\r\nCSeq: ${++cseq}\r\nSession: ${session}\r\n\r\n`),
				KEEPALIVE,
			),
		);
		this.#stops.push(() => {
			tunnel.down.close();
			tunnel.up.close();
		});
	}

	/** Stops reading for two seconds at a time. */
	async #slowReader() {
		const player = await Player.play(this.#camera.port);
		player.client.pause();
		this.#timers.push(setInterval(() => {
			player.client.resume();
			setImmediate(() => player.client.pause());
			this.frames.slow = (this.frames.slow ?? 0) + player.frames.splice(0).length;
			if (player.client.ended)
				this.#problem("slow reader", player.client.ended);
		}, 2000));
		const keepalive = formatRequest("GET_PARAMETER", player.base, { CSeq: 1000, Session: player.session });
		this.#timers.push(setInterval(() => void player.client.write(keepalive), KEEPALIVE));
		this.#stops.push(() => player.close());
	}

	#ffmpeg() {
		const child = spawn("ffmpeg", ["-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i", this.#camera.url(),
			"-f", "null", "-"], { stdio: ["ignore", "ignore", "pipe"] });
		let errors = "";
		child.stderr.on("data", data => errors += data);
		child.on("close", () => this.#problem("ffmpeg", `ended: ${errors.slice(0, 200)}`));
		this.#stops.push(() => child.kill("SIGKILL"));
	}

	/** A short visit, which ends in each of the possible ways in turn. */
	async #visit() {
		const { port } = this.#camera;
		const ways = [
			async () => {
				const player = await Player.play(port);
				await player.receive(3);
				await player.teardown();
				player.close();
			},
			async () => {
				const player = await Player.play(port);
				await player.receive(1);
				player.close();
			},
			async () => {
				const client = await RTSPClient.connect(port);
				client.write("GARBAGE\0\r\n\r\n");
				await sleep(100);
				client.close();
			},
			async () => {
				const player = await Player.play(port, { transport: "udp" });
				await player.receive(3);
				await player.teardown();
				player.close();
			},
		];
		while (this.#going) {
			await ways[this.visits++ % ways.length]().catch(error => this.#problem("visitor", error));
			await sleep(1500);
		}
	}
}

/** Difference between the end and the beginning: interquartile means of the last and the first fifth of the values,
 *  which average out granularity. */
function drift(values) {
	const fifth = Math.max(1, Math.floor(values.length / 5));
	const mean = part => part.reduce((sum, value) => sum + value, 0) / part.length;
	const smooth = part =>
		mean(part.sort((a, b) => a - b).slice(part.length >> 2, Math.max(1, part.length - (part.length >> 2))));
	return smooth(values.slice(-fifth)) - smooth(values.slice(0, fifth));
}

/** Mean change from one value to the next. */
function unrest(values) {
	const changes = values.slice(1).map((value, i) => Math.abs(value - values[i]));
	return changes.reduce((sum, change) => sum + change, 0) / Math.max(1, changes.length);
}

function processOf(pid) {
	const folder = `/proc/${pid}`;
	if (!existsSync(folder))
		return { kilobytes: 0, descriptors: 0 };
	return { kilobytes: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`${folder}/status`, "utf8"))[1]),
		descriptors: readdirSync(`${folder}/fd`).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const at = process.argv.indexOf("--minutes");
	const minutes = at < 0 ? 30 : Number(process.argv[at + 1]);
	if (!(minutes > 0)) {
		console.error("--minutes must be a number above 0");
		process.exit(2);
	}
	const { passed, failed } = await run({ log: text => console.log(text), minutes });
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed ? 1 : 0;
}
