// SPDX-License-Identifier: MIT
/** lwIP without memory: writes are refused, accepted bytes are not lost, and everything
 *  continues once memory is available. */

import { equal } from "../../unit/harness";
import { delay, Skip, type Test, thrown, until, type AsyncSuite } from "../harness";
import { Pattern } from "../host/box";
import { bytesOf, connect, End, Listener, openUDP, textOf, unusedPort } from "../host/sockets";
import { Numbers } from "./numbers";

const LOOPBACK = "127.0.0.1";

/** Sets a number until the test ends. */
function set(test: Test, name: string, value: number): void {
	const before = Numbers.get(name);
	test.close({ close: () => Numbers.set(name, before) });
	Numbers.set(name, value);
}

export default function (suite: AsyncSuite, limit: number): void {
	suite.test("udp-write-without-memory-would-block-and-harms-nothing", async test => {
		const receiver = openUDP(test), sender = openUDP(test);
		sender.socket.write(bytesOf("before"), LOOPBACK, receiver.port);
		set(test, "failPbufs", 1);
		for (let i = 0; i < 20; i++)
			equal(thrown(() => sender.socket.write(new Uint8Array(1400), LOOPBACK, receiver.port), Error).message,
				"would block");
		Numbers.set("failPbufs", 0);
		sender.socket.write(bytesOf("after"), LOOPBACK, receiver.port);
		await delay(10);
		equal([textOf(receiver.socket.read()), textOf(receiver.socket.read()), receiver.socket.read()], ["before",
			"after", undefined]);
	});

	// each refused message once queued an attempt of its own, and each attempt sleeps in lwIP's thread
	suite.test("full-queue-of-messages-delays-lwip-by-one-attempt-at-a-time", async test => {
		const CALLS = 20;
		let received = 0;
		const receiver = openUDP(test, {
			onReadable() {
				while (this.read())
					received += 1;
			},
		});
		const sender = openUDP(test);
		set(test, "messageLimit", 0);
		for (let i = 0; i < 10; i++)
			sender.socket.write(bytesOf("x"), LOOPBACK, receiver.port);
		const begin = Date.now();
		for (let i = 0; i < CALLS; i++)
			Numbers.get("calls");
		const elapsed = Date.now() - begin;
		Numbers.set("messageLimit", 10);
		await until(() => received === 10);
		// an attempt sleeps for a millisecond
		equal(elapsed < CALLS * 10, true, `${elapsed} ms for ${CALLS} calls`);
	});

	suite.test("tcp-write-without-memory-would-block-and-is-told-of-room", async test => {
		const [server, client] = await connect(test);
		set(test, "failPbufs", 1);
		server.writable.length = 0;
		for (let i = 0; i < 3; i++)
			equal(thrown(() => server.socket.write(new Uint8Array(1000)), Error).message, "would block");
		Numbers.set("failPbufs", 0);
		await until(() => server.writable.length > 0);
		const data = new Uint8Array(1000);
		Pattern.fill(data, 419);
		server.socket.write(data);
		await until(() => client.readable.at(-1) === 1000);
		equal(Pattern.check(client.socket.read() as ArrayBuffer, 419, 1000), true);
		equal([server.errors, client.errors], [0, 0]);
	});

	// what is left of a frame's acknowledgements when the last ones are lost: a socket that told of room from half its
	// buffer on waited for the retransmission timeout, since nothing new was sent
	suite.test("tcp-room-for-a-third-is-told", async test => {
		if (limit < 20_000)
			throw new Skip("a third of this buffer is a segment");
		const [server, client] = await connect(test);
		for (let credit = server.socket.write(new Uint8Array(0)); credit > 0;
			credit = server.socket.write(new Uint8Array(0)))
		{
			server.socket.write(new Uint8Array(credit));
			await delay(50);
		}
		equal(thrown(() => server.socket.write(new Uint8Array(1)), Error).message, "would block");
		server.writable.length = 0;
		for (let taken = 0; taken < limit * 0.35;) {
			const piece = client.socket.read(1000) as ArrayBuffer | undefined;
			taken += piece?.byteLength ?? 0;
			await delay(1);
		}
		await delay(500);
		equal(server.writable.length > 0 && server.writable[0]! >= limit / 4 && server.writable[0]! < limit / 2, true,
			`told of ${server.writable}`);
	});

	suite.test("tcp-stream-through-a-memory-that-fails-now-and-then-stays-whole", async test => {
		const [server, client] = await connect(test);
		const total = 60_000, size = Math.min(1400, limit >> 1);
		let sent = 0, received = 0, intact = true;
		const store = new Uint8Array(size), buffer = new Uint8Array(64_000);
		const write = () => {
			while (sent < total) {
				const data = store.subarray(0, Math.min(size, total - sent));
				Pattern.fill(data, sent);
				try {
					server.socket.write(data);
				}
				catch (error) {
					equal((error as Error).message, "would block");
					return;
				}
				sent += data.length;
			}
		};
		client.onReadable = () => {
			for (let count; (count = client.socket.read(buffer) as number | undefined) !== undefined; received += count)
				intact &&= Pattern.check(buffer, received, count);
		};
		server.onWritable = write;
		set(test, "failPbufs", 7);
		write();
		await until(() => received === total || server.errors + client.errors > 0);
		equal([intact, received, server.errors, client.errors], [true, total, 0, 0]);
	});

	suite.test("connections-without-memory-are-made-when-there-is-some", async test => {
		const listener = test.close(new Listener({
			port: 0,
			address: LOOPBACK,
			onReadable() {
				for (let from; (from = this.read()) !== undefined;)
					test.close(new End({ from }));
			},
		}));
		// enough for the client's side but not for the listener's: lwIP would reuse the block of a finished connection
		await until(() => Numbers.get("active") === 0 && Numbers.get("timeWait") === 0);
		set(test, "tcpLimit", Numbers.get("connections") + 1);
		const client = test.close(new End({ address: LOOPBACK, port: listener.port }));
		await delay(50);
		equal([client.connected, client.errors], [false, 0]);
		equal(thrown(() => new End({ address: LOOPBACK, port: listener.port }), Error).message.includes("no memory"),
			true);
		Numbers.set("tcpLimit", 1000);
		await until(() => client.connected);
	});

	// the first socket allocates the memory shared by all of them
	unusedPort();
	const blocks = Numbers.get("heapBlocks");

	suite.test("what-was-closed-is-given-back", async () => {
		// lwIP keeps closed connections for some seconds, including those of previous tests
		await until(() => Numbers.get("active") === 0 && Numbers.get("timeWait") === 0);
		for (const name of ["connections", "listeners", "udpSockets", "segments", "bound"])
			equal(Numbers.get(name), 0, name);
		// TCP's timer ends after the last connection
		await delay(500);
		equal(Numbers.get("heapBlocks"), blocks, "blocks of lwIP's memory");
	});
}
