// SPDX-License-Identifier: MIT
/**
 * What a request costs the server, without sockets and frames: each case (cases.ts), 500, 2,000 and 4,000 bytes, on a
 * connection of its own, in the pieces that a connection reads.
 *
 *    instructions   marks the beginning and the end of each for a profiler with a call of `Process.copied`, and prints
 *                   a line
 *    memory         prints a line with the slots and chunk bytes that one took
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
		// the server has done with it
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

/** The connection of a server of its own, about to receive a case. */
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
		// what is made once
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
