// SPDX-License-Identifier: MIT
/** Frames to several clients over TCP: one call into lwIP's thread for two of them, whatever their sockets do.
 *  And frames of any size over UDP. */

import { DIRECT, Fanout, Route } from "fanout";
import Fragmenter from "jpeg/fragmenter";
import Scan from "jpeg/scan";
import type { Frame } from "camera/source";
import type { TCPStream, UDPStream } from "sockets/sockets";
import { equal } from "../../unit/harness";
import { connect, type End, openUDP } from "../host/sockets";
import { delay, type AsyncSuite, type Test, until } from "../harness";
import { Numbers } from "./numbers";
import { jpeg } from "../stream/smalljpeg";
import TestFrame from "../stream/testframe";

const PACKET_SIZE = 1400, CAPTURE_TIME = 1_000_000;

function newFragmenter(index: number): Fragmenter {
	return new Fragmenter({ ssrc: index + 1, sequenceNumber: 100 * index, channel: 2 * index });
}

function append(list: number[], buffer: ArrayBuffer): void {
	const bytes = new Uint8Array(buffer);
	for (let i = 0; i < bytes.length; i++)
		list.push(bytes[i]!);
}

/** A client that keeps what it receives. */
class Client {
	readonly route: Route;
	readonly received: number[] = [];
	readonly #reference: Fragmenter;
	/** Bytes of the frames sent to it. */
	readonly #expected: number[] = [];

	constructor(readonly server: End, readonly end: End, index: number) {
		this.#reference = newFragmenter(index);
		this.route = new Route(newFragmenter(index), PACKET_SIZE, server.socket as unknown as TCPStream);
		this.route.mode = DIRECT;
		server.writable.length = 0;
	}

	/** Reads from now on. */
	read(): void {
		const take = () => {
			for (let bytes; (bytes = this.end.socket.read() as ArrayBuffer | undefined) !== undefined;)
				append(this.received, bytes);
		};
		this.end.onReadable = take;
		take();
	}

