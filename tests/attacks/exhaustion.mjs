// SPDX-License-Identifier: MIT
/**
 * Memory that runs out all the same: the heap is so small that one request does not fit. That request's connection is
 * lost, or answered 500; other connections and a viewer go on.
 */
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { startCamera } from "../camera.mjs";
import { Skip, check, equal, sleep, until } from "../interop/harness.mjs";
import { Attacker } from "./maxima.mjs";
import { DEVICE, OPEN_DEVICE, besideViewer, memoryOf } from "./rig.mjs";
import { Viewer } from "./viewer.mjs";

const OPTIONS = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
const REPEATS = 10;

/** 3,900 octets of head and 2,048 of body, all of which the server keeps until the request is complete. */
const LARGE = "SET_PARAMETER rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n"
	+ ["Range", "Session", "Transport"].map(name => `${name}: ${"v".repeat(1250)}\r\n`).join("")
	+ `Content-Length: 2048\r\n\r\n${`${"n".repeat(31)}\n`.repeat(64)}`;
/** A list of parameters, which become objects. */
const MANY = `SETUP rtsp://h/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: a${";a=b".repeat(47)}\r\n\r\n`;

/** What runs out, what is left of it with a viewer and a second client, and the request that needs more. */
const HEAPS = [
	{ what: "chunks", request: LARGE, heap: ({ chunkBytes }) => `4096:${chunkBytes + 4500}` },
	{ what: "slots", request: MANY, heap: ({ slots }) => `${slots + 280}:65536` },
];

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

export async function exhaustion(tests) {
	for (const { what, request, heap } of HEAPS) {
		await tests.test(`request-that-finds-no-${what}-costs-its-connection-only`, [], async () => {
			if (!await canBuild(DEVICE.variant))
				throw new Skip(`no compiler for ${DEVICE.variant}`);
			const memory = heap(await inUse()), camera = await start(DEVICE, `--heap=${memory}`);
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
}
