// SPDX-License-Identifier: MIT
/**
 * Measures a request's cost to the HTTP server with its API, without sockets and frames. Each case (cases.ts) is sent
 * on its own connection, in the pieces that a connection reads.
 *
 *    instructions   calls `Process.copied` before and after each request as a mark for a profiler, and prints a line
 *    memory         prints a line with the slots and chunk bytes that the request took
 */

import { CASES, type Case } from "./cases";
import Camera from "camera";
import { NoticeLog } from "common/noticelog";
import { Uptime } from "common/uptime";
import { API } from "http/api/api";
import { HTTPConnection, type HTTPConnectionOwner } from "http/connection";
import { PageRoute } from "http/page/route";
import { pictureRoutes } from "http/routes";
import { HTTPService } from "http/service";
import type { Answer, HTTPPeer } from "http/types";
import { bytesOf } from "octets/octets";
import { openONVIF } from "onvif/open";
import Process from "process";
import { Authenticator } from "rtsp/authenticator";
import { Request } from "rtsp/message";
import { readSettings } from "settings/settings";
import { CameraServer } from "stream/server";

/** Bytes that a connection reads at once (sockets/tcpconnection.ts). */
const PIECE = 512;
const SLOTS = 0, CHUNK_BYTES = 2;
/** Notices in a full log, and their length, characters. */
const NOTICES = 24, NOTICE = 200;

const settings = readSettings({ port: 40_554, control: "anybody" });
const notices = new NoticeLog({ clock: new Uptime() });
for (let i = 0; i < NOTICES; i++)
	notices.add(`${i} ${"n".repeat(NOTICE)}`);
const camera = new CameraServer({
	...settings,
	openSource: onReadable =>
		new Camera({ size: settings.size, quality: settings.quality, frameRate: settings.frameRate, bufferCount: 3,
			onReadable }),
	onNotice: message => Process.error(message),
});
const api = new API({ camera, name: "", path: "", notices });
const onvif = openONVIF!({ ...settings, camera, name: "RTSP camera", httpHosts: [], hardwareAddress: "02fc00000001",
	isDiscoverable: true, onNotice: message => Process.error(message) });
const routes = [new PageRoute(), ...pictureRoutes({ ...settings, camera: camera.access }), ...api.routes,
	...onvif.routes];

class FakePeer implements HTTPPeer {
	readonly remoteAddress = "192.0.2.7";
	readonly idle = true;
	status = 0;

	sendText(text: string): void {
		if (this.status === 0)
			this.status = Number(text.slice(9, 12));
		void new Uint8Array(bytesOf(text));
	}
	sendBody(): void {
		// it leaves in pieces
	}
	sendIfRoom(text: string): boolean {
		this.sendText(text);
		return true;
	}
	hold(): void {
		// nothing is received from a socket
	}
	sendPicture(): 2 {
		return 2;
	}
	openRoute(): undefined {
		return undefined;
	}
	stalled(): void {
		// time stands still
	}
	close(): void {
		// nothing to close
	}
	drop(): void {
		// nothing to close
	}
}

const service = (authenticator?: Authenticator): HTTPService =>
	new HTTPService({ routes, authenticator, names: [], cors: "", admits: () => true });
const open = service(), closed = service(
	new Authenticator({ user: "u", password: "p", realm: "r", now: () => 1000, random32: () => 1, failureLimit: 0 }),
);

class Owner implements HTTPConnectionOwner {
	readonly limits = { headBytes: 4096, headerCount: 64, bodyBytes: 4096 };
	readonly request = new Request(64);
	readonly serverName = "rtsp-camera";
	readonly requestTimeout = 10_000;
	service = open;
	readonly now = (): number => 1000;
	answer(request: Request, connection: HTTPConnection): Answer | undefined {
		return this.service.answer(request, connection);
	}
	onError(error: unknown): void {
		throw error;
	}
	onKept(): void {
		// one connection is below the limit
	}
	onEnd(): void {
		// there is no list
	}
}
const owner = new Owner();

function piecesOf(text: string): Uint8Array[] {
	const bytes = new Uint8Array(bytesOf(text)), pieces: Uint8Array[] = [];
	for (let begin = 0; begin < bytes.byteLength; begin += PIECE)
		pieces.push(bytes.slice(begin, begin + PIECE));
	return pieces;
}

function send(connection: HTTPConnection, pieces: readonly Uint8Array[]): void {
	for (const piece of pieces) {
		for (let offset = 0; offset < piece.byteLength;)
			offset = connection.receiveNext(piece, offset);
	}
}

function measure({ name, parts, sizes = [0], login, byNumber }: Case, isMemory: boolean): void {
	owner.service = login ? closed : open;
	for (const size of sizes) {
		const pieces = piecesOf(parts(size)), bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
		// what is made once
		const first = new HTTPConnection(owner, new FakePeer());
		send(first, pieces);
		first.closed();
		const peer = new FakePeer(), connection = new HTTPConnection(owner, peer);
		Process.collect();
		const slots = Process.memory(SLOTS), chunkBytes = Process.memory(CHUNK_BYTES);
		if (isMemory)
			send(connection, pieces);
		else {
			Process.copied();
			send(connection, pieces);
			Process.copied();
		}
		const memory = { slots: Process.memory(SLOTS) - slots, chunkBytes: Process.memory(CHUNK_BYTES) - chunkBytes };
		trace(
			JSON.stringify({ name, size, bytes, byNumber, status: peer.status, ...isMemory ? memory : {} }),
			"\n",
		);
		connection.closed();
	}
}

const isMemory = Process.argument(0) === "memory";
for (const it of CASES)
	measure(it, isMemory);
Process.exit(0);
