// SPDX-License-Identifier: MIT
/** Keeps every RTP and RTCP packet of one session unchanged. */
import { RTSPClient } from "../interop/rtsp-client.mjs";
import { until } from "../interop/harness.mjs";
import { openUDPPair } from "../udppair.mjs";
import { SOON, urlOf } from "./exchange.mjs";

export class Receiver {
	/** RTP and RTCP packets in the order of arrival: {rtp: boolean, bytes, time, source} */
	packets = [];
	sockets = [];
	serverPorts = [];

	/** Sets up a session without playing it.
	 *  @param {object} options transport "tcp" or "udp", client (a connection to share), channel, headers of SETUP
	 *  @returns {Promise<Receiver>} */
	static async setup(port, { transport = "tcp", client, channel = 0, headers = {}, session } = {}) {
		const receiver = new Receiver();
		receiver.port = port;
		receiver.url = urlOf(port);
		receiver.track = `${receiver.url}trackID=0`;
		receiver.ownsClient = !client;
		receiver.client = client ?? await RTSPClient.connect(port);
		await receiver.setupAgain(transport, { channel, headers, session });
		return receiver;
	}

	async setupAgain(transport, { channel = 0, headers = {}, session = this.session } = {}) {
		this.transport = transport;
		this.channel = channel;
		let wanted = `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`;
		if (transport === "udp") {
			this.sockets = await openUDPPair();
			this.clientPort = this.sockets[0].address().port;
			this.sockets.forEach((socket, i) =>
				socket.on("message", (bytes, { port }) => this.#add(i === 0, bytes, port))
			);
			wanted = `RTP/AVP;unicast;client_port=${this.clientPort}-${this.clientPort + 1}`;
		}
		else {
			const before = this.client.onInterleaved;
			this.client.onInterleaved = (number, bytes) => {
				if (number === channel || number === channel + 1)
					this.#add(number === channel, Buffer.from(bytes));
				else
					before(number, bytes);
			};
		}
		const reply = await this.client.must("SETUP", this.track, { Transport: wanted, ...headers,
			...(session ? { Session: session } : {}) });
		this.setup = reply.headers.transport;
		this.session = reply.headers.session.split(";")[0];
		this.ssrc = parseInt(/ssrc=([0-9A-F]{8})$/.exec(this.setup)[1], 16);
		this.serverPorts = /server_port=(\d+)-(\d+)/.exec(this.setup)?.slice(1).map(Number) ?? [];
	}

	get rtp() {
		return this.packets.filter(packet => packet.rtp);
	}

	get rtcp() {
		return this.packets.filter(packet => !packet.rtp);
	}

	/** @param {object} [headers] of PLAY */
	async play(headers) {
		const reply = await this.request("PLAY", headers);
		const [, sequenceNumber, timestamp] = /;seq=(\d+);rtptime=(\d+)$/.exec(reply.headers["rtp-info"] ?? "") ?? [];
		this.info = sequenceNumber === undefined
			? undefined
			: { sequenceNumber: Number(sequenceNumber), timestamp: Number(timestamp) };
		return reply;
	}

	request(method, headers = {}) {
		return this.client.must(method, this.url, { Session: this.session, ...headers });
	}

	/** Waits for the ends of `count` more frames. */
	async frames(count) {
		const ends = () => this.packets.reduce((total, { rtp, bytes }) => total + (rtp && bytes[1] & 0x80 ? 1 : 0), 0);
		const goal = ends() + count;
		await until(() => ends() >= goal, `${count} frames over ${this.transport}`, SOON);
	}

	/** Ends the session, unless the connection has ended. */
	async end() {
		if (!this.client.ended)
			await this.client.request("TEARDOWN", this.url, { Session: this.session });
		this.close();
	}

	close() {
		if (this.ownsClient)
			this.client.close();
		for (const socket of this.sockets.splice(0))
			socket.close();
	}

	#add(rtp, bytes, source) {
		this.packets.push({ rtp, bytes, source, time: performance.now() });
	}
}

/** Sets up a session, plays it during `body`, and ends it. */
export async function received(port, options, body) {
	const receiver = await Receiver.setup(port, options);
	try {
		await receiver.play();
		await body(receiver);
		await receiver.end();
	}
	finally {
		receiver.close();
	}
}
