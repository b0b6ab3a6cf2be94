// SPDX-License-Identifier: MIT
/** Motion with the lines for M-JPEG over HTTP. RTSP is tested in tests/interop/recorder.mjs. */
import { startCamera } from "../camera.mjs";
import { check } from "../interop/harness.mjs";
import { Recorder } from "../interop/recorder.mjs";

const LOGIN = { user: "recorder", password: "s3cret" };
/** Number of pictures to be recorded, at 10 pictures/s. */
const COUNT = 10;

export async function motion(tests) {
	await tests.test("motion-records-mjpeg-over-http", ["Motion", "ffmpeg"], async () => {
		const camera = await startCamera({ http: true, args: ["--user", LOGIN.user, "--password", LOGIN.password] });
		const recorder = new Recorder(`http://127.0.0.1:${camera.httpPort}/stream`, "tcp", LOGIN);
		try {
			await recorder.records(COUNT, 30_000);
			const numbers = (await recorder.cards(COUNT - 1)).map(({ number }) => number);
			// on a busy machine, Motion repeats a picture
			check(numbers.every((number, i) => i === 0 || number >= numbers[i - 1]), `the frames ${numbers}`);
			check(new Set(numbers).size > COUNT / 2, `the frames ${numbers}`);
		}
		finally {
			await recorder.end();
			await camera.stop();
		}
	});
}
