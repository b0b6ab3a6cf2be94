/** The camera goes away while it is watched, and comes back under its address: whoever is started again, as recorders do, sees it again. */
import path from "node:path";
import { startCamera } from "../camera.mjs";
import { check, equal, execute, Failure, HERE, PYTHON, succeed } from "./harness.mjs";
import { Player, RTSPClient } from "./rtsp-client.mjs";

const COUNT = 10;
/** More than the camera will be there for. */
const ENDLESS = "100000";

/** Programs that play until the stream ends, and that count frames they get. */
const programs = {
	"ffmpeg": {
		plays: url => execute("ffmpeg", ["-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-f", "null", "-"], { timeout: 20_000 }),
		counts: async url => {
			const { stdout } = await execute("ffmpeg", ["-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-frames:v", String(COUNT), "-f", "framecrc", "-"]);
			return stdout.toString().split("\n").filter(line => line && !line.startsWith("#")).length;
		},
	},
	"GStreamer": {
		plays: url => execute("gst-launch-1.0", ["-q", "rtspsrc", `location=${url}`, "protocols=tcp", "!", "fakesink"], { timeout: 20_000 }),
		counts: async url => {
			const { stdout } = await execute("gst-launch-1.0", ["-v", "rtspsrc", `location=${url}`, "protocols=tcp", "!", "rtpjpegdepay", "!",
				"fakesink", `num-buffers=${COUNT}`, "sync=false", "silent=false"]);
			return stdout.toString().match(/last-message = chain /g)?.length ?? 0;
		},
	},
	"OpenCV": {
		plays: url => execute(PYTHON, [path.join(HERE, "opencv.py"), url, ENDLESS], { timeout: 60_000 }),
		counts: async url => (await succeed(PYTHON, [path.join(HERE, "opencv.py"), url, String(COUNT)])).length / (320 * 240),
	},
};

export async function reconnects(tests) {
	for (const [name, { plays, counts }] of Object.entries(programs)) {
		await tests.test(`${name.toLowerCase()}-plays-again-after-the-camera-was-restarted`, [name], async () => {
			await restarted(async (url, restart) => {
				const playing = plays(url);
				await restart();
				await playing;
				equal(await counts(url), COUNT, "frames after the restart");
			});
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

/** Asks the camera how many play. */
async function somebodyPlays(port) {
	const client = await RTSPClient.connect(port);
	try {
		for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
			const { body } = await client.must("GET_PARAMETER", `rtsp://127.0.0.1:${port}/`, { "Content-Type": "text/parameters" }, "sent\r\n");
			if (Number(/^sent: (\d+)/.exec(body)?.[1]) > 10)
				return;
			await new Promise(resolve => setTimeout(resolve, 100));
		}
	}
	finally {
		client.close();
	}
	throw new Failure("nobody plays");
}
