// SPDX-License-Identifier: MIT
/** The frame hub survives cameras that fall silent or fail, readers that stall, sockets that refuse,
 *  and links that are too slow. */

import Process from "process";
import { openListener } from "sockets/sockets";
import { Backoff } from "common/backoff";
import { StreamParameters } from "stream/streamparameters";
import { Tuning } from "stream/tuning";
import { SENT, FAILED, type Sink } from "stream/sink";
import { UDPPorts } from "stream/udp";
import { assert, equal, Suite } from "../../unit/harness";
import { stress } from "../stress";
import { PACKET_SIZE, PacketFrame } from "../stream/packetframe";
import { type AdaptableCamera, Rig } from "./rig";

/** Milliseconds with a collection at every allocation, at the beginning of each test.
 *  A minute of frames would take an hour. */
const STRESS = 500;

/** Limits that let clients set everything that the camera supports. */
const ANYTHING = { writable: true, minFrameRate: 0.1, maxFrameRate: 120, bestQuality: 0, worstQuality: 63,
	maxSize: "UXGA" } as const;

const suite = new Suite();
const { test } = suite;
suite.test = function (name, body) {
	test.call(this, name, () => {
		stress(STRESS);
		body();
	});
};
const steps = (stamps: readonly number[]) => stamps.slice(1).map((stamp, i) => (stamp - stamps[i]!) | 0);
const SECOND = 90_000;

/* ---- the camera falls silent ---- */

suite.test("silent-camera's-last-frame-is-repeated-at-the-present-instant", () => {
	const rig = new Rig();
	const { sink } = rig.subscriber();
	rig.capture();
	rig.silence(5);
	equal(sink.stamps.length, 6);
	equal(steps(sink.stamps), [SECOND, SECOND, SECOND, SECOND, SECOND]);
	equal(rig.hub.statistics.repeated, 5);
	equal(rig.hub.statistics.captured, 1);
	for (let i = 1; i < sink.packets.length; i++)
		equal(sink.packets[i]!.sequenceNumber, (sink.packets[i - 1]!.sequenceNumber + 1) & 0xffff);
});

suite.test("frames-come-at-least-every-two-seconds-whenever-the-camera-stops", () => {
	for (const phase of [1, 50, 99, 101, 500, 950]) {
		const rig = new Rig();
		const { sink } = rig.subscriber();
		rig.capture();
		rig.time += phase;
		rig.hub.tick();
		rig.silence(5);
		assert(Math.max(...steps(sink.stamps)) <= 2 * SECOND, `${phase} ms: ${steps(sink.stamps)}`);
	}
});

suite.test("camera-that-delivers-is-not-repeated", () => {
	const rig = new Rig();
	const { sink } = rig.subscriber();
	rig.deliver(5);
	equal(rig.hub.statistics.repeated, 0);
	equal(sink.stamps.length, 125);
	equal(rig.notices, []);
});

suite.test("kept-frame-goes-back-as-soon-as-a-newer-one-comes", () => {
	const rig = new Rig();
	rig.subscriber();
	for (let i = 0; i < 10; i++) {
		rig.capture();
		equal(rig.camera.leases, 1);
	}
	equal(rig.camera.peak, 2);
});

suite.test("kept-frame-goes-back-when-nobody-plays", () => {
	const rig = new Rig();
	const { subscriber } = rig.subscriber();
	rig.capture();
	subscriber.pause();
	equal(rig.camera.leases, 0);
	rig.silence(20);
	equal([rig.hub.statistics.repeated, rig.attempts, rig.notices.length], [0, 1, 0]);
});

suite.test("kept-frame-never-costs-the-camera-its-last-buffer", () => {
	for (const bufferCount of [2, 3, 4]) {
		const rig = new Rig({ bufferCount });
		const slow = [rig.subscriber(), rig.subscriber(), rig.subscriber()];
		const fast = rig.subscriber();
		for (let i = 0; i < 3; i++)
			slow[i]!.sink.room = i + 1;
		for (let i = 0; i < 20; i++)
			rig.capture();
		assert(rig.camera.peak <= bufferCount - 1, `${rig.camera.peak} of ${bufferCount}`);
		equal(fast.sink.stamps.length, 20);
	}
});

