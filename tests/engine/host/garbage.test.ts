// SPDX-License-Identifier: MIT
/** A camera's permanent activities allocate nothing: timers, writing to sockets, reading into a buffer. */

import Timer from "timer";
import { equal } from "../../unit/harness";
import { Allocations, until, type AsyncSuite } from "../harness";
import { heapSize, NativeMemory } from "./box";
import { connect, openUDP } from "./sockets";

const ROUNDS = 1000;

export default function (suite: AsyncSuite): void {
	suite.test("timers-and-sockets-allocate-nothing-over-1000-rounds", async test => {
		const [server, client] = await connect(test), { socket } = openUDP(test), { port } = openUDP(test);
		const allocations = new Allocations(), memory = new NativeMemory(1400), array = new Uint8Array(1400),
			buffer = new Uint8Array(64_000);
		let rounds = 0, received = 0, credit = 0;
		// the log of callbacks in `End` would itself be garbage
		const { socket: writer } = server, { socket: reader } = client;
		client.readable.push = server.writable.push = () => 0;
		client.onReadable = bytes => {
			while (bytes > 0) {
				const count = reader.read(buffer) as number;
				received += count;
				bytes -= count;
			}
		};
		await new Promise<void>(resolve => {
			Timer.repeat(timer => {
				if (rounds === 20)
					allocations.begin();
				if (rounds === 20 + ROUNDS) {
					allocations.end();
					Timer.clear(timer);
					resolve();
					return;
				}
				rounds += 1;
				credit = writer.write(memory);
				credit = writer.write(array);
				socket.write(memory, "127.0.0.1", port);
				socket.write(array, "127.0.0.1", port);
			}, 1);
		});
		await until(() => received >= (20 + ROUNDS) * 2800);
		equal(received, (20 + ROUNDS) * 2800);
		equal(credit > 0, true);
		allocations.expectNone(`${ROUNDS} rounds`);
	});

	suite.test("socket-that-was-backed-up-keeps-no-buffer", async test => {
		const count = 8, chunk = new Uint8Array(32 * 1024), buffer = new Uint8Array(64_000);
		const pairs = [];
		for (let i = 0; i < count; i++)
			pairs.push(await connect(test));
		const before = heapSize();
		let written = 0, received = 0;
		for (const [{ socket }] of pairs) {
			for (let left = Infinity; left >= chunk.length; written += chunk.length)
				left = socket.write(chunk);
		}
		const most = heapSize() - before;
		for (const [, client] of pairs) {
			const take = () => {
				for (let taken; (taken = client.socket.read(buffer) as number | undefined) !== undefined;)
					received += taken;
			};
			client.onReadable = take;
			take();
		}
		await until(() => received === written);
		if (before === 0)
			return; // not known with the sanitizers' allocator
		equal(most >= count * 200 * 1024, true, `${most} bytes while backed up`);
		equal(heapSize() - before < count * 64 * 1024, true, `${heapSize() - before} of ${most} bytes are kept`);
	});

	suite.test("allocations-are-counted", () => {
		// checks the measurement itself: two slots per object
		const allocations = new Allocations();
		let kept: unknown;
		allocations.begin();
		for (let i = 0; i < 3; i++)
			kept = { i, kept };
		allocations.end();
		equal([allocations.slots, kept !== undefined], [9, true]);
	});
}