	/** Adds the frame to what it should receive. */
	expect(frame: Frame, scan: Scan): void {
		this.#reference.begin(CAPTURE_TIME / 1000 * 90);
		while (this.#reference.next(frame, scan, PACKET_SIZE))
			append(this.#expected, this.#reference.packet as unknown as ArrayBuffer);
		this.#reference.restore(frame);
	}

	/** Waits for the expected bytes. */
	async complete(): Promise<void> {
		await until(() => this.received.length >= this.#expected.length);
		equal(this.received.length, this.#expected.length);
		equal(this.received.every((byte, i) => byte === this.#expected[i]), true, "the frames' packets, in order");
	}
}

class Audience {
	readonly fanout = new Fanout(0);
	readonly scan = new Scan();
	readonly frame: Frame;
	readonly clients: Client[] = [];

	/** @param byteLength of the scan */
	constructor(byteLength: number) {
		this.frame = new TestFrame(jpeg(byteLength)) as unknown as Frame;
		this.scan.parse(this.frame);
	}

	async join(test: Test, count: number): Promise<void> {
		while (this.clients.length < count) {
			const [server, end] = await connect(test, { nodelay: true });
			const client = new Client(server, end, this.clients.length);
			this.clients.push(client);
			this.fanout.add(client.route);
		}
	}

	/** @returns the indices of clients that did not get the whole frame */
	send(): string {
		const missed = [];
		this.fanout.send(this.frame, this.scan, CAPTURE_TIME, true, 0);
		for (let i = this.fanout.next(); i >= 0; i = this.fanout.next())
			missed.push(i);
		return missed.join();
	}
}

/** Fills the socket, whose peer does not read. */
function fill(end: End): void {
	for (let i = 0; i < 1000; i++) {
		try {
			end.socket.write(new Uint8Array(256));
		}
		catch {
			return;
		}
	}
	throw new Error("it is never full");
}

export default function (suite: AsyncSuite, limit: number): void {
	const small = Math.min(4000, limit >> 1);

	for (const [count, calls] of [[1, 1], [2, 1], [5, 3], [8, 4]] as const) {
		suite.test(`frame-to-${count}-tcp-clients-is-${calls}-calls-into-lwip`, async test => {
			const all = new Audience(small);
			await all.join(test, count);
			for (const client of all.clients) {
				client.read();
				client.expect(all.frame, all.scan);
			}
			const before = Numbers.get("calls");
			equal(all.send(), "");
			// reading the number is a call as well
			equal(Numbers.get("calls") - before, calls + 1);
			for (const client of all.clients)
				await client.complete();
		});
	}

	suite.test("frame-sent-whole-wakes-nobody-when-it-is-acknowledged", async test => {
		const all = new Audience(small);
		await all.join(test, 2);
		for (const client of all.clients)
			client.read();
		for (let i = 0; i < 5; i++) {
			for (const client of all.clients)
				client.expect(all.frame, all.scan);
			equal(all.send(), "");
			for (const client of all.clients)
				await client.complete();
			await delay(20);
		}
		// longer than lwIP's slowest timer
		await delay(600);
		equal(all.clients.map(({ server }) => server.writable.length), [0, 0]);
	});

	suite.test("full-socket-among-several-costs-only-its-own-frame-and-is-told-of-room", async test => {
		const all = new Audience(small);
		await all.join(test, 3);
		const [first, full, last] = all.clients as [Client, Client, Client];
		fill(full.server);
		await delay(50);
		full.server.writable.length = 0;
		for (const client of [first, last]) {
			client.read();
			client.expect(all.frame, all.scan);
		}
		equal(all.send(), "1");
		await first.complete();
		await last.complete();
		equal([first.route.frameCount, full.route.frameCount, last.route.frameCount], [1, 0, 1]);
		equal(full.server.writable.length, 0);
		full.read();
		await until(() => full.server.writable.length > 0);
		equal([first.server.writable.length, last.server.writable.length], [0, 0]);
	});

	suite.test("frame-for-which-a-socket-is-too-full-is-interrupted-and-told-of-room", async test => {
		const all = new Audience(2 * limit);
		await all.join(test, 2);
		equal(all.send(), "0,1");
		equal(all.clients.map(({ route }) => route.interrupted), [true, true]);
		for (const client of all.clients)
			client.read();
		await until(() => all.clients.every(({ server }) => server.writable.length > 0));
	});

	// UDP has no send buffer to wait for, however large a frame is
	for (const byteLength of [5000, 260_000, 300_000]) {
		suite.test(`frame-of-${byteLength}-bytes-is-sent-whole-over-udp`, async test => {
			const all = new Audience(byteLength), sender = openUDP(test), receiver = openUDP(test);
			const route = new Route(newFragmenter(0), PACKET_SIZE, sender.socket as unknown as UDPStream, {
				address: "127.0.0.1",
				port: receiver.port,
			});
			route.mode = DIRECT;
			all.fanout.add(route);
			equal(all.send(), "");
			equal([route.frameCount, route.takeFailure()], [1, false]);
			await delay(20);
			const reference = newFragmenter(0);
			reference.begin(CAPTURE_TIME / 1000 * 90);
			reference.next(all.frame, all.scan, PACKET_SIZE);
			const first: number[] = [], expected: number[] = [];
			append(first, receiver.socket.read()!);
			append(expected, reference.packet as unknown as ArrayBuffer);
			equal(first, expected);
		});
	}

	suite.test("client-that-is-reset-among-several-costs-nobody-else-a-frame", async test => {
		const all = new Audience(small);
		await all.join(test, 3);
		const [first, gone, last] = all.clients as [Client, Client, Client];
		gone.server.socket.write(new Uint8Array(10));
		await until(() => gone.end.readable.length > 0);
		const active = Numbers.get("active");
		// unread bytes: a reset. lwIP's thread takes it while this one has not heard of it
		gone.end.close();
		while (Numbers.get("active") > active - 2);
		for (const client of [first, last]) {
			client.read();
			client.expect(all.frame, all.scan);
		}
		equal(gone.server.errors, 0);
		equal(all.send(), "1");
		await first.complete();
		await last.complete();
		await until(() => gone.server.errors === 1);
		gone.server.close();
		for (const client of [first, last])
			client.expect(all.frame, all.scan);
		equal(all.send(), "1");
		await first.complete();
		await last.complete();
	});
}
