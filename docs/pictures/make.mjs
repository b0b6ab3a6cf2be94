// SPDX-License-Identifier: MIT
/**
 * Makes docs/pictures/testcard.webp: starts the camera on the desktop, plays it over RTSP with ffmpeg, and keeps one
 * frame.
 *
 *   node docs/pictures/make.mjs        needs ffmpeg with libwebp
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const FILE = path.join(HERE, "testcard.webp");
const PORT = 18_654;
/** The picture is part of the README: octets. */
const LIMIT = 60 * 1024;
/** Frames before the one that is kept. */
const SKIPPED = 24;

const start = path.join(HERE, "../../hosts/desktop/start.mjs");
const camera = spawn(process.execPath, [start, "--port", `${PORT}`, "--address", "127.0.0.1"], {
	stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(camera, "exit");
try {
	await Promise.race([isListening(camera.stdout), ended.then(() => {
		throw new Error("the camera has ended");
	})]);
	execFileSync("ffmpeg", ["-v", "error", "-y", "-rtsp_transport", "tcp", "-i", `rtsp://127.0.0.1:${PORT}/`, "-vf",
		`select=gte(n\\,${SKIPPED})`, "-frames:v", "1", "-c:v", "libwebp", "-quality", "80", FILE], {
		stdio: "inherit",
	});
}
finally {
	camera.kill("SIGINT");
	await ended;
}
const { size } = statSync(FILE);
if (size > LIMIT)
	throw new Error(`${FILE} has ${size} octets, and the README's picture at most ${LIMIT}`);
console.log(`${FILE}: ${size} octets`);

/** Resolves when the camera prints where it streams. */
async function isListening(output) {
	let text = "";
	for await (const data of output) {
		text += data;
		if (text.includes("rtsp://"))
			return;
	}
}
