// SPDX-License-Identifier: MIT
/** Frames rebuilt from RTP are equal to the files that were sent. Checked with our own receiver, which looks at every
 *  field, and with real clients. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { profile, startCamera } from "../camera.mjs";
import { Failure, Gap, Skip, check, equal, sameBytes } from "./harness.mjs";
import { decode, emptyFolder, libjpegEncoder, makeCards, makeWithFfmpeg, makeWithLibjpeg,
	readFolder } from "./frames.mjs";
import { buildJPEG, parseJPEG } from "./jpeg.mjs";
import { ffmpegCopies, ffmpegDecodes, gstreamerCopies, lossless, mediaStreamLibraryCopies, mpvCopies,
	newestFfmpegCopies, openRTSPCopies } from "./players.mjs";
import { Player } from "./rtsp-client.mjs";

const VECTORS = path.join(ROOT, "tests/vectors");
const SIZES = [{ name: "vga", width: 640, height: 480 }, { name: "uxga", width: 1600, height: 1200 }];
/** Frame rate, and UDP bursts that fit the default receive buffer (212,992 bytes on Linux). */
const ARGS = ["--fps", "20", "--burst", "32", "--spacing", "5"];
const UDP_LIMIT = 1400;
/** Clients that rebuild JPEG files: name, required program, function. */
const REBUILDERS = [["ffmpeg", "ffmpeg", ffmpegCopies], ["gstreamer", "GStreamer", gstreamerCopies], ["newest-ffmpeg",
	"node-av", newestFfmpegCopies], ["media-stream-library", "media-stream-library", mediaStreamLibraryCopies], ["mpv",
	"mpv", mpvCopies], ["openrtsp", "openRTSP", openRTSPCopies]];
/** Folders that are tested with mpv. These are few, because mpv contains Debian's ffmpeg. */
const FEW = ["vga 4:2:2", "vga 4:2:0 restart", "ov2640-svga", "odd-227x149"];

const roundUp = pixels => Math.ceil(pixels / 8) * 8;

/** Asserts that a received frame is equal to the file that was sent. */
export function mustBeSame(received, file, what) {
	sameBytes(received.scan, file.scan, `${what}: scan`);
	["luma", "chroma"].forEach((name, i) =>
		sameBytes(received.tables[i], file.tables[i], `${what}: ${name} quantization table`)
	);
	equal(received.restartInterval, file.restartInterval, `${what}: restart interval`);
	equal(received.width, roundUp(file.width), `${what}: width`);
	equal(received.height, roundUp(file.height), `${what}: height`);
}

/** Asserts that frames repeat the files in the order of their names, starting at any file. Frames may be skipped. */
export function mustRepeat(received, files, compare) {
	const seen = new Set();
	let next = files.findIndex(file => file.scan.equals(received[0].scan));
	if (next < 0)
		throw new Failure(`the first frame's scan (${received[0].scan.length} bytes) matches no file`);
	received.forEach((frame, i) => {
		const skipped = files.findIndex((_file, ahead) => files[(next + ahead) % files.length].scan.equals(frame.scan));
		// a frame that matches no file is compared with the expected one, to report the difference
		const index = (next + Math.max(0, skipped)) % files.length;
		compare(frame, files[index], `frame ${i}`);
		seen.add(index);
		next = (index + 1) % files.length;
	});
	if (seen.size < files.length)
		throw new Gap(`${seen.size} of ${files.length} files were received`);
}

function typeOf(file) {
	return (file.components[0].sampling === 0x21 ? 0 : 1) + (file.restartInterval ? 64 : 0);
}

/** Whether a client is tested with a folder. With a board's profile, two clients are enough. Axis's library does not
 *  support UDP, and decodes RTP/JPEG's type 64 (4:2:2 with restart markers) as 4:2:0. */
function takes(client, transport, files, name) {
	if (client === "newest-ffmpeg" || client === "openrtsp")
		return !profile.device;
	if (client === "mpv")
		return !profile.device && FEW.includes(name);
	return client !== "media-stream-library"
		|| (!profile.device && transport === "tcp" && !files.some(file => typeOf(file) === 64));
}

