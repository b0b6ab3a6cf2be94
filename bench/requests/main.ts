// SPDX-License-Identifier: MIT
/**
 * Measures a request's cost to the server, without sockets and frames. Each case (cases.ts) is sent in four sizes up to
 * 4,000 bytes, each on its own connection, in the pieces that a connection reads.
 *
 *    instructions   calls `Process.copied` before and after each request as a mark for a profiler, and prints a line
 *    memory         prints a line with the slots and chunk bytes that the request took
 *    typical        as instructions, for what common clients send (typical.ts)
 *    typicalmemory  as memory, for the same
 *    sessions       as instructions, for a tick and a SETUP of a server with 32, 128 and 512 sessions
 */

import { CASES, type Case } from "./cases";
import Process from "process";
import { text as textOf } from "octets/octets";
import { measureTypical } from "./typical";
import { Server, type ServerConnection } from "rtsp/server";
import type { ParameterControl, Peer, StreamControl, Subscription } from "rtsp/types";

/** Bytes that a connection reads at once (sockets/tcpconnection.ts). */
const PIECE = 512;
const LARGEST = 4000;
const SESSIONS = [32, 128, 512];
const SLOTS = 0, CHUNK_BYTES = 2;

class FakePeer implements Peer {
	readonly remoteAddress: string;
	readonly localAddress = "192.0.2.1";
	sent = "";

	constructor(remoteAddress = "192.0.2.7") {
		this.remoteAddress = remoteAddress;
	}

	send(bytes: Uint8Array): void {
		this.sent = textOf(bytes, 0, bytes.byteLength);
	}

	close(): void {
		// nothing to close
	}
}

const control: StreamControl = {
	describe: () => ({ width: 640, height: 480, frameRate: 25 }),
	subscribe: () => "unsupported",
};

const parameters: ParameterControl = {
	read: name => (name === "quality" ? "1" : undefined),
	isWritable: () => true,
	write: () => true,
};

function bytesOf(text: string): Uint8Array[] {
	const pieces: Uint8Array[] = [];
	for (let begin = 0; begin < text.length; begin += PIECE) {
		const part = text.slice(begin, begin + PIECE), piece = new Uint8Array(part.length);
		let i = 0;
		for (const character of part)
			piece[i++] = character.charCodeAt(0);
		pieces.push(piece);
	}
	return pieces;
}

/** Growing up to what is accepted, and beyond. */
function sizesOf({ accepted = LARGEST / 2 }: Case): number[] {
	return [accepted / 4, accepted / 2, accepted, LARGEST];
}

let random = 1;

function serverFor({ login }: Case): Server {
	return new Server({
		control,
		parameters,
		path: "/",
		serverName: "rtsp-camera",
		now: () => 1000,
		random32: () => random++,
		...(login ? { authentication: { user: "u", password: "p", failureLimit: 0 } } : {}),
	});
}

/** Returns a connection to a new server, ready to receive a case.
 *  @param peer gets the replies, but not those of a tunnel */
function open(it: Case, peer = new FakePeer()): ServerConnection {
	const server = serverFor(it), cookie = "x-sessioncookie: c\r\n\r\n";
	if (it.tunnel)
		server.connect(new FakePeer()).receive(bytesOf(`GET / HTTP/1.0\r\n${cookie}`)[0]!);
	const connection = server.connect(peer);
	if (it.tunnel)
		connection.receive(bytesOf(`POST / HTTP/1.0\r\n${cookie}`)[0]!);
	return connection;
}

function send(connection: ServerConnection, pieces: readonly Uint8Array[]): void {
	for (const piece of pieces)
		connection.receive(piece);
}

const subscription: Subscription = {
	ssrc: 1,
	serverRTPPort: 6970,
	serverRTCPPort: 6971,
	blocksize: undefined,
	readParameter: () => undefined,
	play: () => ({ sequenceNumber: 1, timestamp: 1 }),
	pause: () => undefined,
	receiveRTCP: () => undefined,
	close: () => undefined,
};

function setup(port: number): Uint8Array[] {
	return bytesOf(
		`SETUP rtsp://h/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP;unicast;client_port=${port}-${port + 1}`
			+ "\r\n\r\n",
	);
}

/** A server whose places are all taken, one of them by a session without a connection, which gives way to the SETUP.
 *  @param shared whether all others are on one connection; otherwise each has a connection and an address of its own */
function measureSessions(count: number, shared: boolean): void {
	const server = new Server({
		control: { ...control, subscribe: () => subscription },
		now: () => 1000,
		random32: () => random++,
		// one address never has all places
		limits: { connections: 1000, sessions: shared ? count + 1 : count, connectionSessions: count,
			addressSessions: count },
	});
	const newcomer = server.connect(new FakePeer());
	for (let i = 1; i < count; i++)
		send(shared ? newcomer : server.connect(new FakePeer(`192.0.2.${i}`)), setup(10_000 + 2 * i));
	const lost = server.connect(new FakePeer());
	send(lost, setup(10_000));
	lost.closed();
	const name = shared ? "sessions of one connection" : "sessions", pieces = setup(9000);
	const measure = (what: string, body: () => void): void => {
		Process.collect();
		Process.copied();
		body();
		Process.copied();
		if (server.sessionCount !== count)
			throw new Error(`${server.sessionCount} sessions instead of ${count}`);
		trace(JSON.stringify({ name: `${what}, ${name}`, size: count, bytes: count }), "\n");
	};
	measure("tick", () => server.tick());
	measure("SETUP", () => send(newcomer, pieces));
}

function measureRequests(mode: string | undefined): void {
	for (const it of CASES) {
		for (const size of sizesOf(it)) {
			const pieces = bytesOf(it.parts(size)), bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
			// what is made once
			send(open(it), pieces);
			const peer = new FakePeer(), connection = open(it, peer);
			Process.collect();
			if (mode === "instructions") {
				Process.copied();
				send(connection, pieces);
				Process.copied();
				const status = Number(peer.sent.slice(9, 12));
				trace(
					JSON.stringify({ name: it.name, size, bytes, byNumber: it.byNumber, status,
						accepted: size === it.accepted }),
					"\n",
				);
			}
			else {
				const slots = Process.memory(SLOTS), chunkBytes = Process.memory(CHUNK_BYTES);
				send(connection, pieces);
				trace(
					JSON.stringify({ name: it.name, size, bytes, slots: Process.memory(SLOTS) - slots,
						chunkBytes: Process.memory(CHUNK_BYTES) - chunkBytes }),
					"\n",
				);
			}
		}
	}
}

function measureConversations(memory: boolean): void {
	let slots = 0, chunkBytes = 0;
	measureTypical({
		begin: () => {
			// the heap is so large that nothing is collected in between
			if (memory) {
				slots = Process.memory(SLOTS);
				chunkBytes = Process.memory(CHUNK_BYTES);
			}
			else
				Process.copied();
		},
		end: title => {
			if (memory) {
				// before the report takes memory
				slots = Process.memory(SLOTS) - slots;
				chunkBytes = Process.memory(CHUNK_BYTES) - chunkBytes;
				trace(JSON.stringify({ ...title, slots, chunkBytes }), "\n");
			}
			else {
				Process.copied();
				trace(JSON.stringify(title), "\n");
			}
		},
	}, () => Process.exit(0));
}

const mode = Process.argument(0);
if (mode === "typical" || mode === "typicalmemory")
	measureConversations(mode === "typicalmemory");
else {
	if (mode === "sessions") {
		for (const shared of [false, true]) {
			for (const count of SESSIONS)
				measureSessions(count, shared);
		}
	}
	else
		measureRequests(mode);
	Process.exit(0);
}
