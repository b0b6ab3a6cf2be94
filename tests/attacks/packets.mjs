// SPDX-License-Identifier: MIT
/** Single packets, without a password, that once crashed the camera in the device's memory. A viewer goes on. */
import net from "node:net";
import { check } from "../interop/harness.mjs";
import { DEVICE, attacked, besideViewer } from "./rig.mjs";

/** Sends bytes on a new connection.
 *  @returns everything received until the server closes it or half a second passes without a reply */
export function send(port, bytes) {
	return new Promise(resolve => {
		let text = "";
		const socket = net.connect(port, "127.0.0.1", () => socket.write(bytes));
		const done = () => {
			socket.destroy();
			resolve(text);
		};
		socket.setTimeout(500, done).on("data", data => text += data.toString("latin1")).on("error", done).on("close",
			done);
	});
}

const URL_OF_FF = Buffer.concat([Buffer.from("rtsp://h/"), Buffer.alloc(3500, 0xff)]);
const PACKETS = [
	["url", Buffer.concat([Buffer.from("OPTIONS "), URL_OF_FF, Buffer.from(" RTSP/1.0\r\nCSeq: 1\r\n\r\n")])],
	["http-url", Buffer.concat([Buffer.from("GET "), URL_OF_FF, Buffer.from(" HTTP/1.0\r\n\r\n")])],
];
const REPEATS = 5;

export async function packets(tests) {
	const login = { user: "u", password: "p" };
	for (const [who, args, options] of [["anybody", [], {}], ["clients-without-password", ["--user", "u", "--password",
		"p"], { login }]])
	{
		for (const [name, packet] of PACKETS) {
			await tests.test(`${name}-of-3500-bytes-above-ascii-from-${who}-does-not-end-the-device`, [], () =>
				attacked(DEVICE, args, camera =>
					besideViewer(camera, options, async () => {
						for (let i = 0; i < REPEATS; i++) {
							const reply = await send(camera.port, packet);
							// a reset may have overtaken the reply
							check(/^$|^RTSP\/1\.0 4/.test(reply), `the reply is ${reply.split("\r\n")[0]}`);
						}
					})));
		}
	}
}