/** Tests one folder with every receiver over both transports. */
async function receivers(tests, name, folder) {
	const files = readFolder(folder).map(({ data }) => parseJPEG(data));
	const count = files.length * 2 + 1;
	const camera = await startCamera({ args: [...ARGS, "--frames", folder] });
	try {
		for (const transport of ["tcp", "udp"]) {
			await tests.test(`frames-are-rebuilt-bit-exactly ${name} ${transport}`, [], () =>
				lossless(transport, async () => {
					const player = await Player.play(camera.port, { transport });
					try {
						await player.receive(count);
						mustRepeat(player.frames, files, (frame, file, what) => {
							mustBeSame(frame, file, what);
							equal(frame.type, typeOf(file), `${what}: type`);
						});
						await player.teardown();
						player.mustBeSound();
						check(transport === "tcp" || player.largest <= UDP_LIMIT,
							`a UDP packet of ${player.largest} bytes`);
					}
					finally {
						player.close();
					}
				}));
			for (const [client, needs, copies] of REBUILDERS.filter(([client]) =>
				takes(client, transport, files, name)
			)) {
				await tests.test(`${client}-rebuilds-the-file ${name} ${transport}`, [needs], () =>
					lossless(transport, async () => {
						const rebuilt = (await copies(camera.url(), { transport, count })).map(parseJPEG);
						equal(rebuilt.length, count, "number of frames");
						mustRepeat(rebuilt, files, (frame, file, what) => {
							mustBeSame(frame, file, what);
							frame.components.forEach(({ sampling }, i) =>
								equal(sampling, file.components[i].sampling,
									`${what}: sampling factors of component ${i}`)
							);
							// ffmpeg adds its own EOI after the received one
							check(frame.trailing.length === 0 || frame.trailing.equals(Buffer.from([0xff, 0xd9])),
								`${what}: ${frame.trailing.length} bytes after EOI`);
						});
					}));
			}
		}
	}
	finally {
		await camera.stop();
	}
}

/** Files whose headers are too short to be overwritten by RTP's headers: one quantization table, no DHT (as in AVI), no
 *  APP0. */
async function shortHeaders(tests) {
	const folder = emptyFolder("frames-short-headers");
	for (const [name, restart] of [["plain", false], ["restart", true]]) {
		const file = path.join(folder, `${name}.jpg`);
		if (!await makeWithFfmpeg(file, { width: 640, height: 480, sampling: 420, restart })) {
			await tests.test("frames-are-rebuilt-bit-exactly short headers", ["ffmpeg"], () => {});
			return;
		}
		const data = readFileSync(file), parts = [data.subarray(0, 2)];
		let offset = 2;
		for (let marker; marker !== 0xda;) {
			marker = data[offset + 1];
			const end = offset + 2 + data.readUInt16BE(offset + 2);
			if ([0xdb, 0xdd, 0xc0, 0xda].includes(marker))
				parts.push(data.subarray(offset, end));
			offset = end;
		}
		writeFileSync(file, Buffer.concat([...parts, data.subarray(offset)]));
	}
	await receivers(tests, "short headers", folder);
}

/** Packets are made in place: the headers for one client overwrite bytes that another client is being sent. */
async function manyAtOnce(tests) {
	await tests.test("frames-are-rebuilt-bit-exactly for clients with different packet sizes at once", [],
		() =>
			lossless("udp", async () => {
				const folder = emptyFolder("frames-many");
				await makeCards(path.join(folder, "card"), { width: 640, height: 480, sampling: 422, count: 3 });
				await makeCards(path.join(folder, "restart"), { width: 640, height: 480, sampling: 420,
					restartInterval: 5, count: 2 });
				const files = readFolder(folder).map(({ data }) => parseJPEG(data));
				const camera = await startCamera({ args: [...ARGS, "--frames", folder, "--send-buffer", "16384"] });
				const players = [];
				try {
					const blocksize = bytes => ({ setupHeaders: { Blocksize: String(bytes) } });
					const all = [{}, blocksize(700), { transport: "udp" }, { transport: "udp", ...blocksize(500) }, {
						...blocksize(3001),
						channel: 6,
					}];
					// an address's share of the places
					for (const options of profile.device ? all.slice(0, 4) : all)
						players.push(await Player.play(camera.port, options));
					await Promise.all(players.map(player => player.receive(40)));
					await Promise.all(players.map(player => player.teardown()));
					for (const player of players) {
						// with a small buffer a frame may be skipped, but only as a whole
						player.frames.forEach((frame, i) => {
							const file = files.find(({ scan }) => scan.equals(frame.scan));
							check(file !== undefined, `frame ${i} over ${player.transport} matches no file`);
							mustBeSame(frame, file, `frame ${i}`);
						});
						player.mustBeSound();
					}
				}
				finally {
					players.forEach(player => player.close());
					await camera.stop();
				}
			}));
}

