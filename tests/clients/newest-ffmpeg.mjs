// SPDX-License-Identifier: MIT
/** newest-ffmpeg.mjs URL TRANSPORT COUNT [FOLDER]: plays COUNT frames by the FFmpeg libraries that the package node-av
 *  brings, which are years ahead of Debian's; COUNT 0 plays until the stream ends. Writes the JPEG files into FOLDER,
 *  and says how many came. Without arguments: which FFmpeg that is. */
import { writeFileSync } from "node:fs";
import path from "node:path";

// of Node 22, and node-av takes it for granted
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
	// TEARDOWN
	await input.close();
}
catch (error) {
	console.error(error.message);
}
process.stdout.write(`${frames} frames\n`, () => process.exit(frames === 0 || frames < count ? 1 : 0));
