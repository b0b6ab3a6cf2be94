// SPDX-License-Identifier: MIT
/**
 * Makes docs/pictures/page.webp: starts the camera on the desktop, lets ffmpeg play it twice, and takes a picture of
 * its page in Chromium.
 *
 *   node docs/pictures/page.mjs        needs Chromium, the packages of tests/page, and ffmpeg with libwebp
 */
import { execFileSync, spawn } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, startCamera } from "../../tests/camera.mjs";
import { Browser, LOOKS } from "../../tests/page/browser.mjs";

const FILE = path.join(path.dirname(fileURLToPath(import.meta.url)), "page.webp");
/** The picture is part of the documents: octets. */
const LIMIT = 60 * 1024;
/** Milliseconds for the charts. */
const WAIT = 45_000;

const httpPort = await freePort();
const camera = await startCamera({
	args: ["--http-port", String(httpPort), "--address", "127.0.0.1", "--control", "anybody", "--size", "SVGA",
		"--settings-file", path.join(os.tmpdir(), "no-settings.json")],
});
const players = ["tcp", "udp"].map(transport =>
	spawn("ffmpeg", ["-v", "error", "-rtsp_transport", transport, "-i", camera.url(), "-f", "null", "-"], {
		stdio: "ignore",
	})
);
const browser = await new Browser().open(), shot = `${FILE}.png`;
try {
	const { page } = await browser.visit(`http://127.0.0.1:${httpPort}/`, { look: LOOKS.light });
	await page.waitForTimeout(WAIT);
	await page.evaluate(() => document.querySelectorAll("#controls details").forEach(details => details.open = false));
	await page.screenshot({ path: shot, clip: { x: 0, y: 0, width: 1280, height: 1380 }, fullPage: true });
	execFileSync("ffmpeg", ["-v", "error", "-y", "-i", shot, "-vf", "scale=960:-1:flags=lanczos", "-c:v", "libwebp",
		"-quality", "72", FILE], { stdio: "inherit" });
}
finally {
	players.forEach(player => player.kill());
	await browser.close();
	await camera.stop();
	rmSync(shot, { force: true });
}
const { size } = statSync(FILE);
if (size > LIMIT)
	throw new Error(`${FILE} has ${size} bytes; the limit is ${LIMIT}`);
console.log(`${FILE}: ${size} bytes`);
