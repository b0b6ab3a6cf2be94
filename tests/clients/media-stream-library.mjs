// SPDX-License-Identifier: MIT
/** media-stream-library.mjs URL TRANSPORT COUNT [FOLDER]: plays COUNT frames with Axis's library over TCP, or until the
 *  stream ends if COUNT is 0. If TRANSPORT is "pause", pauses in the middle and prints "played on" after resuming.
 *  Writes the rebuilt JPEG files to FOLDER and prints the number of frames. Without arguments, succeeds if the library
 *  is installed. */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const PAUSE = 600;

// the library's ES module does not load in Node (version 13.1.1: "Dynamic require of "tty" is not supported")
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
