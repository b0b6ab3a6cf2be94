// SPDX-License-Identifier: MIT
/** open-rtsp.mjs URL TRANSPORT COUNT [FOLDER]: plays COUNT frames with openRTSP, live555's command-line client; plays
 *  until the stream ends if COUNT is 0. Writes the JPEG files to FOLDER and prints the number of frames. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

const [url, transport, limit, folder] = process.argv.slice(2);
const count = Number(limit);
// -v: write the video to stdout; -D: end after this many seconds of silence
const options = ["-v", "-D", "5", "-b", "1000000", "-B", "1000000"];
if (transport === "tcp")
	options.push("-t");
else if (transport === "http")
	options.push("-T", new URL(url).port);
else if (transport === "udp_multicast")
	options.push("-C");
const child = spawn("openRTSP", [...options, url], { stdio: ["ignore", "pipe", "pipe"] });
let pending = Buffer.alloc(0), frames = 0, stderr = "";

/** Takes complete frames. A frame ends where the next one begins, or at the end of the stream: within a frame, 0xff is
 *  never followed by 0xd8. */
function take(end) {
	for (;;) {
		const next = pending.indexOf(Buffer.from([0xff, 0xd8, 0xff]), 3);
		if (next < 0 && !(end && pending.length))
			return;
		const frame = pending.subarray(0, next < 0 ? pending.length : next);
		pending = next < 0 ? Buffer.alloc(0) : pending.subarray(next);
		if (count && frames === count)
			continue;
		frames++;
		if (folder)
			writeFileSync(path.join(folder, `${String(frames).padStart(4, "0")}.jpg`), frame);
	}
}

child.stderr.on("data", data => stderr += data);
child.stdout.on("data", data => {
	pending = Buffer.concat([pending, data]);
	take(false);
	// at this signal, openRTSP sends TEARDOWN
	if (count && frames === count)
		child.kill("SIGHUP");
});
child.on("close", () => {
	take(!count);
	// the exit status of openRTSP tells nothing, but its log of requests does
	const refusal = /cannot handle|Failed to[^\n]*|40\d [^\n"]*/.exec(stderr)?.[0];
	if (refusal && frames === 0)
		console.error(refusal);
	process.stdout.write(`${frames} frames\n`, () => process.exit(frames === 0 || frames < count ? 1 : 0));
});
