// SPDX-License-Identifier: MIT
/**
 * Memory that runs out all the same: the heap is so small that one request does not fit. That request's connection is
 * lost, or answered 500; other connections and a viewer go on.
 *
 * In heaps of many sizes, down to those in which nobody can play, memory also runs out outside of requests: in timers,
 * notices and the end of a connection. The program goes on, and so does the viewer.
 */
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { startCamera } from "../camera.mjs";
import { Skip, check, equal, sleep, until } from "../interop/harness.mjs";
import { Attacker } from "./maxima.mjs";
import { DEVICE, OPEN_DEVICE, besideViewer, memoryOf } from "./rig.mjs";
import { Viewer } from "./viewer.mjs";

const OPTIONS = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
const REPEATS = 10;
/** Heaps that are attacked at the same time. */
const AT_ONCE = 4;
const ALL = process.env["ATTACKS"] === "all";

/** 3,900 octets of head and 4,096 of body, all of which the server keeps until the request is complete. */
const LARGE = "SET_PARAMETER rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n"
	+ ["Range", "Session", "Transport"].map(name => `${name}: ${"v".repeat(1250)}\r\n`).join("")
	+ `Content-Length: 4096\r\n\r\n${`${"n".repeat(31)}\n`.repeat(128)}`;
/** A session: the most objects that one request makes. */
const MANY = "SETUP rtsp://h/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n";

/** What runs out, the request that needs more of it, and a heap that has enough for a viewer and a second client. */
const HEAPS = [
	{ what: "chunks", request: LARGE, heap: ({ chunkBytes }) => `5120:${chunkBytes + 4500}` },
	{ what: "slots", request: MANY, heap: tooFewSlots },
];
/** Slots left in heaps of many sizes. */
const FROM = 40, TO = 400, STEP = ALL ? 5 : 10;

function slotsLeft({ slots }, left) {
	return `${slots + left}:98304`;
}

const start = (options, heap) =>
	startCamera({ ...options,
		args: [...options.args.map(option => (option === "--heap" ? heap : option)), "--size", "QVGA"] });

/** Memory in use with a viewer and an idle connection. */
async function inUse() {
	const camera = await start(OPEN_DEVICE, "--heap");
	let viewer, attacker;
	try {
		viewer = await Viewer.play(camera.port, {});
		attacker = await Attacker.open(camera.port);
		await attacker.ask(OPTIONS);
		await until(() => memoryOf(camera).connections === 2, "both connections are reported");
		await sleep(300);
		return memoryOf(camera);
	}
	finally {
		viewer?.close();
		attacker?.close();
		await camera.stop();
	}
}

/** @returns whether a heap has room for a viewer, a second client, and one more that sends `request` */
async function hasRoom(memory, request) {
	let camera, viewer;
	const others = [];
	try {
		camera = await start(DEVICE, `--heap=${memory}`);
		viewer = await Viewer.play(camera.port, {});
		for (let i = 0; i < 2; i++)
			others.push(await Attacker.open(camera.port));
		return (await others[1].ask(request)).startsWith("RTSP/1.0 200 ");
	}
	catch {
		return false;
	}
	finally {
		viewer?.close();
		others.forEach(other => other.close());
		await camera?.stop();
	}
}

/** Memory with too few slots for a session beside a viewer and a second client, but enough for its connection. A
 *  session needs 160 slots more than that. */
async function tooFewSlots({ slots }) {
	for (let left = 0; left < 400; left += 40) {
		if (await hasRoom(slotsLeft({ slots }, left), MANY))
			return slotsLeft({ slots }, left - 100);
	}
	throw new Error("a session finds no slots in any heap");
}

/** Attacks a camera with a viewer, and a second client where there is memory for one.
 *  @returns whether the viewer could play */
async function survive(memory) {
	const camera = await start(DEVICE, `--heap=${memory}`);
	let viewer;
	try {
		// refused in the smallest heaps
		viewer = await Viewer.play(camera.port, {}).catch(() => undefined);
		const other = await Attacker.open(camera.port);
		other.write(OPTIONS);
		for (let i = 0; i < 3; i++) {
			const attacker = await Attacker.open(camera.port);
			attacker.write(MANY);
			// not even a reply: the server closes a connection that it cannot keep, or its client gives up
			await Promise.race([attacker.closed, sleep(100)]);
			attacker.close();
		}
		// the server's timers, once at least
		await sleep(1100);
		check(!viewer?.ended, "the viewer was dropped");
		other.close();
		if (viewer) {
			const now = performance.now();
			check(viewer.measure(now - 500, now).rate > 10, "the viewer has no frames");
			viewer.close();
			check(await Viewer.newcomer(camera.port, {}, 5000) < 5000, "nobody can play afterwards");
		}
		return viewer !== undefined;
	}
	finally {
		viewer?.close();
		const { status } = await camera.stop();
		equal(status, 0,
			`status of a camera with a heap of ${memory} that said ${camera.output.trim().split("\n").at(-1)}`);
	}
}

/** Calls `body` for all items, `AT_ONCE` at a time. @returns the results */
async function inParallel(items, body) {
	const results = [], queue = items.values();
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		for (const item of queue)
			results.push(await body(item));
	}));
	return results;
}

export async function exhaustion(tests) {
	for (const { what, request, heap } of HEAPS) {
		await tests.test(`request-that-finds-no-${what}-costs-its-connection-only`, [], async () => {
			if (!await canBuild(DEVICE.variant))
				throw new Skip(`no compiler for ${DEVICE.variant}`);
			const memory = await heap(await inUse()), camera = await start(DEVICE, `--heap=${memory}`);
			let note;
			try {
				note = await besideViewer(camera, {}, async () => {
					const other = await Attacker.open(camera.port);
					for (let i = 0; i < REPEATS; i++) {
						const attacker = await Attacker.open(camera.port);
						attacker.write(request);
						await until(() => attacker.received || attacker.ended, "a reply or a close", 2000);
						check(/^$|^RTSP\/1\.0 500 /.test(attacker.received),
							`the reply is ${attacker.received.split("\r\n")[0]}`);
						if (!attacker.ended)
							await attacker.leave();
						check((await other.ask(OPTIONS)).startsWith("RTSP/1.0 200 "), "another client is not answered");
					}
					check(!other.ended, "another client was dropped");
					other.close();
				});
			}
			finally {
				const { status } = await camera.stop();
				equal(status, 0, `status of a camera that said ${camera.output.trim().split("\n").at(-1)}`);
			}
			equal(camera.output.split("internal error: memory full").length - 1, REPEATS,
				"requests that found no memory");
			return `${REPEATS} requests in a heap of ${memory}, ${note}`;
		});
	}

	await tests.test("request-that-finds-no-slots-in-a-heap-of-any-size-does-not-end-the-program", [], async () => {
		if (!await canBuild(DEVICE.variant))
			throw new Skip(`no compiler for ${DEVICE.variant}`);
		const memory = await inUse(), heaps = [];
		// builds it, which cannot be done in parallel
		await (await start(DEVICE, "--heap")).stop();
		for (let left = FROM; left <= TO; left += STEP)
			heaps.push(slotsLeft(memory, left));
		const players = (await inParallel(heaps, survive)).filter(Boolean).length;
		check(players > heaps.length * 0.9, `only ${players} of ${heaps.length} heaps had a viewer`);
		return `${heaps.length} heaps with ${FROM} to ${TO} left, ${players} of them with a viewer`;
	}, 300_000);
}
