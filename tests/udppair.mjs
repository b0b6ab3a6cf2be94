// SPDX-License-Identifier: MIT
/** A receiver's sockets for RTP and RTCP over UDP. */
import dgram from "node:dgram";

/** Above the cameras' ports (camera.mjs). */
const PORTS = { first: 30_000, count: 20_000 };
const ATTEMPTS = 50;
/** Bytes. Several frames, for a receiver that gets no processor for a while. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

/** Opens two sockets on a free even port and the next one, for RTP and RTCP (RFC 3550 section 11).
 *  @param {string} [host] the address to bind
 *  @returns {Promise<dgram.Socket[]>} the caller closes them */
export async function openUDPPair(host = "127.0.0.1") {
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const port = PORTS.first + 2 * Math.floor(Math.random() * PORTS.count / 2);
		const sockets = [dgram.createSocket("udp4"), dgram.createSocket("udp4")];
		try {
			await Promise.all(sockets.map((socket, i) =>
				new Promise((resolve, reject) => {
					socket.once("error", reject);
					socket.bind(port + i, host, resolve);
				})
			));
			sockets[0].setRecvBufferSize(RECEIVE_BUFFER);
			return sockets;
		}
		catch {
			sockets.forEach(socket => socket.close());
		}
	}
	throw new Error("no free pair of UDP ports");
}
