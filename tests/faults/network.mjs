// SPDX-License-Identifier: MIT
/**
 * A bad network between one client and the camera: a relay that loses and swaps UDP packets. It also relays RTSP, to
 * replace the ports in SETUP with its own.
 */
import net from "node:net";
import { openUDPPair } from "../udppair.mjs";

const HOST = "127.0.0.1";

export class BadNetwork {
	/** Packets from the camera, and how many of them were lost or swapped with the next. */
	counts = { relayed: 0, lost: 0, swapped: 0 };
	#camera;
	#loses;
	#swaps;
	#server;
	#closers = [];

	/** @param options.loses, options.swaps intervals in packets: every n-th packet is lost or swapped */
	static async open(cameraPort, { loses, swaps }) {
		const network = new BadNetwork();
		network.#camera = cameraPort;
		network.#loses = loses;
		network.#swaps = swaps;
		network.#server = net.createServer(client => network.#join(client));
		await new Promise(resolve => network.#server.listen(0, HOST, resolve));
		return network;
	}

	get port() {
		return this.#server.address().port;
	}

	close() {
		this.#server.close();
		this.#closers.splice(0).forEach(close => close());
	}

	async #join(client) {
		const camera = net.connect(this.#camera, HOST);
		this.#closers.push(() => client.destroy(), () => camera.destroy());
		client.on("error", () => {});
		camera.on("error", () => {});
		client.on("close", () => camera.destroy());
		camera.on("close", () => client.destroy());
		// for RTP and RTCP each: a socket towards the camera and one towards the client
		const towardsCamera = await openUDPPair(HOST), towardsClient = await openUDPPair(HOST);
		const ports = { client: [0, 0], camera: [0, 0] };
		this.#closers.push(() => [...towardsCamera, ...towardsClient].forEach(socket => socket.close()));
		for (const i of [0, 1]) {
			const deliver = packet => towardsClient[i].send(packet, ports.client[i], HOST);
			let held;
			towardsCamera[i].on("message", packet => {
				if (i === 1)
					return deliver(packet);
				const number = ++this.counts.relayed;
				if (number % this.#loses === 0)
					this.counts.lost += 1;
				else if (held === undefined && number % this.#swaps === 0) {
					this.counts.swapped += 1;
					held = packet;
				}
				else {
					deliver(packet);
					if (held)
						deliver(held);
					held = undefined;
				}
			});
			towardsClient[i].on("message", packet => towardsCamera[i].send(packet, ports.camera[i], HOST));
		}
		const translate = (text, name, theirs, ours) =>
			text.replace(new RegExp(`${name}=(\\d+)-(\\d+)`), (_whole, rtp, rtcp) => {
				theirs.splice(0, 2, Number(rtp), Number(rtcp));
				return `${name}=${ours.map(socket => socket.address().port).join("-")}`;
			});
		client.on("data",
			data =>
				camera.write(translate(data.toString("latin1"), "client_port", ports.client, towardsCamera), "latin1"));
		camera.on("data", data => {
			const text = translate(data.toString("latin1"), "server_port", ports.camera, towardsClient);
			client.write(text.replace(/client_port=\d+-\d+/, `client_port=${ports.client.join("-")}`), "latin1");
		});
	}
}
