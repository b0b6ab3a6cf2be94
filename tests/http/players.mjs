// SPDX-License-Identifier: MIT
/** Programs that view the stream over HTTP. What they received is compared with the camera's files. */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { Player } from "../interop/rtsp-client.mjs";
import { emptyFolder } from "../interop/frames.mjs";
import { check, equal, execute, PYTHON, Skip, succeed } from "../interop/harness.mjs";
import { available } from "../system.mjs";
import { indexOf, makePictures, mustFollow, withCamera } from "./pictures.mjs";

const COUNT = 20;

/** @returns {Buffer[]} the files of a folder, by number */
function received(folder) {
	return readdirSync(folder).sort((a, b) => parseInt(a) - parseInt(b)).map(name =>
		readFileSync(path.join(folder, name))
	);
}

export async function players(tests) {
	const { folder, pictures } = await makePictures("http-players");
	/** Runs a program beside an RTSP player, which must lose nothing. */
	const beside = body =>
		withCamera(["--frames", folder], async camera => {
			const player = await Player.play(camera.port);
			try {
				return await body(`http://127.0.0.1:${camera.httpPort}`, emptyFolder("http-received"));
			}
			finally {
				player.mustBeSound();
				player.close();
			}
		});
	const mustBeFiles = images => {
		check(images.length >= COUNT, `${images.length} pictures`);
		return `${images.length} pictures, ${mustFollow(images, pictures)} skipped`;
	};

	for (const [name, options] of [["by-itself", []], ["strictly", ["-f", "mpjpeg", "-strict_mime_boundary", "1"]]]) {
		await tests.test(`ffmpeg-copies-the-stream-${name}`, ["ffmpeg"], () =>
			beside(async (url, out) => {
				await succeed("ffmpeg", ["-v", "error", ...options, "-i", `${url}/stream`, "-c", "copy", "-frames:v",
					String(COUNT), "-f", "image2", path.join(out, "%d.jpg")], { noise: /dts/ });
				return mustBeFiles(received(out));
			}));
	}
	await tests.test("ffmpeg-decodes-the-stream", ["ffmpeg"], () =>
		beside(async url => {
			await succeed("ffmpeg", ["-v", "warning", "-i", `${url}/mjpeg/1`, "-frames:v", String(COUNT), "-f", "null",
				"-"], { noise: /deprecated pixel format|dts/ });
		}));
	await tests.test("gstreamer-copies-the-stream", ["GStreamer"], () =>
		beside(async (url, out) => {
			for (const element of ["souphttpsrc", "multipartdemux"]) {
				if (!available(["gst-inspect-1.0", "--exists", element]))
					throw new Skip(element);
			}
			const { status, stderr } = await execute("gst-launch-1.0", ["-q", "souphttpsrc", `location=${url}/stream`,
				"is-live=true", "!", "multipartdemux", "!", "identity", `eos-after=${COUNT + 1}`, "!", "multifilesink",
				`location=${path.join(out, "%d.jpg")}`]);
			equal(status, 0, `gst-launch-1.0's status (${stderr.slice(0, 300)})`);
			return mustBeFiles(received(out));
		}));
	await tests.test("opencv-decodes-the-stream", ["OpenCV"], () =>
		beside(async url => {
			const program = [
				"import cv2, sys",
				"capture = cv2.VideoCapture(sys.argv[1])",
				`print(sum(1 for _ in range(${COUNT}) if capture.read()[0]))`,
			].join("\n");
			const { stdout, stderr } = await execute(PYTHON, ["-c", program, `${url}/stream`]);
			equal(String(stdout).trim(), String(COUNT), `the number of pictures (${stderr.slice(0, 300)})`);
		}));
	await tests.test("curl-saves-snapshot-and-stream", [], () =>
		beside(async (url, out) => {
			await succeed("curl", ["-sSf", "-m", "10", "-o", path.join(out, "0"), `${url}/capture`]);
			indexOf(readFileSync(path.join(out, "0")), pictures);
			const { status, stdout } = await execute("curl", ["-s", "-m", "3", "-D", "-", "-o", path.join(out, "1"),
				`${url}/stream`]);
			equal(status, 28, "curl's status at its time limit");
			const boundary = /boundary=(\S+)/.exec(stdout)[1];
			const parts = readFileSync(path.join(out, "1")).toString("latin1").split(`--${boundary}\r\n`);
			equal(parts[0], "", "the text before the first boundary line");
			// the last one may be cut
			const images = parts.slice(1, -1).map(part => {
				const end = part.indexOf("\r\n\r\n");
				return Buffer.from(part.slice(end + 4, -2), "latin1");
			});
			return mustBeFiles(images);
		}));
	await tests.test("reader-that-looks-for-soi-and-eoi-finds-the-pictures", [], () =>
		// as Home Assistant's MJPEG camera does for its still image
		beside(async (url, out) => {
			await execute("curl", ["-s", "-m", "2", "-o", path.join(out, "1"), `${url}/video`]);
			const data = readFileSync(path.join(out, "1"));
			const begin = data.indexOf(Buffer.from([0xff, 0xd8])), end = data.indexOf(Buffer.from([0xff, 0xd9]));
			indexOf(data.subarray(begin, end + 2), pictures);
		}));
	await tests.test("browser-like-reader-of-node-has-the-stream", [], () =>
		beside(async url => {
			const abort = new AbortController();
			const response = await fetch(`${url}/stream`, { signal: abort.signal });
			let length = 0;
			for await (const piece of response.body) {
				length += piece.length;
				if (length > 10 * pictures[0].length)
					break;
			}
			abort.abort();
			const snapshot = await fetch(`${url}/snapshot.jpg`);
			indexOf(Buffer.from(await snapshot.arrayBuffer()), pictures);
			equal(snapshot.headers.get("content-type"), "image/jpeg", "Content-Type");
		}));
}
