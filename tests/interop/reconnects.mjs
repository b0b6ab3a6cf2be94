// SPDX-License-Identifier: MIT
/** The camera goes away while it is watched, and comes back under its address: whoever is started again, as recorders
 *  do, sees it again. */
import { profile, startCamera } from "../camera.mjs";
import { check, Failure } from "./harness.mjs";
import { mustPlay, programs, run } from "./programs.mjs";
import { Player, RTSPClient } from "./rtsp-client.mjs";

/** A client that waits for the stream's end by a time-out of its own has ended after this, seconds. */
const LATE = 40;

export async function reconnects(tests) {
	for (const [name, { needs }] of Object.entries(programs)) {
		if (profile.device && name !== "ffmpeg")
			continue;
		let seconds;
		await tests.test(`${name}-ends-with-the-camera-and-plays-again-after-its-restart`, [needs], async () => {
			await restarted(async (url, restart) => {
				const playing = run(name, { url, timeout: LATE * 1000 });
				await restart();
				const begin = Date.now();
				const { status, frames } = await playing;
				seconds = (Date.now() - begin) / 1000;
				check(status !== null, "it plays on");
				check(frames > 10, `${frames} frames`);
				await mustPlay(name, { url });
			});
			return `${seconds.toFixed(1)} s after the camera was back, and plays again`;
		});
	}

	await tests.test("own-receiver-plays-again-after-the-camera-was-killed", [], async () => {
		await restarted(async (_url, restart, port) => {
			const before = await Player.play(port);
			await before.receive(3);
			await restart("SIGKILL");
			check(before.client.ended, "the connection is still there");
			before.close();
			const after = await Player.play(port, { transport: "udp" });
			try {
				await after.receive(3);
				after.mustBeSound();
			}
			finally {
				after.close();
			}
		});
	});
}

/** Gives `body` a camera, and a function that ends it once somebody plays, and starts it again on the same port. */
async function restarted(body) {
	const options = { args: ["--size", "QVGA", "--fps", "25"] };
	let camera = await startCamera(options);
	const { port } = camera;
	try {
		await body(camera.url(), async (signal = "SIGINT") => {
			await somebodyPlays(port);
			await camera.stop(signal);
			camera = await startCamera({ ...options, port });
		}, port);
	}
	finally {
		await camera.stop();
	}
}

/** Asks the camera how many frames were sent. */
async function somebodyPlays(port) {
	const client = await RTSPClient.connect(port);
	try {
		for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
			const { body } = await client.must("GET_PARAMETER", `rtsp://127.0.0.1:${port}/`, {
				"Content-Type": "text/parameters",
			}, "sent\r\n");
			if (Number(/^sent: (\d+)/.exec(body)?.[1]) > 20)
				return;
			await new Promise(resolve => setTimeout(resolve, 100));
		}
	}
	finally {
		client.close();
	}
	throw new Failure("nobody plays");
}
