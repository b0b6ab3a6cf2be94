// SPDX-License-Identifier: MIT
/** The frame hub: distribution of frames, duration of leases, and their return. */

import { assert, equal, type Suite } from "../../unit/harness";
import { rig } from "./rig";
import { jpeg } from "./smalljpeg";

export default function (suite: Suite): void {
	suite.test("one-capture-serves-every-subscriber", () => {
		const { hub, camera, subscriber } = rig();
		const a = subscriber(1), b = subscriber(100);
		a.subscriber.play();
		b.subscriber.play();
		camera.capture();
		equal(hub.statistics.captured, 1);
		equal(hub.statistics.sent, 2);
		equal(a.sink.packets.length, b.sink.packets.length);
		assert(a.sink.packets.length > 1 && a.sink.packets[a.sink.packets.length - 1]!.marker);
		equal(a.sink.packets.filter(packet => packet.marker).length, 1);
		equal(camera.leases, 0);
	});

	suite.test("camera-runs-only-while-somebody-plays", () => {
		const { camera, subscriber } = rig();
		const a = subscriber(), b = subscriber();
		assert(!camera.running);
		a.subscriber.play();
		b.subscriber.play();
		equal(camera.starts, 1);
		a.subscriber.pause();
		assert(camera.running);
		b.subscriber.close();
		assert(!camera.running);
		a.subscriber.play();
		assert(camera.running);
	});

	suite.test("busy-subscriber-skips-whole-frames-and-delays-nobody", () => {
		const { hub, camera, subscriber } = rig();
		const slow = subscriber(1), fast = subscriber(100);
		slow.sink.room = 2;
		slow.subscriber.play();
		fast.subscriber.play();
		for (let i = 0; i < 5; i++)
			camera.capture();
		equal(hub.statistics.skipped, 4);
		equal(fast.sink.packets.filter(packet => packet.marker).length, 5);
		equal(slow.sink.packets.length, 2);
		slow.sink.open(Infinity);
		// it finishes the current frame
		const frame = slow.sink.packets.filter(packet => packet.timestamp === slow.sink.packets[0]!.timestamp);
		equal(frame.length, fast.sink.packets.length / 5);
		assert(frame[frame.length - 1]!.marker);
		equal(camera.leases, 0);
		camera.capture();
		// and continues with the newest
		const stamps = slow.sink.packets.filter(packet => packet.marker).map(packet => packet.timestamp);
		equal(stamps[1]! - stamps[0]!, 5 * 3600);
	});

	suite.test("hub-leaves-the-camera-a-buffer", () => {
		const { camera, subscriber } = rig({ bufferCount: 3 });
		for (let i = 0; i < 6; i++) {
			const { subscriber: it, sink } = subscriber(i * 10);
			sink.room = 1;
			it.play();
			camera.capture();
		}
		for (let i = 0; i < 10; i++) {
			camera.capture();
			equal(camera.leases, 2);
		}
	});

	suite.test("oldest-frame-is-taken-back-when-every-lease-is-held", () => {
		const { hub, camera, subscriber } = rig({ bufferCount: 3 });
		const a = subscriber(1), b = subscriber(100), c = subscriber(200);
		a.sink.room = 1;
		a.subscriber.play();
		camera.capture();
		b.sink.room = 1;
		b.subscriber.play();
		camera.capture();
		equal(camera.leases, 2);
		c.subscriber.play();
		camera.capture();
		equal(hub.statistics.abandoned, 1);
		equal(c.sink.packets.filter(packet => packet.marker).length, 1);
		// the subscriber whose frame was revoked continues with the new one
		equal(new Set(a.sink.packets.map(packet => packet.timestamp)).size, 1);
		a.sink.open(Infinity);
		assert(a.sink.packets[a.sink.packets.length - 1]!.marker);
		equal(new Set(a.sink.packets.map(packet => packet.timestamp)).size, 2);
		for (let i = 1; i < a.sink.packets.length; i++)
			equal(a.sink.packets[i]!.sequenceNumber, a.sink.packets[i - 1]!.sequenceNumber + 1);
	});

	suite.test("frame-is-left-out-when-every-lease-is-held-and-nobody-is-free", () => {
		const { hub, camera, subscriber } = rig({ bufferCount: 3 });
		const a = subscriber(1), b = subscriber(100), c = subscriber(200);
		for (const { sink, subscriber: it } of [a, b]) {
			sink.room = 1;
			it.play();
			camera.capture();
		}
		for (let i = 0; i < 3; i++)
			camera.capture();
		equal([hub.statistics.abandoned, hub.statistics.unwanted, hub.statistics.captured, camera.leases], [0, 3, 5,
			2]);
		// a was skipped by the second frame as well
		equal([a, b].map(({ subscriber: { skippedCount } }) => skippedCount), [4, 3]);
		a.sink.open(Infinity);
		equal(a.sink.packets.filter(packet => packet.marker).length, 1, "what was begun becomes complete");
		// now a is free
		camera.capture();
		equal([hub.statistics.abandoned, a.sink.packets.filter(packet => packet.marker).length], [0, 2]);
		a.sink.room = 1;
		camera.capture();
		camera.capture();
		equal(hub.statistics.unwanted, 4);
		// a newcomer is free
		c.subscriber.play();
		camera.capture();
		equal([hub.statistics.abandoned, c.sink.packets.filter(packet => packet.marker).length], [1, 1]);
	});

	suite.test("frame-that-a-consumer-keeps-in-spite-of-the-hub-is-not-replaced", () => {
		const { hub, camera, subscriber } = rig({ bufferCount: 3 });
		const a = subscriber(1), b = subscriber(100), c = subscriber(200);
		a.subscriber.abandon = () => undefined;
		for (const { sink, subscriber: it } of [a, b]) {
			sink.room = 1;
			it.play();
			camera.capture();
		}
		const { lease } = a.subscriber, frame = lease!.frame;
		c.subscriber.play();
		camera.capture();
		equal([hub.statistics.unwanted, camera.leases, lease!.frame === frame], [1, 2, true]);
		a.sink.open(Infinity);
		camera.capture();
		equal([hub.statistics.unwanted, camera.leases], [1, 1]);
	});

	suite.test("slow-subscriber-of-a-camera-with-two-buffers-has-whole-frames", () => {
		const { hub, camera, subscriber } = rig({ bufferCount: 2 });
		const { subscriber: it, sink } = subscriber();
		sink.room = 1;
		it.play();
		for (let i = 0; i < 12; i++) {
			camera.capture();
			if (i % 4 === 3) {
				sink.open(Infinity);
				sink.room = 1;
			}
		}
		equal([hub.statistics.abandoned, hub.statistics.sent, hub.statistics.skipped], [0, 3, 9]);
		equal(sink.packets.filter(packet => packet.marker).length, 3);
	});

	suite.test("frame-held-past-the-deadline-is-taken-back", () => {
		const { hub, camera, subscriber } = rig({ leaseDeadline: 100 });
		const { subscriber: it, sink } = subscriber();
		sink.room = 1;
		it.play();
		camera.capture();
		camera.capture(90_000);
		equal(hub.statistics.abandoned, 0);
		camera.capture(20_000);
		equal(hub.statistics.abandoned, 1);
	});

	suite.test("two-buffers-are-enough", () => {
		const { hub, camera, subscriber } = rig({ bufferCount: 2 });
		const slow = subscriber(1), fast = subscriber(100);
		slow.sink.room = 1;
		slow.subscriber.play();
		fast.subscriber.play();
		for (let i = 0; i < 4; i++)
			camera.capture();
		equal(fast.sink.packets.filter(packet => packet.marker).length, 4);
		equal(camera.peak, 1);
		equal(hub.statistics.captured, 4);
	});

	suite.test("frame-rate-cap-keeps-the-rate-and-the-rhythm", () => {
		const { hub, camera, subscriber } = rig({ maxFrameRate: 10 });
		const { subscriber: it, sink } = subscriber();
		it.play();
		for (let i = 0; i < 300; i++)
			camera.capture(33_333);
		const stamps = sink.packets.filter(packet => packet.marker).map(packet => packet.timestamp);
		assert(stamps.length >= 99 && stamps.length <= 101, `${stamps.length} frames of 300 in 10 s`);
		equal(hub.statistics.capped, 300 - stamps.length);
		for (let i = 1; i < stamps.length; i++)
			assert(Math.abs(stamps[i]! - stamps[i - 1]! - 9000) <= 3001);
	});

	suite.test("frame-rate-cap-at-the-camera's-own-rate-drops-nothing", () => {
		const { hub, camera, subscriber } = rig({ maxFrameRate: 25 });
		subscriber().subscriber.play();
		// a camera's rate never matches the cap exactly
		for (let i = 0; i < 200; i++)
			camera.capture(i & 1 ? 38_000 : 42_000);
		equal(hub.statistics.capped, 0);
	});

	suite.test("frame-that-comes-late-does-not-cost-the-next-one", () => {
		const { hub, camera, subscriber } = rig({ maxFrameRate: 25 });
		subscriber().subscriber.play();
		for (const microseconds of [40_000, 40_000, 135_000, 5_000, 20_000, 40_000, 79_000, 1_000, 40_000])
			camera.capture(microseconds);
		// 20 ms after two consecutive frames exceeds the rate
		equal(hub.statistics.capped, 1);
	});

	suite.test("frame-that-rtp-cannot-carry-is-refused-by-name-once", () => {
		const { hub, camera, notices, subscriber } = rig({ bytes: jpeg(100, { greyscale: true }) });
		const { subscriber: it, sink } = subscriber();
		it.play();
		camera.capture();
		camera.capture();
		equal(hub.statistics.refused, 2);
		equal(sink.packets.length, 0);
		equal(notices.length, 1);
		assert(notices[0]!.includes("greyscale"), notices[0]);
		equal(camera.leases, 0);
	});

	suite.test("failed-sink-drops-the-frame-and-returns-the-lease", () => {
		const { hub, camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber();
		it.play();
		sink.failing = true;
		camera.capture();
		equal(hub.statistics.failed, 1);
		equal(camera.leases, 0);
		sink.failing = false;
		camera.capture();
		equal(hub.statistics.sent, 1);
	});

	suite.test("pause-and-close-in-the-middle-of-a-frame-return-the-lease", () => {
		const { camera, subscriber } = rig();
		const a = subscriber(1), b = subscriber(100);
		a.sink.room = b.sink.room = 1;
		a.subscriber.play();
		b.subscriber.play();
		camera.capture();
		equal(camera.leases, 1);
		a.subscriber.pause();
		equal(camera.leases, 1);
		b.subscriber.close();
		equal(camera.leases, 0);
		assert(b.sink.closed);
	});

	suite.test("frame-is-whole-again-while-a-slow-subscriber-waits", () => {
		const bytes = jpeg(2000);
		const { camera, subscriber } = rig({ bytes });
		const { subscriber: it, sink } = subscriber();
		sink.room = 2;
		it.play();
		camera.capture();
		equal(new Uint8Array(camera.frames.find(item => item.leased)!.frame.bytes()), bytes);
	});

	suite.test("frame-rate-cap-can-change-while-it-plays", () => {
		const { hub, camera, subscriber } = rig({ maxFrameRate: 1 });
		const { subscriber: it, sink } = subscriber();
		const frames = () => sink.packets.filter(packet => packet.marker).length;
		it.play();
		for (let i = 0; i < 15; i++)
			camera.capture();
		equal(frames(), 1);
		hub.maxFrameRate = 25;
		for (let i = 0; i < 25; i++)
			camera.capture();
		equal([frames(), hub.maxFrameRate], [26, 25]);
	});

	suite.test("closing-the-hub-closes-everybody-and-the-camera", () => {
		const { hub, camera, subscriber } = rig();
		const a = subscriber(1), b = subscriber(100);
		a.sink.room = 1;
		a.subscriber.play();
		b.subscriber.play();
		camera.capture();
		hub.close();
		assert(a.sink.closed && b.sink.closed && camera.closed);
		equal(camera.leases, 0);
		equal(hub.playing, 0);
	});
}
