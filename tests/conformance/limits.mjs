// SPDX-License-Identifier: MIT
/** Behaviour at the limits (RFC 2326 section 11.3: 503 and Retry-After). */
import dgram from "node:dgram";
import net from "node:net";
import { freePort, profile, startCamera } from "../camera.mjs";
import { Skip, check, equal, sleep, until } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { begin, connected, SOON, urlOf } from "./exchange.mjs";

/** Limit of connections and of sessions, as in manifest.json for the desktop and for the device. */
const limit = () => (profile.device ? 8 : 32);

/** Sessions that one address can have if no user is set. The limit set in run.mjs is higher than the number of places,
 *  but one place is kept for another address. */
const share = () => limit() - 1;

/** Skips a test that needs several client addresses. */
function behindNoRouter() {
	if (profile.network)
		throw new Skip("behind the router, all clients have the same address");
}

function mustBeFull(reply) {
	equal(reply.status, 503, "status");
	check(/^[1-9]\d*$/.test(reply.headers["retry-after"]), `Retry-After is ${reply.headers["retry-after"]}`);
}

/** @param impatient a camera that drops a client that reads nothing for 2 seconds */
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
					// one address cannot take all places
					for (let i = 1; i < limit(); i++)
						ids.push((await begin(client, port, { transport: transport(i) })).session);
					mustBeFull(await client.request("SETUP", `${url}trackID=0`, { Transport: transport(0) }));
					const last = await begin(other, port, { transport: transport(0) });
					mustBeFull(await other.request("SETUP", `${url}trackID=0`, { Transport: transport(limit()) }));
					// existing sessions continue
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
			await until(() => refused.ended, "close by the server", SOON);
			await clients[7].must("OPTIONS", "*");
			clients[5].close();
			let status = 503;
			for (const deadline = Date.now() + 2000; status !== 200 && Date.now() < deadline;)
				status = (await (await open()).request("OPTIONS", "*").catch(() => ({ status: 503 }))).status;
			equal(status, 200, "status after one has ended");
		}
		finally {
			clients.forEach(client => client.close());
			// gives the server time to free the places for the next test
			await sleep(200);
		}
	});

	await tests.test("client-connects-again-from-the-port-of-a-connection-that-the-server-closed", [], async () => {
		const localPort = await freePort();
		const first = await RTSPClient.connect(port, undefined, localPort);
		try {
			await first.must("OPTIONS", "*", { Connection: "close" });
			await until(() => first.ended, "close by the server", SOON);
		}
		finally {
			first.close();
		}
		const second = await RTSPClient.connect(port, undefined, localPort);
		try {
			// the device's connection is in TIME_WAIT for 2 s, and the router repeats its SYN after 6
			second.write("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
			equal((await second.reply(9000)).status, 200, "status");
		}
		finally {
			second.close();
		}
	});

	await tests.test("unfinished-requests-of-maximum-size-take-no-memory-from-others", [], async () => {
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
				// one after another, so that the server reads each before the next
				await sleep(50);
			}
			await until(() => clients.some(client => client.ended), "end of one of them", SOON);
			equal((await clients.find(client => client.ended).reply(SOON)).status, 503,
				"status of the one that gives way");
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
			// active players use the memory that is left: their UDP sessions outlive the connections. Behind a router,
			// all have the same address and its share of the places
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

	await tests.test("camera-with-an-address-is-reachable-only-there", [], async () => {
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
			// whether another socket can bind to a port at an address of this machine
			const isFree = (port, address) =>
				new Promise(resolve => {
					const socket = dgram.createSocket("udp4").on("error", () => resolve(false));
					sockets.push(socket);
					socket.bind(port, address, () => resolve(true));
				});
			equal([await connects("127.0.0.3"), await connects("127.0.0.1")].join(), "true,false",
				"whether it accepts connections at 127.0.0.3 and 127.0.0.1");
			equal(
				[await isFree(camera.udpPort, "127.0.0.3"), await isFree(camera.udpPort + 1, "127.0.0.3"),
					await isFree(camera.udpPort, "127.0.0.1")].join(),
				"false,false,true",
				"whether UDP ports are free",
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
				"the notice about the drop", 4 * SOON);
			client.resume();
			await until(() => client.ended, "close by the server", SOON);
		}));
}
