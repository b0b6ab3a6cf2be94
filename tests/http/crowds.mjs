// SPDX-License-Identifier: MIT
/** Many viewers, slow ones, and ones that read nothing. */
import { watch } from "../../bench/viewer.mjs";
import { check, equal, sleep, until } from "../interop/harness.mjs";
import { Player, RTSPClient } from "../interop/rtsp-client.mjs";
import { Waiting } from "../interop/waiting.mjs";
import { ask, HTTPClient } from "./client.mjs";
import { indexOf, makePictures, mustFollow, withCamera } from "./pictures.mjs";

/** A device's send buffer: with a desktop's, a client stalls only after many pictures. */
const SMALL = ["--send-buffer", "28672"];
const EOI = Buffer.from([0xff, 0xd9]);

export async function crowds(tests) {
	const { folder, pictures } = await makePictures("http-crowds");
	const large = await makePictures("http-crowds-large", { count: 3, width: 1600, height: 1200, quality: 2 });

	await tests.test("8-viewers-and-8-players-have-every-picture", [],
		() =>
			withCamera(["--frames", folder, "--address-sessions", "20", "--session-limit", "20"],
				async ({ port, httpPort, pid }) => {
					const players = [], images = [], viewers = [], waiting = new Waiting(pid);
					for (let i = 0; i < 8; i++) {
						const list = [];
						images.push(list);
						viewers.push(await watch(httpPort, "/stream", { onPart: ({ image }) => list.push(image) }));
						players.push(await Player.play(port, { transport: i & 1 ? "udp" : "tcp" }));
					}
					await sleep(4000);
					const late = waiting.end().frames;
					const ended = viewers.find(viewer => viewer.ended)?.ended;
					viewers.forEach(viewer => viewer.close());
					equal(ended, undefined, "a viewer's end");
					for (const player of players) {
						player.mustBeSound();
						player.close();
					}
					const skipped = images.map(list => mustFollow(list, pictures)).reduce((sum, count) => sum + count);
					const fewest = Math.min(...images.map(list => list.length), ...players.map(({ frames }) =>
						frames.length
					));
					check(skipped <= late * viewers.length && fewest >= 95 - late,
						`${skipped} pictures skipped, ${fewest} at least received: ${late} may be missing each`);
					return `${fewest} pictures each, ${skipped} skipped, ${late} may be missing each`;
				}));

	await tests.test("without-a-password-one-address-has-a-limited-number-of-streams", [],
		() =>
			withCamera(["--connection-limit", "6", "--address-sessions", "3"], async ({ httpPort }) => {
				const viewers = [];
				for (let i = 0; i < 3; i++)
					viewers.push(await watch(httpPort));
				const refused = await ask(httpPort, "/stream");
				equal(refused.status, 503, "the status of one more");
				equal(refused.headers["retry-after"], "5", "Retry-After");
				equal((await ask(httpPort, "/snapshot.jpg")).status, 200, "the status of a snapshot");
				viewers.push(await watch(httpPort, "/stream", { address: "127.0.0.2" }));
				viewers[0].close();
				await sleep(100);
				viewers.push(await watch(httpPort));
				viewers.forEach(viewer => viewer.close());
			}));

	await tests.test("streams-over-http-and-rtsp-sessions-share-what-an-address-may-have", [],
		() =>
			withCamera(["--connection-limit", "12", "--address-sessions", "3"], async ({ port, httpPort }) => {
				const client = await RTSPClient.connect(port), url = `rtsp://127.0.0.1:${port}/`, sessions = [];
				const setUp = async (from = client) => {
					const i = sessions.length;
					const { status, headers } = await from.request("SETUP", `${url}trackID=0`, {
						Transport: `RTP/AVP;unicast;client_port=${40_100 + 2 * i}-${40_101 + 2 * i}`,
					});
					if (status === 200)
						sessions.push(headers.session.split(";")[0]);
					return status;
				};
				const stream = async () => {
					const { status } = await ask(httpPort, "/stream");
					await sleep(100);
					return status;
				};
				const viewers = [await watch(httpPort), await watch(httpPort)];
				equal(await setUp(), 200, "the third's status");
				equal(await setUp(), 503, "the status of a session above the share");
				equal(await stream(), 503, "the status of a stream above the share");
				const other = await RTSPClient.connect(port, "127.0.0.2");
				equal(await setUp(other), 200, "the status of another address");
				viewers.pop().close();
				await sleep(100);
				equal(await setUp(), 200, "the status once a viewer has gone");
				// both sessions of one connection count
				equal(await stream(), 503, "the status of a stream besides two sessions and a viewer");
				await client.must("TEARDOWN", url, { Session: sessions[0] });
				equal(await stream(), 200, "the status once a session has ended");
				viewers.push(await watch(httpPort));
				equal(await setUp(), 503, "the status of a session above the share again");
				viewers.forEach(viewer => viewer.close());
				client.close();
				other.close();
			}));

	await tests.test("stranger-gives-way-and-a-viewer-keeps-its-place", [],
		() =>
			withCamera(["--connection-limit", "3"], async ({ port, httpPort }) => {
				const viewers = [await watch(httpPort), await watch(httpPort)];
				const idle = await HTTPClient.connect(httpPort);
				await sleep(600);
				const player = await Player.play(port);
				check(await idle.ends(), "the idle connection stays");
				await player.receive(5);
				equal((await ask(httpPort, "/").catch(() => ({ status: 503 }))).status, 503,
					"the status without a place");
				for (const viewer of viewers) {
					equal(viewer.ended, undefined, "a viewer's end");
					viewer.close();
				}
				player.close();
			}));

	await tests.test("viewer-that-reads-nothing-disturbs-nobody-and-is-dropped", [],
		() =>
			withCamera(["--frames", large.folder, "--stall-timeout", "3", ...SMALL], async camera => {
				const images = [], player = await Player.play(camera.port);
				const viewer = await watch(camera.httpPort, "/stream", { onPart: ({ image }) => images.push(image) });
				const stalled = [await watch(camera.httpPort), await watch(camera.httpPort)];
				stalled.forEach(item => item.pause());
				await sleep(500);
				const [before, framesBefore] = [images.length, player.frames.length], waiting = new Waiting(camera.pid);
				await sleep(3000);
				const seen = images.length - before, played = player.frames.length - framesBefore;
				const late = waiting.end().frames;
				await until(() => camera.output.includes("has read nothing for 3 s: dropped"), "the notice", 8000);
				player.mustBeSound();
				images.forEach(image => indexOf(image, large.pictures));
				for (const item of [viewer, ...stalled, player])
					item.close();
				check(Math.min(seen, played) >= 60 - late,
					`${seen} pictures and ${played} frames in 3 s: ${late} of 75 may be missing`);
				return `${seen} pictures and ${played} frames in 3 s, ${late} may be missing`;
			}));

	await tests.test("part-whose-frame-is-taken-away-is-filled-up-and-the-stream-goes-on", [],
		() =>
			withCamera(["--frames", large.folder, "--lease-deadline", "100", ...SMALL], async ({ port, httpPort }) => {
				const player = await Player.play(port), images = [];
				const viewer = await watch(httpPort, "/stream", { onPart: ({ image }) => images.push(image) });
				await until(() => images.length >= 2, "pictures");
				viewer.pause();
				await sleep(3000);
				viewer.resume();
				const before = images.length;
				await until(() => images.length > before + 10 || viewer.ended, "pictures afterwards");
				equal(viewer.ended, undefined, "the viewer's end");
				viewer.close();
				player.mustBeSound();
				player.close();
				const cut = images.filter(image => !large.pictures.some(picture => picture.equals(image)));
				check(cut.length > 0 && cut.length < 5, `${cut.length} pictures were cut`);
				const places = cut.map(image => {
					const whole = large.pictures.find(({ length }) => length === image.length);
					check(whole, "the cut picture has no file's length");
					const at = image.findIndex((octet, i) => octet !== whole[i]);
					for (let end = image.length; end - 2 > at; end -= 2)
						check(image.subarray(end - 2, end).equals(EOI),
							`no EOI ${image.length - end} bytes before the end`);
					return `${at} of ${image.length} bytes`;
				});
				indexOf(images.at(-1), large.pictures);
				return places.join(", ");
			}));

	await tests.test("slow-viewer-has-whole-pictures-and-skips-others", [],
		() =>
			withCamera(["--frames", large.folder, ...SMALL], async ({ port, httpPort, pid }) => {
				const player = await Player.play(port), images = [], waiting = new Waiting(pid);
				const viewer = await watch(httpPort, "/stream", { rate: 500_000,
					onPart: ({ image }) => images.push(image) });
				await sleep(8000);
				const late = waiting.end().frames;
				equal(viewer.ended, undefined, "the viewer's end");
				viewer.close();
				player.mustBeSound();
				player.close();
				// a picture takes most of the time that a viewer may hold its frame
				const cut = images.filter(image => !large.pictures.some(picture => picture.equals(image))).length;
				check(cut <= late / 10, `${cut} pictures were cut`);
				const { frames } = player;
				check(images.length > 10 && images.length < frames.length / 2,
					`${images.length} of ${frames.length} pictures`);
				return `${images.length} of ${frames.length} pictures`;
			}));
}
