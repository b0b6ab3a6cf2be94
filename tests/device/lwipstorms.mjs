// SPDX-License-Identifier: MIT
/**
 * Tests lwIP and our sockets over it with badly ending clients, floods of connections, and failing memory and link. The
 * camera survives, other clients continue, and all memory is freed, to the last block of lwIP's.
 *
 *   node tests/device/lwipstorms.mjs [VARIANT [PATTERN]]
 *   STORM=10 node tests/device/lwipstorms.mjs        ten times as many clients
 *
 * The clients use the system's TCP, which sends real resets. The device is behind a TAP interface (link/tap.c) in a
 * network namespace, so the tests need root.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { buildApplication } from "../../hosts/desktop/build/app.mjs";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { profile, startCamera } from "../camera.mjs";
import { Tests, check, equal, execute, sleep } from "../interop/harness.mjs";
import { isolation } from "../interop/namespace.mjs";
import { Player, hosts } from "../interop/rtsp-client.mjs";
import { linkProgram } from "./link.mjs";
import { lwip, withoutLwip } from "./lwip.mjs";
import { controlPath, numbers } from "./numbers.mjs";
import { latency } from "./storms.mjs";

const HERE = fileURLToPath(import.meta.url);
const VARIANTS = ["m32", "sanitize", "thread"];
/** Duration of failures of memory or link in a brief run, by variant, in milliseconds. 0: no failures, storms of
 *  clients only. */
const BRIEF = { m32: 1000, thread: 0 };
const WHOLE = 2000;
const TIMES = Number(process.env.STORM ?? 1);
const CAMERA = "10.0.2.15", CLIENT = "10.0.2.2";

/** Storms by kind (link/storm.c): number of clients, and how many of them have to be served. */
const kinds = [
	{ name: "clients-that-close-while-they-play", kind: "close", count: 40, served: 40 },
	{ name: "clients-that-half-close-and-reset", kind: "fin-reset", count: 40, served: 40 },
	{ name: "clients-that-reset-while-they-play", kind: "reset", count: 40, served: 40 },
	{ name: "connections-for-one-request", kind: "short", count: 200, served: 200 },
	{ name: "connections-reset-before-they-are-read", kind: "silent", count: 200 },
	{ name: "crowd-that-connects-at-once-and-resets", kind: "crowd", count: 200 },
];

/* ---- inside the namespace ---- */

/** Runs all storms on one camera.
 *  @param {number} failing duration of failures of memory or link in milliseconds; 0: none */
async function storms(tests, variant, failing) {
	const control = controlPath();
	const tap = await linkProgram("tap"), storm = await linkProgram("storm");
	Object.assign(hosts, { camera: CAMERA, client: CLIENT });
	Object.assign(profile, {
		variant,
		device: true,
		network: await lwip("board"),
		wrapper: () => [tap],
		args: [...(variant === "m32" ? ["--heap"] : []), "--buffers", "3", "--connection-limit", "8", "--session-limit",
			"8"],
		environment: () => ({ DEVICE_CONTROL: control }),
	});
	const camera = await startCamera({
		args: ["--size", "QVGA", "--fps", "25", "--session-timeout", "5", "--request-timeout", "5"],
	});
	try {
		await weather(tests, camera, control, storm, failing);
	}
	finally {
		const { status, signal } = await camera.stop();
		await tests.test("camera-ends-normally-after-all-storms", [], async () => {
			equal(status ?? signal, 0, `exit status, after\n${camera.output.slice(-3000)}`);
			equal(/error|sanitizer/i.exec(camera.output)?.input ?? "", "", "an error in the camera's output");
		});
	}
}

/** @param {string} storm path of the program
 *  @param {number} failing as for `storms` */
