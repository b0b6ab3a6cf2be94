// SPDX-License-Identifier: MIT
/** A full heap that cannot grow: the allocation throws an error, and memory allocated before it is freed. */

import Process from "process";
import { equal } from "../../unit/harness";
import { until, type AsyncSuite } from "../harness";
import { bytesOf, connect, openUDP } from "./sockets";

const SLOTS = 0, CHUNK_BYTES = 2;

/** Ways to allocate all memory. Each ends with an error. */
const greedy: Record<string, () => void> = {
	"buffers": () => {
		for (const kept: ArrayBuffer[] = [];;)
			kept.push(new ArrayBuffer(5000));
	},
	"one-buffer": () => {
		new ArrayBuffer(1_000_000);
	},
	"objects": () => {
		for (let kept: object = {};;)
			kept = { kept, next: { kept } };
	},
	"closures": () => {
		for (let kept = () => 0;;) {
			const before = kept;
			kept = () => before() + 1;
		}
	},
	"typed-arrays": () => {
		for (const kept: Uint8Array[] = [], bytes = new Uint8Array(10);;)
			kept.push(bytes.subarray(1));
	},
	"text": () => {
		for (let kept = "x";;)
			kept += kept;
	},
	"parts-of-a-text": () => {
		for (const kept: string[][] = [];;)
			kept.push("a,b,c,d,e,f,g,h".split(","));
	},
	"elements": () => {
		for (const kept: number[] = [];;)
			kept.push(1);
	},
	"map": () => {
		for (let kept = new Map<number, number>(), i = 0;; i++)
			kept.set(i, i);
	},
	"errors": () => {
		for (const kept: Error[] = [];;)
			kept.push(new RangeError(`error ${kept.length}`));
	},
	"iterators": () => {
		for (const kept: Iterator<string>[] = [];;)
			kept.push("abc"[Symbol.iterator]());
	},
	"numbers-as-text": () => {
		for (const kept: string[] = [];;)
			kept.push(`${kept.length * 1.5}`);
	},
};

/** A structure that must not change when an allocation throws. */
class Witness {
	readonly #list: { readonly i: number; readonly text: string; readonly bytes: Uint8Array }[] = [];

	constructor() {
		for (let i = 0; i < 50; i++)
			this.#list.push({ i, text: `text ${i}`, bytes: new Uint8Array(20).fill(i) });
	}

	check(): void {
		for (let i = 0; i < 50; i++) {
			const item = this.#list[i]!;
			equal([item.i, item.text, item.bytes[0], item.bytes[19], item.bytes.byteLength], [i, `text ${i}`, i, i,
				20]);
		}
	}
}

function messageOf(body: () => void): string {
	try {
		body();
		return "nothing";
	}
	catch (error) {
		return (error as Error).message;
	}
}

export default function (suite: AsyncSuite): void {
	for (const [name, ask] of Object.entries(greedy)) {
		suite.test(`full-heap-is-an-error-to-who-asks-for-${name}`, () => {
			const witness = new Witness();
			equal(messageOf(ask), "memory full");
			Process.collect();
			const slots = Process.memory(SLOTS), chunkBytes = Process.memory(CHUNK_BYTES);
			for (let i = 0; i < 20; i++) {
				equal(messageOf(ask), "memory full");
				witness.check();
			}
			Process.collect();
			const left = [Process.memory(SLOTS) - slots, Process.memory(CHUNK_BYTES) - chunkBytes];
			// memory for the comparison itself
			equal(left.map(difference => difference <= 256), [true, true],
				`${left.join(" slots and ")} bytes are left of it`);
		});
	}

	suite.test("full-heap-in-a-callback-of-a-socket-harms-no-other", async test => {
		const [server, client] = await connect(test), receiver = openUDP(test), sender = openUDP(test);
		const messages: string[] = [];
		server.onReadable = () => {
			const bytes = server.socket.read() as ArrayBuffer;
			messages.push(`${bytes.byteLength} ${messageOf(greedy["objects"]!)}`);
		};
		for (let i = 1; i <= 10; i++) {
			client.socket.write(bytesOf("x".repeat(i)));
			sender.socket.write(bytesOf(`datagram ${i}`), "127.0.0.1", receiver.port);
			await until(() => messages.length === i);
			equal(messages.at(-1), `${i} memory full`);
			await until(() => receiver.socket.read() !== undefined);
		}
	});
}
