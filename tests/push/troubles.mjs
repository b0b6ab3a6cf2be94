// SPDX-License-Identifier: MIT
/** Receivers that are away, restart, stall or fall silent: the camera comes back, and its players do not notice. */
import { check, equal, until } from "../interop/harness.mjs";
import { freePort } from "../camera.mjs";
import { Receiver } from "./receiver.mjs";
import { Pusher, whilePlaying } from "./rig.mjs";

export async function troubles(tests) {
	tests.test("push-waits-for-a-receiver-and-survives-its-restart", [], async () => {
		const port = await freePort(), pusher = await Pusher.start(`rtsp://127.0.0.1:${port}/live/cam`);
		let receiver;
		try {
			return await whilePlaying(pusher, async () => {
				await pusher.fails(/no connection: nothing listens there/);
				receiver = await Receiver.listen({ port });
				await until(() => receiver.frameCount >= 10, `frames; ${pusher.output}`);
				await receiver.close();
				await pusher.fails(/the receiver has closed the connection/);
				receiver = await Receiver.listen({ port });
				await until(() => receiver.frameCount >= 10, `frames after the restart; ${pusher.output}`);
				const { state, retries } = await pusher.push();
				equal(state, "sending", "state");
				check(retries >= 2, `${retries} retries`);
				check(receiver.last.problems.length === 0, receiver.last.problems.join());
			});
		}
		finally {
			await pusher.stop();
			await receiver?.close();
		}
	});

	for (const method of ["OPTIONS", "ANNOUNCE", "SETUP", "RECORD"]) {
		tests.test(`push-tries-again-when-the-receiver-closes-at-${method}`, [], async () => {
			let closed = false;
			const receiver = await Receiver.listen({ answer: (request, publisher) => {
				if (request.method === method && !closed) {
					closed = true;
					publisher.socket.destroy();
				}
				else
					publisher.serve(request);
			} });
			const pusher = await Pusher.start(receiver.url());
			try {
				return await whilePlaying(pusher, async () => {
					await until(() => receiver.frameCount >= 5, `frames; ${pusher.output}`);
					equal(receiver.publishers.length, 2, "connections");
					equal((await pusher.push()).error, "the receiver has closed the connection", "error");
				});
			}
			finally {
				await pusher.stop();
				await receiver.close();
			}
		});
	}

	tests.test("push-drops-a-receiver-that-reads-nothing", [], async () => {
		const receiver = await Receiver.listen({ answer: (request, publisher) => {
			publisher.serve(request);
			if (request.method === "RECORD" && receiver.publishers.length === 1)
				publisher.socket.pause();
		} });
		const pusher = await Pusher.start(receiver.url(), ["--size", "SVGA", "--fps", "50", "--stall-timeout", "2"]);
		try {
			return await whilePlaying(pusher, async () => {
				await pusher.fails(/the receiver has read nothing for 2 s/);
				await until(() => receiver.publishers.length > 1 && receiver.last.frames.length > 5,
					`frames; ${pusher.output}`);
			});
		}
		finally {
			await pusher.stop();
			await receiver.close();
		}
	});

	tests.test("push-connects-anew-when-a-keepalive-is-not-answered", [], async () => {
		// a router that has forgotten the connection: nothing comes back any more
		const receiver = await Receiver.listen({ timeout: 2, answer: (request, publisher) => {
			if (request.method !== "GET_PARAMETER" || receiver.publishers.length > 1)
				publisher.serve(request);
		} });
		const pusher = await Pusher.start(receiver.url());
		try {
			return await whilePlaying(pusher, async () => {
				await pusher.fails(/no reply to GET_PARAMETER for 10 s/);
				await until(() => receiver.publishers.length > 1 && receiver.last.frames.length > 5,
					`frames; ${pusher.output}`);
				await until(() => receiver.last.methods().includes("GET_PARAMETER"), "a keepalive");
			});
		}
		finally {
			await pusher.stop();
			await receiver.close();
		}
	});

	tests.test("push-ends-an-attempt-that-is-not-answered", [], async () => {
		const receiver = await Receiver.listen({ answer: () => {} }), pusher = await Pusher.start(receiver.url());
		try {
			return await whilePlaying(pusher, () => pusher.fails(/no reply to OPTIONS for 10 s/));
		}
		finally {
			await pusher.stop();
			await receiver.close();
		}
	});
}