suite.test("kept-frame-gives-way-before-a-slow-reader-does", () => {
	const rig = new Rig();
	const { sink } = rig.subscriber();
	rig.subscriber();
	sink.room = 2;
	for (let i = 0; i < 10; i++)
		rig.capture();
	equal(rig.hub.statistics.abandoned, 0);
	sink.open();
	equal(sink.stamps.length, 1);
});

suite.test("two-buffers-have-none-to-keep-and-nothing-is-repeated", () => {
	const rig = new Rig({ bufferCount: 2 });
	const { sink } = rig.subscriber();
	rig.capture();
	equal(rig.camera.leases, 0);
	rig.silence(5);
	equal([sink.stamps.length, rig.hub.statistics.repeated], [1, 0]);
	rig.silence(10);
	equal(rig.cameras.length, 2);
	rig.capture();
	equal(sink.stamps.length, 2);
});

suite.test("frame-captured-before-the-last-repetition-comes-after-it", () => {
	const rig = new Rig();
	const { sink } = rig.subscriber();
	rig.capture();
	rig.silence(3);
	rig.age = 100_000;
	rig.capture(20);
	rig.capture(40);
	rig.age = 0;
	rig.capture(200);
	assert(steps(sink.stamps).every(step => step > 0), `${steps(sink.stamps)}`);
});

suite.test("silence-is-told-once-and-its-end", () => {
	const rig = new Rig();
	rig.subscriber();
	rig.capture();
	rig.silence(8);
	equal(rig.notices, ["no frame from the camera for 2 s"]);
	rig.capture();
	equal(rig.notices.slice(1), ["the camera delivers frames again after 8 s"]);
	rig.deliver(3);
	equal(rig.notices.length, 2);
});

suite.test("slow-camera-is-not-a-silent-one", () => {
	const rig = new Rig({ maxFrameRate: 0.1 });
	const { sink } = rig.subscriber();
	for (let i = 0; i < 5; i++) {
		rig.silence(10);
		rig.capture(0);
	}
	equal([rig.notices, rig.attempts], [[], 1]);
	assert(sink.stamps.length > 30);
});

suite.test("somebody-who-comes-while-the-camera-is-silent-sees-the-last-frame", () => {
	const rig = new Rig();
	rig.subscriber();
	rig.capture();
	rig.silence(2);
	const { sink } = rig.subscriber();
	rig.silence(1);
	equal(sink.stamps.length, 1);
});

/* ---- the camera is opened again ---- */

suite.test("silent-camera-is-opened-again-and-clients-stay", () => {
	const rig = new Rig({ cameraTimeout: 4 });
	const { subscriber, sink } = rig.subscriber();
	rig.deliver(2);
	const before = sink.stamps.length;
	rig.silence(4);
	equal([rig.cameras.length, rig.cameras[0]!.closed, rig.cameras[0]!.leasesAtClose, rig.camera.running], [2, true, 0,
		true]);
	equal(rig.notices.filter(item => item.includes("it is reopened")).length, 1);
	rig.deliver(2);
	assert(subscriber.playing);
	equal(sink.stamps.length, before + rig.hub.statistics.repeated + 50);
	// the new camera's clock began at 0
	assert(steps(sink.stamps).every(step => step > 0 && step <= 2 * SECOND), `${steps(sink.stamps)}`);
	for (let i = 1; i < sink.packets.length; i++)
		equal(sink.packets[i]!.sequenceNumber, (sink.packets[i - 1]!.sequenceNumber + 1) & 0xffff);
	equal([rig.hub.reopenCount, rig.cameras.length], [1, 2]);
});

