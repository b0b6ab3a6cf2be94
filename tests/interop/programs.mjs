// SPDX-License-Identifier: MIT
/**
 * Client programs as recorders start them, by one name and one call each. The camera's pictures are 320x240 (QVGA) for
 * all of them.
 */
import path from "node:path";
import { CLIENTS, PYTHON, check, equal, execute } from "./harness.mjs";

const QVGA = 320 * 240;
/** What mpv is started with, whatever the user's own configuration says. */
export const MPV = ["--no-config", "--msg-level=all=error", "--no-audio"];
const countsLines = stdout => stdout.toString().split("\n").filter(line => line && !line.startsWith("#")).length;
const countsItself = stdout => Number(/(\d+) frames/.exec(stdout)?.[1] ?? 0);

/**
 * `needs`: what has to be installed, as harness.mjs names it. `transports`: what it can do, by ffmpeg's names.
 * `command`: program, arguments and environment that play `count` frames, or until the stream ends when that is 0.
 * `frames`: how many came, read from what it printed. `says`: what it tells its user when its password is wrong.
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
		// TCP is what it takes by itself
		env: transport => (transport === "tcp" ? {} : { OPENCV_FFMPEG_CAPTURE_OPTIONS: `rtsp_transport;${transport}` }),
		frames: stdout => stdout.length / QVGA,
		says: /cannot open the stream/,
	},
	"mpv": {
		needs: "mpv",
		transports: ["tcp", "udp", "udp_multicast", "http"],
		// a checksum of every picture that it shows
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
	"media-stream-library": {
		needs: "media-stream-library",
		transports: ["tcp"],
		command: (
			{ url, transport, count },
		) => [process.execPath, path.join(CLIENTS, "media-stream-library.mjs"), url, transport, count],
		frames: countsItself,
		// it asks again and again, until its address is locked out
		says: /503 Service Unavailable/,
	},
};

/** Runs a program to its end.
 *  @returns {Promise<{status: number|null, frames: number, stderr: string}>} status null when it was ended */
export async function run(name, { url, transport = "tcp", count = 0, timeout = 30_000 }) {
	const { command, env, frames } = programs[name];
	const [program, ...args] = command({ url, transport, count }).map(String);
	const { status, stdout, stderr } = await execute(program, args, { timeout, env: env?.(transport) });
	return { status, frames: frames(stdout), stderr };
}

/** That a program gets `count` frames. rtspsrc 1.22 fails now and then as it goes, over a PAUSE that it has not sent:
 *  how it ends does not count. */
export async function mustPlay(name, { url, transport, count = 10 }) {
	const { status, frames, stderr } = await run(name, { url, transport, count });
	check(status === 0 || (name === "gstreamer" && status !== null),
		`ended with ${status} after ${frames} frames: ${stderr.trim().slice(-1000)}`);
	equal(frames, count, "number of frames");
	check(name !== "ffmpeg" || stderr === "", stderr);
	return `${frames} frames`;
}
