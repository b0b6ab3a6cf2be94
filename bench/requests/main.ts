// SPDX-License-Identifier: MIT
/**
 * Measures a request's cost to the server, without sockets and frames. Each case (cases.ts) is sent with 500, 2,000 and
 * 4,000 bytes, on its own connection, in the pieces that a connection reads.
 *
 *    instructions   calls `Process.copied` before and after each request as a mark for a profiler, and prints a line
 *    memory         prints a line with the slots and chunk bytes that the request took
 */

import { CASES, type Case } from "./cases";
import Process from "process";
import { Server, type ServerConnection } from "rtsp/server";
import type { ParameterControl, Peer, StreamControl } from "rtsp/types";

/** Bytes that a connection reads at once (sockets/tcpconnection.ts). */
const PIECE = 512;
const SIZES = [500, 2000, 4000];
const SLOTS = 0, CHUNK_BYTES = 2;

class FakePeer implements Peer {
	readonly remoteAddress = "192.0.2.7";
	readonly localAddress = "192.0.2.1";
	sent = "";

	send(text: string): void {
		this.sent = text;
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

/** Returns a connection to a new server, ready to receive a case. */
function open(it: Case): ServerConnection {
	const server = serverFor(it), cookie = "x-sessioncookie: c\r\n\r\n";
	if (it.tunnel)
		server.connect(new FakePeer()).receive(bytesOf(`GET / HTTP/1.0\r\n${cookie}`)[0]!);
	const connection = server.connect(new FakePeer());
	if (it.tunnel)
		connection.receive(bytesOf(`POST / HTTP/1.0\r\n${cookie}`)[0]!);
	return connection;
}

function send(connection: ServerConnection, pieces: readonly Uint8Array[]): void {
	for (const piece of pieces)
		connection.receive(piece);
}

const mode = Process.argument(0);
for (const it of CASES) {
	for (const size of SIZES) {
		const pieces = bytesOf(it.parts(size)), bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
		// warms up: allocates what is made only once
		send(open(it), pieces);
		const connection = open(it);
		Process.collect();
		if (mode === "instructions") {
			Process.copied();
			send(connection, pieces);
			Process.copied();
			trace(JSON.stringify({ name: it.name, size, bytes, byNumber: it.byNumber }), "\n");
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
Process.exit(0);