suite.test("borrowed-camera-is-back-as-it-was-whatever-happens", () => {
	let count = 0;
	const lend = () => {
		const rig = new Rig({ adaptable: true, cameraTimeout: 4 }), first = rig.camera as AdaptableCamera;
		const loan = { size: undefined, quality: 30, ended: () => count += 1 };
		assert(rig.hub.lend(loan), "the camera is not lent");
		equal([first.quality, rig.hub.quality], [30, 12]);
		return { rig, first, loan };
	};
	const returned = lend();
	returned.rig.subscriber();
	assert(!returned.rig.hub.lend(returned.loan), "the camera is lent while somebody plays");
	returned.rig.hub.takeBack(returned.loan);
	returned.rig.hub.takeBack(returned.loan);
	equal([returned.first.quality, count], [12, 0]);

	// another player
	const shared = lend();
	shared.rig.subscriber();
	equal([shared.first.quality, count], [30, 0]);
	shared.rig.subscriber();
	equal([shared.first.quality, count], [12, 1]);

	// somebody sets it
	const set = lend();
	set.rig.hub.quality = 20;
	equal([set.first.quality, set.rig.hub.quality, count], [20, 20, 2]);

	// a silent camera
	const silent = lend();
	silent.rig.subscriber();
	silent.rig.silence(4);
	equal([silent.rig.cameras.length, silent.rig.hub.quality, count], [2, 12, 3]);
	equal((silent.rig.camera as AdaptableCamera).quality, 12);
	silent.rig.hub.takeBack(silent.loan);

	// one that takes nothing back
	const stubborn = lend();
	Object.defineProperty(stubborn.first, "quality", { get: () => 30, set: () => {
		throw new Error("no");
	} });
	stubborn.rig.hub.takeBack(stubborn.loan);
	equal([stubborn.rig.cameras.length, stubborn.rig.hub.quality, count], [2, 12, 3]);

	// one that refuses
	const refusing = new Rig({ adaptable: true });
	Object.defineProperty(refusing.camera, "quality", { get: () => 12, set: () => {
		throw new Error("no");
	} });
	let message = "";
	try {
		refusing.hub.lend({ size: undefined, quality: 30, ended: () => undefined });
	}
	catch (error) {
		({ message } = error as Error);
	}
	equal([message, refusing.hub.quality, refusing.cameras.length], ["no", 12, 1]);
});

suite.test("last-frame-outlives-the-camera-that-is-closed", () => {
	const rig = new Rig({ cameraTimeout: 3 });
	const { sink } = rig.subscriber();
	rig.capture();
	rig.failure = new Error("no camera found");
	rig.silence(30);
	assert(rig.cameras[0]!.closed);
	equal(sink.stamps.length, 31);
	// exactly the same image
	assert(
		sink.packets.filter((packet, i) => i === 0 || sink.packets[i - 1]!.marker).every(packet =>
			packet.first === sink.packets[0]!.first
		),
	);
	assert(steps(sink.stamps).every(step => step === SECOND), `${steps(sink.stamps)}`);
});

suite.test("camera-that-cannot-be-opened-is-tried-again-at-growing-distances", () => {
	const rig = new Rig({ cameraTimeout: 3 });
	const { sink } = rig.subscriber();
	rig.capture();
	rig.failure = new Error("no camera found");
	const times: number[] = [];
	for (let i = 0; i < 200; i++) {
		const before = rig.attempts;
		rig.silence(1);
		if (rig.attempts > before)
			times.push(i);
	}
	const distances = steps(times);
	equal(distances.slice(0, 6), [2, 4, 8, 16, 30, 30]);
	// reported once, with the reason
	equal(rig.notices.filter(item => item.includes("no camera found")).length, 1);
	rig.failure = "busy";
	rig.silence(40);
	equal(rig.notices.filter(item => item.includes("busy")).length, 1);
	rig.failure = undefined;
	rig.silence(40);
	rig.deliver(1);
	assert(rig.notices[rig.notices.length - 1]!.includes("delivers frames again"));
	assert(steps(sink.stamps).every(step => step > 0 && step <= 2 * SECOND));
	// a later failure starts with short intervals again
	const attempts = rig.attempts;
	rig.silence(4);
	equal(rig.attempts, attempts + 1);
});

