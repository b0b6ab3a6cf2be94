// SPDX-License-Identifier: MIT
/** The API: each figure is true, settings act, and errors have names. */
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { ROOT } from "../../hosts/desktop/build/tools.mjs";
import { check, equal, Failure, OUT, sleep, until } from "../interop/harness.mjs";
import { parseJPEG } from "../interop/jpeg.mjs";
import { receiverReport } from "../interop/rtcp.mjs";
import { Player } from "../interop/rtsp-client.mjs";
import { Waiting } from "../interop/waiting.mjs";
import { CONTROLS, HTTPCamera } from "./apiclient.mjs";
import { checkOpenAPI, Description, parseMetrics } from "./describe.mjs";

const OPEN = ["--control", "anybody"];
const SMALL = ["--size", "QVGA", "--fps", "25", ...OPEN];

/** Runs `body` with a camera, which it ends. */
async function withCamera(args, body) {
	const it = await HTTPCamera.start(args);
	try {
		return await body(it);
	}
	finally {
		await it.stop();
	}
}

/** Frames/s that a player has received, by their capture: on a busy machine, the camera captures late.
 *  @returns {{least: number, most: number}} of any second of the last three */
function captureRates(frames) {
	const times = frames.map(({ timestamp }) => ((timestamp - frames[0].timestamp) >>> 0) / 90_000);
	const counts = times.filter(time => time >= 1 && time > times.at(-1) - 2).map(end =>
		times.filter(time => time > end - 1 && time <= end).length
	);
	return { least: Math.min(...counts), most: Math.max(...counts) };
}

/** Quantization tables of a snapshot, as text. */
async function snapshotTables(it) {
	const { status, data } = await it.request("/snapshot.jpg");
	equal(status, 200, "status of the snapshot");
	return Buffer.concat(parseJPEG(data).tables).toString("hex");
}

/** Asserts an error document. */
function refused({ status, json, text }, expectedStatus, name, message) {
	equal(status, expectedStatus, `status of ${text}`);
	equal(json?.error?.name, name, "name of the error");
	check(message.test(json.error.message), `message: ${json.error.message}`);
	return json.error;
}

