// SPDX-License-Identifier: MIT
/** An RTSP server that takes the camera's stream, and can be told to misbehave. */
import net from "node:net";
import { freePort } from "../camera.mjs";
import { parseRTCP } from "../interop/rtcp.mjs";
import { Depacketizer, parseRTP } from "../interop/rtp-jpeg.mjs";

const PUBLIC = "OPTIONS, ANNOUNCE, SETUP, RECORD, GET_PARAMETER, TEARDOWN";

/** One connection of the camera. */
export class Publisher {
	/** Each with method, url, headers by name in lower case, and body. */
	requests = [];
	frames = [];
	/** RTCP packets. */
	controls = [];
	controlProblems = [];
	ended = false;
	socket;
	#receiver;
	#buffer = Buffer.alloc(0);
	#depacketizer;

	constructor(socket, receiver) {
		this.socket = socket;
		this.#receiver = receiver;
		socket.setNoDelay(true);
		socket.on("data", data => this.#receive(data));
		socket.on("error", () => {});
		socket.on("close", () => this.ended = true);
	}

	/** Violations of the RFCs in what was received. */
	get problems() {
		return [...this.#depacketizer?.problems ?? [], ...this.controlProblems];
	}

	get ssrc() {
		return this.#depacketizer?.ssrc;
	}

	get sequenceNumber() {
		return this.#depacketizer?.first.sequenceNumber;
	}

	methods() {
		return this.requests.map(({ method }) => method);
	}

	/** Sends interleaved data. */
	sendPacket(channel, packet) {
		const head = Buffer.from([0x24, channel, 0, 0]);
		head.writeUInt16BE(packet.length, 2);
		this.socket.write(Buffer.concat([head, packet]));
	}

	/** Answers a request. */
	reply({ headers }, status = 200, fields = {}) {
		const lines = Object.entries({ CSeq: headers.cseq, ...fields }).map(([name, value]) => `${name}: ${value}\r\n`);
		this.socket.write(`RTSP/1.0 ${status} Reason\r\n${lines.join("")}\r\n`);
	}

	/** Answers a request as a good server does. */
	serve(request) {
		const fields = { OPTIONS: { Public: PUBLIC },
			SETUP: { Session: `12345678;timeout=${this.#receiver.timeout}`,
				Transport: "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1" } };
		this.reply(request, 200, fields[request.method] ?? { Session: "12345678" });
		if (request.method === "TEARDOWN")
			this.socket.end();
	}

	#receive(data) {
		this.#buffer = Buffer.concat([this.#buffer, data]);
		while (this.#next()) {
			// one message after the other
		}
	}

	/** @returns whether a whole message was there */
	#next() {
		const buffer = this.#buffer;
		if (buffer[0] === 0x24) {
			const end = buffer.length < 4 ? Infinity : 4 + buffer.readUInt16BE(2);
			if (buffer.length < end)
				return false;
			this.#buffer = buffer.subarray(end);
			this.#packet(buffer[1], buffer.subarray(4, end));
			return true;
		}
		const headEnd = buffer.indexOf("\r\n\r\n");
		if (headEnd < 0)
			return false;
		const [first, ...lines] = buffer.toString("latin1", 0, headEnd).split("\r\n");
		const headers = Object.fromEntries(lines.map(line => {
			const colon = line.indexOf(":");
			return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
		}));
		const end = headEnd + 4 + Number(headers["content-length"] ?? 0);
		if (buffer.length < end)
			return false;
		const [method, url] = first.split(" ");
		const request = { method, url, headers, body: buffer.toString("latin1", headEnd + 4, end) };
		this.#buffer = buffer.subarray(end);
		this.requests.push(request);
		this.#receiver.answer(request, this);
		return true;
	}

	#packet(channel, packet) {
		if (channel === 0) {
			this.#depacketizer ??= this.#open(parseRTP(packet).ssrc);
			this.#depacketizer.push(packet);
		}
		else {
			try {
				this.controls.push(...parseRTCP(packet));
			}
			catch (error) {
				this.controlProblems.push(error.message);
			}
		}
	}

	#open(ssrc) {
		const depacketizer = new Depacketizer({ ssrc, onFrame: frame => this.frames.push(frame) });
		depacketizer.ssrc = ssrc;
		return depacketizer;
	}
}

export class Receiver {
	/** All connections so far, the oldest first. */
	publishers = [];
	#server;

	/** @param {(request: object, publisher: Publisher) => void} [answer] Default: as a good server
	 *  @param {(publisher: Publisher) => void} [onConnection] */
	static async listen({ port, answer, onConnection, timeout = 60 } = {}) {
		const receiver = new Receiver();
		receiver.timeout = timeout;
		receiver.answer = answer ?? ((request, publisher) => publisher.serve(request));
		receiver.port = port ?? await freePort();
		receiver.#server = net.createServer(socket => {
			const publisher = new Publisher(socket, receiver);
			receiver.publishers.push(publisher);
			onConnection?.(publisher);
		});
		await new Promise((resolve, reject) =>
			receiver.#server.on("error", reject).listen(receiver.port, "127.0.0.1", resolve)
		);
		return receiver;
	}

	/** @param {string} [credentials] `user:password@` */
	url(credentials = "") {
		return `rtsp://${credentials}127.0.0.1:${this.port}/live/cam`;
	}

	get last() {
		return this.publishers.at(-1);
	}

	get frameCount() {
		return this.publishers.reduce((sum, { frames }) => sum + frames.length, 0);
	}

	/** Closes the port and all connections. */
	close() {
		for (const { socket } of this.publishers)
			socket.destroy();
		return new Promise(resolve => this.#server.close(resolve));
	}
}