suite.test("camera-that-stays-silent-is-opened-again-at-growing-distances", () => {
	const rig = new Rig({ cameraTimeout: 2 });
	rig.subscriber();
	rig.silence(200);
	assert(rig.attempts >= 8 && rig.attempts <= 14, `${rig.attempts}`);
	assert(rig.cameras.slice(0, -1).every(camera => camera.closed));
});

suite.test("camera-that-is-gone-is-looked-for-when-somebody-plays", () => {
	const rig = new Rig({ cameraTimeout: 2 });
	const first = rig.subscriber();
	rig.failure = new Error("gone");
	rig.silence(3);
	first.subscriber.close();
	const { attempts } = rig;
	rig.silence(100);
	equal(rig.attempts, attempts, "nobody plays");
	equal([rig.hub.width, rig.hub.height], [16, 8]);
	rig.failure = undefined;
	const { sink } = rig.subscriber();
	rig.capture();
	equal(sink.stamps.length, 1);
});

suite.test("reader-in-the-middle-of-a-frame-loses-it-with-the-camera", () => {
	const rig = new Rig({ cameraTimeout: 2, leaseDeadline: 60_000 });
	const { sink } = rig.subscriber();
	sink.room = 2;
	rig.capture();
	rig.silence(2);
	equal(rig.cameras[0]!.leasesAtClose, 0);
	equal(rig.hub.statistics.abandoned, 1);
	sink.open();
	rig.capture();
	assert(sink.packets[sink.packets.length - 1]!.marker);
	for (let i = 1; i < sink.packets.length; i++)
		equal(sink.packets[i]!.sequenceNumber, (sink.packets[i - 1]!.sequenceNumber + 1) & 0xffff);
});

suite.test("what-only-a-sensor-can-be-told-is-passed-over-once-where-there-is-none", () => {
	const rig = new Rig({ controls: { mirror: 1, ae_level: -1 } });
	const parameters = new StreamParameters({ tuning: new Tuning(rig.hub, ANYTHING), hub: rig.hub,
		statistics: () => ({}) as never });
	rig.subscriber();
	rig.silence(60);
	assert(rig.hub.reopenCount > 1);
	equal(rig.notices.filter(notice => notice.includes("is skipped")), [
		"mirror=1 is skipped: the camera has no mirror",
		"ae_level=-1 is skipped: the camera has no ae_level",
	]);
	equal([parameters.read("mirror", undefined), parameters.read("sensor", undefined), parameters.isWritable("mirror"),
		parameters.write("mirror", "0")], [undefined, undefined, false, false]);
});

suite.test("closed-camera-that-calls-back-is-not-heard", () => {
	const rig = new Rig({ cameraTimeout: 2 });
	rig.subscriber();
	rig.capture();
	rig.silence(2);
	const { captured } = rig.hub.statistics;
	rig.cameras[0]!.signal();
	equal(rig.hub.statistics.captured, captured);
	rig.capture();
	equal(rig.hub.statistics.captured, captured + 1);
});

suite.test("nothing-that-a-camera-throws-comes-through", () => {
	for (const throwing of ["read", "start", "stop", "close"] as const) {
		const rig = new Rig({ cameraTimeout: 2 });
		const first = rig.subscriber();
		rig.capture();
		rig.camera.throwing = throwing;
		rig.capture();
		first.subscriber.pause();
		first.subscriber.play();
		rig.silence(1);
		rig.silence(3);
		rig.capture();
		const { sink } = rig.subscriber();
		rig.capture();
		assert(sink.stamps.length >= 1, throwing);
		rig.camera.throwing = throwing;
		rig.hub.close();
	}
});

suite.test("program-without-a-camera-does-not-start", () => {
	let problem: unknown;
	try {
		new Rig({ openSource: () => {
			throw new Error("no camera");
		} });
	}
	catch (error) {
		problem = error;
	}
	equal((problem as Error | undefined)?.message, "no camera");
});

/* ---- readers that stall ---- */

