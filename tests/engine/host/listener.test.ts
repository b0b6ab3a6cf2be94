// SPDX-License-Identifier: MIT
/** Listeners: ports, pending connections, large numbers of connections. */

import Process from "process";
import Timer from "timer";
import { equal, throws } from "../../unit/harness";
import { delay, thrown, until, type AsyncSuite } from "../harness";
import { processorTime } from "./box";
import { Descriptors, Peer } from "./descriptors";
import { bytesOf, End, Listener, type TCP } from "./sockets";

/** Capacity for connections that arrive faster than they are read. */
export interface Crowd {
	/** Number of simultaneous connections that all succeed. */
	readonly atOnce: number;
	/** Number of pending connections, in the listener and in the system. */
	readonly waiting: number;
	/** Number of those in the listener. */
	readonly inListener: number;
}

export default function (
	suite: AsyncSuite,
	{ atOnce, waiting, inListener }: Crowd = { atOnce: 200, waiting: 40, inListener: 16 },
): void {
	suite.test("listener-takes-a-free-port-and-tells-it", test => {
		const first = test.close(new Listener({ port: 0 })), second = test.close(new Listener({}));
		equal(first.port > 0 && second.port > 0 && first.port !== second.port, true);
		equal(first.format, "socket/tcp");
		throws(() => {
			first.format = "buffer";
		}, RangeError);
	});

	suite.test("listener-names-the-port-that-is-taken", test => {
		const { port } = test.close(new Listener({ port: 0 }));
		for (let i = 0; i < 3; i++) {
			const { message } = thrown(() => new Listener({ port }), Error);
			equal(message.includes(String(port)) && /in use/i.test(message), true, message);
		}
	});

	suite.test("listener-options-are-checked", () => {
		for (const port of [-1, 65536, NaN])
			throws(() => new Listener({ port }), RangeError);
		throws(() => new Listener({ port: 0, address: "nowhere" }), RangeError);
		throws(() => new Listener({ port: 0, onReadable: 5 as never }), TypeError);
		// not an address of this machine
		throws(() => new Listener({ port: 0, address: "192.0.2.1" }), Error);
	});

	suite.test("listener-closed-accepts-no-more-and-frees-its-port", async test => {
		let count = 0;
		const listener = new Listener({
			port: 0,
			onReadable() {
				count += 1;
			},
		});
		const { port } = listener;
		listener.close();
		listener.close();
		const client = test.close(new End({ address: "127.0.0.1", port }));
		await until(() => client.errors > 0);
		equal(count, 0);
		equal(listener.read(), undefined);
		throws(() => listener.port, Error);
		test.close(new Listener({ port }));
	});

	suite.test("listener-read-without-connection-is-undefined", test => {
		const listener = test.close(new Listener({ port: 0 }));
		equal([listener.read(), listener.read()], [undefined, undefined]);
	});

	suite.test(`listener-accepts-${atOnce}-connections-at-once`, async test => {
		let most = 0;
		const servers: End[] = [], clients: End[] = [];
		const listener = test.close(new Listener({
			port: 0,
			onReadable(count) {
				most = Math.max(most, count);
				for (let from; (from = this.read()) !== undefined;) {
					const server = test.close(new End({ from }));
					server.onReadable = () => server.socket.write(server.socket.read());
					servers.push(server);
				}
			},
		}));
		// no holes: replies come in any order, and the engine's collector reads the
		// spare elements of an array with holes
		const replies = Array.from({ length: atOnce }, () => -1);
		for (let i = 0; i < atOnce; i++) {
			const client = test.close(new End({ address: "127.0.0.1", port: listener.port }));
			client.onWritable = () => client.socket.write(Uint8Array.of(i));
			client.onReadable = () => {
				replies[i] = new Uint8Array(client.socket.read() as ArrayBuffer)[0]!;
			};
			clients.push(client);
		}
		await until(() => replies.every(reply => reply >= 0));
		equal(servers.length, atOnce);
		replies.forEach((reply, i) => equal(reply, i));
		equal(clients.reduce((sum, client) => sum + client.errors, 0), 0);
		equal(most > 1, true);
	});

	suite.test("listener-gives-connections-in-their-order", async test => {
		const listener = test.close(new Listener({ port: 0 }));
		const clients: End[] = [];
		for (let i = 0; i < 5; i++) {
			const client = test.close(new End({ address: "127.0.0.1", port: listener.port }));
			await until(() => client.connected);
			client.socket.write(Uint8Array.of(i));
			clients.push(client);
		}
		await delay(5);
		const order: number[] = [];
		for (let from; (from = listener.read()) !== undefined;) {
			const server = test.close(new End({ from }));
			await until(() => server.readable.length > 0);
			order.push(new Uint8Array(server.socket.read() as ArrayBuffer)[0]!);
		}
		equal(order, [0, 1, 2, 3, 4]);
	});

	suite.test("listener-closes-connections-that-nobody-read", async test => {
		const listener = new Listener({ port: 0 });
		const client = test.close(new End({ address: "127.0.0.1", port: listener.port }));
		await until(() => client.connected);
		await delay(5);
		listener.close();
		await until(() => client.errors > 0);
	});

	suite.test("listener-connection-that-nobody-takes-is-closed-with-its-socket", async test => {
		let waiting: TCP | undefined;
		const listener = test.close(new Listener({
			port: 0,
			onReadable() {
				waiting = this.read();
			},
		}));
		const refused = test.close(new End({ address: "127.0.0.1", port: listener.port }));
		await until(() => !!waiting && refused.connected);
		waiting!.close();
		await until(() => refused.errors > 0);
		// without close: the collector closes it
		waiting = undefined;
		const forgotten = test.close(new End({ address: "127.0.0.1", port: listener.port }));
		await until(() => !!waiting && forgotten.connected);
		waiting = undefined;
		while (!forgotten.errors) {
			Process.collect();
			await delay(1);
		}
	});

	suite.test("listener-closed-in-its-callback", async test => {
		let count = 0;
		const listener = new Listener({
			port: 0,
			onReadable() {
				count += 1;
				this.close();
				Process.collect();
			},
		});
		const clients = [0, 1, 2].map(() => test.close(new End({ address: "127.0.0.1", port: listener.port })));
		await until(() => count === 1 && clients.every(client => client.errors > 0));
		equal(count, 1);
	});

	suite.test("listener-nobody-holds-goes-on", async test => {
		let port = 0, count = 0, stop = false;
		(() => {
			({ port } = new Listener({
				port: 0,
				onReadable() {
					this.read()!.close();
					count += 1;
					if (stop)
						this.close();
				},
			}));
		})();
		Process.collect();
		for (let i = 0; i < 3; i++) {
			stop = i === 2;
			const client = test.close(new End({ address: "127.0.0.1", port }));
			await until(() => client.errors > 0);
			Process.collect();
		}
		equal(count, 3);
		equal(bytesOf("").length, 0);
	});

	suite.test("listener-that-nobody-reads-is-not-kept-busy-and-goes-on", async test => {
		let told = 0, highest = 0;
		const listener = test.close(new Listener({
			port: 0,
			onReadable(count) {
				told += 1;
				highest = Math.max(highest, count);
			},
		}));
		// connections beyond the listener's queue wait in the system
		for (let i = 0; i < waiting; i++)
			test.close(new Peer(listener.port)).send(String.fromCharCode(i + 1));
		await until(() => highest >= inListener);
		await delay(20);
		const begin = processorTime(), before = told;
		await delay(200);
		const busy = processorTime() - begin;
		equal(busy < 100, true, `busy for ${busy} of 200 ms`);
		equal(told, before);
		const order: number[] = [];
		while (order.length < waiting) {
			const from = listener.read();
			if (!from) {
				await delay(1);
				continue;
			}
			const server = test.close(new End({ from }));
			await until(() => server.readable.length > 0);
			order.push(new Uint8Array(server.socket.read() as ArrayBuffer)[0]!);
		}
		equal(order.every((value, i) => value === i + 1), true, `${order}`);
		if (waiting > inListener)
			equal(told > before, true);
	});

	suite.test("listener-without-descriptors-is-not-kept-busy-and-goes-on", async test => {
		const sockets: TCP[] = [];
		const listener = test.close(new Listener({
			port: 0,
			onReadable() {
				for (let socket; (socket = this.read()) !== undefined;)
					sockets.push(test.close(socket));
			},
		}));
		for (let i = 0; i < 5; i++)
			test.close(new Peer(listener.port));
		Descriptors.limit(2);
		test.close({ close: () => Descriptors.limit(-1) });
		await until(() => sockets.length === 2);
		await delay(5);
		const begin = processorTime();
		await delay(200);
		const busy = processorTime() - begin;
		equal([busy < 100, sockets.length], [true, 2], `busy for ${busy} of 200 ms`);
		// closing one makes room for one more; the rest keep waiting
		sockets[0]!.close();
		await until(() => sockets.length === 3);
		Descriptors.limit(-1);
		await until(() => sockets.length === 5);
	});

	suite.test("listener-methods-refuse-another-object", test => {
		const { read, close } = Listener.prototype;
		const timer = Timer.set(() => {}, 10_000);
		test.close({ close: () => Timer.clear(timer) });
		throws(() => read.call(timer as never), SyntaxError);
		throws(() => close.call(timer as never), SyntaxError);
	});
}
