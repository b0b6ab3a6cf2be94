/** Motion, a network video recorder, left alone with the camera: it records what the camera shows, and when the camera was away, again. */
import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { profile, startCamera } from "../camera.mjs";
import { motion } from "../system.mjs";
import { check, sleep, until } from "./harness.mjs";
import { decode, emptyFolder, mustRise, readCards, readFolder } from "./frames.mjs";

const LOGIN = { user: "recorder", password: "s3cret" };
const WIDTH = 640, HEIGHT = 480;
/** Pictures to be recorded at a time, of 10 a second. */
const COUNT = 10;

/** Motion writes every picture it gets, as JPEG of its own, without a text in it. */
function configuration(folder, camera, transport, login) {
	return [
		"daemon off", "setup_mode off", "log_level 4", "webcontrol_port 0", "stream_port 0",
		`target_dir ${folder}`, `netcam_url ${camera.url()}`, `netcam_params rtsp_transport=${transport}`,
		...(login ? [`netcam_userpass ${login.user}:${login.password}`] : []),
		`width ${WIDTH}`, `height ${HEIGHT}`, "framerate 10", "emulate_motion on", "picture_output on", "picture_quality 90", "movie_output off",
		"picture_filename %v-%Y%m%d%H%M%S-%q", "text_left", "text_right", "locate_motion_mode off",
	].join("\n");
}

class Recorder {
	#child;
	#ended;
	#folder;
	said = "";

	constructor(camera, transport, login) {
		this.#folder = emptyFolder("recorded");
		const file = path.join(this.#folder, "motion.conf");
		writeFileSync(file, configuration(this.#folder, camera, transport, login));
		this.#child = spawn(motion(), ["-n", "-c", file], { stdio: ["ignore", "pipe", "pipe"] });
		for (const stream of [this.#child.stdout, this.#child.stderr])
			stream.on("data", data => this.said += data);
		this.#ended = new Promise(resolve => this.#child.on("close", resolve));
	}

	count() {
		return readdirSync(this.#folder).filter(name => name.endsWith(".jpg")).length;
	}

	async records(count, timeout) {
		await until(() => this.count() >= count, `${count} pictures, of which there are ${this.count()}:\n${this.said.slice(-1500)}`, timeout);
	}

	/** What the last pictures show, in the order in which they were written; the one that is being written is left out. */
	async cards(count) {
		const files = readFolder(this.#folder).slice(-1 - count, -1).map(({ data }) => data);
		return readCards(await decode(Buffer.concat(files), "gray"), { width: WIDTH, height: HEIGHT, bytes: WIDTH * HEIGHT });
	}

	async end() {
		this.#child.kill("SIGINT");
		const late = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
		await this.#ended;
		clearTimeout(late);
	}
}

export async function recorder(tests) {
	if (profile.device)
		return;
	for (const transport of ["tcp", "udp", "http"]) {
		await tests.test(`motion-records-over-${transport}`, ["Motion", "ffmpeg"], async () => {
			const camera = await startCamera();
			const recorder = new Recorder(camera, transport);
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
			const camera = await startCamera({ args: ["--user", LOGIN.user, "--password", LOGIN.password, "--auth", scheme] });
			const recorder = new Recorder(camera, "tcp", LOGIN);
			try {
				await recorder.records(COUNT, 30_000);
			}
			finally {
				await recorder.end();
				await camera.stop();
			}
		});
	}

	await tests.test("motion-records-on-by-itself-after-the-camera-was-away", ["Motion", "ffmpeg"], async () => {
		let camera = await startCamera();
		const { port } = camera;
		const recorder = new Recorder(camera, "tcp");
		try {
			await recorder.records(COUNT, 30_000);
			await camera.stop("SIGKILL");
			const away = Date.now();
			await sleep(3000);
			camera = await startCamera({ port });
			const back = Date.now(), midnight = new Date().setHours(0, 0, 0, 0);
			// a picture of the camera that came back: meanwhile it writes the last one, or one that says that there is none
			let seconds;
			for (const deadline = Date.now() + 60_000; seconds === undefined; await sleep(500)) {
				check(Date.now() < deadline, `it has recorded nothing new since: ${recorder.said.slice(-1500)}`);
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
