// SPDX-License-Identifier: MIT
/** Real clients, one function each. It returns the decoded pictures or the JPEG files that the client makes. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { check, CLIENTS, execute, FFMPEG_NOISE, PYTHON, Skip, succeed } from "./harness.mjs";
import { emptyFolder, readFolder } from "./frames.mjs";
import { splitJPEG } from "./jpeg.mjs";
import { MPV } from "./programs.mjs";

/* When gst-launch ends, it interrupts its own PAUSE while the reply is on the way. It prints a message about this, and
 * sometimes ends with status 1. In ONVIF mode its own elements send a segment before their caps. */
const GST_NOISE = /receive interrupted|PAUSE interrupted|Sticky event misordering, got 'segment' before 'caps'/;
const gstInterruptedItself = stderr => {
	const errors = stderr.split("\n").filter(line => /^\.\.\/.*\(\): \/GstPipeline/.test(line));
	return errors.length > 0 && errors.every(line => /gst_rtspsrc_(?:try_send|pause|close|teardown) /.test(line));
};

/** Repeats a UDP test that fails because of full receive buffers. A client that does not get the processor in time
 *  loses datagrams, and the kernel counts these. Such a run proves nothing about the server. The third failure in a row
 *  counts, and any failure without such losses counts at once. */
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

/** Decodes `count` frames with ffmpeg.
 *  @returns {Promise<Buffer>} raw pictures in the stream's own format, without conversion */
export function ffmpegDecodes(url, { transport, count }) {
	return succeed("ffmpeg", ["-nostdin", "-v", "warning", "-xerror", "-rtsp_transport", transport, "-i", url,
		"-frames:v", String(count), "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"], { noise: FFMPEG_NOISE });
}

/** Copies the JPEG files that ffmpeg rebuilds from RTP.
 *  @returns {Promise<Buffer[]>} */
export async function ffmpegCopies(url, { transport, count }) {
	const folder = emptyFolder("copied-ffmpeg");
	await succeed("ffmpeg", ["-nostdin", "-v", "warning", "-xerror", "-rtsp_transport", transport, "-i", url,
		"-frames:v", String(count), "-c", "copy", "-f", "image2", path.join(folder, "%04d.jpg")], {
		noise: FFMPEG_NOISE,
	});
	return readFolder(folder).map(({ data }) => data);
}

/** Runs a GStreamer pipeline after rtpjpegdepay until `count` frames have passed.
 *  @param {string[]} [properties] of rtspsrc */
async function gstreamer(url, { transport, count, properties = [], rest }) {
	await succeed("gst-launch-1.0", ["-q", "rtspsrc", `location=${url}`, `protocols=${transport}`, "latency=200",
		...properties, "!", "rtpjpegdepay", // eos-after does not pass on the frame that ends the stream
		"!", "identity", `eos-after=${count + 1}`, "!", ...rest], { env: { GST_DEBUG: "2", GST_DEBUG_NO_COLOR: "1" },
		noise: GST_NOISE, forgive: gstInterruptedItself });
}

/** Decodes with GStreamer.
 *  @returns {Promise<Buffer>} luma of each frame */
export async function gstreamerDecodes(url, options) {
	const file = path.join(emptyFolder("decoded-gstreamer"), "pictures");
	await gstreamer(url, { ...options,
		rest: ["jpegdec", "max-errors=0", "!", "videoconvert", "!", "video/x-raw,format=GRAY8", "!", "filesink",
			`location=${file}`] });
	return readFileSync(file);
}

/** Copies the JPEG files that GStreamer rebuilds. */
export async function gstreamerCopies(url, options) {
	const folder = emptyFolder("copied-gstreamer");
	await gstreamer(url, { ...options, rest: ["multifilesink", `location=${path.join(folder, "%04d.jpg")}`] });
	return readFolder(folder).map(({ data }) => data);
}

/** Decodes with OpenCV's VideoCapture.
 *  @returns {Promise<Buffer>} luma of each frame */
export function openCVDecodes(url, { transport, count }) {
	// OpenCV uses TCP by default
	const env = transport === "udp" ? { OPENCV_FFMPEG_CAPTURE_OPTIONS: "rtsp_transport;udp" } : {};
	return succeed(PYTHON, [path.join(CLIENTS, "opencv.py"), url, String(count)], { env });
}

/** Decodes with mpv.
 *  @returns {Promise<Buffer>} raw pictures in the stream's own format */
export function mpvDecodes(url, { transport, count }) {
	return succeed("mpv", [...MPV, `--rtsp-transport=${transport}`, `--frames=${count}`, "--ovc=rawvideo",
		"--of=rawvideo", "--o=-", url]);
}

/** Records the unchanged stream with mpv while it plays. mpv reads ahead, so it records more frames than it plays. */
export async function mpvCopies(url, { transport, count }) {
	const file = path.join(emptyFolder("recorded-mpv"), "stream.mjpeg");
	await succeed("mpv", [...MPV, `--rtsp-transport=${transport}`, `--frames=${count}`, "--vo=null",
		`--stream-record=${file}`, url], { noise: /experimental feature/ });
	return splitJPEG(readFileSync(file)).slice(0, count);
}

/** Copies the JPEG files that a program of tests/clients rebuilds. */
async function programCopies(name, url, { transport, count }) {
	const folder = emptyFolder(`copied-${name}`);
	await succeed(process.execPath, [path.join(CLIENTS, `${name}.mjs`), url, transport, String(count), folder]);
	return readFolder(folder).map(({ data }) => data);
}

/** Copies the JPEG files that Axis's media-stream-library rebuilds. */
export function mediaStreamLibraryCopies(url, options) {
	return programCopies("media-stream-library", url, options);
}

/** Copies the JPEG files that live555 rebuilds. */
export function openRTSPCopies(url, options) {
	return programCopies("open-rtsp", url, options);
}

/** Copies the JPEG files that a recent release of FFmpeg's libraries rebuilds. */
export function newestFfmpegCopies(url, options) {
	return programCopies("newest-ffmpeg", url, options);
}

/** @returns ffprobe's description of the stream */
export async function probe(url, ...options) {
	const output = await succeed("ffprobe", ["-v", "warning", "-rtsp_transport", "tcp", ...options, "-show_entries",
		"stream=codec_name,width,height,pix_fmt,r_frame_rate", "-of", "json", url]);
	const { streams } = JSON.parse(output);
	check(streams.length === 1, `${streams.length} streams`);
	return streams[0];
}

/** Skips the test if packets on the loopback cannot be captured here. */
export async function captureIsAllowed() {
	const { status, stderr } = await execute("tshark", ["-i", "lo", "-a", "duration:0.2", "-w", "/dev/null"]);
	if (status !== 0)
		throw new Skip(`permission to capture on lo (${stderr.trim().split("\n").at(-1)})`);
}
