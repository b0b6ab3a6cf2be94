// SPDX-License-Identifier: MIT
/** test-rtsp-client.mjs URL COUNT: plays COUNT frames over UDP by testRTSPClient, live555's example. COUNT 0 plays
 *  until the stream ends. Prints the number of whole frames. */
import { spawn } from "node:child_process";

const [url, limit] = process.argv.slice(2);
const count = Number(limit);
const child = spawn("testRTSPClient", [url], { stdio: ["ignore", "ignore", "pipe"] });
let frames = 0, rest = "", refusal = "";

// it prints a line for each frame, and all of its requests
child.stderr.on("data", data => {
	const lines = (rest + data).split("\n");
	rest = lines.pop();
	for (const line of lines) {
		refusal = /Failed to .*/.exec(line)?.[0] ?? refusal;
		if (/Received \d+ bytes\.\tPresentation time/.test(line) && !(count && frames === count))
			frames += 1;
	}
	// it plays until it is ended
	if (count && frames === count)
		child.kill();
});
child.on("close", () => {
	if (frames === 0)
		console.error(refusal);
	process.stdout.write(`${frames} frames\n`, () => process.exit(frames === 0 || frames < count ? 1 : 0));
});
