// SPDX-License-Identifier: MIT
/** open-rtsp.mjs URL TRANSPORT COUNT [FOLDER]: plays COUNT frames by openRTSP, live555's own program; COUNT 0 plays
 *  until the stream ends. Writes the JPEG files into FOLDER, and says how many came. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

const [url, transport, limit, folder] = process.argv.slice(2);
const count = Number(limit);
// -v: what comes is written to stdout; -D: it ends after so many seconds of silence
const options = ["-v", "-D", "5", "-b", "1000000", "-B", "1000000"];
if (transport === "tcp")
	options.push("-t");
else if (transport === "http")
	options.push("-T", new URL(url).port);
else if (transport === "udp_multicast")
	options.push("-C");
const child = spawn("openRTSP", [...options, url], { stdio: ["ignore", "pipe", "pipe"] });
let pending = Buffer.alloc(0), frames = 0, stderr = "";

/** A frame is whole where the next one begins, or at the end: 0xff is never followed by 0xd8 inside. */
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
	// it says TEARDOWN, then
	if (count && frames === count)
		child.kill("SIGHUP");
});
child.on("close", () => {
	take(!count);
	// its exit status says nothing: what it writes of each request does
	const refusal = /cannot handle|Failed to[^\n]*|40\d [^\n"]*/.exec(stderr)?.[0];
	if (refusal && frames === 0)
		console.error(refusal);
	process.stdout.write(`${frames} frames\n`, () => process.exit(frames === 0 || frames < count ? 1 : 0));
});
