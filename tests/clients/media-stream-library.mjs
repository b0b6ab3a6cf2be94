// SPDX-License-Identifier: MIT
/** media-stream-library.mjs URL TRANSPORT COUNT [FOLDER]: plays COUNT frames by Axis's library over TCP, with a pause
 *  in the middle where TRANSPORT is "pause", after which it says that it played on; COUNT 0 plays until the stream
 *  ends. Writes the JPEG files it makes into FOLDER, and says how many came. Without arguments: whether the library is
 *  there. */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const PAUSE = 600;

// its ES module does not load in Node (version 13.1.1: "Dynamic require of "tty" is not supported")
const { components, pipelines } = createRequire(import.meta.url)("media-stream-library");
const [url, transport, limit, folder] = process.argv.slice(2);
if (!url)
	process.exit(0);
const count = Number(limit);
const { username, password } = new URL(url);
const uri = url.replace(/\/\/.*@/, "//");
const pipeline = new pipelines.RtspMjpegPipeline({ uri });
if (username)
	pipeline.insertBefore(pipeline.rtsp,
		new components.Auth({ username: decodeURIComponent(username), password: decodeURIComponent(password) }));
const source = new components.TcpSource();
pipeline.prepend(source);
let frames = 0, done = false, paused = 0;

function end(status) {
	if (done)
		return;
	done = true;
	process.stdout.write(`${frames} frames\n`, () => process.exit(status));
}

pipeline.append(components.Sink.fromHandler(message => {
	if (message.type !== components.MessageType.JPEG || (count && frames >= count))
		return;
	frames++;
	if (folder)
		writeFileSync(path.join(folder, `${String(frames).padStart(4, "0")}.jpg`), message.data);
	if (frames === count) {
		pipeline.rtsp.stop();
		end(0);
	}
	else if (transport === "pause" && frames === count >> 1) {
		pipeline.rtsp.pause();
		paused = Date.now();
		setTimeout(() => pipeline.rtsp.play(), PAUSE);
	}
	else if (paused && Date.now() - paused > PAUSE) {
		process.stdout.write("played on\n");
		paused = 0;
	}
}));
source.incoming.on("end", () => end(count ? 1 : 0));
pipeline.rtsp.onError = error => {
	console.error(error.message);
	end(1);
};
pipeline.rtsp.play();
