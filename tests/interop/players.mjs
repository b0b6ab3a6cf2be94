// SPDX-License-Identifier: MIT
/** The real clients, each as one function: what it decodes, or the JPEG files it makes. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { CLIENTS, PYTHON, Skip, check, execute, succeed } from "./harness.mjs";
import { emptyFolder, readFolder } from "./frames.mjs";
import { splitJPEG } from "./jpeg.mjs";
import { MPV } from "./programs.mjs";

/* At its end gst-launch interrupts its own PAUSE, whose reply is on the way. It says so, and at times ends with status
 * 1 for it. */
const GST_NOISE = /receive interrupted|PAUSE interrupted/;
const gstInterruptedItself = stderr => {
	const errors = stderr.split("\n").filter(line => /^\.\.\/.*\(\): \/GstPipeline/.test(line));
	return errors.length > 0 && errors.every(line => /gst_rtspsrc_(?:try_send|pause|close|teardown) /.test(line));
};

/** A client that does not get the processor in time loses datagrams, and the kernel counts those. Such a run proves
 *  nothing about the server, and is repeated: three in a row are a failure, and so is at once whatever came wrong. */
export async function lossless(transport, body) {
	for (let attempt = 1;; attempt++) {
		const before = receiveErrors();
		try {
			return await body();
		}
		catch (error) {
			const excused = transport === "udp" && receiveErrors() !== before;
			if (!excused || attempt === 3)
				throw error;
		}
	}
}

function receiveErrors() {
	try {
		const [names, values] = readFileSync("/proc/net/snmp", "utf8").split("\n").filter(line =>
			line.startsWith("Udp:")
		).map(line => line.split(" "));
		return Number(values[names.indexOf("RcvbufErrors")]);
	}
	catch {
		return 0;
	}
}

/* ffmpeg counts what it writes in frame intervals of the SDP: two frames less than that apart, which a busy machine
 * captures, can have one number. Nothing is wrong with them, and both are written. */
const FFMPEG_NOISE = /non monotonically increasing dts to muxer/;

/** ffmpeg decodes `count` frames.
 *  @returns {Promise<Buffer>} raw pictures in the stream's own format: no conversion, no warnings of one */
export function ffmpegDecodes(url, { transport, count }) {
	return succeed("ffmpeg", ["-nostdin", "-v", "warning", "-xerror", "-rtsp_transport", transport, "-i", url,
		"-frames:v", String(count), "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"], { noise: FFMPEG_NOISE });
}

/** ffmpeg rebuilds JPEG files from RTP, and writes them as they are. */
export async function ffmpegCopies(url, { transport, count }) {
	const folder = emptyFolder("copied-ffmpeg");
	await succeed("ffmpeg", ["-nostdin", "-v", "warning", "-xerror", "-rtsp_transport", transport, "-i", url,
		"-frames:v", String(count), "-c", "copy", "-f", "image2", path.join(folder, "%04d.jpg")], {
		noise: FFMPEG_NOISE,
	});
	return readFolder(folder).map(({ data }) => data);
}

/** A GStreamer pipeline behind rtpjpegdepay, ended after `count` frames. */
async function gstreamer(url, { transport, count, rest }) {
	await succeed("gst-launch-1.0", ["-q", "rtspsrc", `location=${url}`, `protocols=${transport}`, "latency=200", "!",
		"rtpjpegdepay", // the frame that ends the stream is not passed on
		"!", "identity", `eos-after=${count + 1}`, "!", ...rest], { env: { GST_DEBUG: "2", GST_DEBUG_NO_COLOR: "1" },
		noise: GST_NOISE, forgive: gstInterruptedItself });
}

/** GStreamer decodes. @returns {Promise<Buffer>} luma of every frame */
export async function gstreamerDecodes(url, options) {
	const file = path.join(emptyFolder("decoded-gstreamer"), "pictures");
	await gstreamer(url, { ...options,
		rest: ["jpegdec", "max-errors=0", "!", "videoconvert", "!", "video/x-raw,format=GRAY8", "!", "filesink",
			`location=${file}`] });
	return readFileSync(file);
}

/** GStreamer rebuilds JPEG files. */
export async function gstreamerCopies(url, options) {
	const folder = emptyFolder("copied-gstreamer");
	await gstreamer(url, { ...options, rest: ["multifilesink", `location=${path.join(folder, "%04d.jpg")}`] });
	return readFolder(folder).map(({ data }) => data);
}

/** OpenCV's VideoCapture decodes. @returns {Promise<Buffer>} luma of every frame */
export function openCVDecodes(url, { transport, count }) {
	// TCP is what it takes by itself
	const env = transport === "udp" ? { OPENCV_FFMPEG_CAPTURE_OPTIONS: "rtsp_transport;udp" } : {};
	return succeed(PYTHON, [path.join(CLIENTS, "opencv.py"), url, String(count)], { env });
}

/** mpv decodes. @returns {Promise<Buffer>} raw pictures in the stream's own format */
export function mpvDecodes(url, { transport, count }) {
	return succeed("mpv", [...MPV, `--rtsp-transport=${transport}`, `--frames=${count}`, "--ovc=rawvideo",
		"--of=rawvideo", "--o=-", url]);
}

/** mpv records what it gets, as it is, while it plays: it reads ahead, so that more is recorded than played. */
export async function mpvCopies(url, { transport, count }) {
	const file = path.join(emptyFolder("recorded-mpv"), "stream.mjpeg");
	await succeed("mpv", [...MPV, `--rtsp-transport=${transport}`, `--frames=${count}`, "--vo=null",
		`--stream-record=${file}`, url], { noise: /experimental feature/ });
	return splitJPEG(readFileSync(file)).slice(0, count);
}

/** A program of tests/clients rebuilds JPEG files. */
async function programCopies(name, url, { transport, count }) {
	const folder = emptyFolder(`copied-${name}`);
	await succeed(process.execPath, [path.join(CLIENTS, `${name}.mjs`), url, transport, String(count), folder]);
	return readFolder(folder).map(({ data }) => data);
}

/** Axis's media-stream-library rebuilds JPEG files. */
export function mediaStreamLibraryCopies(url, options) {
	return programCopies("media-stream-library", url, options);
}

/** live555 rebuilds JPEG files. */
export function openRTSPCopies(url, options) {
	return programCopies("open-rtsp", url, options);
}

/** FFmpeg's libraries of this year rebuild JPEG files. */
export function newestFfmpegCopies(url, options) {
	return programCopies("newest-ffmpeg", url, options);
}

/** What ffprobe says of the stream. */
export async function probe(url, ...options) {
	const output = await succeed("ffprobe", ["-v", "warning", "-rtsp_transport", "tcp", ...options, "-show_entries",
		"stream=codec_name,width,height,pix_fmt,r_frame_rate", "-of", "json", url]);
	const { streams } = JSON.parse(output);
	check(streams.length === 1, `${streams.length} streams`);
	return streams[0];
}

/** Whether packets on the loopback can be captured here; skips when not. */
export async function captureIsAllowed() {
	const { status, stderr } = await execute("tshark", ["-i", "lo", "-a", "duration:0.2", "-w", "/dev/null"]);
	if (status !== 0)
		throw new Skip(`permission to capture on lo (${stderr.trim().split("\n").at(-1)})`);
}