async function combinations(tests) {
	for (const { name, width, height } of SIZES) {
		for (const sampling of [422, 420]) {
			for (const restart of [false, true]) {
				const title = `${name} ${sampling === 422 ? "4:2:2" : "4:2:0"}${restart ? " restart" : ""}`;
				const folder = emptyFolder(`frames-${title.replace(/[ :]+/g, "-")}`);
				// restart intervals that end with a row of MCUs, and others
				await makeCards(path.join(folder, "card"), { width, height, sampling, restartInterval: restart ? 17 : 0,
					count: 2 });
				await makeWithLibjpeg(path.join(folder, "libjpeg.jpg"), { width, height, sampling,
					restartInterval: restart ? width / 16 : 0 });
				if (sampling === 420)
					await makeWithFfmpeg(path.join(folder, "ffmpeg.jpg"), { width, height, sampling, restart });
				await receivers(tests, title, folder);
			}
		}
	}
}

/** @returns the visible part of a plane */
function crop(plane, stride, width, height) {
	return Buffer.concat(Array.from({ length: height }, (_value, y) => plane.subarray(y * stride, y * stride + width)));
}

/** @returns the planes of a 4:2:0 picture, cropped to its visible size */
function planes420(picture, { width, height }, visible) {
	const half = value => (value + 1) >> 1;
	const luma = width * height, chroma = half(width) * half(height);
	equal(picture.length, luma + 2 * chroma, "bytes of the decoded picture");
	return [
		crop(picture.subarray(0, luma), width, visible.width, visible.height),
		...[0, 1].map(i =>
			crop(picture.subarray(luma + i * chroma, luma + (i + 1) * chroma), half(width), half(visible.width),
				half(visible.height))
		),
	];
}

async function vectors(tests) {
	// scans are compared up to EOI: the padding after it in the sensor's buffer is not sent
	const { trailing } = parseJPEG(readFileSync(path.join(VECTORS, "ov2640-svga.jpg")));
	equal(trailing.length, 908, "padding of the sensor's frame");
	for (const name of ["ov2640-svga", "odd-227x149"]) {
		const folder = emptyFolder(`frames-${name}`);
		copyFileSync(path.join(VECTORS, `${name}.jpg`), path.join(folder, `${name}.jpg`));
		await receivers(tests, name, folder);
	}
	await tests.test("odd-size-is-decoded-like-the-file-in-its-visible-part", ["ffmpeg"], async () => {
		const folder = emptyFolder("frames-odd");
		const file = readFileSync(path.join(VECTORS, "odd-227x149.jpg"));
		copyFileSync(path.join(VECTORS, "odd-227x149.jpg"), path.join(folder, "odd.jpg"));
		const visible = { width: 227, height: 149 }, shown = { width: 232, height: 152 };
		const expected = planes420(await decode(file, "yuvj420p"), visible, visible);
		const camera = await startCamera({ args: [...ARGS, "--frames", folder] });
		try {
			const player = await Player.play(camera.port);
			await player.receive(1);
			player.close();
			const [frame] = player.frames;
			equal(`${frame.width}x${frame.height}`, "232x152", "size in the RTP/JPEG header");
			const pictures = [await decode(buildJPEG(frame), "yuvj420p"),
				await ffmpegDecodes(camera.url(), { transport: "tcp", count: 1 })];
			for (const picture of pictures) {
				planes420(picture, shown, visible).forEach((plane, i) => sameBytes(plane, expected[i], `plane ${i}`));
			}
		}
		finally {
			await camera.stop();
		}
	});
}

export async function rebuilt(tests) {
	await tests.test("frames-of-another-encoder-are-tested", [], async () => {
		if (!await libjpegEncoder())
			throw new Skip("libjpeg (jpeglib.h): 4:2:2 is tested with the camera's own encoder only");
	});
	await combinations(tests);
	await shortHeaders(tests);
	await manyAtOnce(tests);
	await vectors(tests);
}
