// SPDX-License-Identifier: MIT
/**
 * Unattended recorders: they record the camera's pictures, and resume after the camera was away. Tested are Motion, and
 * ffmpeg as Frigate and many others start it: ffmpeg cuts the stream into files and copies the frames unchanged.
 */
import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { profile, startCamera } from "../camera.mjs";
import { motion } from "../system.mjs";
import { check, execute, sleep, until } from "./harness.mjs";
import { decode, emptyFolder, makeCards, mustBeConsecutive, mustRise, readCards, readFolder } from "./frames.mjs";
import { parseJPEG, splitJPEG } from "./jpeg.mjs";
import { lossless } from "./players.mjs";

const LOGIN = { user: "recorder", password: "s3cret" };
const WIDTH = 640, HEIGHT = 480;
/** Number of pictures to be recorded, at 10 pictures/s. */
const COUNT = 10;

/** @returns a configuration of Motion that records every picture as a new JPEG file, without text in it */
function configuration(folder, url, transport, login) {
	return [
		"daemon off",
		"setup_mode off",
		"log_level 4",
		"webcontrol_port 0",
		"stream_port 0",
		`target_dir ${folder}`,
		`netcam_url ${url}`,
		`netcam_params rtsp_transport=${transport}`,
		...(login ? [`netcam_userpass ${login.user}:${login.password}`] : []),
		`width ${WIDTH}`,
		`height ${HEIGHT}`,
		"framerate 10",
		"emulate_motion on",
		"picture_output on",
		"picture_quality 90",
		"movie_output off",
		"picture_filename %v-%Y%m%d%H%M%S-%q",
		"text_left",
		"text_right",
		"locate_motion_mode off",
	].join("\n");
}

export class Recorder {
	#child;
	#ended;
	#folder;
	said = "";

