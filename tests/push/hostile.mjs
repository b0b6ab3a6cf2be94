// SPDX-License-Identifier: MIT
/** Receivers that send what they must not: an attempt ends at most, and the camera's players do not notice. */
import { randomFillSync } from "node:crypto";
import { check, equal, until } from "../interop/harness.mjs";
import { Receiver } from "./receiver.mjs";
import { Pusher, whilePlaying } from "./rig.mjs";

const noise = length => randomFillSync(Buffer.alloc(length));

/** Writes again and again while the socket takes it, for some seconds. */
function flood(socket, make, seconds = 4) {
	const end = Date.now() + seconds * 1000;
	const write = () => {
		while (!socket.destroyed && Date.now() < end) {
			if (!socket.write(make())) {
				socket.once("drain", write);
				return;
			}
		}
	};
	write();
}

/** The end of an attempt that only its time limit ends. */
const SLOW = /no reply to OPTIONS/;

/** What the receiver does at its first request, and how the attempt ends. */
const ANSWERS = {
	"a-head-without-end": [({ socket }) => flood(socket, () => "X".repeat(10_000)), /not RTSP/],
	"header-fields-without-end": [({ socket }) => {
		socket.write("RTSP/1.0 200 OK\r\n");
		flood(socket, () => `X-Field: ${"y".repeat(1000)}\r\n`);
	}, /not RTSP/],
	"a-wrong-cseq": [({ socket }) => socket.write("RTSP/1.0 200 OK\r\nCSeq: 4711\r\n\r\n"), /was not made/],
	"a-body-without-end": [({ socket }) => {
		socket.write("RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4000000000\r\n\r\n");
		flood(socket, () => noise(10_000));
	}, /not RTSP/],
	noise: [({ socket }) => flood(socket, () => Buffer.concat([Buffer.from("\0"), noise(10_000)])), /not RTSP/],
	"requests-of-its-own": [({ socket }) => flood(socket, () => "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"), /not RTSP/],
	"provisional-replies-without-end": [
		({ socket }) => flood(socket, () => "RTSP/1.0 100 Continue\r\nCSeq: 1\r\n\r\n".repeat(100), 11),
		SLOW,
	],
	"interleaved-data-without-end": [({ socket }) =>
		flood(socket, () =>
			Buffer.concat([
				Buffer.from("$\x01\xff\xff", "latin1"),
				noise(0xffff),
			]), 11), SLOW],
};

/** What the receiver does with a running stream. */
const STREAMS = {
	"reports-of-noise": publisher =>
		flood(publisher.socket, () => Buffer.concat([Buffer.from("$\x01\x01\x00", "latin1"), noise(256)])),
	"empty-packets": publisher => flood(publisher.socket, () => "$\x01\0\0$\x07\0\0".repeat(1000)),
	"reports-without-end": publisher => {
		const report = Buffer.alloc(36);
		report.set([0x24, 1, 0, 32, 0x81, 201, 0, 7]);
		flood(publisher.socket, () => Buffer.concat(Array.from({ length: 100 }, () => report)));
	},
};

export async function hostile(tests) {
	for (const [name, [act, reason]] of Object.entries(ANSWERS)) {
		tests.test(`push-survives-${name}`, [], async () => {
			const receiver = await Receiver.listen({ answer: (_request, publisher) => act(publisher) });
			const pusher = await Pusher.start(receiver.url());
			try {
				return await whilePlaying(pusher, async () => {
					await until(() => receiver.publishers.length >= (reason === SLOW ? 1 : 3), "the next attempts");
					await pusher.fails(reason);
				});
			}
			finally {
				await pusher.stop();
				await receiver.close();
			}
		});
	}

	for (const [name, act] of Object.entries(STREAMS)) {
		tests.test(`push-goes-on-through-${name}`, [], async () => {
			const receiver = await Receiver.listen(), pusher = await Pusher.start(receiver.url());
			try {
				return await whilePlaying(pusher, async () => {
					await until(() => receiver.frameCount > 3, `frames; ${pusher.output}`);
					act(receiver.last);
					const before = receiver.frameCount;
					await until(() => receiver.frameCount > before + 60, "frames during the flood");
					equal(receiver.last.problems.join(), "", "problems");
					check(receiver.publishers.length === 1,
						`${receiver.publishers.length} connections: ${pusher.output}`);
				});
			}
			finally {
				await pusher.stop();
				await receiver.close();
			}
		});
	}
}
