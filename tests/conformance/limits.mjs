// SPDX-License-Identifier: MIT
/** What happens when there is no more room (RFC 2326 section 11.3: 503 and Retry-After). */
import dgram from "node:dgram";
import net from "node:net";
import { profile, startCamera } from "../camera.mjs";
import { Skip, check, equal, sleep, until } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { begin, connected, SOON, urlOf } from "./exchange.mjs";

/** As in manifest.json, on the desktop and in the device's heap. */
const limit = () => (profile.device ? 8 : 32);

/** Sessions of one address while no user is set: run.mjs asks for more than there are, and one place stays for
 *  another. */
const share = () => limit() - 1;

/** Skips a test of several addresses. */
function behindNoRouter() {
	if (profile.network)
		throw new Skip("behind the router the camera, and all of its clients, have one address");
}

function mustBeFull(reply) {
	equal(reply.status, 503, "status");
	check(/^[1-9]\d*$/.test(reply.headers["retry-after"]), `Retry-After is ${reply.headers["retry-after"]}`);
}

/** @param impatient a camera that drops who takes nothing for 2 seconds */
export async function limits(tests, { port }, impatient) {
	const url = urlOf(port), transport = i => `RTP/AVP;unicast;client_port=${40_000 + 2 * i}-${40_001 + 2 * i}`;

	await tests.test("session-above-the-share-of-an-address-is-503-until-one-ends", [],
		() =>
			connected(port, async client => {
				const ids = [];
				for (let i = 0; i < share(); i++)
					ids.push((await begin(client, port, { transport: transport(i) })).session);
				mustBeFull(await client.request("SETUP", `${url}trackID=0`, { Transport: transport(share()) }));
				await client.must("TEARDOWN", url, { Session: ids.pop() });
				ids.push((await begin(client, port, { transport: transport(share()) })).session);
				for (const id of ids)
					await client.must("TEARDOWN", url, { Session: id });
			}));

	await tests.test("session-above-the-limit-is-503-until-one-ends", [],
		() =>
			connected(port, client =>
				connected(port, async other => {
					behindNoRouter();
					const ids = [];
					// one address does not get all of them
					for (let i = 1; i < limit(); i++)
						ids.push((await begin(client, port, { transport: transport(i) })).session);
					mustBeFull(await client.request("SETUP", `${url}trackID=0`, { Transport: transport(0) }));
					const last = await begin(other, port, { transport: transport(0) });
					mustBeFull(await other.request("SETUP", `${url}trackID=0`, { Transport: transport(limit()) }));
					// those that are there go on
					await client.must("SETUP", `${url}trackID=0`, { Transport: transport(3), Session: ids[2] });
					await client.must("TEARDOWN", url, { Session: ids.pop() });
					ids.push((await begin(other, port, { transport: transport(limit()) })).session);
					mustBeFull(await other.request("SETUP", `${url}trackID=0`, { Transport: transport(limit() + 1) }));
					for (const id of [...ids, last.session])
						await client.must("TEARDOWN", url, { Session: id });
				}, "127.0.0.2")));

	await tests.test("connection-above-the-limit-is-503-until-one-ends", [], async () => {
		const clients = [];
		const open = async () => {
			const client = await RTSPClient.connect(port);
			clients.push(client);
			return client;
		};
		try {
			for (let i = 0; i < limit(); i++)
				await (await open()).must("OPTIONS", "*");
			const refused = await open();
			const reply = await refused.reply(SOON);
			mustBeFull(reply);
			equal(reply.headers.connection, "close", "Connection");
			await until(() => refused.ended, "the server closes the connection", SOON);
			await clients[7].must("OPTIONS", "*");
			clients[5].close();
			let status = 503;
			for (const deadline = Date.now() + 2000; status !== 200 && Date.now() < deadline;)
				status = (await (await open()).request("OPTIONS", "*").catch(() => ({ status: 503 }))).status;
			equal(status, 200, "status once one has gone");
		}
		finally {
			clients.forEach(client => client.close());
			// the tests that follow find room
			await sleep(200);
		}
	});

	await tests.test("largest-requests-that-are-all-half-there-take-no-memory-from-others", [], async () => {
		const clients = [];
		const field = "x".repeat(57);
		try {
			for (let i = 0; i < 8; i++) {
				const client = await RTSPClient.connect(port);
				clients.push(client);
				client.write(
					`SET_PARAMETER ${url} RTSP/1.0\r\nCSeq: 1\r\nContent-Length: `
						+ `2048\r\n${Array.from({ length: 60 }, (_, k) => `a${k}: ${field}\r\n`).join("")}\r\nx`,
				);
				// one after another, so that each is taken before the next
				await sleep(50);
			}
			await until(() => clients.some(client => client.ended), "somebody gives way", SOON);
			equal((await clients.find(client => client.ended).reply(SOON)).status, 503, "status of who gives way");
			await connected(port, client => client.must("OPTIONS", "*"));
		}
		finally {
			clients.forEach(client => client.close());
			await sleep(200);
		}
	});

	await tests.test("tunnels-that-read-no-replies-take-no-memory-from-others", [], async () => {
		const clients = [],
			flood = Buffer.from(`DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`.repeat(20_000)).toString("base64");
		const sessions = [];
		try {
			// those who watch take the memory that is not to spare: sessions by UDP outlive their connections. Behind a
			// router all have one address, which has a share of the places
			for (let i = 0; i < (profile.network ? 4 : 8); i++)
				sessions.push(
					await connected(port, async client =>
						(await begin(client, port, { transport: transport(i), playing: true })).session,
						`127.0.0.${2 + i}`),
				);
			for (let i = 0; i < 24; i++) {
				const client = await RTSPClient.connect(port),
					half = `HTTP/1.0\r\nx-sessioncookie: flooded-${i >> 1}\r\n`;
				clients.push(client);
				client.pause();
				client.write(
					i % 2
						? `POST / ${half}Content-Type: application/x-rtsp-tunnelled\r\nContent-Length: `
							+ `32767\r\n\r\n${flood}`
						: `GET / ${half}Accept: application/x-rtsp-tunnelled\r\n\r\n`,
				);
				await sleep(100);
			}
			await sleep(1000);
		}
		finally {
			clients.forEach(client => client.close());
			await sleep(500);
		}
		await connected(port, async client => {
			for (const session of sessions)
				await client.must("TEARDOWN", url, { Session: session });
		});
	});

	await tests.test("camera-with-an-address-is-reached-there-only", [], async () => {
		behindNoRouter();
		const camera = await startCamera({ args: ["--address", "127.0.0.3", "--size", "QQVGA"] });
		const sockets = [];
		try {
			check(camera.output.includes(`rtsp://127.0.0.3:${camera.port}/`) && !camera.output.includes("127.0.0.1"),
				camera.output);
			const connects = host =>
				new Promise(resolve => {
					const socket = net.connect(camera.port, host, () => resolve(true)).on("error", () =>
						resolve(false));
					sockets.push({ close: () => socket.destroy() });
				});
			// whether a port is free for others at an address of this machine
			const isFree = (port, address) =>
				new Promise(resolve => {
					const socket = dgram.createSocket("udp4").on("error", () => resolve(false));
					sockets.push(socket);
					socket.bind(port, address, () => resolve(true));
				});
			equal([await connects("127.0.0.3"), await connects("127.0.0.1")].join(), "true,false",
				"it listens at 127.0.0.3 and 127.0.0.1");
			equal(
				[await isFree(camera.udpPort, "127.0.0.3"), await isFree(camera.udpPort + 1, "127.0.0.3"),
					await isFree(camera.udpPort, "127.0.0.1")].join(),
				"false,false,true",
				"UDP ports that are free",
			);
		}
		finally {
			sockets.forEach(socket => socket.close());
			await camera.stop();
		}
	});

	await tests.test("client-that-reads-no-replies-is-dropped", [], () =>
		connected(impatient.port, async client => {
			client.pause();
			const text = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".repeat(1000);
			for (let i = 0; i < 300; i++)
				client.write(text);
			await connected(impatient.port, other => other.must("OPTIONS", "*"));
			await until(() => impatient.output.includes("has read nothing for 2 s: dropped"),
				"the server says that it drops it", SOON);
			client.resume();
			await until(() => client.ended, "the server has closed the connection", SOON);
		}));
}
