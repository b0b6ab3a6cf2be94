// SPDX-License-Identifier: MIT
/** Requests as a network delivers them: in pieces, several at once, between packets. Also refused requests. */
import path from "node:path";
import { profile, startCamera } from "../camera.mjs";
import { CLIENTS, check, equal, sleep, succeed } from "./harness.mjs";
import { Player, RTSPClient, formatRequest } from "./rtsp-client.mjs";
import { receiverReport } from "./rtcp.mjs";

export async function requests(tests) {
	const camera = await startCamera({ args: ["--size", "QVGA"] });
	const url = camera.url();
	const connected = async body => {
		const client = await RTSPClient.connect(camera.port);
		try {
			await body(client);
		}
		finally {
			client.close();
		}
	};
	try {
		await tests.test("request-in-single-bytes-is-answered", [], () =>
			connected(async client => {
				for (const byte of Buffer.from(
					formatRequest("DESCRIBE", url, { CSeq: 7, Accept: "application/sdp" }),
				)) {
					client.write(Buffer.from([byte]));
					// each byte in its own segment
					await new Promise(resolve => setImmediate(resolve));
				}
				const reply = await client.reply();
				equal(reply.status, 200, "status");
				equal(reply.headers.cseq, "7", "CSeq");
				check(reply.body.includes("m=video"), "no SDP");
			}));

		await tests.test("request-cut-at-its-line-ends-is-answered", [], () =>
			connected(async client => {
				for (const part of ["OPTIONS * RTSP/1.0\r", "\nCSeq: 1\r\n", "\r", "\nOPTIONS * RTSP/1.0\r\nCSeq",
					": 2\r\n\r\n"])
				{
					client.write(part);
					await sleep(50);
				}
				for (const cseq of ["1", "2"]) {
					const reply = await client.reply();
					equal(reply.status, 200, "status");
					equal(reply.headers.cseq, cseq, "CSeq");
				}
			}));

		await tests.test("requests-in-one-write-are-answered-in-order", [], () =>
			connected(async client => {
				client.write([
					formatRequest("OPTIONS", url, { CSeq: 1 }),
					formatRequest("DESCRIBE", url, { CSeq: 2, Accept: "application/sdp" }),
					formatRequest("SETUP", `${url}trackID=none`, { CSeq: 3,
						Transport: "RTP/AVP/TCP;unicast;interleaved=0-1" }),
					formatRequest("GET_PARAMETER", url, { CSeq: 4 }),
					...Array.from({ length: 20 }, (_value, i) => formatRequest("OPTIONS", url, { CSeq: 5 + i })),
				].join(""));
				for (let cseq = 1; cseq < 25; cseq++) {
					const reply = await client.reply();
					equal(reply.headers.cseq, String(cseq), "CSeq");
					equal(reply.status, cseq === 3 ? 404 : 200, `status of request ${cseq}`);
				}
			}));

		await tests.test("play-pause-and-teardown-in-one-write", [], () =>
			connected(async client => {
				const description = await client.must("DESCRIBE", url, { Accept: "application/sdp" });
				const base = description.headers["content-base"];
				const control = [...description.body.matchAll(/^a=control:(\S+)/gm)].at(-1)[1];
				const setup = await client.must("SETUP", base + control, {
					Transport: "RTP/AVP/TCP;unicast;interleaved=0-1",
				});
				const Session = setup.headers.session.split(";")[0];
				let packets = 0;
				client.onInterleaved = () => packets++;
				client.write(
					[["GET_PARAMETER", 10], ["PLAY", 11], ["GET_PARAMETER", 12], ["PAUSE", 13], ["PLAY", 14], [
						"TEARDOWN",
						15,
					]]
						.map(([method, CSeq]) => formatRequest(method, base, { CSeq, Session })).join(""),
				);
				for (let cseq = 10; cseq < 16; cseq++) {
					const reply = await client.reply();
					equal(`${reply.headers.cseq} ${reply.status}`, `${cseq} 200`, "CSeq and status");
				}
				await sleep(300);
				const last = packets;
				await sleep(300);
				equal(packets, last, "packets after TEARDOWN");
			}));

		await tests.test("requests-in-pieces-between-rtcp-while-packets-flow", [], async () => {
			const player = await Player.play(camera.port);
			try {
				const { client, ssrc, session, base } = player;
				const report = receiverReport(1, ssrc, player.info.sequenceNumber);
				const interleaved = Buffer.concat([Buffer.from([0x24, 1, 0, report.length]), report]);
				for (let cseq = 100; cseq < 120; cseq++) {
					const text = formatRequest("GET_PARAMETER", base, { CSeq: cseq, Session: session });
					// RTCP before and right after the request, cut anywhere
					const bytes = Buffer.concat([interleaved, Buffer.from(text), interleaved]);
					const cut = 1 + (cseq * 13) % (bytes.length - 1);
					client.write(bytes.subarray(0, cut));
					await sleep(10);
					client.write(bytes.subarray(cut));
					const reply = await client.reply();
					equal(`${reply.headers.cseq} ${reply.status}`, `${cseq} 200`, "CSeq and status");
				}
				await player.receive(player.frames.length + 10);
				await player.teardown();
				player.mustBeSound();
			}
			finally {
				player.close();
			}
		});

		for (const transport of profile.device ? [] : ["tcp", "udp"]) {
			await tests.test(`gstreamer-pauses-and-resumes-over-${transport}`, ["GStreamer", "GStreamer in Python"],
				async () => {
					const count = 10;
					const output = await succeed("/usr/bin/python3", [path.join(CLIENTS, "gstreamer-pause.py"), url,
						transport, String(count)]);
					const frames = output.toString().trim().split("\n").map(line => line.split(" ").map(Number));
					equal(frames.length, 2 * count, "number of frames");
					const steps = frames.slice(1).map(([time, came], i) => [time - frames[i][0], came - frames[i][1]]);
					// rtspsrc takes the time of arrival, less what it believes to be jitter: a few milliseconds
					check(steps.every(([time]) => time > -10), `times of frames decrease: ${
						frames.map(([time]) => time)
					}`);
					// one or two frames are still on their way at PAUSE
					const [longest] = steps.map(([, came]) => came).sort((a, b) => b - a);
					const at = steps.findIndex(([, came]) => came === longest);
					check(longest > 800 && at >= count - 1 && at < count + 3,
						`no pause: frames came ${steps.map(([, came]) => came)} ms apart`);
					return `${longest} ms without a frame`;
				});
		}
		if (!profile.device) {
			await tests.test("media-stream-library-pauses-and-resumes", ["media-stream-library"], async () => {
				const output = await succeed(process.execPath, [path.join(CLIENTS, "media-stream-library.mjs"), url,
					"pause", "20"]);
				equal(output.toString(), "played on\n20 frames\n", "its output");
			});
		}

		await tests.test("paused-stream-resumes-as-rtp-info-announces", [], async () => {
			const player = await Player.play(camera.port);
			try {
				await player.receive(5);
				await player.client.must("PAUSE", player.base, { Session: player.session });
				await sleep(100);
				const count = player.frames.length;
				await sleep(400);
				equal(player.frames.length, count, "frames while paused");
				const reply = await player.client.must("PLAY", player.base, { Session: player.session });
				const sequenceNumber = Number(/seq=(\d+)/.exec(reply.headers["rtp-info"])[1]);
				const rtptime = Number(/rtptime=(\d+)/.exec(reply.headers["rtp-info"])[1]);
				await player.receive(count + 5);
				equal(player.frames[count].sequenceNumber, sequenceNumber, "sequence number after PAUSE");
				// the clock has continued: a frame arrives soon after the announced instant
				const late = (player.frames[count].timestamp - rtptime) | 0;
				check(late >= 0 && late < 90_000, `the first frame after PAUSE is ${late} ticks after rtptime`);
				await player.teardown();
				player.mustBeSound();
			}
			finally {
				player.close();
			}
		});

		await tests.test("refusals-have-their-status", [], () =>
			connected(async client => {
				const track = [...(await client.must("DESCRIBE", url)).body.matchAll(/^a=control:(\S+)/gm)].at(-1)[1];
				const cases = [
					["DESCRIBE", `${url}nothing`, {}, 404],
					["DESCRIBE", url, { Accept: "text/html" }, 406],
					["SETUP", url + track, { Transport: "RTP/AVP;multicast" }, 461],
					["SETUP", url + track, { Transport: "RAW/RAW/UDP;unicast;client_port=5000-5001" }, 461],
					["PLAY", url, { Session: "12345678" }, 454],
					["TEARDOWN", url, { Session: "12345678" }, 454],
					["OPTIONS", url, { Require: "funny-feature" }, 551],
					["RECORD", url, {}, 405],
					["DANCE", url, {}, 501],
				];
				for (const [method, target, headers, status] of cases)
					equal((await client.request(method, target, headers)).status, status,
						`status of ${method} ${JSON.stringify(headers)}`);
			}));

		await tests.test("garbage-ends-only-its-own-connection", [], () =>
			connected(async bystander => {
				await bystander.must("OPTIONS", url);
				for (const garbage of ["\0\0\0\0\r\n\r\n", "GET / SIP/2.0\r\nHost: x\r\n\r\n", "x".repeat(100_000),
					`OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nX: ${"y".repeat(100_000)}\r\n\r\n`])
				{
					await connected(async client => {
						client.write(garbage);
						const reply = await client.reply(5000).catch(() => undefined);
						check(reply === undefined || reply.status >= 400, `status ${reply?.status} for garbage`);
					});
				}
				await bystander.must("OPTIONS", url);
			}));
	}
	finally {
		const { status } = await camera.stop();
		await tests.test("server-ends-normally-after-all-requests", [], async () => equal(status, 0, "exit status"));
	}
}
