// SPDX-License-Identifier: MIT
/** The setting, the API's description, and a build without push. */
import { startCamera } from "../camera.mjs";
import { check, equal, until } from "../interop/harness.mjs";
import { Player } from "../interop/rtsp-client.mjs";
import { Description } from "../http/describe.mjs";
import { manifestWithout } from "../leftout.mjs";
import { Receiver } from "./receiver.mjs";
import { Pusher } from "./rig.mjs";

const WRONG = [["rtsps://u:hidden@h/x", /rtsps:\/\/ \(TLS\) is not supported/], ["http://u:hidden@h/", /rtsp:\/\//], [
	"rtsp://u:hidden@/x",
	/no valid host/,
], ["rtsp://u:hidden@h:0/x", /port/]];

export async function build(tests) {
	tests.test("push-refuses-a-wrong-url-without-telling-the-password", [], async () => {
		for (const [url, reason] of WRONG) {
			const { message } = await startCamera({ args: ["--push", url] }).then(async camera => {
				await camera.stop();
				return new Error("the camera has started");
			}, error => error);
			check(/ended with 2/.test(message) && /--push: /.test(message) && reason.test(message), message);
			check(!message.includes("hidden"), message);
		}
	});

	tests.test("push-state-is-as-the-api-describes-it", [], async () => {
		const receiver = await Receiver.listen(), pusher = await Pusher.start(receiver.url());
		try {
			const description = await Description.of(await pusher.get("/api/openapi.json"));
			await until(() => receiver.frameCount > 3, "frames");
			description.fits(await pusher.get("/api/status"), "Status");
			description.fits(await pusher.get("/api/clients"), "Clients");
			await receiver.close();
			await pusher.fails(/closed the connection/);
			const status = await pusher.get("/api/status");
			description.fits(status, "Status");
			check(typeof status.push.error === "string", "no error");
		}
		finally {
			await pusher.stop();
		}
	});

	tests.test("push-can-be-left-out-of-a-build", [], async () => {
		const camera = await startCamera({ manifest: manifestWithout("push"), name: "camera-without-push", http: true,
			args: ["--push", "rtsp://127.0.0.1/x"] });
		try {
			check(camera.output.includes("this program was built without push"), camera.output);
			const player = await Player.play(camera.port);
			await player.receive(5);
			player.close();
			const status = await (await fetch(`http://127.0.0.1:${camera.httpPort}/api/status`)).json();
			equal(status.push, undefined, "push");
		}
		finally {
			await camera.stop();
		}
	});
}