async function weather(tests, { port }, control, storm, failing) {
	/** Counts blocks of lwIP's memory, except one for each connection in TIME-WAIT and one for the timer that runs
	 *  meanwhile. */
	const blocks = ({ heapBlocks, timeWait }) => heapBlocks - timeWait - (timeWait ? 1 : 0);
	/** lwIP's numbers while no client is connected. */
	let idle;

	/** Waits until lwIP holds no more blocks than while no client was connected. */
	const given = async (seconds = 12) => {
		let now;
		for (const deadline = Date.now() + seconds * 1000;; await sleep(100)) {
			now = await numbers(control);
			if (now.active === 0 && now.segments === 0 && blocks(now) === blocks(idle))
				break;
			check(Date.now() < deadline,
				`memory not freed in ${seconds} s: ${JSON.stringify(now)}, before: ${JSON.stringify(idle)}`);
		}
		for (const name of ["listeners", "udpSockets"])
			equal(now[name], idle[name], name);
	};

	/** Waits until lwIP is at rest, that is, until it has the same number of blocks in `times` consecutive checks. An
	 *  arriving packet and TCP's running timer each take a block. */
	const rest = async (times = 10, seconds = 12) => {
		let now = await numbers(control);
		for (let same = 0, deadline = Date.now() + seconds * 1000; same < times;) {
			check(Date.now() < deadline, `not at rest in ${seconds} s: ${JSON.stringify(now)}`);
			await sleep(100);
			const next = await numbers(control);
			same = next.active === 0 && blocks(next) === blocks(now) ? same + 1 : 0;
			now = next;
		}
		return now;
	};

	/** Runs `body` while two clients play. Over TCP, no packet may be missing, but a frame may be abandoned.
	 *  @param {boolean} [options.sound] both clients have to receive complete frames only. Default: true
	 *  @param {number} [options.pause] longest time without a frame in milliseconds. Default: 3000 */
	const undisturbed = async (body, { sound = true, pause = 3000 } = {}) => {
		const players = [];
		let timer;
		const close = () => {
			clearInterval(timer);
			players.forEach(player => player.close());
		};
		try {
			for (const transport of ["tcp", "udp"])
				players.push(await Player.play(port, { transport }));
			timer = setInterval(() => players.forEach(player => player.sendReport()), 1000);
			await Promise.all(players.map(player => player.receive(3)));
			const note = await body(players);
			await Promise.all(players.map(player => player.receive(player.frames.length + 10)));
			for (const player of players) {
				const arrivals = player.frames.map(frame => frame.arrival);
				const longest = Math.max(...arrivals.slice(1).map((arrival, i) => arrival - arrivals[i]));
				check(longest < pause, `${longest} ms without a frame over ${player.transport}`);
				if (sound)
					player.mustBeSound();
				else if (player.transport === "tcp")
					equal(`${player.lost} packets lost; ${player.problems.join("; ")}`, "0 packets lost; ", "over TCP");
				await player.teardown();
			}
			close();
			if (idle)
				await given();
			return note;
		}
		catch (error) {
			close();
			// reports this error only; its remains must not fail the next test
			if (idle)
				await rest(10, 30).then(now => idle = now, () => {});
			throw error;
		}
	};

	const run = async (kind, count) => {
		const { status, stdout, stderr } = await execute(storm, [CAMERA, String(port), kind, String(count)], {
			timeout: 60_000,
		});
		equal(status, 0, `exit status of the storm (${stderr.trim()})`);
		const [made, served] = stdout.toString().split(" ").map(Number);
		return { made, served };
	};

	// allocates what stays: an ARP entry, the first sockets
	await undisturbed(() => {});
	idle = await rest();

	// bytes that arrive with the end of the handshake must not wait for lwIP's timer of 250 ms
	await tests.test("first-request-of-a-connection-is-answered-as-soon-as-the-second", [], async () => {
		const { first, second } = await latency({ host: CAMERA, port, count: 60 });
		const median = values => [...values].sort((a, b) => a - b)[values.length >> 1];
		check(median(first) - median(second) < 60,
			`${median(first).toFixed(1)} ms, the second ${median(second).toFixed(1)}`);
		return `${median(first).toFixed(1)} ms, the second ${median(second).toFixed(1)}`;
	});

	for (const { name, kind, count, served = 0 } of kinds) {
		await tests.test(`${name}-disturb-no-other-client-and-leave-nothing`, [], () =>
			undisturbed(async () => {
				const begun = Date.now(), total = count * TIMES;
				// two at a time
				const parts = await Promise.all([run(kind, total >> 1), run(kind, total >> 1)]);
				const made = parts[0].made + parts[1].made, all = parts[0].served + parts[1].served;
				check(made > 0 && all >= served * TIMES, `${all} of ${made} were served`);
				return `${made} connections in ${((Date.now() - begun) / 1000).toFixed(1)} s`;
			}), 120_000 * TIMES);
	}

	await tests.test("unfinished-handshakes-take-limited-places-for-seconds", [], () =>
		undisturbed(async () => {
			const before = await numbers(control);
			await run("syn", 200);
			// lwIP's thread may not have processed them yet
			let now;
			for (const deadline = Date.now() + 1500; (now = await numbers(control)).waiting < 8; await sleep(20))
				check(Date.now() < deadline, `${now.waiting} handshakes are half open, not 8`);
			check(now.waiting === 8 && now.active <= before.active + 8,
				`${now.active - before.active} connections are half open, ${now.waiting} wait`);
			// the SYN is dropped, and repeated after 1 s, 3 s and 7 s or more often. With lwIP's own timeout, only the
			// one after 31 s would be accepted
			const begun = Date.now();
			const late = await Player.play(port, { transport: "tcp" });
			const waited = Date.now() - begun;
			await late.receive(2);
			late.close();
			check(waited < 9000, `a player got in after ${waited} ms`);
			return `${now.waiting} half open; a player got in after ${(waited / 1000).toFixed(1)} s`;
		}), 60_000);

	for (const { name, set } of failing === 0 ? [] : [
		{ name: "occasional-lack-of-packet-memory", set: { failPbufs: 5 } },
		{ name: "exhausted-packet-memory", set: { failPbufs: 1 } },
		{ name: "exhausted-heap", set: { heapLimit: 3000 } },
		{ name: "occasional-lack-of-link-buffers", set: { refuseSent: 5 } },
		{ name: "lossy-link", set: { loseSent: 20, loseReceived: 20 } },
		{ name: "reordering-link", set: { swapSent: 5, swapReceived: 5 } },
	]) {
		await tests.test(`${name}-only-costs-frames`, [], () =>
			undisturbed(async players => {
				const counts = () => players.map(player => player.frames.length);
				await numbers(control, set);
				await sleep(failing);
				const { heapRefused, lost, dropped } = await numbers(control,
					Object.fromEntries(Object.keys(set).map(key => [key, 0])));
				const during = counts();
				await Promise.all(players.map(player => player.receive(player.frames.length + 25, 15_000)));
				return `${
					during.join(" and ")
				} frames during it; so far ${heapRefused} failed allocations, ${lost} frames `
					+ `lost, ${dropped} dropped`;
			}, { sound: false, pause: 12_000 }));
	}
}