suite.test("stalled-reader-is-told-of-after-its-time-and-not-before", () => {
	const rig = new Rig();
	let stalled = 0;
	const it = rig.subscriber({ channel: 0, stallTimeout: 5, onStalled: () => {
		stalled += 1;
		it.subscriber.close();
	} });
	const other = rig.subscriber();
	rig.deliver(2);
	it.sink.room = 0;
	rig.deliver(4);
	equal(stalled, 0);
	rig.deliver(1);
	equal(stalled, 1);
	rig.deliver(4);
	equal([stalled, rig.hub.playing, rig.camera.leases], [1, 1, 1]);
	equal(other.sink.stamps.length, 11 * 25);
});

suite.test("two-stalled-readers-of-one-connection-go-together", () => {
	const rig = new Rig();
	let stalled = 0;
	const other = rig.subscriber();
	const both = [0, 2].map(channel =>
		rig.subscriber({ channel, stallTimeout: 5, onStalled: () => {
			stalled += 1;
			both.forEach(({ subscriber }) => subscriber.close());
		} })
	);
	rig.deliver(2);
	for (const { sink } of both)
		sink.room = 0;
	rig.deliver(8);
	equal([stalled, rig.hub.playing], [1, 1]);
	equal(other.sink.stamps.length, 10 * 25);
});

suite.test("slow-reader-is-not-a-stalled-one", () => {
	const rig = new Rig();
	let stalled = 0;
	const { sink } = rig.subscriber({ channel: 0, stallTimeout: 5, onStalled: () => stalled++ });
	sink.room = 0;
	for (let i = 0; i < 10; i++) {
		rig.deliver(4);
		sink.open(1);
	}
	equal(stalled, 0);
});

suite.test("reader-without-anything-to-read-is-not-stalled", () => {
	const rig = new Rig({ bufferCount: 2, cameraTimeout: 100 });
	let stalled = 0;
	rig.subscriber({ channel: 0, stallTimeout: 3, onStalled: () => stalled++ });
	rig.capture();
	rig.silence(20);
	equal(stalled, 0);
});

suite.test("stalled-reader-gives-its-frame-back-in-time-even-when-the-camera-is-silent", () => {
	const rig = new Rig({ leaseDeadline: 1000, bufferCount: 4 });
	const { sink } = rig.subscriber();
	sink.room = 1;
	rig.capture();
	rig.capture();
	equal(rig.camera.leases, 2);
	rig.silence(2);
	// the newest is kept to be repeated
	equal(rig.camera.leases, 1);
});

suite.test("reader-that-comes-back-gets-the-newest-frame", () => {
	const rig = new Rig({ leaseDeadline: 500 });
	const { sink } = rig.subscriber();
	rig.capture();
	const before = sink.stamps[0]!;
	sink.room = 0;
	// it holds a frame of which nothing was sent; the deadline passes once
	for (let i = 0; i < 20; i++)
		rig.capture();
	sink.open();
	equal(sink.stamps.map(stamp => stamp - before), [0, 20 * 3600]);
	equal(rig.hub.statistics.sent, 2);
});

suite.test("reader-in-the-middle-of-a-frame-finishes-it-before-the-newest", () => {
	const rig = new Rig();
	const { sink } = rig.subscriber();
	rig.capture();
	const packets = sink.packets.length;
	sink.room = 2;
	rig.capture();
	rig.capture();
	sink.open();
	equal(steps(sink.stamps), [3600]);
	equal(sink.packets.length, packets * 2);
});

suite.test("reader-that-comes-back-before-its-first-frame-gets-the-one-that-was-announced", () => {
	const rig = new Rig();
	const { subscriber, sink } = rig.subscriber();
	const { timestamp, sequenceNumber } = subscriber.play();
	sink.room = 0;
	rig.capture();
	rig.capture();
	sink.open();
	equal([sink.packets[0]!.timestamp, sink.packets[0]!.sequenceNumber], [timestamp, sequenceNumber]);
	rig.capture();
	equal(steps(sink.stamps), [2 * 3600]);
});

/* ---- sockets that refuse ---- */

