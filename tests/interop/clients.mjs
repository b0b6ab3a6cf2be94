// SPDX-License-Identifier: MIT
/** Real clients play the live test card. */
import { profile, startCamera } from "../camera.mjs";
import { check, equal } from "./harness.mjs";
import { decode, mustBeConsecutive, readCards } from "./frames.mjs";
import { parseJPEG } from "./jpeg.mjs";
import { ffmpegDecodes, gstreamerDecodes, lossless, mediaStreamLibraryCopies, mpvDecodes, newestFfmpegCopies,
	openCVDecodes, openRTSPCopies } from "./players.mjs";
import { mustPlay } from "./programs.mjs";

const COUNT = 50;
const WIDTH = 640;
const HEIGHT = 480;
/** Bytes of a raw 4:2:2 picture, as ffmpeg writes it. */
const BYTES_422 = WIDTH * HEIGHT * 2;
const BYTES_GREY = WIDTH * HEIGHT;

/** Checks the frame numbers drawn in the pictures, independent of the client's own counts. */
async function mustShowCards(pictures, bytes) {
	const cards = await readCards(pictures, { width: WIDTH, height: HEIGHT, bytes });
	equal(cards.length, COUNT, "number of frames");
	mustBeConsecutive(cards);
}

export async function clients(tests) {
	const camera = await startCamera();
	try {
		for (const transport of ["tcp", "udp"]) {
			const options = { transport, count: COUNT };
			await tests.test(`ffmpeg-plays-over-${transport}`, ["ffmpeg"], () =>
				lossless(transport, async () =>
					mustShowCards(await ffmpegDecodes(camera.url(), options), BYTES_422)));
			await tests.test(`gstreamer-plays-over-${transport}`, ["GStreamer"], () =>
				lossless(transport, async () =>
					mustShowCards(await gstreamerDecodes(camera.url(), options), BYTES_GREY)));
			// it asks for a range in absolute time, from the year 1900 on
			await tests.test(`gstreamer-in-onvif-mode-plays-over-${transport}`, ["GStreamer"], () =>
				lossless(transport, async () =>
					mustShowCards(
						await gstreamerDecodes(camera.url(), { ...options, properties: ["onvif-mode=true"] }),
						BYTES_GREY,
					)));
			await tests.test(`opencv-plays-over-${transport}`, ["OpenCV"], () =>
				lossless(transport, async () =>
					mustShowCards(await openCVDecodes(camera.url(), options), BYTES_GREY)));
			if (!profile.device) {
				await tests.test(`mpv-plays-over-${transport}`, ["mpv"], () =>
					lossless(transport, async () =>
						mustShowCards(await mpvDecodes(camera.url(), options), BYTES_422)));
				await tests.test(`openrtsp-plays-over-${transport}`, ["openRTSP", "ffmpeg"], () =>
					lossless(transport, async () =>
						mustShowCards(await decode(Buffer.concat(await openRTSPCopies(camera.url(), options)), "gray"),
							BYTES_GREY)));
				await tests.test(`newest-ffmpeg-plays-over-${transport}`, ["node-av", "ffmpeg"], () =>
					lossless(transport, async () =>
						mustShowCards(
							await decode(Buffer.concat(await newestFfmpegCopies(camera.url(), options)), "gray"),
							BYTES_GREY,
						)));
			}
		}
		if (!profile.device)
			await tests.test("testrtspclient-plays-over-udp", ["testRTSPClient"], () =>
				lossless("udp", () =>
					mustPlay("testrtspclient", { url: camera.url(), transport: "udp", count: COUNT })));
		await tests.test("media-stream-library-plays", ["media-stream-library", "ffmpeg"], async () => {
			const files = Buffer.concat(
				await mediaStreamLibraryCopies(camera.url(), { transport: "tcp", count: COUNT }),
			);
			const { width, height, trailing } = parseJPEG(files);
			check(width === WIDTH && height === HEIGHT, `the first file is ${width}x${height}`);
			check(trailing.readUInt16BE(0) === 0xffd8, "the first file has data after its EOI");
			await mustShowCards(await decode(files, "gray"), BYTES_GREY);
		});
		await tests.test("ffmpeg-falls-back-to-tcp-when-udp-is-refused", ["ffmpeg"], async () =>
			// multicast is off: the server answers 461, and ffmpeg asks for TCP
			mustShowCards(await ffmpegDecodes(camera.url(), { transport: "udp_multicast+tcp", count: COUNT }),
				BYTES_422));
	}
	finally {
		await camera.stop();
	}
}