/* ---- outside the namespace ---- */

/** @returns {Promise<string | undefined>} why the tests cannot run here; undefined if they can */
async function obstacle() {
	if (!existsSync("/dev/net/tun"))
		return "no TAP interfaces here";
	// a TAP interface needs the system's own root, not a namespace's
	if (process.getuid?.() !== 0 || !isolation())
		return "network namespaces with interfaces need root";
	return withoutLwip();
}

/** Runs the storms in a network namespace.
 *  @param {boolean} [options.brief] two variants only, with the longest tests on one of them
 *  @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run(
	{ log = () => {}, only, brief = false, variants = brief ? Object.keys(BRIEF) : VARIANTS } = {},
) {
	const lines = [];
	const missing = await obstacle();
	for (const variant of variants) {
		const title = `storms-over-lwip/${variant}`;
		if (missing || !await canBuild(variant)) {
			lines.push(`skip ${title}: ${missing ?? "no compiler available"}`);
			continue;
		}
		// built outside, because building would disturb the measurements of time
		await buildApplication({ manifest: `${ROOT}/manifest.json`, variant, network: await lwip("board") });
		await Promise.all(["tap", "storm"].map(linkProgram));
		const [command, ...before] = isolation();
		const child = spawn(command, [...before, process.execPath, HERE, "--inside",
			String(brief ? BRIEF[variant] : WHOLE), variant, ...(only ? [only.source] : [])], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		for await (const line of readline.createInterface({ input: child.stdout })) {
			const text = line.replace(/^(not ok|ok|skip) /, `$1 ${title}/`);
			log(text);
			if (/^(not ok|ok|skip) /.test(text) || !lines.length)
				lines.push(text);
			else
				lines.push(`${lines.pop()}\n${text}`);
		}
		if (!lines.some(line => line.includes(`${title}/camera-ends-normally`)) && !only)
			lines.push(`not ok ${title}: not all storms have finished`);
	}
	const count = start => lines.filter(line => line.startsWith(start)).length;
	return { passed: count("ok "), failed: count("not ok "), skipped: count("skip "), lines };
}

if (process.argv[1] === HERE) {
	const inside = process.argv[2] === "--inside";
	const [variant, pattern] = process.argv.slice(inside ? 4 : 2);
	const only = pattern === undefined ? undefined : new RegExp(pattern);
	if (inside) {
		await storms(new Tests({ log: line => console.log(line), only }), variant, Number(process.argv[3]));
		process.exit(0);
	}
	const { passed, failed, skipped } = await run({ log: line => console.log(line), only,
		variants: variant === undefined ? undefined : [variant] });
	console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
	process.exitCode = failed ? 1 : 0;
}