	constructor(url, transport, login) {
		this.#folder = emptyFolder("recorded");
		const file = path.join(this.#folder, "motion.conf");
		writeFileSync(file, configuration(this.#folder, url, transport, login));
		this.#child = spawn(motion(), ["-n", "-c", file], { stdio: ["ignore", "pipe", "pipe"] });
		for (const stream of [this.#child.stdout, this.#child.stderr])
			stream.on("data", data => this.said += data);
		this.#ended = new Promise(resolve => this.#child.on("close", resolve));
	}

	count() {
		return readdirSync(this.#folder).filter(name => name.endsWith(".jpg")).length;
	}

	async records(count, timeout) {
		await until(() => this.count() >= count, `${count} pictures, but ${this.count()}:\n${this.said.slice(-1500)}`,
			timeout);
	}

	/** @returns the test cards of the last pictures in the order of writing, without the picture still being written */
	async cards(count) {
		const files = readFolder(this.#folder).slice(-1 - count, -1).map(({ data }) => data);
		return readCards(await decode(Buffer.concat(files), "gray"), { width: WIDTH, height: HEIGHT,
			bytes: WIDTH * HEIGHT });
	}

	async end() {
		this.#child.kill("SIGINT");
		const late = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
		await this.#ended;
		clearTimeout(late);
	}
}

/** ffmpeg with Frigate's presets preset-rtsp-generic and preset-record-generic (ffmpeg_presets.py), but with other
 *  transports and shorter files. It ends with the stream; Frigate starts it again. */
class Segments {
	static #LENGTH = 1;
	#child;
	#ended;
	#folder = emptyFolder("segments");
	#restart;
	said = "";

	/** @param {number} [restart] delay in milliseconds after which ffmpeg is started again. Default: no restart */
	constructor(url, transport, restart) {
		this.#restart = restart;
		this.#start(url, transport);
	}

	#start(url, transport) {
		this.#child = spawn("ffmpeg", ["-nostdin", "-v", "error", "-user_agent", "FFmpeg Frigate/0.16",
			"-avoid_negative_ts", "make_zero", "-fflags", "+genpts+discardcorrupt", "-rtsp_transport", transport,
			"-timeout", "10000000", "-use_wallclock_as_timestamps", "1", "-i", url, "-f", "segment", "-segment_time",
			String(Segments.#LENGTH), "-segment_format", "mp4", "-reset_timestamps", "1", "-strftime", "1", "-c",
			"copy", "-an", path.join(this.#folder, "%Y%m%d%H%M%S.mp4")], { stdio: ["ignore", "ignore", "pipe"] });
		this.#child.stderr.on("data", data => this.said += data);
		this.#ended = new Promise(resolve => this.#child.on("close", resolve)).then(async () => {
			if (this.#restart === undefined)
				return;
			await sleep(this.#restart);
			if (this.#restart !== undefined)
				this.#start(url, transport);
		});
	}

	/** @returns the names of complete files; the last file is still being written */
	files() {
		return readdirSync(this.#folder).sort().slice(0, -1);
	}

	async records(count, timeout = 20_000) {
		await until(() => this.files().length >= count,
			`${count} complete files, but ${this.files().length}: ${this.said.slice(-1500)}`, timeout);
	}

	/** @returns the unchanged JPEG files in a recorded file */
	async frames(name) {
		const { status, stdout, stderr } = await execute("ffmpeg", ["-nostdin", "-v", "error", "-i",
			path.join(this.#folder, name), "-c", "copy", "-f", "mjpeg", "pipe:1"]);
		check(status === 0 && stderr === "", `${name}: ${stderr}`);
		return splitJPEG(stdout);
	}

	async allFrames() {
		const all = [];
		for (const name of this.files())
			all.push(...await this.frames(name));
		return all;
	}

	async end() {
		this.#restart = undefined;
		this.#child.kill("SIGINT");
		const late = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
		await this.#ended;
		clearTimeout(late);
	}
}

const cardsIn = async frames =>
	readCards(await decode(Buffer.concat(frames), "gray"), { width: WIDTH, height: HEIGHT, bytes: WIDTH * HEIGHT });

async function segments(tests) {
	const withSegments = async ({ args = [], transport, url = camera => camera.url() }, body) => {
		const camera = await startCamera({ args });
		const recorder = new Segments(url(camera), transport);
		try {
			return await body(recorder);
		}
		finally {
			await recorder.end();
			await camera.stop();
		}
	};

	for (const transport of ["tcp", "udp", "http"]) {
		await tests.test(`segments-are-recorded-over-${transport}`, ["ffmpeg"], () =>
			lossless(transport, () =>
				withSegments({ transport }, async recorder => {
					await recorder.records(2);
					const frames = await recorder.allFrames();
					// also from one file to the next
					mustBeConsecutive(await cardsIn(frames));
					return `${frames.length} frames in ${recorder.files().length} files`;
				})));
	}

	for (const scheme of ["digest", "basic"]) {
		const url = camera => camera.url().replace("//", `//${LOGIN.user}:${LOGIN.password}@`);
		await tests.test(`segments-are-recorded-with-${scheme}`, ["ffmpeg"], () =>
			withSegments({ args: ["--user", LOGIN.user, "--password", LOGIN.password, "--auth", scheme],
				transport: "tcp", url }, recorder =>
				recorder.records(1)));
	}

	await tests.test("segments-contain-the-original-frames", ["ffmpeg"], async () => {
		const folder = emptyFolder("frames-segments");
		await makeCards(path.join(folder, "card"), { width: WIDTH, height: HEIGHT, sampling: 422, count: 3 });
		const files = readFolder(folder).map(({ data }) => parseJPEG(data).scan);
		await withSegments({ args: ["--frames", folder], transport: "tcp" }, async recorder => {
			await recorder.records(1);
			const scans = (await recorder.allFrames()).map(frame => parseJPEG(frame).scan);
			const begin = files.findIndex(file => file.equals(scans[0]));
			check(begin >= 0, "the first frame matches no file");
			scans.forEach((scan, i) =>
				check(scan.equals(files[(begin + i) % files.length]),
					`frame ${i} of ${scans.length} is not the expected file`)
			);
		});
	});

	await tests.test("segments-are-recorded-again-after-the-camera-was-away", ["ffmpeg"], async () => {
		let camera = await startCamera();
		const { port } = camera;
		const recorder = new Segments(camera.url(), "tcp", 500);
		try {
			await recorder.records(1);
			await camera.stop("SIGKILL");
			await sleep(1500);
			const before = recorder.files().length;
			camera = await startCamera({ port });
			const back = Date.now(), midnight = new Date().setHours(0, 0, 0, 0);
			await recorder.records(before + 3, 40_000);
			const last = await cardsIn(await recorder.frames(recorder.files().at(-1)));
			mustBeConsecutive(last);
			check(midnight + last[0].time > back, "the last recorded pictures are from before the restart");
			return `${
				((Date.now() - back) / 1000).toFixed(0)
			} s after the camera was back, there are complete files again`;
		}
		finally {
			await recorder.end();
			await camera.stop();
		}
	});
}

export async function recorder(tests) {
	if (profile.device)
		return;
	await segments(tests);
	for (const transport of ["tcp", "udp", "http"]) {
		await tests.test(`motion-records-over-${transport}`, ["Motion", "ffmpeg"], async () => {
			const camera = await startCamera();
			const recorder = new Recorder(camera.url(), transport);
			try {
				await recorder.records(COUNT, 30_000);
				mustRise(await recorder.cards(COUNT - 1));
			}
			finally {
				await recorder.end();
				await camera.stop();
			}
		});
	}

	for (const scheme of ["digest", "basic"]) {
		await tests.test(`motion-records-with-${scheme}`, ["Motion", "ffmpeg"], async () => {
			const camera = await startCamera({
				args: ["--user", LOGIN.user, "--password", LOGIN.password, "--auth", scheme],
			});
			const recorder = new Recorder(camera.url(), "tcp", LOGIN);
			try {
				await recorder.records(COUNT, 30_000);
			}
			finally {
				await recorder.end();
				await camera.stop();
			}
		});
	}

	await tests.test("motion-resumes-recording-after-the-camera-was-away", ["Motion", "ffmpeg"], async () => {
		let camera = await startCamera();
		const { port } = camera;
		const recorder = new Recorder(camera.url(), "tcp");
		try {
			await recorder.records(COUNT, 30_000);
			await camera.stop("SIGKILL");
			const away = Date.now();
			await sleep(3000);
			camera = await startCamera({ port });
			const back = Date.now(), midnight = new Date().setHours(0, 0, 0, 0);
			// waits for a new picture: while the camera is away, Motion repeats the last one or writes an error picture
			let seconds;
			for (const deadline = Date.now() + 60_000; seconds === undefined; await sleep(500)) {
				check(Date.now() < deadline, `nothing new was recorded: ${recorder.said.slice(-1500)}`);
				const cards = await recorder.cards(3).catch(() => []);
				if (cards.some(({ time }) => midnight + time > back))
					seconds = (Date.now() - back) / 1000;
			}
			return `${((back - away) / 1000).toFixed(0)} s away, recorded again ${seconds.toFixed(0)} s later`;
		}
		finally {
			await recorder.end();
			await camera.stop();
		}
	}, 120_000);
}
