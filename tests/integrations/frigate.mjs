// SPDX-License-Identifier: MIT
/**
 * ffmpeg with the arguments of Frigate 0.18 (ffmpeg_presets.py, config/camera/ffmpeg.py) and of the go2rtc 1.9 in it
 * (internal/ffmpeg). The files are H.264 with 4:2:0 at the camera's pace, while raw pictures go to the detector.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { startCamera } from "../camera.mjs";
import { FFMPEG_NOISE, check, equal, Gap, succeed, until } from "../interop/harness.mjs";
import { emptyFolder, readCards } from "../interop/frames.mjs";

const WIDTH = 640, HEIGHT = 480;
/** Of the camera, frames/s. Other than the 25 that ffmpeg assumes where it is not told. */
const RATE = 10;
/** Of the detector, frames/s: Frigate's default. */
const DETECTED = 5;
const LOGIN = { user: "frigate", password: "s3cret" };

const GLOBAL = ["-hide_banner", "-loglevel", "error", "-threads", "2"];
const AGENT = ["-user_agent", "FFmpeg Frigate/0.18.0"];
const INPUT = {
	"preset-rtsp-generic": [...AGENT, "-avoid_negative_ts", "make_zero", "-fflags", "+genpts+discardcorrupt",
		"-rtsp_transport", "tcp", "-timeout", "10000000", "-use_wallclock_as_timestamps", "1"],
	"preset-http-mjpeg-generic": [...AGENT, "-avoid_negative_ts", "make_zero", "-fflags", "nobuffer", "-flags",
		"low_delay", "-strict", "experimental", "-fflags", "+genpts+discardcorrupt", "-use_wallclock_as_timestamps",
		"1"],
};
/** The recording of docs/integrations/frigate.md, but in files of one second. preset-record-mjpeg keeps 4:2:2, which
 *  hardware decoders do not take. */
const RECORD = ["-f", "segment", "-segment_time", "1", "-segment_format", "mp4", "-reset_timestamps", "1", "-strftime",
	"1", "-fps_mode", "vfr", "-c:v", "libx264", "-preset", "superfast", "-g", String(RATE), "-pix_fmt", "yuv420p",
	"-an"];
const DETECT = ["-r", String(DETECTED), "-vf", `fps=${DETECTED},scale=${WIDTH}:${HEIGHT}`, "-threads", "2", "-f",
	"rawvideo", "-pix_fmt", "yuv420p", "pipe:"];
/** go2rtc's source `ffmpeg:URL#video=h264#raw=-fps_mode vfr`. */
const RESTREAM = {
	input: ["-v", "error", "-fflags", "nobuffer", "-flags", "low_delay", "-timeout", "5000000", "-user_agent",
		"go2rtc/ffmpeg", "-rtsp_flags", "prefer_tcp"],
	output: ["-fps_mode", "vfr", "-c:v", "libx264", "-g", "50", "-profile:v", "high", "-level:v", "4.1", "-preset:v",
		"superfast", "-tune:v", "zerolatency", "-pix_fmt:v", "yuv420p", "-an"],
};

/** Runs ffmpeg with the roles detect and record until some files are complete.
 *  @returns {Promise<{files: string[], pictures: Buffer}>} complete files, and the detector's pictures */
async function play(url, preset, count) {
	const folder = emptyFolder("frigate"), pictures = [];
	let said = "";
	const child = spawn("ffmpeg", [...GLOBAL, "-nostdin", ...INPUT[preset], "-i", url, ...RECORD,
		path.join(folder, "%Y%m%d%H%M%S.mp4"), ...DETECT], { stdio: ["ignore", "pipe", "pipe"] });
	child.stdout.on("data", data => pictures.push(data));
	child.stderr.on("data", data => said += data);
	const ended = new Promise(resolve => child.on("close", resolve));
	const files = () => readdirSync(folder).sort().slice(0, -1).map(name => path.join(folder, name));
	try {
		await until(() => files().length >= count, `${count} complete files: ${said.slice(-1500)}`, 20_000);
		return { files: files(), pictures: Buffer.concat(pictures) };
	}
	finally {
		child.kill("SIGKILL");
		await ended;
	}
}

