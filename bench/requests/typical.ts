// SPDX-License-Identifier: MIT
/**
 * Measures what common clients' requests cost, over sockets on loopback: from the read of a request to the write of its
 * reply. The media behind SETUP and PLAY are a stub. The client's own work is not counted.
 */

import { CLIENTS, type Client } from "./conversations";
import { md5 } from "hash/hash";
import { bytesOf } from "octets/octets";
import { Server } from "rtsp/server";
import type { StreamControl } from "rtsp/types";
import { openListener, type ListenerStream } from "sockets/sockets";
import TCP from "embedded:io/socket/tcp";
import { ReceiveBuffer } from "sockets/receivebuffer";
import { TCPConnection, type TCPConnectionOwner } from "sockets/tcpconnection";
import type { Reader, Turns } from "sockets/turns";

const USER = "viewer", PASSWORD = "secret";
/** Keepalives in a row: the last one is measured. */
const KEEPALIVES = 4;

/** What a request costs is reported here. */
export interface Measurement {
	begin(): void;
	/** @param title client, request, and how it logs in */
	end(title: { client: string; request: string; login: boolean }): void;
}

/** Stands for the server's turns: a connection is read at once, and measured. */
class MeasuredTurns {
	readonly received = new ReceiveBuffer();
	readonly #measure: (read: () => void) => void;

	constructor(measure: (read: () => void) => void) {
		this.#measure = measure;
	}

	add(reader: Reader): void {
		this.#measure(() => reader.readNext());
	}

	remove(): void {
		// nothing waits
	}
}

/** A client that holds one conversation. */
class Player {
	readonly #client: Client;
	readonly #login: boolean;
	readonly #socket: TCP;
	readonly #url: string;
	readonly #onEnd: () => void;
	readonly #steps: { request: string; text: () => string }[];
	#step = -1;
	#cseq = 0;
	#reply = "";
	#session = "";
	#nonce = "";

	constructor(client: Client, login: boolean, port: number, onEnd: () => void) {
		this.#client = client;
		this.#login = login;
		this.#url = `rtsp://127.0.0.1:${port}/camera`;
		this.#onEnd = onEnd;
		this.#steps = this.#conversation();
		this.#socket = new TCP({ address: "127.0.0.1", port, onReadable: (bytes: number) => this.#receive(bytes),
			onWritable: () => this.#begin() });
	}