export async function api(tests) {
	await tests.test("api-description-is-openapi-3.1", [], () =>
		withCamera(SMALL, async it => {
			const document = await it.get("/api/openapi.json");
			equal(await checkOpenAPI(document), "3.1", "version of OpenAPI");
			const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
			equal(document.info.version, version, "version of the program");
			return `${Object.keys(document.paths).length} paths`;
		}));

	await tests.test("api-answers-are-as-described", [],
		() =>
			withCamera(["--camera-timeout", "3", ...SMALL], async it => {
				const description = await Description.of(await it.get("/api/openapi.json"));
				const player = await Player.play(it.port);
				await player.receive(30);
				player.sendReport();
				const bodies = { patch: { quality: 20 } };
				const done = [];
				for (const [name, method] of description.operations) {
					// events have no end; only boards have set-up (tests/engine/setup)
					if (name === "/api/events" || name.startsWith("/api/setup"))
						continue;
					const url = name === "/control" ? "/control?var=quality&val=21" : name;
					const answer = await it.request(url, { method: method.toUpperCase(), body: bodies[method] });
					description.check(name, method, answer);
					equal(answer.headers["cache-control"], "no-store", `Cache-Control of ${name}`);
					done.push(name);
				}
				for (const [url, method, body] of [["/api/settings", "PATCH", { quality: 99 }], ["/control?var=x",
					"GET"]])
				{
					const answer = await it.request(url, { method, body });
					description.check(url.split("?")[0], method.toLowerCase(), answer);
					equal(answer.status, 400, `${method} ${url}`);
				}
				const { quality } = (await it.get("/api/settings")).values;
				const { status, headers } = await it.request("/control?var=quality&val=33", { method: "HEAD" });
				equal([status, headers.allow, (await it.get("/api/settings")).values.quality].join(" "),
					`405 GET, OPTIONS ${quality}`, "HEAD of a path that changes something");
				player.close();
				// what checks must be able to fail
				let noticed = false;
				try {
					description.fits({ clients: [{ id: "1" }] }, "Clients");
				}
				catch (error) {
					noticed = error instanceof Failure;
				}
				check(noticed, "a wrong document fits the description");
				return `${done.length} operations`;
			}));

	await tests.test("settings-of-a-camera-that-cannot-be-reopened-are-answered-503", [], async () => {
		const folder = path.join(OUT, "away"), file = path.join(folder, "saved.json");
		const frames = path.join(folder, "frames");
		mkdirSync(frames, { recursive: true });
		copyFileSync(path.join(ROOT, "tests/vectors/ov2640-svga.jpg"), path.join(frames, "1.jpg"));
		await withCamera(["--frames", frames, "--settings-file", file, ...OPEN], async it => {
			const description = await Description.of(await it.get("/api/openapi.json"));
			const save = () => it.request("/api/settings/save", { method: "POST" });
			equal((await save()).status, 200, "save");
			const saved = readFileSync(file, "utf8");
			rmSync(frames, { recursive: true });
			equal((await it.request("/api/restart", { method: "POST" })).status, 200, "restart");
			for (const [url, method, body] of [["/api/settings/save", "POST"], ["/api/settings/reset", "POST"], [
				"/api/settings",
				"PATCH",
				{ framerate: 10 },
			], ["/control?var=quality&val=20", "GET"]]) {
				const answer = await it.request(url, { method, body });
				refused(answer, 503, "camera", /not open/);
				description.check(url.split("?")[0], method.toLowerCase(), answer);
			}
			equal(readFileSync(file, "utf8"), saved, "the saved settings");
		});
	});

	await tests.test("api-status-and-clients-count-what-a-player-receives", [], () =>
		withCamera(SMALL, async it => {
			const before = await it.get("/api/status");
			equal(before.clients, 0, "clients before");
			equal(before.bottleneck.text, "Nobody watches: the camera is stopped.", "bottleneck");
			const opened = Date.now(), waiting = new Waiting(it.camera.pid);
			const player = await Player.play(it.port), other = await Player.play(it.port, { transport: "udp" });
			const age = Date.now() - opened;
			await player.receive(100);
			const asked = performance.now();
			const { clients } = await it.get("/api/clients"), received = player.frames.length;
			const status = await it.get("/api/status");
			// frames that may be sent and received between the answers and the counts
			const between = Math.ceil((performance.now() - asked) / 40), { frames: late } = waiting.end();
			const { least, most } = captureRates(player.frames), elapsed = (Date.now() - opened) / 1000;
			const isRate = value => value > least - 5 && value < most + 5;
			const [tcp] = clients.filter(({ kind }) => kind === "rtsp-tcp");
			const [udp] = clients.filter(({ kind }) => kind === "rtsp-udp");
			equal(clients.length, 2, "clients");
			for (const client of [tcp, udp]) {
				equal(client.address, "127.0.0.1", "address");
				check(Math.abs(client.sent - received) <= 3 + between, `sent ${client.sent}, received ${received}`);
				check(client.skipped <= late, `skipped ${client.skipped}`);
				check(isRate(client.frameRate), `frame rate ${client.frameRate}, received ${least} to ${most}`);
				check(client.since <= elapsed + 0.1 && client.since >= elapsed - age / 1000 - 1.1,
					`since ${client.since}, connected ${elapsed} s ago`);
			}
			check(udp.id !== tcp.id, "both have the same number");
			check(Math.abs(tcp.packets - player.packetCount) < 60 + 20 * between,
				`packets ${tcp.packets}, ${player.packetCount}`);
			check(Math.abs(tcp.octets - player.octetCount) < 60_000 + 20_000 * between,
				`octets ${tcp.octets}, ${player.octetCount}`);
			equal(status.clients, 2, "clients in the status");
			equal(status.connections, 3, "connections: two players and this request");
			check(Math.abs(status.sent - 2 * received) <= 8 + 2 * between,
				`sent ${status.sent}, received ${received} twice`);
			check(Math.abs(status.captured - received) <= 4 + between + late, `captured ${status.captured}`);
			check(status.dropped <= 2 * late, `dropped ${status.dropped}`);
			check(isRate(status.camera.measuredFrameRate), `measured ${status.camera.measuredFrameRate}`);
			const bitrate = (2 * player.octetCount * 8) / 1000 / received;
			check(status.bitrate > bitrate * least * 0.75 && status.bitrate < bitrate * most * 1.25,
				`bit rate ${status.bitrate}, not ${least} to ${most} times ${bitrate}`);
			equal(
				JSON.stringify([status.camera.size, status.camera.width, status.camera.height, status.camera.quality]),
				"[\"QVGA\",320,240,12]",
				"camera",
			);
			equal(status.stream.rtsp, `rtsp://127.0.0.1:${it.port}/`, "address of the stream");
			await it.when("/api/status", ({ bottleneck }) => bottleneck.text === "Nothing holds the stream back.",
				"no bottleneck");
			await player.teardown();
			other.close();
			player.close();
			await it.when("/api/clients", document => document.clients.length === 1 || !document.clients.length,
				"a client that left is listed");
		}));

	await tests.test("api-clients-count-what-a-viewer-of-the-picture-stream-receives", [],
		() =>
			withCamera(SMALL, async it => {
				let parts = 0, octets = 0;
				const request = http.get({ host: "127.0.0.1", port: it.httpPort, path: "/stream", agent: false },
					response =>
						response.on("data", data => {
							octets += data.length;
							parts += data.toString("latin1").split("Content-Length").length - 1;
						}));
				request.on("error", () => {});
				const waiting = new Waiting(it.camera.pid);
				await until(() => parts >= 75, "75 pictures");
				const asked = performance.now();
				const { clients: [viewer, ...others] } = await it.get("/api/clients"), received = parts;
				const { clients, captured, camera } = await it.get("/api/status");
				const between = Math.ceil((performance.now() - asked) / 40), { frames: late } = waiting.end();
				equal(others.length, 0, "other clients");
				equal(viewer.kind, "mjpeg", "kind");
				check(Math.abs(viewer.sent - received) <= 3 + between, `sent ${viewer.sent}, received ${received}`);
				equal(viewer.packets, viewer.sent, "parts");
				check(Math.abs(viewer.octets - octets) < octets / 10, `octets ${viewer.octets}, received ${octets}`);
				check(Math.abs(viewer.frameRate - 25) < 5 + late, `frame rate ${viewer.frameRate}`);
				check(Math.abs(viewer.frameRate - camera.measuredFrameRate) < 5 + late,
					`frame rate ${viewer.frameRate}, captured ${camera.measuredFrameRate}`);
				check(viewer.skipped <= late, `skipped ${viewer.skipped}`);
				equal(`${viewer.lost} ${viewer.roundTrip}`, "null null", "lost, round trip");
				equal(clients, 1, "clients");
				check(Math.abs(captured - received) <= 4 + between + late, `captured ${captured}`);
				const metrics = await parseMetrics((await it.request("/metrics")).text);
				equal(metrics.get("rtsp_camera_clients").value({ kind: "mjpeg" }), 1, "metric");
				request.destroy();
				await it.when("/api/status", document => document.clients === 0, "a viewer that left is counted");
			}));

	await tests.test("api-clients-have-what-the-player-reported", [], () =>
		withCamera(SMALL, async it => {
			const player = await Player.play(it.port);
			await until(() => player.reports.length > 0, "a sender report");
			const [before] = (await it.get("/api/clients")).clients;
			equal(before.lost, null, "lost before a report");
			equal(before.roundTrip, null, "round trip before a report");
			await sleep(100);
			const report = receiverReport(0x1234567, player.ssrc, player.info.sequenceNumber);
			report[12] = 64;
			report.writeUInt32BE(900, 20);
			report.writeUInt32BE(player.reports[0].middle, 24);
			const elapsed = Date.now() - player.reports[0].arrival;
			player.client.write(Buffer.concat([Buffer.from([0x24, 1, 0, report.length]), report]));
			const { clients: [after] } = await it.when("/api/clients", ({ clients }) => clients[0].lost !== null,
				"no report");
			equal(after.lost, 0.25, "lost");
			equal(after.jitter, 10, "jitter");
			// the report was sent before it arrived here, and ours was read before it was told
			const longest = Date.now() - player.reports[0].unixTime;
			check(after.roundTrip > elapsed - 20 && after.roundTrip < longest + 20,
				`round trip ${after.roundTrip}, not ${elapsed} to ${longest}`);
			const { bottleneck } = await it.when("/api/status", document => document.bottleneck.where === "network",
				"no bottleneck is told");
			check(bottleneck.text.includes("25 % of its packets are lost"), bottleneck.text);
			player.close();
		}));

	await tests.test("api-names-the-client-that-stalls", [],
		() =>
			withCamera(["--size", "SVGA", "--fps", "25", "--quality", "4", "--send-buffer", "8192", ...OPEN],
				async it => {
					const good = await Player.play(it.port),
						alsoGood = await Player.play(it.port, { transport: "udp" });
					const slow = await Player.play(it.port);
					await slow.receive(2);
					slow.client.pause();
					const { bottleneck } = await it.when("/api/status", document =>
						document.bottleneck.where === "client", "no bottleneck is told");
					const { clients } = await it.get("/api/clients");
					const stalled = clients.filter(({ skipped }) => skipped > 10);
					equal(stalled.length, 1, `clients that skip in ${JSON.stringify(clients)}`);
					equal(bottleneck.client, stalled[0].id, "number of the client");
					check(stalled[0].waits > 0, "it never waited");
					check(bottleneck.text.includes("others are not disturbed"), bottleneck.text);
					const { dropped } = await it.get("/api/status");
					check(dropped >= stalled[0].skipped, `dropped ${dropped}, skipped ${stalled[0].skipped}`);
					for (const player of [good, alsoGood, slow])
						player.close();
					return bottleneck.text;
				}));

	await tests.test("api-settings-act-on-the-frames-of-everybody", [],
		() =>
			withCamera(["--size", "QVGA", "--quality", "30"], other =>
				withCamera(["--best-quality", "4", "--max-size", "SVGA", ...SMALL], async it => {
					const before = await snapshotTables(it), wanted = await snapshotTables(other);
					check(before !== wanted, "both qualities have the same tables");
					const player = await Player.play(it.port);
					await player.receive(3);
					const { status, json } = await it.request("/api/settings", { method: "PATCH",
						body: { quality: 30, framerate: 10 } });
					equal(status, 200, "status");
					equal(JSON.stringify(json.values), `{"framerate":10,"quality":30,"size":"QVGA"${CONTROLS}}`,
						"values");
					await until(() =>
						Buffer.concat(player.frames.at(-1).tables).toString("hex") === wanted,
						"tables of the player's frames");
					equal(await snapshotTables(it), wanted, "tables of the snapshot");
					const count = player.frames.length;
					await player.receive(count + 16);
					// some are captured late on a busy machine, and none early
					const steps = player.frames.slice(count).map(({ timestamp }, i) =>
						(timestamp - player.frames[count + i - 1].timestamp) >>> 0
					).sort((a, b) => a - b);
					check(Math.abs(steps[8] - 9000) < 900, `frames are ${steps} ticks apart`);
					const { json: larger } = await it.request("/api/settings", { method: "PATCH",
						body: { size: "svga" } });
					equal(larger.values.size, "SVGA", "size");
					await until(() => player.frames.at(-1).width === 800, "frames of the new size");
					const { json: reset } = await it.request("/api/settings/reset", { method: "POST" });
					equal(JSON.stringify(reset.values), `{"framerate":25,"quality":12,"size":"QVGA"${CONTROLS}}`,
						"values");
					await sleep(300);
					equal(await snapshotTables(it), before, "tables after reset");
					player.close();
				})));

	await tests.test("api-refuses-wrong-settings-by-name-and-changes-nothing", [], () =>
		withCamera(SMALL, async it => {
			const patch = (body, headers) => it.request("/api/settings", { method: "PATCH", body, headers });
			const before = JSON.stringify(await it.get("/api/settings"));
			const json = { "Content-Type": "application/json" };
			const low = refused(await patch({ framerate: 10, quality: 5 }), 400, "quality",
				/quality is 5: use 12 to 40/);
			equal(JSON.stringify(low.allowed), "{\"minimum\":12,\"maximum\":40}", "allowed");
			const size = refused(await patch({ size: "HUGE" }), 400, "size", /size is "HUGE": use QQVGA, /);
			equal(size.allowed.at(-1), "QVGA", "largest size");
			const unknown = refused(await patch({ colour: 1 }), 400, "colour", /no setting colour/);
			equal(unknown.allowed.join(),
				"framerate,quality,size,brightness,contrast,saturation,special_effect,mirror,flip", "settings");
			for (const value of ["10", null, true, {}, [], -1, 1e9])
				check((await patch({ framerate: value })).status === 400,
					`framerate ${JSON.stringify(value)} is accepted`);
			for (const body of ["", "{", "[]", "7", "null", "\"x\"", "{\"a\":{}}", "[".repeat(2000),
				"{\"quality\":20}x", "{".repeat(2000)])
				refused(await patch(body, json), 400, "body", /one JSON object/);
			refused(await patch("{\"quality\":20}"), 415, "body", /Content-Type: application\/json/);
			refused(await patch("quality=20", { "Content-Type": "application/x-www-form-urlencoded" }), 415, "body",
				/./);
			equal((await patch("{}", json)).status, 200, "an empty change");
			equal(JSON.stringify(await it.get("/api/settings")), before, "settings afterwards");
		}));

	await tests.test("api-changes-only-what-control-allows", [], () =>
		withCamera(["--size", "QVGA"], async it => {
			const settings = await it.get("/api/settings");
			equal(settings.writable, false, "writable");
			for (const [method, url] of [["PATCH", "/api/settings"], ["POST", "/api/settings/save"], ["POST",
				"/api/settings/forget"], ["POST", "/api/settings/reset"], ["POST", "/api/restart"], ["GET",
				"/control?var=quality&val=20"]])
				refused(await it.request(url, { method, body: method === "PATCH" ? { quality: 20 } : undefined }), 403,
					"control", /--control anybody/);
			equal(JSON.stringify(await it.get("/api/settings")), JSON.stringify(settings), "settings afterwards");
			equal((await it.get("/api/status")).camera.reopened, 0, "times that the camera was reopened");
		}));

	await tests.test("api-changes-nothing-for-pages-of-others", [], () =>
		withCamera(SMALL, async it => {
			const before = JSON.stringify((await it.get("/api/settings")).values);
			for (const headers of [{ Origin: "http://evil.example" }, { "Sec-Fetch-Site": "cross-site" }]) {
				for (const [method, url] of [["PATCH", "/api/settings"], ["POST", "/api/restart"], ["GET",
					"/control?var=quality&val=20"]])
				{
					const { status } = await it.request(url, { method, headers,
						body: method === "PATCH" ? { quality: 20 } : undefined });
					equal(status, 403, `${method} ${url} with ${JSON.stringify(headers)}`);
				}
			}
			equal(JSON.stringify((await it.get("/api/settings")).values), before, "settings afterwards");
			equal((await it.get("/api/status")).camera.reopened, 0, "times that the camera was reopened");
		}));

	await tests.test("api-asks-for-the-password-on-every-path", [],
		() =>
			withCamera(["--user", "u", "--password", "p", "--auth", "basic", "--size", "QVGA"], async it => {
				const headers = { Authorization: `Basic ${Buffer.from("u:p").toString("base64")}` };
				const description = (await it.request("/api/openapi.json", { headers })).json;
				for (const [url, item] of Object.entries(description.paths)) {
					for (const method of Object.keys(item))
						equal((await it.request(url, { method: method.toUpperCase() })).status, 401,
							`${method} ${url}`);
				}
				const { status } = await it.request("/api/settings", { method: "PATCH", headers,
					body: { quality: 20 } });
				equal(status, 200, "status with the password");
			}));

	await tests.test("api-restart-reopens-the-camera-while-clients-play", [], () =>
		withCamera(SMALL, async it => {
			const player = await Player.play(it.port);
			await player.receive(10);
			const { status, json } = await it.request("/api/restart", { method: "POST" });
			equal(status, 200, "status");
			equal(json.restarting, "camera", "what is restarted");
			const count = player.frames.length;
			await player.receive(count + 25, 5000);
			equal((await it.get("/api/status")).camera.reopened, 1, "times that the camera was reopened");
			const { notices } = await it.get("/api/log");
			check(notices.some(({ text }) => text === "restart of the camera by HTTP"), JSON.stringify(notices));
			player.close();
		}));

	await tests.test("api-log-has-the-notices-newest-first", [],
		() =>
			withCamera(["--stall-timeout", "1", "--send-buffer", "8192", "--quality", "4", "--size", "SVGA", ...OPEN],
				async it => {
					const player = await Player.play(it.port);
					await player.receive(1);
					player.client.pause();
					const { notices } = await it.when("/api/log", document => document.notices.length > 1,
						"the stall is not told");
					check(/^127\.0\.0\.1 has read nothing for 1 s: dropped$/.test(notices[0].text), notices[0].text);
					check(it.camera.output.includes(notices[0].text), "the terminal has another notice");
					check(notices[0].time > 1 && notices[0].count === 1, JSON.stringify(notices[0]));
					check(/^no user is set/.test(notices[1].text), notices[1].text);
					player.close();
				}));

	await tests.test("metrics-are-prometheus-text-and-agree-with-the-status", [], () =>
		withCamera(SMALL, async it => {
			const player = await Player.play(it.port);
			await player.receive(50);
			const asked = performance.now();
			const { text, type } = await it.request("/metrics"), status = await it.get("/api/status");
			const between = Math.ceil((performance.now() - asked) / 40);
			equal(type, "text/plain; version=0.0.4; charset=utf-8", "type");
			const metrics = await parseMetrics(text), names = [...metrics.keys()];
			check(names.every(name => /^rtsp_camera_[a-z_]+$/.test(name)), `names: ${names}`);
			for (const name of names)
				equal(metrics.get(name).type, name.endsWith("_total") ? "COUNTER" : "GAUGE", `type of ${name}`);
			const near = (name, value, labels) => {
				const measured = metrics.get(`rtsp_camera_${name}`).value(labels);
				check(Math.abs(measured - value) <= Math.max(3, value / 20) * (1 + between / 3),
					`${name} is ${measured}, not ${value}`);
			};
			near("frames_captured_total", status.captured);
			near("frames_sent_total", player.frames.length);
			near("payload_bytes_total", status.octets);
			const { least, most } = captureRates(player.frames), rate = metrics.get("rtsp_camera_frame_rate").value();
			check(rate > least - 3 && rate < most + 3, `frame_rate is ${rate}, received ${least} to ${most}`);
			near("frame_rate_requested", 25);
			near("uptime_seconds", status.uptime);
			for (const [labels, value] of [[{ kind: "rtsp-tcp" }, 1], [{ kind: "mjpeg" }, 0]])
				equal(metrics.get("rtsp_camera_clients").value(labels), value, `clients ${labels.kind}`);
			equal(metrics.get("rtsp_camera_bottleneck").value({ where: status.bottleneck.where }), 1, "bottleneck");
			equal(metrics.get("rtsp_camera_info").value({ version: status.version }), 1, "info");
			player.close();
			return `${names.length} metrics`;
		}));

	await tests.test("camerawebserver-clients-read-and-set-by-its-names", [],
		() =>
			withCamera(["--best-quality", "4", "--max-size", "SVGA", ...SMALL], async it => {
				const controls = CONTROLS.replace("mirror", "hmirror").replace("flip", "vflip");
				equal(JSON.stringify(await it.get("/status")), `{"pixformat":4,"quality":12,"framesize":5${controls}}`,
					"status");
				for (const [variable, value] of [["framesize", "9"], ["quality", "20"]]) {
					const { status, text } = await it.request(`/control?var=${variable}&val=${value}`);
					equal(status, 200, `${variable}=${value}`);
					equal(text, "", "body");
				}
				equal(JSON.stringify(await it.get("/status")), `{"pixformat":4,"quality":20,"framesize":9${controls}}`,
					"status");
				equal((await it.get("/api/settings")).values.size, "SVGA", "size");
				equal((await it.request("/control?var=framesize&val=qvga")).status, 200, "size by name");
				refused(await it.request("/control?var=framesize&val=13"), 400, "size", /UXGA/);
				refused(await it.request("/control?var=ae_level&val=1"), 400, "ae_level", /no setting ae_level/);
				equal((await it.request("/control?var=vflip&val=1")).status, 200, "a control");
				equal((await it.get("/api/settings")).values.flip, 1, "flip");
				refused(await it.request("/control?var=quality&val=abc"), 400, "quality",
					/quality is NaN: use 4 to 40/);
				refused(await it.request("/control"), 400, "query", /var=NAME/);
			}));
}
