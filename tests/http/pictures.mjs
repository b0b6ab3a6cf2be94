// SPDX-License-Identifier: MIT
/** Streams and snapshots, compared with the files that the camera replays. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { watch } from "../../bench/viewer.mjs";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { profile, startCamera } from "../camera.mjs";
import { emptyFolder, makeCards, readFolder } from "../interop/frames.mjs";
import { check, equal, sameBytes, sleep, until } from "../interop/harness.mjs";
import { Player } from "../interop/rtsp-client.mjs";
import { Waiting } from "../interop/waiting.mjs";
import { parseJPEG } from "../interop/jpeg.mjs";
import { ask, HTTPClient } from "./client.mjs";

const TIMESTAMP = /^X-Timestamp: (\d+\.\d{6})\r$/m;

/** A folder of pictures to replay, one of them with padding after EOI.
 *  @returns {Promise<{folder: string, pictures: Buffer[]}>} the pictures without padding, in the order of replay */
export async function makePictures(name, { count = 8, width = 640, height = 480, quality = 12 } = {}) {
	const folder = emptyFolder(name);
	await makeCards(path.join(folder, "card"), { width, height, sampling: "422", quality, count });
	const files = readFolder(folder);
	writeFileSync(path.join(folder, files[1].name), Buffer.concat([files[1].data, Buffer.alloc(77)]));
	return { folder, pictures: files.map(({ data }) => data) };
}

/** @returns the index of a picture in the folder. Throws if it is none of them */
export function indexOf(image, pictures) {
	const index = pictures.findIndex(picture => picture.equals(image));
	if (index < 0)
		sameBytes(image, pictures[0], "a picture");
	return index;
}

/** Checks that each picture is one of the files, the next but for skipped ones. @returns {number} of skipped ones */
export function mustFollow(images, pictures) {
	let skipped = 0;
	images.map(image => indexOf(image, pictures)).reduce((before, index) => {
		skipped += (index - before - 1 + 2 * pictures.length) % pictures.length;
		return index;
	});
	return skipped;
}

export async function withCamera(args, body, options = {}) {
	const camera = await startCamera({ http: true, ...options, args });
	try {
		return await body(camera);
	}
	finally {
		const { status } = await camera.stop();
		equal(status, 0, "the camera's exit status");
		equal(camera.output.split("\n").find(line => /error/i.test(line)), undefined, "what the camera reported");
	}
}

