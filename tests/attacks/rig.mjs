// SPDX-License-Identifier: MIT
/** Shared by the families of attacks: a camera under attack, in the desktop's heap or in the device's. */
import path from "node:path";
import { canBuild } from "../../hosts/desktop/build/engine.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { startCamera } from "../camera.mjs";
import { Skip, check, equal } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";

/** The device's memory: 32-bit slots, the heap of `creation` in manifest.json, which cannot grow, 8 connections and 8
 *  sessions. */
export const DEVICE = { variant: "m32",
	args: ["--heap", "--buffers", "3", "--send-buffer", "28720", "--connection-limit", "8", "--session-limit", "8"] };
export const DESKTOP = { variant: "release", args: [] };

/** The device with memory reports: a line of JSON four times per second. */
export const OPEN_DEVICE = { ...DEVICE, manifest: path.join(ROOT, "bench/memory/manifest.json"), name: "memory" };

/** The last memory report: {slots, chunkBytes} in use after a collection. */
export function memoryOf(camera) {
	return JSON.parse(camera.output.split("\n").findLast(line => /^\{.*\}$/.test(line)) ?? "{}");
}

/** Runs a camera while `body` attacks it.
 *  Afterwards it must still answer OPTIONS, have reported no internal error, and end in order.
 *  @param {{variant: string, args: string[]}} where DEVICE, OPEN_DEVICE or DESKTOP
 *  @param {string[]} args more options of the camera
 *  @param {(camera: import("../camera.mjs").Camera) => Promise<string|void>} body @returns what `body` returns */
export async function attacked({ args: before, ...where }, args, body) {
	if (!await canBuild(where.variant))
		throw new Skip(`no compiler for ${where.variant}`);
	const camera = await startCamera({ ...where, args: [...before, "--size", "QVGA", ...args] });
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
