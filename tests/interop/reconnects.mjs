// SPDX-License-Identifier: MIT
/** The camera ends while clients play, and starts again at the same address. Clients that are started again, as by a
 *  recorder, play again. */
import { profile, startCamera } from "../camera.mjs";
import { check, Failure } from "./harness.mjs";
import { mustPlay, programs, run } from "./programs.mjs";
import { Player, RTSPClient } from "./rtsp-client.mjs";

/** Longest time after which a client ends by its own timeout, in seconds. */
const LATE = 40;

export async function reconnects(tests) {
	for (const [name, { needs, transports: [transport] }] of Object.entries(programs)) {
		if (profile.device && name !== "ffmpeg")
			continue;
		let seconds;
		await tests.test(`${name}-ends-with-the-camera-and-plays-again-after-its-restart`, [needs], async () => {
			await restarted(async (url, restart) => {
				const playing = run(name, { url, transport, timeout: LATE * 1000 });
				await restart();
				const begin = Date.now();
				const { status, frames } = await playing;
				seconds = (Date.now() - begin) / 1000;
				check(status !== null, "the client did not end");
				check(frames > 10, `${frames} frames`);
				await mustPlay(name, { url, transport });
			});
			return `ended ${seconds.toFixed(1)} s after the camera was back, and plays again`;
		});
	}

	await tests.test("own-receiver-plays-again-after-the-camera-was-killed", [], async () => {
		await restarted(async (_url, restart, port) => {
			const before = await Player.play(port);
			await before.receive(3);
			await restart("SIGKILL");
			check(before.client.ended, "the connection is still open");
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

/** Calls `body` with the URL of a camera, a function that restarts the camera on the same port as soon as a client
 *  plays, and the port. */
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

/** Waits until the camera has sent more than 20 frames. */
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
	throw new Failure("no client plays");
}