export async function pictures(tests) {
	// a device's send buffer holds one of them: what does not fit is rightly cut when buffers are short
	const size = profile.device ? { width: 320, height: 240 } : {};
	const { folder, pictures: files } = await makePictures("http-pictures", size);

	await tests.test("pictures-are-the-files-and-players-lose-nothing", [],
		() =>
			withCamera(["--frames", folder], async ({ port, httpPort, pid }) => {
				const waiting = new Waiting(pid);
				const players = [await Player.play(port), await Player.play(port, { transport: "udp" })];
				const images = [[], []], stamps = [];
				const viewers = await Promise.all(images.map(list =>
					watch(httpPort, "/stream", { onPart: ({ headers, image }) => {
						list.push(image);
						stamps.push([list, Number(TIMESTAMP.exec(headers)[1])]);
						check(/^Content-Type: image\/jpeg\r$/m.test(headers), `the headers ${JSON.stringify(headers)}`);
					} })
				));
				const snapshots = [];
				while (images.some(list =>
					list.length < 100
				) && !viewers.some(viewer => viewer.ended)) {
					snapshots.push((await ask(httpPort, "/snapshot.jpg")).body);
					await sleep(50);
				}
				viewers.forEach(viewer => {
					equal(viewer.ended, undefined, "the viewer's end");
					viewer.close();
				});
				check(snapshots.length > 10, `only ${snapshots.length} snapshots`);
				snapshots.forEach(image => indexOf(image, files));
				for (const player of players) {
					player.mustBeSound();
					check(player.frames.length >= 90, `only ${player.frames.length} frames over ${player.transport}`);
					player.close();
				}
				const skipped = images.map(list => mustFollow(list, files));
				for (const list of images) {
					const times = stamps.filter(([owner]) => owner === list).map(([, time]) => time);
					check(times.every((time, i) => i === 0 || time > times[i - 1]), "timestamps do not rise");
				}
				const { frames } = waiting.end();
				check(Math.max(...skipped) <= frames, `viewers skipped ${skipped} pictures: ${frames} may be missing`);
				return `${images.map(list => list.length)} pictures, ${skipped} skipped, ${snapshots.length} snapshots`;
			}));

	await tests.test("head-and-boundary-come-at-once-and-the-next-boundary-behind-each-picture", [],
		() =>
			withCamera(["--frames", folder, "--fps", "0.2"], async ({ httpPort }) => {
				const first = await HTTPClient.connect(httpPort), late = await HTTPClient.connect(httpPort);
				const request = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";
				first.write(request);
				const { headers } = await first.response();
				const line = `--${/boundary=(\S+)$/.exec(headers["content-type"])[1]}\r\n`;
				equal(headers["cache-control"], "no-store", "Cache-Control");
				equal(headers["transfer-encoding"], undefined, "Transfer-Encoding");
				equal(headers["content-length"], undefined, "Content-Length");
				equal(headers.connection, "close", "Connection");
				// the first viewer starts the camera; the late one waits five seconds for a picture
				const wanted = line.length * 2 + 2 + files[0].length;
				await until(() => first.unread > wanted, "the first picture", 2000);
				late.write(request);
				await late.response({ timeout: 2000 });
				await until(() => late.unread === line.length, "the first boundary line", 1000);
				await sleep(200);
				// the second picture has not come yet
				const received = first.unread;
				check(received - files[0].length < 250, `${received} bytes of one picture of ${files[0].length}`);
				const [part] = first.read(received).toString("latin1").split(line).slice(1);
				check(part.endsWith("\xff\xd9\r\n"), "the boundary line does not follow the picture");
				first.close();
				late.close();
			}));

	await tests.test("viewer-at-a-lower-rate-has-whole-pictures-at-that-rate", [],
		() =>
			withCamera(["--frames", folder], async ({ httpPort }) => {
				const limits = [5, 12.5, 100, undefined], images = limits.map(() => []);
				const viewers = await Promise.all(limits.map((fps, i) =>
					watch(httpPort, fps ? `/mjpeg?fps=${fps}` : "/mjpeg", {
						onPart: ({ image }) => images[i].push(image),
					})
				));
				await sleep(300);
				const before = images.map(({ length }) =>
					length
				);
				await sleep(4000);
				const rates = images.map(({ length }, i) => (length - before[i]) / 4), all = rates.pop();
				viewers.forEach(viewer => viewer.close());
				images.flat().forEach(image => indexOf(image, files));
				// on a busy machine, the viewer of all pictures shows how many there were
				rates.forEach((rate, i) => {
					const expected = Math.min(limits[i], all);
					check(rate < expected + 1 && rate > expected - 1 - Math.max(0, 25 - all),
						`${rates} pictures/s of ${all}`);
				});
				return `${rates} pictures/s of ${all}`;
			}));

	await tests.test("every-alias-is-the-stream-or-a-snapshot", [],
		() =>
			withCamera(["--frames", folder], async ({ httpPort }) => {
				for (const target of ["/stream", "/mjpeg", "/mjpeg/1", "/cam.mjpeg", "/video", "/%73tream"]) {
					const images = [];
					const viewer = await watch(httpPort, target, { onPart: ({ image }) => images.push(image) });
					await until(() => images.length >= 2, `pictures of ${target}`);
					images.forEach(image => indexOf(image, files));
					viewer.close();
				}
				for (const target of ["/snapshot", "/snapshot.jpg", "/capture", "/jpg", "/cam.jpg", "/wc.jpg",
					"/shot.jpg"])
					indexOf((await ask(httpPort, `${target}?cachebuster=1`)).body, files);
			}));

	await tests.test("snapshot-is-new-and-the-camera-runs-for-it-only", [],
		() =>
			withCamera(["--frames", folder], async camera => {
				const reports = () =>
					camera.output.split("\n").filter(line => line.startsWith("{")).map(line => JSON.parse(line));
				const stamps = [];
				for (let i = 0; i < 3; i++) {
					const { headers, body } = await ask(camera.httpPort, "/snapshot.jpg");
					indexOf(body, files);
					stamps.push(Number(headers["x-timestamp"]));
					await sleep(1200);
				}
				stamps.forEach((stamp, i) => check(i === 0 || stamp - stamps[i - 1] >= 1.1, `frames at ${stamps}`));
				// the last report counts the second before it
				const count = reports().length;
				await until(() => reports().length >= count + 2, "reports");
				const { frames, playing } = reports().at(-1);
				equal(frames, 0, "frames captured afterwards");
				equal(playing, 0, "players afterwards");
				const total = reports().reduce((sum, report) => sum + report.frames, 0);
				check(total >= 3 && total <= 9, `${total} frames captured for 3 snapshots`);
			}, { manifest: path.join(ROOT, "bench/measure/manifest.json"), name: "measure" }));

	await tests.test("snapshot-that-the-client-has-is-not-sent-again", [],
		() =>
			withCamera(["--frames", folder, "--fps", "0.5"], async ({ httpPort }) => {
				const viewer = await watch(httpPort), client = await HTTPClient.connect(httpPort);
				await until(() => viewer.frames === 1, "a picture");
				const { headers: { etag, "last-modified": date }, body } = await client.ask("/snapshot.jpg");
				check(/^"\S+"$/.test(etag), `ETag is ${etag}`);
				check(Math.abs(Date.parse(date) - Date.now()) < 5000 && date.endsWith(" GMT"),
					`Last-Modified is ${date}`);
				const same = await client.ask("/snapshot.jpg", { headers: [`If-None-Match: "x", W/${etag}`] });
				equal(same.status, 304, "the status");
				equal(same.headers.etag, etag, "the ETag");
				const other = await client.ask("/snapshot.jpg", { headers: ["If-None-Match: \"x\""] });
				equal(other.status, 200, "the status for another ETag");
				sameBytes(other.body, body, "the snapshot");
				// the viewer's next picture is the same frame, which is repeated
				let newer = same;
				for (const begin = Date.now(); newer.status === 304 && Date.now() - begin < 10_000; await sleep(50))
					newer = await client.ask("/snapshot.jpg", { headers: [`If-None-Match: ${etag}`] });
				equal(newer.status, 200, "the status once there is a newer frame");
				check(newer.headers.etag !== etag, "its ETag is that of the older one");
				viewer.close();
				client.close();
			}));

	await tests.test("snapshot-to-save-has-a-name", [], () =>
		withCamera(["--frames", folder], async ({ httpPort }) => {
			const { headers } = await ask(httpPort, "/snapshot.jpg?download");
			check(/^attachment; filename="camera-\d{8}-\d{6}\.jpg"$/.test(headers["content-disposition"]),
				`Content-Disposition is ${headers["content-disposition"]}`);
			equal((await ask(httpPort, "/snapshot.jpg")).headers["content-disposition"], undefined,
				"Content-Disposition without ?download");
		}));

	await tests.test("snapshot-of-another-size-or-quality-leaves-the-camera-as-it-was", [],
		() =>
			withCamera(["--fps", "10", "--max-size", "SVGA"], async ({ httpPort, port }) => {
				const nobody = async () => {
					while (!(await ask(httpPort, "/api/status")).body.includes("\"clients\":0"))
						await sleep(20);
				};
				const settings = async () => (await ask(httpPort, "/api/settings")).body.toString();
				const snapshot = async query => parseJPEG((await ask(httpPort, `/snapshot.jpg?${query}`)).body);
				const tablesOf = ({ tables }) => Buffer.concat(tables).toString("hex");
				const before = await settings(), usual = await snapshot("");
				for (const [query, width, isCoarse] of [["size=QVGA", 320], ["size=svga&quality=30", 800, true], [
					"quality=30",
					640,
					true,
				], ["size=VGA&quality=12", 640], ["", 640]]) {
					const picture = await snapshot(query);
					equal(picture.width, width, `the width for ${query}`);
					equal(tablesOf(picture) !== tablesOf(usual), isCoarse ?? false, `whether ${query} is coarser`);
					equal(await settings(), before, `the settings after ${query}`);
				}
				for (const query of ["quality=", "quality=5", "quality=20.5", "size=x", "size=UXGA"])
					equal((await ask(httpPort, `/snapshot.jpg?${query}`)).status, 400, `the status of ${query}`);
				// HEAD cannot tell what the picture would be like
				const { status, headers } = await ask(httpPort, "/snapshot.jpg?size=QVGA", { method: "HEAD" });
				equal([status, headers["content-type"], headers["content-length"], headers.etag].join(),
					"200,image/jpeg,,", "the head");
				check((await ask(httpPort, "/snapshot.jpg?size=VGA", { method: "HEAD" })).headers.etag, "no ETag");
				equal(await settings(), before, "the settings after HEAD");
				// clients that do not wait for it
				for (let i = 0; i < 5; i++) {
					const client = await HTTPClient.connect(httpPort);
					client.write("GET /snapshot.jpg?size=QVGA HTTP/1.1\r\nHost: h\r\n\r\n");
					await sleep(20 * i);
					equal(await settings(), before, "the settings meanwhile");
					client.close();
				}
				await nobody();
				equal((await snapshot("")).width, 640, "the width after clients that went");
				// somebody else's viewers are not disturbed
				const images = [], viewer = await watch(httpPort, "/stream", {
					onPart: ({ image }) => images.push(image),
				});
				await until(() => images.length > 2, "pictures");
				for (const [query, status] of [["size=QVGA", 409], ["quality=20", 409], ["size=VGA", 200]]) {
					for (const method of ["GET", "HEAD"])
						equal((await ask(httpPort, `/snapshot.jpg?${query}`, { method })).status, status,
							`the status of ${method} ${query}`);
				}
				viewer.close();
				images.forEach(image => equal(parseJPEG(image).width, 640, "the width of a viewer's picture"));
				// one that comes while a snapshot waits has the camera
				await nobody();
				const client = await HTTPClient.connect(httpPort);
				client.write("GET /snapshot.jpg?size=QVGA HTTP/1.1\r\nHost: h\r\n\r\n");
				const player = await Player.play(port);
				equal((await client.response()).status, 409, "the status of the snapshot");
				await player.receive(3);
				player.frames.forEach(frame => equal(frame.width, 640, "the width of a player's frame"));
				player.close();
				client.close();
			}));
	await tests.test("snapshot-of-replayed-files-has-their-size", [],
		() =>
			withCamera(["--frames", folder], async ({ httpPort }) => {
				equal((await ask(httpPort, "/snapshot.jpg?size=QVGA")).status, 409, "the status");
			}));

	await tests.test("snapshot-arrives-whole-although-the-client-pauses", [], async () => {
		// more than the system's buffers hold
		const large = emptyFolder("http-large"), picture = enlarge(files[0]);
		writeFileSync(path.join(large, "large.jpg"), picture);
		return withCamera(["--frames", large, "--lease-deadline", "200", "--send-buffer", "28672"],
			async ({ httpPort }) => {
				const clients = await Promise.all([1, 2, 3].map(() => HTTPClient.connect(httpPort)));
				for (const client of clients) {
					client.pause();
					client.write("GET /snapshot.jpg HTTP/1.1\r\nHost: h\r\n\r\n");
				}
				await sleep(3500);
				const outcomes = await Promise.all(clients.map(async client => {
					client.resume();
					return client.response().then(({ body }) => body.equals(picture), () => false);
				}));
				clients.forEach(client => client.close());
				equal(outcomes.filter(Boolean).length, 2,
					"the number of whole snapshots; there is memory for two copies");
			});
	});
}

/** @returns the picture with 2.6 MB of application segments */
function enlarge(picture) {
	const segment = Buffer.alloc(0xffff + 2, 0x55);
	segment.writeUInt32BE(0xffefffff);
	return Buffer.concat([picture.subarray(0, 2), ...Array(40).fill(segment), picture.subarray(2)]);
}
