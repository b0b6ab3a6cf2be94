// SPDX-License-Identifier: MIT
/** newest-ffmpeg.mjs URL TRANSPORT COUNT [FOLDER]: plays COUNT frames with the FFmpeg libraries in the package node-av,
 *  which are years newer than Debian's; plays until the stream ends if COUNT is 0. Writes the JPEG files to FOLDER and
 *  prints the number of frames. Without arguments, prints the version of FFmpeg. */
import { writeFileSync } from "node:fs";
import path from "node:path";

// node-av needs this function of Node 22
Promise.withResolvers ??= () => {
	let resolve, reject;
	const promise = new Promise((a, b) => [resolve, reject] = [a, b]);
	return { promise, resolve, reject };
};
const { ffmpegVersion } = await import("node-av");
const { Demuxer } = await import("node-av/api");

const [url, transport, limit, folder] = process.argv.slice(2);
if (!url) {
	console.log(ffmpegVersion());
	process.exit(0);
}
const count = Number(limit);
let frames = 0;
try {
	const input = await Demuxer.open(url, { options: { rtsp_transport: transport } });
	for await (const packet of input.packets()) {
		if (!packet)
			break;
		frames++;
		if (folder)
			writeFileSync(path.join(folder, `${String(frames).padStart(4, "0")}.jpg`), packet.data);
		if (frames === count)
			break;
	}
	// sends TEARDOWN
	await input.close();
}
catch (error) {
	console.error(error.message);
}
process.stdout.write(`${frames} frames\n`, () => process.exit(frames === 0 || frames < count ? 1 : 0));
