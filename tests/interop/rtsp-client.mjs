// SPDX-License-Identifier: MIT
/** The tests' own RTSP client (RFC 2326): requests, interleaved packets, UDP, and a player that checks everything it
 *  receives. */
import net from "node:net";
import { openUDPPair } from "../udppair.mjs";
import { Failure, until } from "./harness.mjs";
import { Depacketizer } from "./rtp-jpeg.mjs";
import { parseRTCP, receiverReport } from "./rtcp.mjs";

/** Address of the camera, and address at which the camera sees this machine. Default: 127.0.0.1. */
export const hosts = { camera: "127.0.0.1", client: "127.0.0.1" };

/** One RTSP connection. */
export class RTSPClient {
	/** Called with channel and packet of each interleaved frame. */
	onInterleaved = () => {};
	/** Reason of the end; undefined while the connection is open. */
	ended;
	#socket;
	#buffer = Buffer.alloc(0);
	#replies = [];
	#waiting = [];
	#cseq = 0;

	/** @param {string} [localAddress] the client's address: 127.0.0.x
	 *  @param {number} [localPort] the client's port. Default: one that is free */
	static connect(port, localAddress, localPort) {
		return new Promise((resolve, reject) => {
			const socket = net.connect({ port, host: hosts.camera, localAddress, localPort });
			socket.once("error", reject);
			socket.once("connect", () => {
				socket.off("error", reject);
				resolve(new RTSPClient(socket));
			});
		});
	}

	constructor(socket) {
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.on("data", data => this.#receive(data));
		socket.on("error", error => this.#end(error.message));
		socket.on("close", () => this.#end("closed by the server"));
	}

	/** Sends bytes unchanged. */
	write(data) {
		this.#socket.write(data);
	}

	/** Waits for the next reply.
	 *  @returns {Promise<{status, headers, body, text}>} */
	reply(timeout = 15_000) {
		if (this.#replies.length)
			return Promise.resolve(this.#replies.shift());
		if (this.ended)
			return Promise.reject(new Failure(`no reply: ${this.ended}`));
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => waiter.reject(new Failure(`no reply in ${timeout} ms`)), timeout);
			const waiter = {
				resolve: reply => {
					clearTimeout(timer);
					resolve(reply);
				},
				reject: error => {
					clearTimeout(timer);
					reject(error);
				},
			};
			this.#waiting.push(waiter);
		});
	}

	/** Sends a request and waits for its reply.
	 *  @param {string} [body] */
	async request(method, url, headers = {}, body = "") {
		const cseq = ++this.#cseq, length = body ? { "Content-Length": body.length } : {};
		this.write(formatRequest(method, url, { CSeq: cseq, ...headers, ...length }) + body);
		const reply = await this.reply();
		if (reply.headers.cseq !== String(cseq))
			throw new Failure(`${method}: CSeq is ${reply.headers.cseq}, not ${cseq}`);
		return reply;
	}

	/** Sends a request that has to be answered with 200. */
	async must(method, url, headers, body) {
		const reply = await this.request(method, url, headers, body);
		if (reply.status !== 200)
			throw new Failure(`${method}: ${reply.text.split("\r\n")[0]}`);
		return reply;
	}

	/** Stops reading the socket. */
	pause() {
		this.#socket.pause();
	}

	resume() {
		this.#socket.resume();
	}

	/** Closes the connection with a reset. */
	reset() {
		this.#socket.resetAndDestroy();
	}

	/** Sends the end of the requests. */
	finish() {
		this.#socket.end();
	}

	close() {
		this.#socket.destroy();
	}

	#receive(data) {
		let buffer = this.#buffer.length ? Buffer.concat([this.#buffer, data]) : data;
		for (;;) {
			const length = buffer[0] === 0x24 ? this.#interleaved(buffer) : this.#response(buffer);
			if (!length)
				break;
			buffer = buffer.subarray(length);
		}
		this.#buffer = buffer;
	}

	#interleaved(buffer) {
		if (buffer.length < 4)
			return 0;
		const end = 4 + buffer.readUInt16BE(2);
		if (buffer.length < end)
			return 0;
		this.onInterleaved(buffer[1], buffer.subarray(4, end));
		return end;
	}

