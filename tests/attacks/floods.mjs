// SPDX-License-Identifier: MIT
/**
 * Floods of cheap requests from 127.0.0.2, as fast as the camera accepts them. Meanwhile a viewer still gets its
 * frames, and a new client with the password can play.
 *
 * ATTACKS=all runs every kind from 1, 8 and 32 connections, for longer.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { Gap, check, sleep } from "../interop/harness.mjs";
import { DESKTOP, DEVICE, attacked } from "./rig.mjs";
import { Viewer } from "./viewer.mjs";

const FLOODER = path.join(import.meta.dirname, "flooder.mjs");
const ALL = process.env.ATTACKS === "all";
/** Duration of the measurement, milliseconds. */
const DURATION = ALL ? 4000 : 1200;
/** Minimum frames per second at the viewer, of 25;
 *  maximum milliseconds between two, and until a new client has its first. */
const RATE = 24, GAP = 120, ENTRY = 2000;

const LOGIN = { user: "me", password: "secret" };
/** Kinds of floods (flooder.mjs), and whether the camera has a password. */
const KINDS = [
	["options", true],
	["unauthorized", true],
	["wrong-password", true],
	["describe", false],
	["setup-teardown", false],
	["frames", true],
	["tunnel", true],
	["connect", true],
	["rtcp", true],
];
/** Numbers of connections, on the desktop and in the device's memory, which has 8 places. */
const COUNTS = ALL ? [[DESKTOP, 1], [DESKTOP, 8], [DESKTOP, 32], [DEVICE, 1], [DEVICE, 7]] : [[DESKTOP, 32]];
const SHORT_DEVICE = ["unauthorized", "setup-teardown", "tunnel"];

/** Runs the flood for the duration of `body`. */
async function flooded(kind, count, { port, udpPort }, body) {
	const child = spawn(process.execPath, [FLOODER, kind, String(count), String(port), String(udpPort + 1)], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const ended = new Promise(resolve => child.once("close", resolve));
	try {
		await Promise.race([new Promise(resolve => child.stdout.once("data", resolve)), sleep(3000)]);
		return await body();
	}
	finally {
		child.kill("SIGKILL");
		await ended;
	}
}

function flood(kind, login, where, count) {
	const args = ["--fps", "25", ...(login ? ["--user", LOGIN.user, "--password", LOGIN.password] : [])];
	const options = { login: login ? LOGIN : undefined };
	return attacked(where, args, async camera => {
		const viewer = await Viewer.play(camera.port, options);
		try {
			await sleep(200);
			const { rate, gap, entry } = await flooded(kind, count, camera, async () => {
				const from = performance.now(), entry = Viewer.newcomer(camera.port, options, 5 * ENTRY);
				await sleep(DURATION);
				return { ...viewer.measure(from, performance.now()), entry: await entry };
			});
			check(!viewer.ended, "the viewer was dropped");
			const note = `${rate.toFixed(1)} frames/s, longest gap ${gap.toFixed(0)} ms, a newcomer plays after `
				+ `${entry.toFixed(0)} ms`;
			if (rate < RATE || gap > GAP || entry > ENTRY)
				throw new Gap(note);
			return note;
		}
		finally {
			viewer.close();
		}
	});
}

export async function floods(tests) {
	for (const [kind, login] of KINDS) {
		const counts = ALL || !SHORT_DEVICE.includes(kind) ? COUNTS : [...COUNTS, [DEVICE, 7]];
		for (const [where, count] of counts)
			await tests.test(
				`viewer-and-newcomer-are-served-in-a-flood-of-${kind}-from-${count}`
					+ (where === DEVICE ? "-in-the-device-heap" : ""),
				[],
				() => flood(kind, login, where, count),
			);
	}
}
