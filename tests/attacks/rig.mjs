// SPDX-License-Identifier: MIT
/** Shared by the families of attacks: a camera under attack, in the desktop's heap or in the device's. */
import path from "node:path";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { profile, startCamera } from "../camera.mjs";
import { Gap, Skip, check, equal, sleep } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { Viewer } from "./viewer.mjs";

/** The device's memory: 32-bit slots, the heap of `creation` in manifest.json, which cannot grow, 8 connections and 8
 *  sessions. */
export const DEVICE = { variant: "m32",
	args: ["--heap", "--buffers", "3", "--send-buffer", "28720", "--connection-limit", "8", "--session-limit", "8"] };
export const DESKTOP = { variant: "release", args: [] };

/** The device with memory reports: a line of JSON four times per second. */
export const OPEN_DEVICE = { ...DEVICE, manifest: path.join(ROOT, "bench/memory/manifest.json"), name: "memory" };

/** A viewer's minimum frames per second, of 25, and maximum milliseconds between two frames. */
export const RATE = 24, GAP = 120;

/** The last memory report: {slots, chunkBytes} in use after a collection. */
export function memoryOf(camera) {
	return JSON.parse(camera.output.split("\n").findLast(line => /^\{.*\}$/.test(line)) ?? "{}");
}

/** Runs a camera while `body` attacks it.
 *  Afterwards it must still answer OPTIONS, have reported no internal error, and end in order.
 *  @param {{variant: string, args: string[]}} where DEVICE, OPEN_DEVICE or DESKTOP
 *  @param {string[]} args more options of the camera
 *  @param {(camera: import("../camera.mjs").Camera) => Promise<string|void>} body @returns what `body` returns */
export async function attacked({ args: before, variant: usual, ...where }, args, body) {
	// over a device's sockets, its memory is the profile's
	const variant = profile.device ? profile.variant : usual;
	if (!await canBuild(variant))
		throw new Skip(`no compiler for ${variant}`);
	const camera = await startCamera({ ...where, variant,
		args: [...profile.device ? [] : before, "--size", "QVGA", ...args] });
	const outcome = await attack(camera, body).then(note => ({ note }), error => ({ error }));
	const { status, signal } = await camera.stop();
	// checked first, since errors seen by a client are only a consequence
	check(status === 0, `the camera ended with ${status ?? signal}: ${camera.output.trim().split("\n").at(-1)}`);
	if (outcome.error)
		throw outcome.error;
	equal(camera.output.split("\n").find(line => /error/i.test(line)) ?? "", "", "what the camera reported");
	return outcome.note;
}

async function attack(camera, body) {
	const note = await body(camera);
	const client = await RTSPClient.connect(camera.port);
	try {
		await client.must("OPTIONS", "*");
	}
	finally {
		client.close();
	}
	return note;
}

/** Runs `body` beside a viewer over TCP, for a second or longer. The viewer keeps its frame rate, without long gaps.
 *  @param {{login?: {user: string, password: string}}} options of the viewer
 *  @returns what `body` returns, and what the viewer received */
export async function besideViewer({ port }, options, body) {
	const viewer = await Viewer.play(port, options);
	try {
		await sleep(200);
		const from = performance.now(), note = await body();
		await sleep(Math.max(0, 1000 - (performance.now() - from)));
		const to = performance.now(), { rate, gap } = viewer.measure(from, to);
		check(!viewer.ended, "the viewer was dropped");
		const seen = `beside a viewer with ${rate.toFixed(1)} frames/s, longest gap ${gap.toFixed(0)} ms`;
		// one frame may just have come before, and one be just about to come
		if (gap > GAP || rate * (to - from) < RATE * (to - from) - 1000)
			throw new Gap(seen);
		return note ? `${note}, ${seen}` : seen;
	}
	finally {
		viewer.close();
	}
}