/** Checks that frames are in order. ffmpeg repeats some for a constant rate. */
function mustFollow(cards) {
	cards.slice(1).forEach(({ number }, i) =>
		check(number >= cards[i].number, `frame ${number} follows ${cards[i].number} (picture ${i + 1})`)
	);
}

/** Checks that a recorded file is H.264 with 4:2:0, contains the frames in order, and runs as fast as the camera's
 *  clock in its pictures. ffmpeg leaves out one of two frames that come together. */
async function mustKeepPace(file) {
	const output = await succeed("ffprobe", ["-v", "error", "-show_entries", "stream=codec_name,pix_fmt:frame=pts_time",
		"-of", "json", file]);
	const { streams: [{ codec_name: codec, pix_fmt: format }], frames } = JSON.parse(String(output));
	equal(`${codec} ${format}`, "h264 yuv420p", "what was recorded");
	const luma = await succeed("ffmpeg", ["-nostdin", "-v", "error", "-i", file, "-fps_mode", "passthrough", "-f",
		"rawvideo", "-pix_fmt", "gray", "pipe:1"], { noise: FFMPEG_NOISE });
	const cards = await readCards(luma, { width: WIDTH, height: HEIGHT, bytes: WIDTH * HEIGHT });
	mustFollow(cards);
	const distinct = new Set(cards.map(({ number }) => number)).size;
	const sent = cards.at(-1).number - cards[0].number + 1;
	if (distinct < sent / 2)
		throw new Gap(`${distinct} frames of ${sent}`);
	equal(cards.length, frames.length, "the number of pictures");
	const recorded = frames.at(-1).pts_time - frames[0].pts_time, passed = (cards.at(-1).time - cards[0].time) / 1000;
	check(Math.abs(recorded - passed) < 0.25, `${recorded} s are recorded of ${passed} s`);
	return cards.length;
}

export async function frigate(tests) {
	const login = `${LOGIN.user}:${LOGIN.password}@`;
	for (const [preset, url] of [
		["preset-rtsp-generic", ({ port }) => `rtsp://${login}127.0.0.1:${port}/`],
		["preset-http-mjpeg-generic", ({ httpPort }) => `http://${login}127.0.0.1:${httpPort}/stream`],
	]) {
		await tests.test(`frigate-records-and-detects-with-${preset}`, ["ffmpeg", "ffprobe"], async () => {
			const camera = await startCamera({ http: true,
				args: ["--fps", String(RATE), "--user", LOGIN.user, "--password", LOGIN.password] });
			try {
				const { files, pictures } = await play(url(camera), preset, 3);
				const bytes = WIDTH * HEIGHT * 3 / 2;
				const detected = await readCards(pictures.subarray(0, pictures.length - pictures.length % bytes), {
					width: WIDTH,
					height: HEIGHT,
					bytes,
				});
				const distinct = new Set(detected.map(({ number }) => number)).size;
				check(distinct >= 2 * DETECTED, `the detector has ${distinct} different pictures`);
				mustFollow(detected);
				const frames = await mustKeepPace(files[1]);
				return `${frames} frames in a file, ${detected.length} pictures for the detector`;
			}
			finally {
				await camera.stop();
			}
		});
	}
	await tests.test("go2rtc-makes-h264-at-the-camera's-pace", ["ffmpeg", "ffprobe"], async () => {
		const camera = await startCamera({
			args: ["--fps", String(RATE), "--user", LOGIN.user, "--password", LOGIN.password],
		});
		try {
			const file = path.join(emptyFolder("go2rtc"), "restream.mkv");
			await succeed("ffmpeg", ["-hide_banner", "-nostdin", ...RESTREAM.input, "-i",
				camera.url().replace("//", `//${login}`), ...RESTREAM.output, "-frames:v", "25", file]);
			await mustKeepPace(file);
		}
		finally {
			await camera.stop();
		}
	});
}
