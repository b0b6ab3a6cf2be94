// SPDX-License-Identifier: MIT
/**
 * Client programs, started the way recorders start them. Each has a name and one command. They all expect pictures of
 * 320x240 (QVGA).
 */
import path from "node:path";
import { check, CLIENTS, complaints, equal, execute, FFMPEG_NOISE, PYTHON } from "./harness.mjs";

const QVGA = 320 * 240;
/** Options of every mpv, independent of the user's configuration. */
export const MPV = ["--no-config", "--msg-level=all=error", "--no-audio"];
const countsLines = stdout => stdout.toString().split("\n").filter(line => line && !line.startsWith("#")).length;
const countsItself = stdout => Number(/(\d+) frames/.exec(stdout)?.[1] ?? 0);

/**
 * `needs`: name of the required program in harness.mjs. `transports`: supported transports, by ffmpeg's names.
 * `command`: program and arguments that play `count` frames, or until the stream ends if `count` is 0. `env`: its
 * environment. `frames`: reads the number of frames from the output. `says`: message about a wrong password.
 */
export const programs = {
	"ffmpeg": {
		needs: "ffmpeg",
		transports: ["tcp", "udp", "udp_multicast", "http"],
		command: (
			{ url, transport, count },
		) => ["ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", transport, "-i", url,
			...(count ? ["-frames:v", count] : []), "-f", "framecrc", "-"],
		frames: countsLines,
		says: /401 Unauthorized/,
	},
	"ffprobe": {
		needs: "ffprobe",
		transports: ["tcp", "udp"],
		command: (
			{ url, transport, count },
		) => ["ffprobe", "-v", "error", "-rtsp_transport", transport,
			...(count ? ["-read_intervals", `%+#${count}`] : []), "-show_entries", "packet=size", "-of", "csv", url],
		frames: stdout => stdout.toString().match(/^packet,/gm)?.length ?? 0,
		says: /401 Unauthorized/,
	},
	"newest-ffmpeg": {
		needs: "node-av",
		transports: ["tcp", "udp", "udp_multicast", "http"],
		command: (
			{ url, transport, count },
		) => [process.execPath, path.join(CLIENTS, "newest-ffmpeg.mjs"), url, transport, count],
		frames: countsItself,
		says: /401 Unauthorized/,
	},
	"gstreamer": {
		needs: "GStreamer",
		transports: ["tcp", "udp", "udp_multicast", "http"],
		command: (
			{ url, transport, count },
		) => ["gst-launch-1.0", "-v", "rtspsrc", ...(transport === "http"
			? [`location=${url.replace("rtsp:", "rtsph:")}`]
			: [`location=${url}`, `protocols=${transport.replace("udp_multicast", "udp-mcast")}`]), "!", "rtpjpegdepay",
			"!", "jpegdec", "!", "fakesink", ...(count ? [`num-buffers=${count}`] : []), "sync=false", "silent=false"],
		frames: stdout => stdout.toString().match(/last-message = chain /g)?.length ?? 0,
		says: /Unauthorized/,
	},
	"opencv": {
		needs: "OpenCV",
		transports: ["tcp", "udp", "udp_multicast", "http"],
		command: ({ url, count }) => [PYTHON, path.join(CLIENTS, "opencv.py"), url, count],
		// OpenCV uses TCP by default
		env: transport => (transport === "tcp" ? {} : { OPENCV_FFMPEG_CAPTURE_OPTIONS: `rtsp_transport;${transport}` }),
		frames: stdout => stdout.length / QVGA,
		says: /cannot open the stream/,
	},
	"mpv": {
		needs: "mpv",
		transports: ["tcp", "udp", "udp_multicast", "http"],
		// prints a checksum of each picture
		command: (
			{ url, transport, count },
		) => ["mpv", ...MPV, `--rtsp-transport=${transport}`, ...(count ? [`--frames=${count}`] : []), "--ovc=rawvideo",
			"--of=framecrc", "--o=-", url],
		frames: countsLines,
		says: /401 Unauthorized/,
	},
	"openrtsp": {
		needs: "openRTSP",
		transports: ["tcp", "udp", "udp_multicast", "http"],
		command: (
			{ url, transport, count },
		) => [process.execPath, path.join(CLIENTS, "open-rtsp.mjs"), url, transport, count],
		frames: countsItself,
		says: /401 Unauthorized/,
	},
	"testrtspclient": {
		needs: "testRTSPClient",
		// as live555 builds it
		transports: ["udp"],
		command: ({ url, count }) => [process.execPath, path.join(CLIENTS, "test-rtsp-client.mjs"), url, count],
		frames: countsItself,
		says: /401 Unauthorized/,
	},
	"media-stream-library": {
		needs: "media-stream-library",
		transports: ["tcp"],
		command: (
			{ url, transport, count },
		) => [process.execPath, path.join(CLIENTS, "media-stream-library.mjs"), url, transport, count],
		frames: countsItself,
		// the library repeats its request until its address is locked
		says: /503 Service Unavailable/,
	},
};

/** Runs a program to its end; kills it after `timeout` milliseconds.
 *  @returns {Promise<{status: number|null, frames: number, stderr: string}>} status is null if it was killed */
export async function run(name, { url, transport = "tcp", count = 0, timeout = 30_000 }) {
	const { command, env, frames } = programs[name];
	const [program, ...args] = command({ url, transport, count }).map(String);
	const { status, stdout, stderr } = await execute(program, args, { timeout, env: env?.(transport) });
	return { status, frames: frames(stdout), stderr };
}

/** Asserts that a program receives `count` frames. The exit status of gst-launch does not count: when it ends, rtspsrc
 *  1.22 sometimes fails because of a PAUSE that it has not sent. */
export async function mustPlay(name, { url, transport, count = 10 }) {
	const { status, frames, stderr } = await run(name, { url, transport, count });
	check(status === 0 || (name === "gstreamer" && status !== null),
		`ended with ${status} after ${frames} frames: ${stderr.trim().slice(-1000)}`);
	equal(frames, count, "number of frames");
	if (name === "ffmpeg")
		equal(complaints(stderr, FFMPEG_NOISE).join(" | "), "", "complaints");
	return `${frames} frames`;
}