	#response(buffer) {
		const end = buffer.indexOf("\r\n\r\n");
		if (end < 0)
			return 0;
		const [first, ...lines] = buffer.toString("latin1", 0, end).split("\r\n");
		const headers = Object.fromEntries(lines.map(line => {
			const colon = line.indexOf(":");
			return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
		}));
		const total = end + 4 + Number(headers["content-length"] ?? 0);
		if (buffer.length < total)
			return 0;
		const status = Number(/^RTSP\/1\.0 (\d{3}) /.exec(first)?.[1] ?? NaN);
		const reply = { status, headers, body: buffer.toString("utf8", end + 4, total),
			text: buffer.toString("utf8", 0, total) };
		const waiter = this.#waiting.shift();
		if (waiter)
			waiter.resolve(reply);
		else
			this.#replies.push(reply);
		return total;
	}

	#end(reason) {
		this.ended ??= reason;
		for (const waiter of this.#waiting.splice(0))
			waiter.reject(new Failure(`no reply: ${this.ended}`));
	}
}

export function formatRequest(method, url, headers) {
	return `${method} ${url} `
		+ `RTSP/1.0\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

/** Plays one stream and keeps everything it receives. */
export class Player {
	/** Complete frames, each with `arrival` in milliseconds since 1970. */
	frames = [];
	/** Sender reports, each with `arrival` and the counts `received` before it: {packetCount, octetCount}. */
	reports = [];
	/** SSRCs of received BYEs. */
	byes = [];
	cname;
	controlProblems = [];
	#sockets = [];
	#depacketizer;
	#serverPorts;
	#channel;

	/**
	 * Connects and plays.
	 * @param {number} port
	 * @param {object} [options]
	 * @param {"tcp"|"udp"} [options.transport]
	 * @param {string} [options.path] stream name
	 * @param {number} [options.channel] first interleaved channel
	 * @param {object} [options.setupHeaders]
	 * @returns {Promise<Player>}
	 */
	static async play(port, options = {}) {
		const player = new Player();
		try {
			await player.#play(port, options);
		}
		catch (error) {
			player.close();
			throw error;
		}
		return player;
	}

	async #play(port, { transport = "tcp", path = "", channel = 0, setupHeaders = {} }) {
		const client = this.client = await RTSPClient.connect(port);
		const url = `rtsp://${hosts.camera}:${port}/${path}`;
		this.transport = transport;
		this.#channel = channel;
		await client.must("OPTIONS", url);
		const description = await client.must("DESCRIBE", url, { Accept: "application/sdp" });
		this.sdp = description.body;
		this.base = description.headers["content-base"] ?? url;
		const control = [...this.sdp.matchAll(/^a=control:(\S+)/gm)].at(-1)[1];
		this.track = control.includes("://") ? control : this.base + control;
		if (transport === "udp")
			this.#sockets = await openUDPPair(hosts.client);
		const wanted = transport === "udp"
			? `RTP/AVP;unicast;client_port=${this.#sockets[0].address().port}-${this.#sockets[1].address().port}`
			: `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`;
		const setup = await client.must("SETUP", this.track, { Transport: wanted, ...setupHeaders });
		this.setup = setup.headers.transport;
		this.session = setup.headers.session.split(";")[0];
		this.ssrc = parseInt(/ssrc=([0-9a-f]{8})(;|$)/i.exec(this.setup)?.[1] ?? fail(`no ssrc in ${this.setup}`), 16);
		this.#depacketizer = new Depacketizer({ ssrc: this.ssrc,
			onFrame: frame => this.frames.push({ ...frame, arrival: Date.now() }) });
		if (transport === "udp") {
			this.#serverPorts = /server_port=(\d+)-(\d+)/.exec(this.setup)?.slice(1).map(Number)
				?? fail(`no server_port in ${this.setup}`);
			this.#sockets.forEach((socket, i) =>
				socket.on("message", (packet, { port: source }) => {
					if (source !== this.#serverPorts[i])
						this.controlProblems.push(`a packet from port ${source}, not ${this.#serverPorts[i]}`);
					this.#receive(i, packet);
				})
			);
		}
		else if (!this.setup.includes(`interleaved=${channel}-${channel + 1}`))
			fail(`interleaved channels in ${this.setup}`);
		client.onInterleaved = (number, packet) => this.#receive(number - channel, packet);
		const play = await client.must("PLAY", this.base, { Session: this.session, Range: "npt=0.000-" });
		const [, infoURL, sequenceNumber, timestamp] =
			/^url=(\S+?);seq=(\d+);rtptime=(\d+)$/.exec(play.headers["rtp-info"])
				?? fail(`RTP-Info ${play.headers["rtp-info"]}`);
		this.info = { url: infoURL, sequenceNumber: Number(sequenceNumber), timestamp: Number(timestamp) };
	}

	/** Violations of the RFCs, and differences from RTP-Info, as text. */
	get problems() {
		const { problems, first } = this.#depacketizer;
		const result = [...problems, ...this.controlProblems];
		if (this.info.url !== this.track)
			result.push(`RTP-Info names ${this.info.url}, the track is ${this.track}`);
		for (const key of ["sequenceNumber", "timestamp"]) {
			if (first && first[key] !== this.info[key])
				result.push(`RTP-Info announced ${key} ${this.info[key]}, the first packet has ${first[key]}`);
		}
		return result;
	}

	/** Number of lost packets. */
	get lost() {
		return this.#depacketizer.lost;
	}

	/** Number of incomplete frames. */
	get incomplete() {
		return this.#depacketizer.incomplete;
	}

	get packetCount() {
		return this.#depacketizer.packetCount;
	}

	get octetCount() {
		return this.#depacketizer.octetCount;
	}

	/** Size of the largest RTP packet in bytes. */
	get largest() {
		return this.#depacketizer.largest;
	}

	/** Waits until `count` complete frames have arrived in all. */
	async receive(count, timeout = 30_000) {
		await until(() => this.frames.length >= count || this.client.ended, `${count} frames over ${this.transport}`,
			timeout)
			.catch(error => fail(`${error.message}, but ${this.frames.length}; ${this.problems.join("; ")}`));
		if (this.frames.length < count)
			fail(`${this.frames.length} of ${count} frames, then: ${this.client.ended}`);
	}

	/** Throws if there were problems, lost packets or incomplete frames. */
	mustBeSound() {
		const { problems, lost, incomplete } = this;
		if (problems.length || lost || incomplete)
			fail(
				`over ${this.transport}: ${lost} packets lost, ${incomplete} frames incomplete; ` + problems.join("; "),
			);
	}

	/** Sends a receiver report without loss. */
	sendReport() {
		const packet = receiverReport(0x1234567, this.ssrc, this.info.sequenceNumber);
		if (this.transport === "udp")
			this.#sockets[1]?.send(packet, this.#serverPorts[1], hosts.camera);
		else if (!this.client.ended)
			this.client.write(Buffer.concat([Buffer.from([0x24, this.#channel + 1, 0, packet.length]), packet]));
	}

	/** Ends the session with TEARDOWN and waits for the BYE. */
	async teardown() {
		const reply = await this.client.must("TEARDOWN", this.base, { Session: this.session });
		await until(() => this.byes.length, `BYE over ${this.transport}`, 5000);
		return reply;
	}

	/** Disconnects without TEARDOWN. */
	close() {
		this.client?.close();
		for (const socket of this.#sockets.splice(0))
			socket.close();
	}

	#receive(kind, packet) {
		if (kind === 0)
			this.#depacketizer.push(packet);
		else if (kind === 1)
			this.#control(packet);
		else
			this.controlProblems.push(`a packet on channel ${kind} of the track`);
	}

	#control(compound) {
		try {
			for (const packet of parseRTCP(compound)) {
				if (packet.ssrc !== this.ssrc)
					this.controlProblems.push(`${packet.name} of SSRC ${packet.ssrc}`);
				if (packet.name === "SR")
					this.reports.push({ ...packet, arrival: Date.now(),
						received: { packetCount: this.packetCount, octetCount: this.octetCount } });
				else if (packet.name === "SDES")
					this.cname = packet.cname;
				else if (packet.name === "BYE")
					this.byes.push(...packet.sources);
			}
		}
		catch (error) {
			this.controlProblems.push(error.message);
		}
	}
}

function fail(message) {
	throw new Failure(message);
}
