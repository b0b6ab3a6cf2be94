// SPDX-License-Identifier: MIT
/** Sessions over time: states, transports, connections (RFC 2326 appendix A.2). */
import { profile } from "../camera.mjs";
import { check, equal, sleep, until } from "../interop/harness.mjs";
import { receiverReport } from "../interop/rtcp.mjs";
import { begin, connected, SOON, urlOf } from "./exchange.mjs";
import { Receiver, received } from "./receiver.mjs";

const sequenceNumbers = packets => packets.map(({ bytes }) => bytes.readUInt16BE(2));

function mustBeContiguous(packets) {
	const numbers = sequenceNumbers(packets);
	for (let i = 1; i < numbers.length; i++)
		equal(numbers[i], (numbers[i - 1] + 1) & 0xffff, `sequence number of packet ${i}`);
}

async function statusIn(port, session) {
	return connected(port,
		async client => (await client.request("GET_PARAMETER", urlOf(port), { Session: session })).status);
}

export async function sessions(tests, { port }) {
	const url = urlOf(port);
	const test = (name, body) => tests.test(name, [], body);

	await test("public-lists-exactly-the-supported-methods", () =>
		connected(port, async client => {
			const names = (await client.must("OPTIONS", url)).headers.public.split(", ");
			const { session } = await begin(client, port);
			const headers = { SETUP: { Transport: "RTP/AVP/TCP" }, PLAY: { Session: session },
				PAUSE: { Session: session }, TEARDOWN: { Session: session } };
			for (const method of names)
				equal((await client.request(method, url, headers[method])).status, 200, `status of ${method}`);
			for (const method of ["ANNOUNCE", "RECORD", "REDIRECT", "SET_PARAMETER", "DANCE"].filter(item =>
				!names.includes(item)
			))
				check([405, 501].includes((await client.request(method, url)).status),
					`${method} works but is not in Public`);
		}));

	await test("session-ids-are-long-and-unique", () =>
		connected(port, async client => {
			const ids = new Set();
			for (let i = 0; i < 40; i++) {
				const { session } = await begin(client, port);
				check(/^[0-9a-f]{32}$/.test(session), `session id ${session}`);
				ids.add(session);
				await client.must("TEARDOWN", url, { Session: session });
			}
			equal(ids.size, 40, "different ids");
			const bits = Array.from({ length: 32 }, (_, i) => new Set([...ids].map(id => id[i])).size);
			check(Math.min(...bits) > 4, `some digit of the ids hardly changes: ${bits}`);
		}));

	await test("ssrc-is-random-for-each-session", () =>
		connected(port, async client => {
			const ssrcs = [];
			for (let i = 0; i < 20; i++) {
				const { session, transport } = await begin(client, port);
				ssrcs.push(/ssrc=([0-9A-F]{8})/.exec(transport)[1]);
				await client.must("TEARDOWN", url, { Session: session });
			}
			equal(new Set(ssrcs).size, 20, "different SSRCs");
			check(new Set(ssrcs.map(ssrc => ssrc[0])).size > 3, `first digits of ${ssrcs}`);
		}));

	await test("server-ports-are-a-pair-and-the-source-of-packets", () =>
		received(port, { transport: "udp" }, async receiver => {
			await receiver.frames(3);
			const [rtp, rtcp] = receiver.serverPorts;
			check(rtp % 2 === 0 && rtcp === rtp + 1, `server_port=${rtp}-${rtcp}`);
			for (const packet of receiver.packets)
				equal(packet.source, packet.rtp ? rtp : rtcp, "source port of a packet");
		}));

	for (const [name, range] of [["that-ends", "npt=0.000-3.000"], ["in-absolute-time", "clock=19000101T000000Z-"]]) {
		await test(`frames-follow-a-play-with-a-range-${name}`, async () => {
			const receiver = await Receiver.setup(port);
			try {
				await receiver.play({ Range: range });
				await receiver.frames(5);
				await receiver.end();
			}
			finally {
				receiver.close();
			}
		});
	}

	for (const transport of ["tcp", "udp"]) {
		await test(`play-after-pause-resumes-over-${transport}`, () =>
			received(port, { transport }, async receiver => {
				await receiver.frames(5);
				await receiver.request("PAUSE");
				await sleep(60);
				const before = receiver.rtp.length;
				await sleep(250);
				equal(receiver.rtp.length, before, "packets while paused");
				await receiver.play();
				await receiver.frames(5);
				mustBeContiguous(receiver.rtp);
				const { bytes } = receiver.rtp[before];
				equal(bytes.readUInt16BE(2), receiver.info.sequenceNumber, "sequence number after PAUSE");
				// the first frame after PLAY has the announced timestamp, or is one of the frames that follow soon
				const late = (bytes.readUInt32BE(4) - receiver.info.timestamp) | 0;
				check(late >= 0 && late < 45_000, `the first timestamp is ${late} ticks after rtptime`);
				const gap = (bytes.readUInt32BE(4) - receiver.rtp[before - 1].bytes.readUInt32BE(4)) >>> 0;
				check(gap > 15_000 && gap < 120_000, `the clock advanced ${gap} ticks in a pause of 310 ms`);
			}));

		await test(`rtp-info-names-the-first-packet-over-${transport}`, async () => {
			for (let i = 0; i < 5; i++)
				await received(port, { transport }, async receiver => {
					await receiver.frames(1);
					equal(receiver.rtp[0].bytes.readUInt16BE(2), receiver.info.sequenceNumber, "sequence number");
					equal(receiver.rtp[0].bytes.readUInt32BE(4), receiver.info.timestamp, "timestamp");
				});
		});

		await test(`play-while-playing-loses-nothing-over-${transport}`, () =>
			received(port, { transport }, async receiver => {
				for (let i = 0; i < 5; i++) {
					await receiver.frames(2);
					await receiver.request("PLAY");
				}
				await receiver.frames(2);
				mustBeContiguous(receiver.rtp);
			}));

		await test(`no-packets-after-teardown-over-${transport}`, () =>
			received(port, { transport }, async receiver => {
				await receiver.frames(3);
				await receiver.request("TEARDOWN");
				await sleep(60);
				const { length } = receiver.packets;
				await sleep(250);
				equal(receiver.packets.length, length, "packets");
			}));

		for (const blocksize of [400, 1000, 5000]) {
			const limit = transport === "udp" ? Math.min(blocksize + 12, 1400) : blocksize + 12;
			await test(`blocksize-${blocksize}-is-honoured-over-${transport}`, () =>
				received(port, { transport, headers: { Blocksize: blocksize } }, async receiver => {
					await receiver.frames(4);
					const sizes = receiver.rtp.filter(({ bytes }) => !(bytes[1] & 0x80)).map(({ bytes }) =>
						bytes.length
					);
					equal(Math.max(...sizes), limit, "largest packet that is not a frame's last");
					// packets may be shorter if the send buffer holds less than two of them
					if (!(profile.sendBuffer < 2 * limit))
						equal(Math.min(...sizes), limit, "smallest packet that is not a frame's last");
					check(receiver.rtp.every(({ bytes }) => bytes.length <= limit),
						"a frame's last packet is too large");
				}));
		}
	}

	await test("blocksize-of-a-few-bytes-still-plays", () =>
		received(port, { headers: { Blocksize: 1 } }, async receiver => {
			await receiver.frames(2);
			check(receiver.rtp.every(({ bytes }) => bytes.length <= 256), "a packet is larger than 256 bytes");
		}));

	await test("repeated-setup-moves-the-stream-to-udp", async () => {
		const receiver = await Receiver.setup(port);
		try {
			const first = receiver.ssrc;
			await receiver.play();
			await receiver.frames(3);
			await receiver.request("PAUSE");
			await sleep(60);
			receiver.packets.length = 0;
			await receiver.setupAgain("udp");
			await until(
				() =>
					receiver.rtcp.some(({ bytes, source }) =>
						source === undefined && bytes.includes(Buffer.from([0x81, 203]))
					),
				"BYE of the old stream",
				SOON,
			);
			receiver.packets.length = 0;
			check(receiver.ssrc !== first, "the new stream has the SSRC of the old one");
			await receiver.play();
			await receiver.frames(5);
			check(receiver.rtp.every(({ source }) => source === receiver.serverPorts[0]),
				"an RTP packet arrived over TCP");
			check(receiver.rtp.every(({ bytes }) => bytes.readUInt32BE(8) === receiver.ssrc),
				"a packet has another SSRC");
			equal(receiver.rtp[0].bytes.readUInt16BE(2), receiver.info.sequenceNumber, "first sequence number");
			await receiver.end();
		}
		finally {
			receiver.close();
		}
	});

	await test("udp-session-outlives-its-connection", async () => {
		const receiver = await Receiver.setup(port, { transport: "udp" });
		try {
			await receiver.play();
			await receiver.frames(2);
			receiver.client.close();
			await sleep(100);
			await receiver.frames(10);
			equal(await statusIn(port, receiver.session), 200, "status from another connection");
			await connected(port, client => client.must("TEARDOWN", url, { Session: receiver.session }));
			await sleep(60);
			const { length } = receiver.packets;
			await sleep(200);
			equal(receiver.packets.length, length, "packets after TEARDOWN from another connection");
		}
		finally {
			receiver.close();
		}
	});

	await test("interleaved-session-ends-with-its-connection", async () => {
		for (const playing of [false, true]) {
			const { session } = await connected(port, client => begin(client, port, { playing }));
			const deadline = Date.now() + SOON;
			let status = 200;
			while (status === 200 && Date.now() < deadline) {
				await sleep(20);
				status = await statusIn(port, session);
			}
			equal(status, 454, "status after the connection was lost");
		}
	});

	await test("sessions-on-one-connection-are-independent", () =>
		connected(port, async client => {
			const [first, second] = [await Receiver.setup(port, { client }),
				await Receiver.setup(port, { client, channel: 2 })];
			check(first.session !== second.session && first.ssrc !== second.ssrc, "two SETUPs made one session");
			await first.play();
			await second.play();
			await Promise.all([first.frames(5), second.frames(5)]);
			for (const receiver of [first, second]) {
				mustBeContiguous(receiver.rtp);
				check(receiver.rtp.every(({ bytes }) => bytes.readUInt32BE(8) === receiver.ssrc),
					"a packet has another SSRC");
			}
			await first.request("PAUSE");
			await second.frames(3);
			await first.request("TEARDOWN");
			await second.frames(3);
			await second.request("TEARDOWN");
		}));

	await test("session-is-played-from-another-connection", () =>
		connected(port, async other => {
			const receiver = await Receiver.setup(port, { transport: "udp" });
			try {
				await other.must("PLAY", url, { Session: receiver.session });
				await receiver.frames(3);
				await other.must("TEARDOWN", url, { Session: receiver.session });
			}
			finally {
				receiver.close();
			}
		}));

	await test("restarted-player-on-the-same-ports-gets-one-stream", async () => {
		const receiver = await Receiver.setup(port, { transport: "udp" });
		try {
			await receiver.play();
			await receiver.frames(3);
			// the player crashes, and the next one uses its ports
			receiver.client.close();
			await connected(port, async client => {
				const { session, transport } = await begin(client, port, { playing: true,
					transport: `RTP/AVP;unicast;client_port=${receiver.clientPort}-${receiver.clientPort + 1}` });
				const ssrc = parseInt(/ssrc=([0-9A-F]{8})$/.exec(transport)[1], 16);
				// ignores packets still on their way
				await sleep(50);
				receiver.packets.length = 0;
				await receiver.frames(5);
				check(receiver.rtp.every(({ bytes }) => bytes.readUInt32BE(8) === ssrc),
					"packets of the previous stream");
				check(!receiver.rtcp.some(({ bytes }) => bytes.includes(Buffer.from([0x81, 203]))),
					"a BYE arrived, which ffmpeg would relate to its own stream");
				equal(await statusIn(port, receiver.session), 454, "status of the previous session");
				await client.must("TEARDOWN", url, { Session: session });
			});
		}
		finally {
			receiver.close();
		}
	});

	await test("server's-own-ports-are-refused-as-client-ports", () =>
		connected(port, async client => {
			const { session, transport } = await begin(client, port, {
				transport: "RTP/AVP;unicast;client_port=40000-40001",
			});
			const [rtp, rtcp] = /server_port=(\d+)-(\d+)/.exec(transport).slice(1);
			for (const pair of [`${rtp}-${rtcp}`, `40002-${rtcp}`, `${rtcp}-40002`]) {
				equal(
					(await client.request("SETUP", `${url}trackID=0`, {
						Transport: `RTP/AVP;unicast;client_port=${pair}`,
					})).status,
					461,
					`status for ${pair}`,
				);
				const reply = await client.must("SETUP", `${url}trackID=0`, {
					Transport: `RTP/AVP;unicast;client_port=${pair},RTP/AVP/TCP`,
				});
				await client.must("TEARDOWN", url, { Session: reply.headers.session.split(";")[0] });
			}
			await client.must("TEARDOWN", url, { Session: session });
		}));

	await test("reports-from-a-shared-port-reach-the-session-they-name", async () => {
		const receiver = await Receiver.setup(port, { transport: "udp" });
		try {
			// another RTP port, the same RTCP port
			const second = await begin(receiver.client, port, {
				transport: `RTP/AVP;unicast;client_port=${receiver.clientPort + 2}-${receiver.clientPort + 1}`,
			});
			const ssrc = parseInt(/ssrc=([0-9A-F]{8})$/.exec(second.transport)[1], 16);
			const reports = async session =>
				Number(
					(await receiver.client.must("GET_PARAMETER", url, { Session: session,
						"Content-Type": "text/parameters" }, "reports\r\n")).body.split(":")[1],
				);
			for (let i = 0; i < 3; i++)
				receiver.sockets[1].send(receiverReport(1, i ? ssrc : receiver.ssrc, 0), receiver.serverPorts[1],
					"127.0.0.1");
			const deadline = Date.now() + SOON;
			while (await reports(second.session) !== 2 && Date.now() < deadline)
				await sleep(20);
			equal(`${await reports(receiver.session)} ${await reports(second.session)}`, "1 2",
				"number of reports of both sessions");
			await receiver.client.must("TEARDOWN", url, { Session: second.session });
			await receiver.end();
		}
		finally {
			receiver.close();
		}
	});

	await test("requests-and-packets-share-a-connection-without-mixing", () =>
		received(port, { headers: { Blocksize: 500 } }, async receiver => {
			for (let i = 0; i < 100; i++)
				await receiver.request(i % 3 ? "GET_PARAMETER" : "OPTIONS");
			await receiver.frames(3);
			mustBeContiguous(receiver.rtp);
		}));

	await test("dropped-connections-and-sessions-free-their-places-at-once", async () => {
		// more than the limits of 32, one after another
		for (let i = 0; i < 80; i++)
			await connected(port, client => begin(client, port, { playing: i % 2 === 1 }));
	});

	await test("reply-before-a-close-reaches-a-client-that-reads-late", async () => {
		// the kernel buffers all of the fewest replies; of the most, the server has to keep the last ones itself
		for (const count of [500, 2500, 3500, 4000]) {
			await connected(port, async client => {
				client.pause();
				const text = Array.from({ length: count - 1 }, (_, i) => `OPTIONS * RTSP/1.0\r\nCSeq: ${i}\r\n\r\n`)
					.join("");
				client.write(`${text}OPTIONS * RTSP/1.0\r\nCSeq: 777777\r\nConnection: close\r\n\r\n`);
				// after several turns of other connections, the server has answered all requests
				for (let i = 0; i < 10; i++) {
					await sleep(50);
					await connected(port, other => other.must("OPTIONS", "*"));
				}
				client.resume();
				let last;
				for (let i = 0; i < count; i++)
					last = await client.reply(SOON);
				equal(last.headers.cseq, "777777", `CSeq of reply ${count}`);
				await until(() => client.ended, "close by the server", SOON);
			});
		}
	});
}
