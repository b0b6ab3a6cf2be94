// SPDX-License-Identifier: MIT
/**
 * Clients that end badly, floods of connections, and a memory and a link that fail, against lwIP and our sockets over
 * it: the camera lives, others play on, and everything is given back, to the last block of lwIP's memory.
 *
 *   node tests/device/lwipstorms.mjs [VARIANT [PATTERN]]
 *   STORM=10 node tests/device/lwipstorms.mjs        ten times as many clients
 *
 * The clients are the system's own TCP, which sends real resets: the device is behind a TAP interface (link/tap.c) in a
 * network namespace, for which one has to be root.
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
/** Milliseconds for which memory or link fails, by variant, when time is short: everything on 32-bit slots, the clients
 *  alone on threads. */
const BRIEF = { m32: 1000, thread: 0 };
const WHOLE = 2000;
const TIMES = Number(process.env.STORM ?? 1);
const CAMERA = "10.0.2.15", CLIENT = "10.0.2.2";

/** Clients by kind (link/storm.c), and what may become of them. */
const kinds = [
	{ name: "clients-that-close-while-they-play", kind: "close", count: 40, served: 40 },
	{ name: "clients-that-end-their-direction-and-reset", kind: "fin-reset", count: 40, served: 40 },
	{ name: "clients-that-reset-while-they-play", kind: "reset", count: 40, served: 40 },
	{ name: "connections-for-one-request", kind: "short", count: 200, served: 200 },
	{ name: "connections-that-are-reset-before-they-are-read", kind: "silent", count: 200 },
	{ name: "crowd-that-connects-at-once-and-resets", kind: "crowd", count: 200 },
];

/* ---- inside the namespace ---- */

/** @param {number} failing milliseconds for which memory or link fails; 0: they do not */
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
		await tests.test("camera-ends-in-order-after-all-of-it", [], async () => {
			equal(status ?? signal, 0, `exit status, after\n${camera.output.slice(-3000)}`);
			equal(/error|sanitizer/i.exec(camera.output)?.input ?? "", "", "what the camera complained of");
		});
	}
}

/** @param {string} storm the program
 *  @param {number} failing as for `storms` */
