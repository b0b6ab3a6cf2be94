// SPDX-License-Identifier: MIT
/** A lightweight player: sets up one track, receives every packet, counts frames by their marker bit, and ignores the
 *  rest. */
import dgram from "node:dgram";
import net from "node:net";
import { openUDPPair } from "../tests/udppair.mjs";

/**
 * Connects to the camera and plays.
 *
 * @param {number} port
 * @param {"tcp" | "udp" | "multicast"} transport
 * @param {(packet: Buffer, rtcp: boolean) => void} [onPacket] called with every RTP and RTCP packet received over UDP
 * @returns {Promise<{frames: number, bytes: number, setup: string, playReply: string, request(method: string,
 * ...headers: string[]): Promise<string>, close(): void}>} resolves after PLAY
 */
export async function play(port, transport, onPacket) {
	const player = { frames: 0, bytes: 0, setup: "", playReply: "", request: undefined, close() {} };
	const count = (packet, offset) => {
		player.bytes += packet.length - offset;
		if (packet[offset + 1] & 0x80)
			player.frames += 1;
	};
	const take = (packet, rtcp) => {
		if (!rtcp)
			count(packet, 0);
		onPacket?.(packet, rtcp);
	};
	let sockets = transport === "udp" ? await openUDPPair() : undefined;
	sockets?.forEach((item, i) => item.on("message", message => take(message, i === 1)));
	const socket = net.connect(port, "127.0.0.1");
	socket.setNoDelay(true);
	player.close = () => {
		socket.destroy();
		sockets?.forEach(item => item.close());
	};
	let buffer = Buffer.alloc(0), waiting, cseq = 0;
	socket.on("data", data => {
		buffer = buffer.length ? Buffer.concat([buffer, data]) : data;
		for (;;) {
			if (buffer[0] === 0x24) {
				if (buffer.length < 4 || buffer.length < 4 + buffer.readUInt16BE(2))
					return;
				const end = 4 + buffer.readUInt16BE(2);
				if (buffer[1] === 0)
					count(buffer.subarray(0, end), 4);
				buffer = buffer.subarray(end);
			}
			else {
				const end = buffer.indexOf("\r\n\r\n");
				if (end < 0)
					return;
				const head = buffer.toString("latin1", 0, end + 4);
				const body = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
				if (buffer.length < end + 4 + body)
					return;
				const text = buffer.toString("latin1", 0, end + 4 + body);
				buffer = buffer.subarray(end + 4 + body);
				waiting?.(text);
			}
			if (!buffer.length)
				return;
		}
	});
	const failed = new Promise((_resolve, reject) => {
		socket.on("error", reject);
		socket.on("close", () => reject(new Error("the server closed the connection")));
	});
	failed.catch(() => {});
	const request = async (method, url, ...headers) => {
		const reply = new Promise(resolve => waiting = resolve);
		socket.write([`${method} ${url} RTSP/1.0`, `CSeq: ${++cseq}`, ...headers, "", ""].join("\r\n"));
		const text = await Promise.race([reply, failed]);
		if (!/^RTSP\/1\.0 200/.test(text))
			throw new Error(`${method}: ${text.split("\r\n")[0]}`);
		return text;
	};
	const url = `rtsp://127.0.0.1:${port}/`;
	const description = await request("DESCRIBE", url, "Accept: application/sdp");
	const base = /^content-base: *(\S+)/im.exec(description)?.[1] ?? url;
	const control = [...description.matchAll(/^a=control:(\S+)/gm)].at(-1)[1];
	const track = control.includes("://") ? control : base + control;
	const wanted = transport === "multicast"
		? "RTP/AVP;multicast"
		: sockets
		? `RTP/AVP;unicast;client_port=${sockets[0].address().port}-${sockets[1].address().port}`
		: "RTP/AVP/TCP;unicast;interleaved=0-1";
	const setup = await request("SETUP", track, `Transport: ${wanted}`);
	const session = /^session: *([^;\r]+)/im.exec(setup)[1];
	player.setup = setup;
	player.request = (method, ...headers) => request(method, base, `Session: ${session}`, ...headers);
	if (transport === "multicast") {
		const [, group] = /destination=([\d.]+)/.exec(setup), [, rtp, rtcp] = /;port=(\d+)-(\d+)/.exec(setup);
		sockets = await joinGroup(group, [Number(rtp), Number(rtcp)], take);
	}
	player.playReply = await player.request("PLAY");
	return player;
}

/** Joins the group on the loopback interface, where the tests' camera multicasts. */
function joinGroup(group, ports, onPacket) {
	return Promise.all(ports.map((port, i) =>
		new Promise((resolve, reject) => {
			const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
			socket.once("error", reject);
			socket.bind(port, group, () => {
				socket.setMulticastInterface("127.0.0.1");
				socket.addMembership(group, "127.0.0.1");
				if (i === 0)
					socket.setRecvBufferSize(4 * 1024 * 1024);
				socket.on("message", message => onPacket(message, i === 1));
				resolve(socket);
			});
		})
	));
}