	get step(): { request: string; client: string; login: boolean } {
		return { client: this.#client.name, request: this.#steps[this.#step]!.request, login: this.#login };
	}

	#begin(): void {
		if (this.#step < 0)
			this.#next();
	}

	#receive(bytes: number): void {
		this.#reply = String.fromArrayBuffer(this.#socket.read(bytes) as ArrayBuffer);
		const session = /Session: (\w+)/.exec(this.#reply), nonce = /nonce="([^"]+)"/.exec(this.#reply);
		this.#session = session?.[1] ?? this.#session;
		this.#nonce = nonce?.[1] ?? this.#nonce;
		const status = Number(this.#reply.slice(9, 12));
		if (status !== 200 && status !== 401)
			throw new Error(`${this.step.client}: ${this.step.request}: ${this.#reply}`);
		this.#next();
	}

	#next(): void {
		this.#step += 1;
		if (this.#step < this.#steps.length)
			this.#socket.write(bytesOf(this.#steps[this.#step]!.text()));
		else {
			this.#socket.close();
			this.#onEnd();
		}
	}

	#conversation(): { request: string; text: () => string }[] {
		const { describe, play, transport, keepalive } = this.#client, url = this.#url;
		const kind = transport.includes("interleaved") ? "TCP" : "UDP";
		const steps = [{ request: "OPTIONS", text: () => this.#request("OPTIONS", url, "") }];
		if (this.#login)
			steps.push({ request: "DESCRIBE, refused", text: () => this.#request("DESCRIBE", url, describe) });
		steps.push({ request: "DESCRIBE", text: () => this.#request("DESCRIBE", url, describe) });
		steps.push({ request: `SETUP (${kind})`,
			text: () => this.#request("SETUP", `${url}/trackID=0`, `Transport: ${transport}\r\n`) });
		steps.push({ request: "PLAY", text: () => this.#request("PLAY", `${url}/`, play) });
		for (let i = 1; i <= KEEPALIVES; i++)
			steps.push({ request: i < KEEPALIVES ? "" : `${keepalive}, keepalive`,
				text: () => this.#request(keepalive, `${url}/`, "") });
		steps.push({ request: "TEARDOWN", text: () => this.#request("TEARDOWN", `${url}/`, "") });
		return steps;
	}

	#request(method: string, url: string, fields: string): string {
		const session = this.#session === "" ? "" : `Session: ${this.#session}\r\n`;
		return `${method} ${url} RTSP/1.0\r\nCSeq: ${++this.#cseq}\r\n${this.#credentials(method, url)}`
			+ `${this.#client.fields}${session}${fields}\r\n`;
	}

	#credentials(method: string, uri: string): string {
		if (this.#nonce === "")
			return "";
		const response = md5(`${md5(`${USER}:bench:${PASSWORD}`)}:${this.#nonce}:${md5(`${method}:${uri}`)}`);
		return `Authorization: Digest username="${USER}", realm="bench", nonce="${this.#nonce}", uri="${uri}", `
			+ `response="${response}"${this.#client.algorithm}\r\n`;
	}
}

let random = 1;

const subscription = { ssrc: 0x12345678, serverRTPPort: 6970, serverRTCPPort: 6971, blocksize: undefined,
	readParameter: () => undefined, play: () => ({ sequenceNumber: 4711, timestamp: 4022928576 }),
	pause: () => undefined, receiveRTCP: () => undefined, close: () => undefined };

const control: StreamControl = {
	describe: () => ({ width: 640, height: 480, frameRate: 25 }),
	subscribe: () => subscription,
};

class Conversations {
	readonly #measurement: Measurement;
	readonly #onEnd: () => void;
	readonly #listener: ListenerStream;
	readonly #owner: TCPConnectionOwner;
	/** Clients yet to come. */
	readonly #waiting: { client: Client; login: boolean }[] = [];
	#player: Player | undefined;
	#server: Server;

	constructor(measurement: Measurement, onEnd: () => void) {
		this.#measurement = measurement;
		this.#onEnd = onEnd;
		for (const login of [false, true]) {
			// the first one makes what is made once
			this.#waiting.push({ client: CLIENTS[0]!, login }, ...CLIENTS.map(client => ({ client, login })));
		}
		const turns = new MeasuredTurns(read => this.#measure(read));
		this.#owner = { stallTimeout: Infinity, turns: turns as unknown as Turns, onStalled: () => undefined,
			onEnd: () => undefined };
		this.#server = this.#open(false);
		this.#listener = openListener(0, () => this.#accept(), "127.0.0.1");
		this.#begin();
	}

	#open(login: boolean): Server {
		return new Server({
			control,
			parameters: { read: () => undefined, isWritable: () => false, write: () => false },
			path: "/camera",
			serverName: login ? "bench" : "rtsp-camera",
			now: () => 1000,
			random32: () => random++,
			onError: error => trace(String(error), "\n"),
			...(login ? { authentication: { user: USER, password: PASSWORD } } : {}),
		});
	}

	#begin(): void {
		const next = this.#waiting.shift();
		if (next === undefined) {
			this.#listener.close();
			this.#onEnd();
			return;
		}
		if (next.login && this.#waiting.length === CLIENTS.length)
			this.#server = this.#open(true);
		const { port } = this.#listener;
		this.#player = new Player(next.client, next.login, port, () => this.#begin());
	}

	#accept(): void {
		const connection = new TCPConnection(this.#owner, this.#listener.read());
		connection.partner = this.#server.connect(connection);
	}

	#measure(read: () => void): void {
		const title = this.#player?.step;
		if (title === undefined || title.request === "" || this.#waiting.length === CLIENTS.length
			|| this.#waiting.length === 2 * CLIENTS.length + 1)
		{
			read();
			return;
		}
		this.#measurement.begin();
		read();
		this.#measurement.end(title);
	}
}

/** Holds all conversations, without and then with a password. */
export function measureTypical(measurement: Measurement, onEnd: () => void): void {
	void new Conversations(measurement, onEnd);
}