suite.test("backoff-doubles-to-its-bound-and-starts-anew", () => {
	const backoff = new Backoff(10, 45);
	const pauses: number[] = [];
	for (let now = 0; pauses.length < 5; now++) {
		if (backoff.isReady(now)) {
			backoff.failed(now);
			pauses.push(backoff.pause);
		}
	}
	equal(pauses, [10, 20, 40, 45, 45]);
	backoff.succeeded();
	assert(backoff.isReady(0));
	backoff.failed(0);
	equal([backoff.pause, backoff.isReady(9), backoff.isReady(10)], [10, false, true]);
});

suite.test("refused-frames-are-counted-and-tried-at-growing-distances", () => {
	const rig = new Rig();
	const { subscriber, sink } = rig.subscriber();
	const other = rig.subscriber();
	rig.capture();
	sink.failing = true;
	sink.attempts = 0;
	rig.deliver(20);
	assert(sink.attempts >= 12 && sink.attempts <= 20, `${sink.attempts} attempts`);
	equal([subscriber.failedCount, other.subscriber.failedCount], [sink.attempts, 0]);
	equal(rig.hub.statistics.failed, sink.attempts);
	equal(other.sink.stamps.length, 501);
	// and back within the longest pause, for good
	sink.failing = false;
	const before = sink.stamps.length;
	rig.deliver(2);
	assert(sink.stamps.length > before);
	const resumed = sink.stamps.length;
	rig.deliver(2);
	equal(sink.stamps.length, resumed + 50);
	// earlier failures no longer count: the next refusal costs only its frame
	sink.failing = true;
	rig.capture();
	sink.failing = false;
	rig.capture();
	equal(sink.stamps.length, resumed + 51);
});

suite.test("one-refused-frame-costs-that-frame-only", () => {
	const rig = new Rig();
	const { sink } = rig.subscriber();
	rig.capture();
	sink.failing = true;
	rig.capture();
	sink.failing = false;
	rig.capture();
	equal(sink.stamps.length, 2);
});

suite.test("socket-that-throws-makes-a-failed-frame-not-an-exception", () => {
	const frames = [new PacketFrame(3), new PacketFrame(3)];
	const send = (sink: Sink, { fragmenter, frame, scan }: PacketFrame) =>
		sink.send(fragmenter, frame, scan, PACKET_SIZE);
	// other runs of these tests have other ports
	const listener = openListener(0, () => undefined), { port } = listener;
	listener.close();
	const ports = new UDPPorts({ port: 20_000 + (port % 1000) * 8 });
	// a broadcast, which the system refuses; then a datagram that it accepts
	const bad = ports.openSink({ address: "255.255.255.255", rtpPort: 40_000, rtcpPort: 40_001 }, {
		resume: () => undefined,
		receiveControl: () => undefined,
	});
	const good = ports.openSink({ address: "127.0.0.1", rtpPort: 40_000, rtcpPort: 40_001 }, { resume: () => undefined,
		receiveControl: () => undefined });
	equal(send(bad, frames[0]!), FAILED);
	bad.sendControl(new Uint8Array(8));
	equal(send(good, frames[1]!), SENT);
	// unsent packets are not counted
	equal(frames.map(({ fragmenter, isWhole }) => [fragmenter.packetCount, isWhole]), [[0, true], [3, true]]);
	ports.close();
});

/* ---- links that are too slow ---- */

const adaptation = { bitrate: Infinity, quality: 12, worstQuality: 40, frameRate: 25, minFrameRate: 5 };

suite.test("slow-majority-lowers-quality-and-a-slow-minority-does-not", () => {
	const play = (slow: number, fast: number) => {
		const rig = new Rig({ adaptable: true, adaptation, maxFrameRate: 25 });
		const sinks = [];
		for (let i = 0; i < slow + fast; i++) {
			const { sink } = rig.subscriber({ channel: 0 });
			if (i < slow)
				sinks.push(sink);
		}
		for (let i = 0; i < 10 * 25; i++) {
			// room for a frame in three
			if (i % 3 === 0)
				sinks.forEach(sink => sink.open(6));
			rig.capture();
			if (i % 25 === 24)
				rig.hub.tick();
		}
		return [rig.hub.adaptedQuality! > 12, (rig.camera as AdaptableCamera).quality > 12];
	};
	equal(play(1, 0), [true, true]);
	equal(play(2, 1), [true, true]);
	equal(play(1, 1), [false, false]);
	equal(play(1, 2), [false, false]);
	equal(play(0, 2), [false, false]);
});

