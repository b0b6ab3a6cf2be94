// SPDX-License-Identifier: MIT
/** Server-sent events. */
import { check, equal, execute, PYTHON, sleep, until } from "../interop/harness.mjs";
import { Player } from "../interop/rtsp-client.mjs";
import { Waiting } from "../interop/waiting.mjs";
import { EventReader, HTTPCamera } from "./apiclient.mjs";
import { Description } from "./describe.mjs";

/** Asks for events with a small receive buffer, reads the head only, and waits. Prints the seconds until the server
 *  has closed the connection. */
const STALLED = `
import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
s.connect(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"GET /api/events HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n")
begin = time.time()
s.recv(64)
while time.time() - begin < 60:
    time.sleep(0.2)
    with open("/proc/net/tcp") as table:
        own = "%04X" % s.getsockname()[1]
        if not any(l.split()[2].endswith(":" + own) and l.split()[3] == "01" for l in table.readlines()[1:]):
            break
print(round(time.time() - begin))
`;

export async function apievents(tests) {
	await tests.test("events-come-each-second-and-are-as-described", [], async () => {
		const it = await HTTPCamera.start(["--size", "QVGA"]);
		try {
			const description = await Description.of(await it.get("/api/openapi.json"));
			const player = await Player.play(it.port), reader = new EventReader(it.httpPort);
			const waiting = new Waiting(it.camera.pid);
			await reader.receive(5);
			const late = waiting.end().milliseconds;
			equal(reader.status, 200, "status");
			equal(reader.type, "text/event-stream", "type");
			equal(reader.headers["cache-control"], "no-store", "Cache-Control");
			equal(reader.retry, 3000, "retry");
			for (const [i, { event, data, arrival }] of reader.events.entries()) {
				equal(event, "status", "event");
				description.fits(data, "Event");
				if (i > 1)
					check(Math.abs(arrival - reader.events[i - 1].arrival - 1000) < 400 + late,
						`${arrival - reader.events[i - 1].arrival} ms between events`);
			}
			const { data } = reader.events.at(-1);
			equal(data.clients.map(({ kind }) => kind).sort().join(), "events,rtsp-tcp", "clients");
			equal(data.count, 1, "clients that receive frames");
			const own = data.clients.find(({ kind }) => kind === "events");
			check(own.sent >= 4 && own.address === "127.0.0.1" && own.frameRate === 1, JSON.stringify(own));
			check(data.captured > reader.events[1].data.captured, "the numbers do not change");
			equal(data.stream.rtsp, `rtsp://127.0.0.1:${it.port}/`, "address of the stream");
			player.close();
			reader.close();
			await it.when("/api/clients", ({ clients }) => clients.length === 0, "a reader that left is listed");
			const head = await it.request("/api/events", { method: "HEAD" });
			equal(head.status, 200, "status of HEAD");
			equal(Object.keys(head.headers).join(), Object.keys(reader.headers).join(), "headers of HEAD");
		}
		finally {
			await it.stop();
		}
	});

	await tests.test("events-have-a-bounded-number-of-readers", [], async () => {
		const it = await HTTPCamera.start(["--size", "QVGA", "--address-sessions", "31"]);
		const readers = [];
		try {
			for (let i = 0; i < 8; i++)
				readers.push(new EventReader(it.httpPort));
			await Promise.all(readers.map(reader => reader.receive(1)));
			const { status, json } = await it.request("/api/events");
			equal(`${status} ${json.error.name}`, "503 busy", "the ninth");
			readers.pop().close();
			await it.when("/api/clients", ({ clients }) => clients.length === 7, "a reader that left is listed");
			const again = new EventReader(it.httpPort);
			readers.push(again);
			await again.receive(1);
		}
		finally {
			readers.forEach(reader => reader.close());
			await it.stop();
		}
	});

	await tests.test("events-end-with-the-camera", [], async () => {
		const it = await HTTPCamera.start(["--size", "QVGA"]);
		const reader = new EventReader(it.httpPort);
		try {
			await reader.receive(1);
		}
		finally {
			equal((await it.stop()).status, 0, "status of the camera");
		}
		await until(() => reader.ended, "the end of the stream");
	});

	await tests.test("events-that-are-not-read-disturb-nobody-and-end", [], async () => {
		const it = await HTTPCamera.start(["--size", "QVGA", "--send-buffer", "5744", "--stall-timeout", "0"]);
		try {
			const player = await Player.play(it.port), reader = new EventReader(it.httpPort);
			await reader.receive(1);
			const waiting = new Waiting(it.camera.pid);
			const stalled = execute(PYTHON, ["-c", STALLED, String(it.httpPort)], { timeout: 80_000 });
			const { clients } = await it.when("/api/clients", document =>
				document.clients.some(({ kind, skipped }) => kind === "events" && skipped > 2), "no event is skipped",
				60_000);
			const others = clients.filter(({ kind }) => kind === "events").map(({ skipped }) => skipped);
			const mayWait = Math.floor(waiting.milliseconds / 1000);
			check(Math.min(...others) <= mayWait, `the other reader skips: ${others} events of both`);
			const { stdout, status, stderr } = await stalled;
			equal(status, 0, `status of the reader: ${stderr}`);
			const seconds = Number(stdout);
			check(seconds < 60, "the stalled reader is not dropped");
			await sleep(1200);
			const gaps = reader.events.slice(2).map(({ arrival }, i) => arrival - reader.events[i + 1].arrival);
			const own = (await it.get("/api/clients")).clients.find(({ kind }) => kind === "rtsp-tcp");
			const { milliseconds, frames } = waiting.end();
			check(Math.max(...gaps) < 1500 + milliseconds, `${Math.max(...gaps)} ms between events`);
			equal(player.lost, 0, "packets lost");
			equal(player.problems.join("; "), "", "problems of the player");
			// the send buffer holds half a frame: a player that gets no processor skips some
			check(own.skipped <= frames && player.incomplete <= frames,
				`the player has skipped ${own.skipped} frames, and ${player.incomplete} are incomplete: ${frames} may`);
			player.close();
			reader.close();
			return `dropped after ${seconds} s, ${own.skipped} of ${own.sent} frames skipped, ${frames} may`;
		}
		finally {
			await it.stop();
		}
	}, 120_000);
}
