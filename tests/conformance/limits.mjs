/** What happens when there is no more room (RFC 2326 section 11.3: 503 and Retry-After). */
import { profile } from "../camera.mjs";
import { check, equal, sleep, until } from "../interop/harness.mjs";
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { begin, connected, SOON, urlOf } from "./exchange.mjs";

/** As in manifest.json, on the desktop and in the device's heap. */
const limit = () => (profile.device ? 8 : 32);

function mustBeFull(reply) {
	equal(reply.status, 503, "status");
	check(/^[1-9]\d*$/.test(reply.headers["retry-after"]), `Retry-After is ${reply.headers["retry-after"]}`);
}

/** @param impatient a camera that drops who takes nothing for 2 seconds */
export async function limits(tests, { port }, impatient) {
	const url = urlOf(port), transport = "RTP/AVP;unicast;client_port=40000-40001";

	await tests.test("session-above-the-limit-is-503-until-one-ends", [], () => connected(port, async client => {
		const ids = [];
		for (let i = 0; i < limit(); i++)
			ids.push((await begin(client, port, { transport })).session);
		mustBeFull(await client.request("SETUP", `${url}trackID=0`, { Transport: transport }));
		// those that are there go on
		await client.must("SETUP", `${url}trackID=0`, { Transport: transport, Session: ids[3] });
		await client.must("TEARDOWN", url, { Session: ids.pop() });
		ids.push((await begin(client, port, { transport })).session);
		mustBeFull(await client.request("SETUP", `${url}trackID=0`, { Transport: transport }));
		for (const id of ids)
			await client.must("TEARDOWN", url, { Session: id });
	}));

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
				client.write(`SET_PARAMETER ${url} RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 4096\r\n${Array.from({ length: 60 }, (_, k) => `a${k}: ${field}\r\n`).join("")}\r\nx`);
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

	await tests.test("client-that-reads-no-replies-is-dropped", [], () => connected(impatient.port, async client => {
		client.pause();
		const text = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".repeat(1000);
		for (let i = 0; i < 300; i++)
			client.write(text);
		await connected(impatient.port, other => other.must("OPTIONS", "*"));
		await until(() => impatient.output.includes("has taken nothing for 2 s: dropped"), "the server says that it drops it", SOON);
		client.resume();
		await until(() => client.ended, "the server has closed the connection", SOON);
	}));
}