suite.test("somebody-new-begins-with-the-best", () => {
	const rig = new Rig({ adaptable: true, adaptation, maxFrameRate: 25 });
	const slow = rig.subscriber({ channel: 0 });
	slow.sink.room = 0;
	rig.deliver(5);
	assert(rig.hub.adaptedQuality! > 12);
	slow.subscriber.close();
	rig.subscriber({ channel: 0 });
	equal([rig.hub.adaptedQuality, (rig.camera as AdaptableCamera).quality], [12, 12]);
	rig.deliver(10);
	equal(rig.hub.adaptedQuality, 12);
});

suite.test("camera-without-setters-has-its-frames-left-out", () => {
	// 2,000 octets per frame, 25 frames per second: 400 kbit/s. Quality has no effect here
	const rig = new Rig({ adaptation: { ...adaptation, bitrate: 200 }, maxFrameRate: 25 });
	const { sink } = rig.subscriber({ channel: 0 });
	rig.deliver(20);
	const before = sink.stamps.length;
	rig.deliver(20);
	const rate = (sink.stamps.length - before) / 20;
	assert(rate > 10 && rate < 13, `${rate} frames/s`);
	assert(rig.hub.statistics.capped > 100);
});

suite.test("what-a-client-sets-is-the-best-that-is-chosen-and-stays-with-the-camera", () => {
	const rig = new Rig({ adaptable: true, adaptation, maxFrameRate: 25, cameraTimeout: 2 });
	const parameters = new StreamParameters({ tuning: new Tuning(rig.hub, ANYTHING), hub: rig.hub, statistics: () => {
		throw new Error("not asked for");
	} });
	rig.subscriber({ channel: 0 });
	rig.deliver(2);
	assert(parameters.write("framerate", "10"));
	rig.hub.quality = 20;
	const camera =
		() => [(rig.camera as AdaptableCamera).quality, (rig.camera as AdaptableCamera).frameRate, rig.hub.quality,
			rig.hub.maxFrameRate];
	equal(camera(), [20, 10, 20, 10]);
	rig.deliver(10, 10);
	equal(camera(), [20, 10, 20, 10]);
	rig.silence(5);
	assert(rig.cameras.length > 1);
	equal(camera(), [20, 10, 20, 10]);
	rig.hub.quality = 8;
	rig.deliver(10, 10);
	equal(camera(), [8, 10, 8, 10]);
});

suite.test("what-a-client-sets-without-adaptation-stays-with-the-camera", () => {
	const rig = new Rig({ adaptable: true, cameraTimeout: 2 });
	rig.subscriber({ channel: 0 });
	rig.deliver(1);
	rig.hub.quality = 30;
	rig.silence(5);
	assert(rig.cameras.length > 1);
	equal((rig.camera as AdaptableCamera).quality, 30);
});

suite.test("quality-goes-with-the-camera-that-is-opened-again", () => {
	const rig = new Rig({ adaptable: true, adaptation: { ...adaptation, bitrate: 200 }, maxFrameRate: 25,
		cameraTimeout: 2 });
	rig.subscriber({ channel: 0 });
	rig.deliver(10);
	const quality = rig.hub.adaptedQuality;
	assert(quality! > 12);
	rig.silence(6);
	assert(rig.cameras.length > 1);
	equal((rig.camera as AdaptableCamera).quality, quality);
});

const { passed, failed } = suite.run(line => trace(`${line}\n`));
trace(`${passed} passed, ${failed} failed\n`);
Process.exit(failed ? 1 : 0);
