// SPDX-License-Identifier: MIT
/** TCP sockets: the contract of ECMA-419 as on devices, also with an imitated send buffer. */

import Process from "process";
import Timer from "timer";
import { equal, throws } from "../../unit/harness";
import { delay, Test, thrown, until, type AsyncSuite } from "../harness";
import { NativeMemory, Pattern, processorTime } from "./box";
import { Peer } from "./descriptors";
import { bytesOf, connect, End, Listener, TCP, textOf, unusedPort } from "./sockets";

/** Lehmer's generator: the same sizes every time. */
function sizes(least: number, most: number): () => number {
	let state = 419;
	return () => {
		state = (state * 16807) % 2147483647;
		return least + state % (most - least + 1);
	};
}

export interface Credit {
	/** Maximum credit, bytes: the host's own, or that of --send-buffer. */
	readonly limit: number;
	/** Whether the credit counts bytes that the reader's side has not received: on a device, and with --send-buffer. */
	readonly exact: boolean;
	/** Only the tests of credit, which --send-buffer imitates. The others run without it. */
	readonly creditOnly?: boolean;
}

export default function (suite: AsyncSuite, { limit, exact, creditOnly = false }: Credit): void {
	const name = (text: string) => (creditOnly ? `${text}-with-a-send-buffer-of-${limit}` : text);

	suite.test(name("tcp-echoes"), async test => {
		const [server, client] = await connect(test);
		let reply = "";
		server.onReadable = () => server.socket.write(server.socket.read());
		client.onReadable = () => {
			reply += textOf(client.socket.read());
		};
		client.socket.write(bytesOf("to and fro"));
		await until(() => reply === "to and fro");
		equal([server.errors, client.errors], [0, 0]);
	});

	suite.test(name("tcp-first-writable-tells-the-credit"), async test => {
		const [server, client] = await connect(test);
		equal([server.writable, client.writable], [[limit], [limit]]);
	});

	suite.test(name("tcp-write-returns-the-credit-left"), async test => {
		const [server, client] = await connect(test);
		client.onReadable = () => client.socket.read();
		const data = new Uint8Array(1000);
		for (let i = 0; i < 200; i++) {
			const left = server.socket.write(data);
			equal(left <= limit && left >= 0 && Number.isInteger(left), true, `${left}`);
			if (exact)
				equal(left >= limit - 1000 * (i + 1), true, `${left} after ${i + 1} writes`);
			if (left < data.length)
				await until(() => server.writable.at(-1)! >= limit / 4 && server.writable.length > 1);
			server.writable.length = 1;
		}
		equal(server.socket.write(new Uint8Array(0)) <= limit, true);
	});

	suite.test(name("tcp-takes-a-write-whole-or-not-at-all-and-tells-when-there-is-room"), async test => {
		const [server, client] = await connect(test);
		const chunk = new Uint8Array(Math.min(16_000, limit >> 1));
		let accepted = 0, left = limit;
		// until nothing more reaches the reader's side and the system's own buffers are full
		do {
			while (left >= chunk.length) {
				Pattern.fill(chunk, accepted);
				left = server.socket.write(chunk);
				accepted += chunk.length;
				equal(left <= limit && left >= 0, true, `${left}`);
				equal(accepted < 64 * 1024 * 1024, true, "never full");
			}
			// longer than a device delays an acknowledgement
			await delay(300);
			left = server.socket.write(new Uint8Array(0));
		}
		while (left >= chunk.length);
		server.writable.length = 0;
		// only bytes that the reader's side has not received count against the credit
		if (exact)
			equal(accepted - client.readable.at(-1)! <= limit, true,
				`${accepted} accepted, ${client.readable.at(-1)} there`);
		// beyond the credit by one: nothing of it is sent
		for (let i = 0; i < 3; i++)
			equal(thrown(() => server.socket.write(new Uint8Array(left + 1).fill(0xee)), Error).message, "would block");
		// a write of exactly the credit is accepted
		if (left) {
			const rest = new Uint8Array(left);
			Pattern.fill(rest, accepted);
			accepted += left;
			left = server.socket.write(rest);
		}
		await delay(20);
		equal(server.writable, [], "told without a reader");
		// the reader receives exactly these bytes
		let received = 0, intact = true;
		const buffer = new Uint8Array(64_000);
		const take = () => {
			for (let count; (count = client.socket.read(buffer) as number | undefined) !== undefined; received += count)
				intact &&= Pattern.check(buffer, received, count);
		};
		take();
		client.onReadable = take;
		await until(() => server.writable.length > 0 && received === accepted);
		equal(server.writable[0]! >= limit / 4 && server.writable[0]! <= limit, true, `${server.writable}`);
		const last = new Uint8Array(1);
		Pattern.fill(last, accepted);
		equal(server.socket.write(last) >= 0, true);
		await until(() => received === accepted + 1);
		equal(intact, true, "bytes differ");
	});

	suite.test(name("tcp-refused-write-is-told-of-room"), async test => {
		const [server, client] = await connect(test);
		client.onReadable = () => client.socket.read();
		// first without any write, then after writes that the reader has received completely
		for (let round = 0; round < 3; round++) {
			await until(() => server.socket.write(new Uint8Array(0)) === limit);
			await delay(10);
			server.writable.length = 0;
			equal(thrown(() => server.socket.write(new Uint8Array(limit + 1)), Error).message, "would block");
			await until(() => server.writable.length > 0);
			equal(server.writable[0]! >= limit / 4 && server.writable[0]! <= limit, true, `${server.writable}`);
			server.socket.write(new Uint8Array(limit));
		}
	});

	suite.test(name("tcp-stalling-reader-gets-everything-in-order"), async test => {
		const [server, client] = await connect(test);
		const total = !exact ? 5_000_000 : limit < 100_000 ? 1_000_000 : 24_000_000;
		const size = sizes(1, Math.min(60_000, limit)), piece = sizes(1, 20_000);
		let sent = 0, received = 0, highest = 0, intact = true, stalls = 0;
		// one buffer for each size would be garbage by the megabyte: the views share one
		const store = new Uint8Array(60_000);
		let next = Math.min(size(), total);
		const write = (credit: number) => {
			while (sent < total && next <= credit) {
				const data = store.subarray(0, next);
				Pattern.fill(data, sent);
				credit = server.socket.write(data);
				highest = Math.max(highest, credit);
				sent += next;
				next = Math.min(size(), total - sent);
			}
			if (sent < total)
				throws(() => server.socket.write(new Uint8Array(limit + 1)), Error);
		};
		server.onWritable = write;
		write(limit);
		const buffer = new Uint8Array(20_000);
		while (received < total) {
			// takes some, then nothing for a while; at most 160,000 or 800,000 bytes, so that it stalls however slow
			// this machine is
			for (let i = 0; i < (limit < 100_000 ? 8 : 40); i++) {
				const data = client.socket.read(i % 2 ? piece() : buffer) as ArrayBuffer | number | undefined;
				if (data === undefined)
					break;
				const count = typeof data === "number" ? data : data.byteLength;
				intact &&= Pattern.check(typeof data === "number" ? buffer : data, received, count);
				received += count;
			}
			stalls += 1;
			await delay(limit < 100_000 || stalls % 8 ? 1 : 20);
		}
		equal([intact, received, sent], [true, total, total]);
		equal(highest <= limit, true, `credit of ${highest}`);
		equal([server.errors, client.errors, stalls > 5], [0, 0, true]);
	});

	suite.test(name("tcp-closed-by-the-peer-unread-bytes-come-first-then-one-error"), async test => {
		const [server, client] = await connect(test);
		client.socket.write(bytesOf("last words"));
		client.close();
		await until(() => server.readable.length > 0);
		await delay(10);
		equal(server.errors, 0);
		equal(textOf(server.socket.read(4)), "last");
		await delay(10);
		equal(server.errors, 0);
		equal(textOf(server.socket.read()), " words");
		await until(() => server.errors > 0);
		await delay(10);
		equal(server.errors, 1);
		equal(server.socket.read(), undefined);
		throws(() => server.socket.write(new Uint8Array(1)), Error);
	});

	suite.test(name("tcp-reset-by-the-peer-is-one-error"), async test => {
		const [server, client] = await connect(test);
		// closing with unread bytes resets the connection
		server.socket.write(bytesOf("not read"));
		await until(() => client.readable.length > 0);
		client.close();
		await until(() => server.errors > 0);
		await delay(10);
		equal(server.errors, 1);
		throws(() => server.socket.write(new Uint8Array(1)), Error);
		equal(server.socket.read(), undefined);
	});

	suite.test(name("tcp-write-to-a-peer-that-has-gone-never-throws-before-the-error"), async test => {
		const [server, client] = await connect(test);
		client.close();
		const data = new Uint8Array(100);
		for (let i = 0; i < 20 && !server.errors; i++)
			server.socket.write(data);
		await until(() => server.errors > 0);
		await delay(5);
		equal(server.errors, 1);
	});

	suite.test(name("tcp-write-before-the-connection-is-made-throws"), test => {
		const listener = test.close(new Listener({ port: 0 }));
		for (const port of [listener.port, unusedPort()]) {
			const { socket } = test.close(new End({ address: "127.0.0.1", port }));
			equal(thrown(() => socket.write(new Uint8Array(1)), Error).message, "not ready");
		}
	});

	suite.test(name("tcp-refused-connection-is-one-error"), async test => {
		const client = test.close(new End({ address: "127.0.0.1", port: unusedPort() }));
		await until(() => client.errors > 0);
		await delay(5);
		equal([client.errors, client.readable, client.writable], [1, [], []]);
	});

	suite.test(name("tcp-no-callback-after-close"), async test => {
		const [server, client] = await connect(test);
		client.onReadable = () => client.close();
		server.socket.write(bytesOf("first"));
		await until(() => client.readable.length > 0);
		const told = [client.readable.length, client.writable.length];
		try {
			server.socket.write(bytesOf("second"));
		}
		catch { /* reset already */ }
		await delay(20);
		equal([client.readable.length, client.writable.length, client.errors], [...told, 0]);
		throws(() => client.socket.write(new Uint8Array(1)), Error);
		equal(client.socket.read(), undefined);
		equal([client.socket.remoteAddress, client.socket.remotePort], [undefined, undefined]);
		client.close();
	});

	suite.test(name("tcp-closed-by-a-callback-of-the-same-turn-is-called-no-more"), async test => {
		const pairs = [await connect(test), await connect(test), await connect(test), await connect(test)];
		for (const [server] of pairs)
			server.onReadable = () => pairs.forEach(([other]) => other.close());
		for (const [, client] of pairs)
			client.socket.write(bytesOf("all at once"));
		await delay(30);
		equal(pairs.reduce((sum, [server]) => sum + server.readable.length, 0), 1);
	});

	suite.test(name("tcp-closed-in-its-own-callbacks"), async test => {
		// onWritable of a new connection
		const listener = test.close(new Listener({ port: 0 }));
		const client = test.close(new End({ address: "127.0.0.1", port: listener.port }));
		client.onWritable = () => {
			client.close();
			Process.collect();
		};
		await until(() => client.connected);
		await delay(5);
		equal([client.writable.length, client.errors], [1, 0]);
		// onError
		let errors = 0;
		const refused = test.close(new TCP({
			address: "127.0.0.1",
			port: unusedPort(),
			onError() {
				errors += 1;
				this.close();
				Process.collect();
			},
		}));
		await until(() => errors > 0);
		await delay(5);
		equal(errors, 1);
		refused.close();
	});

	suite.test(name("tcp-socket-nobody-holds-stays-open"), async test => {
		let reply = "";
		const listener = test.close(new Listener({
			port: 0,
			onReadable() {
				new TCP({
					from: this.read(),
					onReadable() {
						this.write(this.read());
					},
					onError() {
						this.close();
					},
				});
			},
		}));
		new TCP({
			address: "127.0.0.1",
			port: listener.port,
			onReadable() {
				reply += textOf(this.read());
				if (reply.length === 3)
					this.close();
			},
			onWritable() {
				Process.collect();
				this.write(bytesOf("abc"));
			},
		});
		for (let i = 0; i < 5; i++) {
			await delay(1);
			Process.collect();
		}
		await until(() => reply === "abc");
		await delay(5);
		Process.collect();
	});

	suite.test(name("tcp-garbage-is-freed-with-its-descriptor"), async test => {
		// more than the descriptors a process may have by default, one after another
		for (let i = 0; i < 30; i++) {
			const [server, client] = await connect(test);
			server.close();
			client.close();
		}
		Process.collect();
	});

	if (creditOnly)
		return;

	suite.test("tcp-read-all-or-some-or-into-a-buffer", async test => {
		const [server, client] = await connect(test);
		equal(client.socket.read(), undefined);
		equal(client.socket.read(5), undefined);
		equal(client.socket.read(new Uint8Array(4)), undefined);
		server.socket.write(bytesOf("abcdefghijklmnopqrstuvwxyz"));
		await until(() => client.readable.at(-1) === 26);
		equal(textOf(client.socket.read(3)), "abc");
		const array = new Uint8Array(5);
		equal(client.socket.read(array.subarray(1, 3)), 2);
		equal(array, Uint8Array.of(0, 100, 101, 0, 0));
		const buffer = new ArrayBuffer(4);
		equal([client.socket.read(buffer), textOf(buffer)], [4, "fghi"]);
		equal(client.socket.read(new Uint8Array(0)), undefined);
		for (const count of [0, -1])
			throws(() => client.socket.read(count), RangeError);
		equal(textOf(client.socket.read(1)), "j");
		equal(textOf(client.socket.read(1000)), "klmnopqrstuvwxyz");
		equal(client.socket.read(), undefined);
		const memory = new NativeMemory(8);
		server.socket.write(bytesOf("native"));
		await until(() => client.readable.at(-1) === 6);
		equal(client.socket.read(memory), 6);
	});

	suite.test("tcp-write-takes-bytes-only", async test => {
		const [server, client] = await connect(test);
		let received = 0;
		client.onReadable = () => {
			received += (client.socket.read() as ArrayBuffer).byteLength;
		};
		const buffer = new ArrayBuffer(8);
		for (const data of [buffer, new Uint8Array(buffer, 1, 5), new DataView(buffer, 2, 3), new NativeMemory(100),
			new Int8Array(4)])
			server.socket.write(data);
		await until(() => received === 8 + 5 + 3 + 100 + 4);
		for (const data of ["text", [1, 2], {}, undefined, null, 5, new Uint16Array(2), new Float64Array(1)])
			throws(() => server.socket.write(data), Error, String(data));
		await delay(10);
		equal(received, 120);
	});

	suite.test("tcp-format-number-reads-and-writes-bytes", async test => {
		const [server, client] = await connect(test, { format: "number" });
		equal([server.socket.format, client.socket.format], ["number", "number"]);
		for (const byte of [65, 0, 255])
			server.socket.write(byte);
		await until(() => client.readable.at(-1) === 3);
		equal([client.socket.read(), client.socket.read(), client.socket.read(), client.socket.read()], [65, 0, 255,
			undefined]);
		client.socket.format = "buffer";
		server.socket.format = "buffer";
		server.socket.write(bytesOf("now bytes"));
		await until(() => client.readable.at(-1) === 9);
		equal(textOf(client.socket.read()), "now bytes");
		throws(() => {
			client.socket.format = "text";
		}, RangeError);
		equal(client.socket.format, "buffer");
		throws(() => new TCP({ address: "127.0.0.1", port: 1, format: "text" }), RangeError);
	});

	suite.test("tcp-tells-the-address-and-port-of-the-peer", async test => {
		let server: End | undefined;
		const listener = test.close(new Listener({
			port: 0,
			onReadable() {
				server = test.close(new End({ from: this.read() }));
			},
		}));
		const client = test.close(new End({ host: "localhost", port: listener.port }));
		await until(() => !!server && client.connected);
		equal([client.socket.remoteAddress, client.socket.remotePort], ["127.0.0.1", listener.port]);
		equal(server!.socket.remoteAddress, "127.0.0.1");
		equal(server!.socket.remotePort! > 1023 && server!.socket.remotePort !== listener.port, true);
	});

	suite.test("tcp-options-are-checked", () => {
		const address = "127.0.0.1";
		for (const port of [undefined, 0, -1, 65536, 1e9, NaN])
			throws(() => new TCP({ address, port } as never), RangeError, `port ${port}`);
		throws(() => new TCP({ port: 80 }), RangeError);
		for (const bad of ["example.com", "1.2.3", "", "::1", "127.0.0.1 "])
			throws(() => new TCP({ address: bad, port: 80 }), RangeError, bad);
		for (const callback of ["onReadable", "onWritable", "onError"])
			for (const value of [5, {}, "f", true])
				throws(() => new TCP({ address, port: 80, [callback]: value } as never), TypeError, callback);
		throws(() => new TCP({ from: {} }), Error);
		throws(() => new TCP({ from: null }), Error);
	});

	suite.test("tcp-connection-can-be-taken-over-once", async test => {
		let waiting: TCP | undefined;
		const listener = test.close(new Listener({
			port: 0,
			onReadable() {
				waiting = this.read();
			},
		}));
		const client = test.close(new End({ address: "127.0.0.1", port: listener.port }));
		await until(() => !!waiting && client.connected);
		equal(waiting!.remoteAddress, "127.0.0.1");
		const server = test.close(new End({ from: waiting }));
		throws(() => new TCP({ from: waiting }), Error);
		waiting!.close();
		client.socket.write(bytesOf("still open"));
		await until(() => server.readable.at(-1) === 10);
		// from the first owner with its callbacks to a second
		const second = test.close(new End({ from: server.socket }));
		await until(() => second.readable.at(-1) === 10);
		equal(textOf(second.socket.read()), "still open");
		const told = server.readable.length;
		client.socket.write(bytesOf("to the second"));
		await until(() => second.readable.at(-1) === 13);
		equal([server.readable.length, server.errors], [told, 0]);
		equal(textOf(second.socket.read()), "to the second");
		server.close();
		// an idle connection, of which the host is watching for bytes
		await delay(30);
		const third = test.close(new End({ from: second.socket }));
		await until(() => third.connected);
		await delay(30);
		client.socket.write(bytesOf("to the third"));
		await until(() => third.readable.at(-1) === 12);
		equal(textOf(third.socket.read()), "to the third");
		equal([second.readable.length, second.errors, third.errors], [2, 0, 0]);
		second.close();
	});

	suite.test("tcp-callbacks-that-getters-make-survive-collections", async test => {
		let called = 0;
		const listener = test.close(new Listener({ port: 0 }));
		const socket = test.close(new TCP({
			get onReadable() {
				return () => {
					called += 100;
				};
			},
			get onWritable() {
				return () => {
					called += 1;
				};
			},
			get onError() {
				return () => {
					called += 100;
				};
			},
			get address() {
				Process.collect();
				return ["127", "0", "0", "1"].join(".");
			},
			get port() {
				Process.collect();
				return listener.port;
			},
		}));
		Process.collect();
		await until(() => called > 0);
		equal(called, 1);
		socket.close();
	});

	suite.test("tcp-bytes-left-unread-are-told-of-once-and-do-not-keep-the-program-busy", async test => {
		const [server, client] = await connect(test);
		server.socket.write(bytesOf("unread"));
		await until(() => client.readable.length > 0);
		const begin = processorTime();
		await delay(200);
		const busy = processorTime() - begin;
		equal(busy < 100, true, `busy for ${busy} of 200 ms`);
		equal(client.readable, [6]);
		// later bytes are reported together with the unread ones
		server.socket.write(bytesOf(" more"));
		await until(() => client.readable.length > 1);
		equal(client.readable, [6, 11]);
		equal(textOf(client.socket.read(3)), "unr");
		// bytes left by a read are reported again
		await until(() => client.readable.length > 2);
		equal(client.readable, [6, 11, 8]);
		server.close();
		await delay(30);
		equal([client.errors, client.readable], [0, [6, 11, 8]]);
		equal(textOf(client.socket.read()), "ead more");
		await until(() => client.errors > 0);
		equal(client.errors, 1);
	});

	suite.test("tcp-without-readable-is-not-kept-busy-by-what-comes", async test => {
		let waiting: TCP | undefined, errors = 0;
		const listener = test.close(new Listener({
			port: 0,
			onReadable() {
				waiting = this.read();
			},
		}));
		const client = test.close(new End({ address: "127.0.0.1", port: listener.port }));
		await until(() => !!waiting && client.connected);
		const server = test.close(new TCP({
			from: waiting,
			onError() {
				errors += 1;
			},
		}));
		client.socket.write(bytesOf("to nobody"));
		const begin = processorTime();
		await delay(200);
		const busy = processorTime() - begin;
		equal(busy < 100, true, `busy for ${busy} of 200 ms`);
		equal(textOf(server.read()), "to nobody");
		client.close();
		await until(() => errors > 0);
		equal(errors, 1);
	});

	suite.test("tcp-closed-with-bytes-waiting-sends-them-and-is-collected", async () => {
		const chunk = new Uint8Array(Math.min(64_000, limit >> 1)), buffer = new Uint8Array(64_000);
		const round = async () => {
			const round = new Test(), [server, client] = await connect(round);
			let accepted = 0, received = 0, intact = true;
			for (let left = limit; left >= chunk.length; accepted += chunk.length) {
				Pattern.fill(chunk, accepted);
				left = server.socket.write(chunk);
			}
			server.close();
			client.onReadable = () => {
				for (let count; (count = client.socket.read(buffer) as number | undefined) !== undefined;
					received += count)
					intact &&= Pattern.check(buffer, received, count);
			};
			client.onReadable(0);
			await until(() => client.errors > 0);
			equal([received, intact], [accepted, true]);
			round.end();
		};
		const slots = async () => {
			for (let i = 0; i < 5; i++)
				await round();
			await delay(1);
			Process.collect();
			return Process.memory(0);
		};
		await slots();
		const more = await slots() - await slots();
		equal(Math.abs(more) < 10, true, `${-more} slots more after 5 connections`);
	});

	suite.test("tcp-urgent-bytes-are-read-in-their-place", async test => {
		let server: End | undefined;
		const listener = test.close(new Listener({
			port: 0,
			onReadable() {
				server = test.close(new End({ from: this.read() }));
			},
		}));
		const peer = test.close(new Peer(listener.port));
		await until(() => server !== undefined);
		let text = "";
		server!.onReadable = () => {
			text += textOf(server!.socket.read());
		};
		peer.send("ab", true);
		peer.send("c");
		await until(() => text.length >= 3);
		equal(text, "abc");
		// before anything is read, and more than once
		const other = test.close(new Peer(listener.port));
		other.send("d", true);
		other.send("ef", true);
		other.send("g");
		const before = server;
		await until(() => server !== before);
		await until(() => server!.readable.at(-1) === 4);
		equal(textOf(server!.socket.read()), "defg");
	});

	suite.test("tcp-peer-that-has-said-all-gets-what-waits", async test => {
		let server: End | undefined;
		const listener = test.close(new Listener({
			port: 0,
			onReadable() {
				server = test.close(new End({ from: this.read() }));
			},
		}));
		const peer = test.close(new Peer(listener.port));
		await until(() => server !== undefined && server.connected);
		const chunk = new Uint8Array(Math.min(64_000, limit >> 1)), buffer = new Uint8Array(64_000);
		let accepted = 0, received = 0, intact = true;
		for (let left = limit; left >= chunk.length; accepted += chunk.length) {
			Pattern.fill(chunk, accepted);
			left = server!.socket.write(chunk);
		}
		peer.finish();
		await until(() => server!.errors > 0);
		server!.close();
		for (let count; (count = peer.receive(buffer)) !== 0;) {
			if (count < 0) {
				await delay(1);
				continue;
			}
			intact &&= Pattern.check(buffer, received, count);
			received += count;
		}
		equal([received, intact], [accepted, true]);
	});

	suite.test("tcp-timers-keep-their-pace-beside-a-busy-connection", async test => {
		const [server, client] = await connect(test);
		// room is told of from a quarter on
		const data = new Uint8Array(Math.min(64_000, limit >> 2)), buffer = new Uint8Array(64_000);
		let moved = 0;
		server.onWritable = credit => {
			while (credit >= data.length)
				credit = server.socket.write(data);
		};
		client.onReadable = () => {
			for (let count; (count = client.socket.read(buffer) as number | undefined) !== undefined;) {
				moved += count;
				if (count < buffer.length)
					break;
			}
		};
		server.onWritable(limit);
		let ticks = 0;
		const timer = Timer.repeat(() => {
			ticks += 1;
		}, 5);
		await delay(200);
		Timer.clear(timer);
		// few, for a busy machine; a loop starved by the connection has none
		equal(ticks >= 4, true, `${ticks} of 40 ticks`);
		equal(moved > 4 * limit, true, `${moved} bytes`);
	});
}
