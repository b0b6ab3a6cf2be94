// SPDX-License-Identifier: MIT
/** Makes folders of JPEG files for `--frames`, and reads test cards. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ROOT, once, run, stateOf } from "../../hosts/desktop/build/tools.mjs";
import { Gap, HERE, OUT, check, has, succeed } from "./harness.mjs";
import { buildJPEG } from "./jpeg.mjs";

const CORE = ["jpeg_encoder.c", "test_card.c"].map(name => path.join(ROOT, "hosts/simulator/core", name));
const HEADERS = CORE.map(name => name.replace(/c$/, "h"));

const tools = new Map();

/** Compiles one of this folder's tools with `cc`, once in this process: tests run side by side.
 *  @returns {Promise<string>} path of the program */
function tool(name, sources, libraries) {
	if (!tools.has(name))
		tools.set(name, compile(name, sources, libraries));
	return tools.get(name);
}

async function compile(name, sources = [], libraries = []) {
	mkdirSync(OUT, { recursive: true });
	const program = path.join(OUT, name), all = [path.join(HERE, `${name}.c`), ...sources];
	await once(`${program}.stamp`, stateOf([...all, ...HEADERS]),
		() => run("cc", ["-std=c11", "-O2", "-Wall", "-Wextra", "-o", program, ...all, ...libraries]));
	return program;
}

let libjpeg;

/** @returns the path of encode-libjpeg, or undefined if libjpeg's header or library is missing */
export function libjpegEncoder() {
	return libjpeg ??= tool("encode-libjpeg", [], ["-ljpeg"]).catch(() => undefined);
}

/** Makes an empty folder below build/interop. */
export function emptyFolder(name) {
	const folder = path.join(OUT, name);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	return folder;
}

/** @returns the JPEG files of a folder in the order of replay: [{name, data}] */
export function readFolder(folder) {
	return readdirSync(folder).filter(name => name.endsWith(".jpg")).sort().map(name => ({ name,
		data: readFileSync(path.join(folder, name)) })
	);
}

/** Makes test cards with the simulator's encoder. */
export async function makeCards(prefix, { width, height, sampling, quality = 12, restartInterval = 0, count }) {
	await succeed(await tool("make-frames", CORE),
		[prefix, width, height, sampling, quality, restartInterval, 100, count].map(String));
}

/** Makes one picture with libjpeg.
 *  @returns {Promise<boolean>} false if libjpeg is not installed */
export async function makeWithLibjpeg(file, { width, height, sampling, quality = 70, restartInterval = 0 }) {
	const encoder = await libjpegEncoder();
	if (encoder)
		await succeed(encoder, [file, width, height, sampling, quality, restartInterval].map(String));
	return encoder !== undefined;
}

/** Makes one picture with ffmpeg, optionally with a restart marker after each row of MCUs. ffmpeg's 4:2:2 has the
 *  sampling factors 22-12-12, for which RTP/JPEG has no type.
 *  @returns {Promise<boolean>} false if ffmpeg is not installed */
export async function makeWithFfmpeg(file, { width, height, sampling, restart = false }) {
	if (!has("ffmpeg"))
		return false;
	await succeed("ffmpeg", ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", `testsrc2=size=${width}x${height}`,
		"-frames:v", "1", "-pix_fmt", sampling === 420 ? "yuvj420p" : "yuvj422p", "-c:v", "mjpeg", "-huffman",
		"default", "-q:v", "6", ...(restart ? ["-threads", "2", "-thread_type", "slice"] : []), "-update", "1", file]);
	return true;
}

/** Reads the test cards in decoded pictures.
 *  @param {Buffer} pictures concatenated, each with luma first
 *  @param {number} options.bytes size of each
 *  @returns {Promise<{number: number, time: number}[]>} frame number, and milliseconds since midnight */
export async function readCards(pictures, { width, height, bytes }) {
	check(pictures.length > 0 && pictures.length % bytes === 0,
		`decoded pictures have ${pictures.length} bytes, not a multiple of ${bytes}`);
	const output = await succeed(await tool("read-cards", CORE), [width, height, bytes].map(String), {
		input: pictures,
	});
	return output.toString().trim().split("\n").map((line, i) => {
		check(line !== "?", `picture ${i} is not a test card`);
		const [number, time] = line.split(" ").map(Number);
		return { number, time };
	});
}

/** Decodes received frames or JPEG files to luma and reads their test cards. Fails at any warning of the decoder. */
export async function readFrames(frames, { width = 640, height = 480 } = {}) {
	const files = frames.map(frame => (Buffer.isBuffer(frame) ? frame : buildJPEG(frame)));
	return readCards(await decode(Buffer.concat(files), "gray"), { width, height, bytes: width * height });
}

/** Decodes concatenated JPEG files to raw pictures with ffmpeg. */
export async function decode(files, format) {
	return succeed("ffmpeg", ["-nostdin", "-v", "warning", "-xerror", "-f", "mjpeg", "-i", "pipe:0", "-fps_mode",
		"passthrough", "-f", "rawvideo", "-pix_fmt", format, "pipe:1"], { input: files,
		noise: /deprecated pixel format/ });
}

/** Asserts that frame numbers rise by one: no frame is lost or repeated. */
export function mustBeConsecutive(cards) {
	mustRise(cards);
	for (let i = 1; i < cards.length; i++) {
		if (cards[i].number !== cards[i - 1].number + 1)
			throw new Gap(`frame ${cards[i].number} follows ${cards[i - 1].number} (picture ${i} of ${cards.length})`);
	}
}

/** Asserts that frame numbers rise. */
export function mustRise(cards) {
	for (let i = 1; i < cards.length; i++)
		check(cards[i].number > cards[i - 1].number,
			`frame ${cards[i].number} follows ${cards[i - 1].number} (picture ${i} of ${cards.length})`);
}