async function weather(tests, { port }, control, storm, failing) {
	/** Blocks of lwIP's memory without connections in TIME-WAIT, one block each, and the timer that runs while there
	 *  are any. */
	const blocks = ({ heapBlocks, timeWait }) => heapBlocks - timeWait - (timeWait ? 1 : 0);
	/** lwIP when nobody is connected. */
	let idle;

	/** Waits until lwIP holds so much as when nobody was connected: no block more. */
	const given = async (seconds = 12) => {
		let now;
		for (const deadline = Date.now() + seconds * 1000;; await sleep(100)) {
			now = await numbers(control);
			if (now.active === 0 && now.segments === 0 && blocks(now) === blocks(idle))
				break;
			check(Date.now() < deadline,
				`not given back in ${seconds} s: ${JSON.stringify(now)}, before: ${JSON.stringify(idle)}`);
		}
		for (const name of ["listeners", "udpSockets"])
			equal(now[name], idle[name], name);
	};

	/** Waits until lwIP is at rest: the same number of blocks at each of `times` looks. A packet on its way in, or
	 *  TCP's timer that has not ended yet, is a block. */
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

	/** Two that play from beginning to end of `body`. Over TCP every packet comes, though a frame may be given up in
	 *  the middle. `sound`: every frame of both comes whole. */
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
			// this error is the one to be seen; what is left over is not the next test's
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

	// what is made once: an ARP entry, the first sockets
	await undisturbed(() => {});
	idle = await rest();

	// bytes that come with the handshake's end are not left to lwIP's timer of 250 ms
	await tests.test("first-request-of-a-connection-is-answered-as-soon-as-the-second", [], async () => {
		const { first, second } = await latency({ host: CAMERA, port, count: 60 });
		const median = values => [...values].sort((a, b) => a - b)[values.length >> 1];
		check(median(first) - median(second) < 60,
			`${median(first).toFixed(1)} ms, the second ${median(second).toFixed(1)}`);
		return `${median(first).toFixed(1)} ms, the second ${median(second).toFixed(1)}`;
	});

	for (const { name, kind, count, served = 0 } of kinds) {
		await tests.test(`${name}-disturb-nobody-and-leave-nothing`, [], () =>
			undisturbed(async () => {
				const begun = Date.now(), total = count * TIMES;
				// two at a time
				const parts = await Promise.all([run(kind, total >> 1), run(kind, total >> 1)]);
				const made = parts[0].made + parts[1].made, all = parts[0].served + parts[1].served;
				check(made > 0 && all >= served * TIMES, `${all} of ${made} were served`);
				return `${made} connections in ${((Date.now() - begun) / 1000).toFixed(1)} s`;
			}), 120_000 * TIMES);
	}

	await tests.test("handshakes-that-never-end-take-a-bounded-place-for-seconds", [], () =>
		undisturbed(async () => {
			const before = await numbers(control);
			await run("syn", 200);
			// lwIP's thread may still have them before it
			let now;
			for (const deadline = Date.now() + 1500; (now = await numbers(control)).waiting < 8; await sleep(20))
				check(Date.now() < deadline, `${now.waiting} handshakes are half open, not 8`);
			check(now.waiting === 8 && now.active <= before.active + 8,
				`${now.active - before.active} connections are half open, ${now.waiting} wait`);
			// the SYN is dropped, and repeated after 1 s, 3 s and 7 s or oftener. lwIP's own time-out would let the one
			// after 31 s in
			const begun = Date.now();
			const late = await Player.play(port, { transport: "tcp" });
			const waited = Date.now() - begun;
			await late.receive(2);
			late.close();
			check(waited < 9000, `a player got in after ${waited} ms`);
			return `${now.waiting} half open; a player got in after ${(waited / 1000).toFixed(1)} s`;
		}), 60_000);

	for (const { name, set } of failing === 0 ? [] : [
		{ name: "memory-for-packets-that-fails-now-and-then", set: { failPbufs: 5 } },
		{ name: "memory-for-packets-that-is-used-up", set: { failPbufs: 1 } },
		{ name: "heap-that-is-used-up", set: { heapLimit: 3000 } },
		{ name: "link-that-has-no-buffer-now-and-then", set: { refuseSent: 5 } },
		{ name: "link-that-loses-frames", set: { loseSent: 20, loseReceived: 20 } },
		{ name: "link-that-changes-the-order-of-frames", set: { swapSent: 5, swapReceived: 5 } },
	]) {
		await tests.test(`${name}-costs-frames-only`, [], () =>
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
				} frames during it; so far ${heapRefused} times no memory, ${lost} frames `
					+ `lost, ${dropped} dropped`;
			}, { sound: false, pause: 12_000 }));
	}
}

/* ---- outside of it ---- */

/** @returns {Promise<string | undefined>} why that cannot be done here */
async function obstacle() {
	if (!existsSync("/dev/net/tun"))
		return "no TAP interfaces here";
	// a TAP interface needs the system's own root, not a namespace's
	if (process.getuid?.() !== 0 || !isolation())
		return "network namespaces with interfaces are for root";
	return withoutLwip();
}

/** @param {boolean} [options.brief] two variants, and what takes longest only on one of them
 *  @returns {Promise<{passed: number, failed: number, skipped: number, lines: string[]}>} */
export async function run(
	{ log = () => {}, only, brief = false, variants = brief ? Object.keys(BRIEF) : VARIANTS } = {},
) {
	const lines = [];
	const missing = await obstacle();
	for (const variant of variants) {
		const title = `storms-over-lwip/${variant}`;
		if (missing || !await canBuild(variant)) {
			lines.push(`skip ${title}: ${missing ?? "no compiler for it"}`);
			continue;
		}
		// not in there: it measures time
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
		if (!lines.some(line => line.includes(`${title}/camera-ends-in-order`)) && !only)
			lines.push(`not ok ${title}: not all storms have come to an end`);
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
