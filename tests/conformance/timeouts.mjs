// SPDX-License-Identifier: MIT
/** Session timeout and keep-alive (RFC 2326 section 12.37), with a server whose session timeout is 5 seconds. */
import dgram from "node:dgram";
import { profile } from "../camera.mjs";
import { Gap, Skip, check, equal, sleep, until } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { receiverReport } from "../interop/rtcp.mjs";
import { begin, connected, urlOf } from "./exchange.mjs";
import { Receiver } from "./receiver.mjs";

const TIMEOUT = 5000;
/** Latest end of a silent session in milliseconds. The server checks once a second, and a busy machine is late. */
const LATEST = TIMEOUT + 3500;
/** Milliseconds by which a session may seem to end early: its beginning is noticed late. */
const EARLY = 500;
/** Duration of the keep-alive tests in milliseconds. */
const LONG = 8500;
const STEP = 2000;

/** Runs all tests in parallel, because they mostly wait. With a device's limits, four at a time. */
export function timeouts(suite, { port }) {
	const tests = profile.device ? inTurns(suite, 4) : suite;
	const url = urlOf(port);
	const status = session =>
		connected(port, async client => (await client.request("GET_PARAMETER", url, { Session: session })).status);

	/** Plays a session, calls `show` every two seconds, and finally checks whether the session still exists. */
	const kept = (name, options, show, expected) =>
		tests.test(name, [], async () => {
			const receiver = await Receiver.setup(port, options);
			try {
				await receiver.play();
				for (let elapsed = 0; elapsed < LONG; elapsed += STEP) {
					await sleep(STEP);
					await show(receiver);
				}
				equal(await status(receiver.session), expected, `status of the session after ${LONG} ms`);
			}
			finally {
				receiver.close();
			}
		});
	const report = receiver => receiverReport(1, receiver.ssrc, 0);
	const interleave = (receiver, channel, bytes) =>
		receiver.client.write(Buffer.concat([Buffer.from([0x24, channel, 0, bytes.length]), bytes]));
	/** Sends the right report from a socket at `address`.
	 *  @param samePort whether its port is the one that the receiver has for RTCP */
	const reportFrom = (address, samePort) => async receiver => {
		const socket = dgram.createSocket("udp4");
		try {
			await new Promise((resolve, reject) =>
				socket.once("error", reject).bind(samePort ? receiver.clientPort + 1 : 0, address, resolve)
			);
			await new Promise(resolve => socket.send(report(receiver), receiver.serverPorts[1], "127.0.0.1", resolve));
		}
		finally {
			socket.close();
		}
	};
	const goes = client => {
		const begun = performance.now();
		return until(() => client.ended, "close by the server", LATEST).then(() => {
			const elapsed = performance.now() - begun;
			check(elapsed > TIMEOUT - EARLY, `closed after ${Math.round(elapsed)} ms`);
		});
	};

	return Promise.all([
		tests.test("session-header-names-the-timeout", [], () =>
			connected(port, async client => {
				const reply = await client.must("SETUP", `${url}trackID=0`, { Transport: "RTP/AVP/TCP" });
				check(/;timeout=5$/.test(reply.headers.session), `Session is ${reply.headers.session}`);
			})),
		tests.test("session-lives-a-little-less-than-its-timeout", [], () =>
			connected(port, async client => {
				const begun = performance.now();
				const { session } = await begin(client, port, { transport: "RTP/AVP;unicast;client_port=40002-40003" });
				client.close();
				await sleep(TIMEOUT - 700);
				const result = await status(session), elapsed = performance.now() - begun;
				if (result === 454 && elapsed > TIMEOUT)
					throw new Gap(`this machine asked after ${Math.round(elapsed)} ms only`);
				equal(result, 200, "status");
			})),
		tests.test("silent-session-that-does-not-play-ends", [], () =>
			connected(port, async client => {
				const { session } = await begin(client, port, { transport: "RTP/AVP;unicast;client_port=40000-40001" });
				client.close();
				await sleep(LATEST);
				equal(await status(session), 454, "status");
			})),
		tests.test("silent-session-over-udp-ends-with-bye", [], async () => {
			const receiver = await Receiver.setup(port, { transport: "udp" });
			try {
				await receiver.play();
				const begun = performance.now();
				receiver.client.close();
				await sleep(LATEST + 500);
				const last = receiver.packets.at(-1);
				check(last.time - begun > TIMEOUT - EARLY && last.time - begun < LATEST,
					`the last packet arrived after ${Math.round(last.time - begun)} ms`);
				check(!last.rtp && last.bytes.includes(Buffer.from([0x81, 203])), "the last packet is not a BYE");
				equal(await status(receiver.session), 454, "status");
			}
			finally {
				receiver.close();
			}
		}),
		tests.test("silent-session-over-tcp-ends-with-its-connection", [], async () => {
			const receiver = await Receiver.setup(port);
			try {
				await receiver.play();
				await goes(receiver.client);
				equal(await status(receiver.session), 454, "status");
			}
			finally {
				receiver.close();
			}
		}),
		tests.test("silent-connection-is-closed-after-the-timeout", [], () => connected(port, goes)),
		tests.test("connection-that-dribbles-a-request-is-closed", [], async () => {
			const client = await RTSPClient.connect(port);
			const timer = setInterval(() => client.write("X"), 300);
			try {
				await goes(client);
			}
			finally {
				clearInterval(timer);
				client.close();
			}
		}),
		kept("get-parameter-keeps-a-session", { transport: "udp" }, receiver => receiver.request("GET_PARAMETER"), 200),
		kept("options-keeps-a-session", { transport: "udp" }, receiver => receiver.request("OPTIONS"), 200),
		kept("play-keeps-a-session", { transport: "udp" }, receiver => receiver.request("PLAY"), 200),
		kept("request-without-session-on-its-connection-keeps-a-session", { transport: "tcp" },
			receiver => receiver.client.must("OPTIONS", "*"), 200),
		kept("rtcp-over-udp-keeps-a-session", { transport: "udp" },
			receiver => receiver.sockets[1].send(report(receiver), receiver.serverPorts[1], "127.0.0.1"), 200),
		kept("rtcp-interleaved-keeps-a-session", { transport: "tcp" },
			receiver => interleave(receiver, 1, report(receiver)), 200),
		kept("interleaved-data-that-is-no-report-keeps-nothing", { transport: "tcp" }, receiver => {
			for (const bytes of ["", "xx"]) {
				interleave(receiver, 0, Buffer.from(bytes));
				interleave(receiver, 1, Buffer.from(bytes));
			}
		}, 454),
		kept("interleaved-report-about-another-stream-keeps-nothing", { transport: "tcp" },
			receiver => interleave(receiver, 1, receiverReport(1, (receiver.ssrc ^ 1) >>> 0, 0)), 454),
		kept("interleaved-report-keeps-no-session-over-udp", { transport: "udp" },
			receiver => interleave(receiver, 1, report(receiver)), 454),
		kept("malformed-rtcp-over-udp-keeps-nothing", { transport: "udp" },
			receiver => receiver.sockets[1].send(Buffer.from("garbage"), receiver.serverPorts[1], "127.0.0.1"), 454),
		kept("report-about-another-stream-keeps-nothing", { transport: "udp" },
			receiver =>
				receiver.sockets[1].send(receiverReport(1, (receiver.ssrc ^ 1) >>> 0, 0), receiver.serverPorts[1],
					"127.0.0.1"), 454),
		kept("rtcp-from-another-port-keeps-nothing", { transport: "udp" }, reportFrom("127.0.0.1", false), 454),
		kept("rtcp-from-another-address-keeps-nothing", { transport: "udp" }, receiver => {
			if (profile.network)
				throw new Skip("behind the router all clients have one address");
			return reportFrom("127.0.0.2", true)(receiver);
		}, 454),
		kept("datagrams-to-the-rtp-port-keep-nothing", { transport: "udp" },
			receiver => receiver.sockets[0].send(Buffer.alloc(12, 0x80), receiver.serverPorts[0], "127.0.0.1"), 454),
	]);
}

/** @returns a suite that runs at most `count` tests at a time */
function inTurns(tests, count) {
	const waiting = [];
	const leave = () => {
		count += 1;
		waiting.shift()?.();
	};
	return {
		async test(name, needs, body) {
			while (count === 0)
				await new Promise(resolve => waiting.push(resolve));
			count -= 1;
			await tests.test(name, needs, body).finally(leave);
		},
	};
}
