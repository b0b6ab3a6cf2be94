// SPDX-License-Identifier: MIT
/** Motion with the lines for M-JPEG over HTTP. RTSP is tested in tests/interop/recorder.mjs. */
import { startCamera } from "../camera.mjs";
import { mustRise } from "../interop/frames.mjs";
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
			mustRise(await recorder.cards(COUNT - 1));
		}
		finally {
			await recorder.end();
			await camera.stop();
		}
	});
}
