// SPDX-License-Identifier: MIT
/** Tests the cameras in examples/ the way `npm start -- --camera NAME` runs them. Each is a PolledCamera with one
 *  method. */
import { readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { profile, startCamera } from "../camera.mjs";
import { check, equal, until } from "./harness.mjs";
import { emptyFolder, makeCards } from "./frames.mjs";
import { parseJPEG } from "./jpeg.mjs";
import { Player } from "./rtsp-client.mjs";

const example = name => ({ manifest: path.join(ROOT, "examples", name, "manifest.json"), name: `camera-${name}` });

export async function examples(tests) {
	if (profile.network)
		return; // the camera does not depend on the network below
	const folder = emptyFolder("frames-examples");
	await makeCards(path.join(folder, "card"), { width: 320, height: 240, sampling: 422, count: 3 });
	const names = [0, 1, 2].map(i => `card-${i}.jpg`);
	const scans = names.map(name => parseJPEG(readFileSync(path.join(folder, name))).scan);
	const played = (player, count) =>
		player.frames.slice(0, count).map(frame => scans.findIndex(scan => scan.equals(frame.scan)));

	await tests.test("example-folder-plays-its-files-in-order-bit-by-bit", [], async () => {
		const camera = await startCamera({ ...example("folder"), args: ["--frames", folder, "--fps", "20"] });
		try {
			const player = await Player.play(camera.port);
			await player.receive(9);
			player.mustBeSound();
			player.close();
			const order = played(player, 9);
			check(order.every((index, i) => index === (order[0] + i) % 3), `the order is ${order.join(" ")}`);
		}
		finally {
			await camera.stop();
		}
	});

	await tests.test("example-snapshot-plays-a-server's-pictures", [], async () => {
		let answer = () => ({ status: 200, body: readFileSync(path.join(folder, names[0])) });
		const server = http.createServer((request, response) => {
			const { status, body } = answer(request);
			response.writeHead(status, { "Content-Type": "image/jpeg", "Connection": "close" });
			response.end(body);
		});
		await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
		const camera = await startCamera({ ...example("snapshot"),
			args: ["--frames", `http://127.0.0.1:${server.address().port}/still.jpg`, "--fps", "10"] });
		try {
			const player = await Player.play(camera.port);
			await player.receive(4);
			equal(played(player, 4).join(" "), "0 0 0 0", "pictures");
			// a server without a picture, or with an invalid one, only costs frames
			answer = () => ({ status: 404, body: "no" });
			await new Promise(resolve => setTimeout(resolve, 500));
			answer = () => ({ status: 200, body: "no picture" });
			await until(() => camera.output.includes("The camera has no image: not a JPEG"), "the notice", 5000);
			answer = () => ({ status: 200, body: readFileSync(path.join(folder, names[1])) });
			await until(() => player.frames.some(frame => scans[1].equals(frame.scan)), "the other picture", 5000);
			player.mustBeSound();
			player.close();
		}
		finally {
			await camera.stop();
			server.close();
		}
	});

	await tests.test("example-without-its-source-ends-with-the-reason", [], async () => {
		for (const [name, args, reason] of [["folder", ["--frames", "/no/such/folder"],
			/cannot read \/no\/such\/folder/], ["snapshot", ["--frames", "ftp://x/"], /give a URL such as/]])
		{
			const error = await startCamera({ ...example(name), args }).then(
				camera => camera.stop().then(() => undefined),
				problem => problem,
			);
			check(error !== undefined, `${name} has started`);
			check(reason.test(error.message), `${name} ends with: ${error.message}`);
		}
	});
}
