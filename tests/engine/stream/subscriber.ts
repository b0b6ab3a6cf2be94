// SPDX-License-Identifier: MIT
/** A subscriber: sequence numbers, timestamps, reports and counts. */

import { assert, equal, type Suite } from "../../unit/harness";
import { FakeSink, rig } from "./rig";
import { errorText } from "common/errortext";

export default function (suite: Suite): void {
	suite.test("play-announces-the-first-packet", () => {
		const { camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber(0xfffffff0);
		const point = it.play();
		camera.capture();
		equal(sink.packets[0]!.sequenceNumber, point.sequenceNumber);
		equal(sink.packets[0]!.timestamp, point.timestamp);
		equal(sink.packets[0]!.ssrc, it.ssrc);
	});

	suite.test("subscriber-that-finds-no-memory-closes-its-sink", () => {
		const sink = new FakeSink(), { hub, subscriber } = rig();
		sink.openRoute = () => {
			throw new RangeError("no memory");
		};
		let message = "";
		try {
			subscriber(1000, 1, sink);
		}
		catch (error) {
			message = errorText(error);
		}
		equal([message, sink.closed, hub.consumers.all.length], ["no memory", true, 0]);
	});

	suite.test("play-twice-announces-the-same", () => {
		const { subscriber } = rig();
		const { subscriber: it } = subscriber();
		equal(it.play(), it.play());
	});

	suite.test("play-of-a-running-stream-knows-the-next-packet-and-no-timestamp", () => {
		const { camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber(0xfff8);
		const first = it.play();
		equal(it.play(), first, "nothing has been sent yet");
		camera.capture();
		const { sequenceNumber, timestamp } = it.play();
		const sent = sink.packets.length;
		camera.capture();
		equal([timestamp, sink.packets[sent]!.sequenceNumber], [undefined, sequenceNumber]);
		assert(sink.packets[sent - 1]!.marker);
	});

	suite.test("timestamps-follow-the-capture-clock", () => {
		const { camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber();
		it.play();
		camera.capture();
		camera.capture(40_000);
		camera.capture(33_333);
		const stamps = sink.packets.filter(packet => packet.marker).map(packet => packet.timestamp);
		equal(stamps[1]! - stamps[0]!, 3600);
		assert(Math.abs(stamps[2]! - stamps[1]! - 3000) <= 1);
		assert(sink.packets.every(packet => stamps.includes(packet.timestamp)));
	});

	suite.test("sequence-numbers-are-contiguous-across-frames-and-pause", () => {
		const { camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber(0xfff8);
		it.play();
		camera.capture();
		it.pause();
		camera.capture();
		const point = it.play();
		camera.capture();
		for (let i = 1; i < sink.packets.length; i++)
			equal(sink.packets[i]!.sequenceNumber, (sink.packets[i - 1]!.sequenceNumber + 1) & 0xffff);
		const resumed = sink.packets.findIndex(packet => packet.sequenceNumber === point.sequenceNumber);
		assert(resumed > 0);
		equal(sink.packets[resumed]!.timestamp, point.timestamp);
	});

	suite.test("resumed-stream-goes-on-at-the-present-instant", () => {
		const { camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber();
		it.play();
		camera.capture();
		const before = sink.packets[0]!.timestamp;
		it.pause();
		camera.time += 10_000_000;
		const { timestamp } = it.play();
		equal((timestamp! - before) >>> 0, 900_000);
	});

	suite.test("sender-report-comes-before-the-first-packet-and-names-one-instant", () => {
		const { camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber();
		const { timestamp } = it.play();
		equal(sink.log.length, 0);
		camera.capture();
		equal(sink.log[0], "report");
		const report = sink.reports[0]!;
		const word = (offset: number) =>
			((report[offset]! << 24) | (report[offset + 1]! << 16) | (report[offset + 2]! << 8) | report[offset + 3]!)
			>>> 0;
		equal(report[1], 200);
		equal(word(4), it.ssrc);
		equal(word(8), 1_600_000_000 + 2_208_988_800);
		equal(word(16), timestamp);
		equal([word(20), word(24)], [0, 0]);
	});

	suite.test("sender-reports-follow-every-2.5-to-7.5-seconds-with-what-was-sent", () => {
		const word = (report: Uint8Array, offset: number) =>
			((report[offset]! << 24) | (report[offset + 1]! << 16) | (report[offset + 2]! << 8) | report[offset + 3]!)
			>>> 0;
		// the random number for each interval, and the seconds until the report
		const intervals: [random: number, seconds: number][] = [[0, 2], [0x80000000, 5], [0xffffffff, 7], [0x40000000,
			4]];
		for (const [random, seconds] of intervals) {
			const { hub, camera, subscriber } = rig();
			const { subscriber: it, sink } = subscriber(random, 0);
			it.play();
			camera.capture();
			for (let round = 1; round <= 3; round++) {
				for (let i = 1; i < seconds; i++)
					hub.tick();
				equal(sink.reports.length, round, `early for ${random}`);
				hub.tick();
				equal(sink.reports.length, round + 1, `late for ${random}`);
			}
			const report = sink.reports[2]!;
			equal(word(report, 20), sink.packets.length);
			equal(word(report, 24), sink.packets.reduce((sum, packet) => sum + packet.byteLength - 12, 0));
		}
	});

	suite.test("bye-is-said-once-and-only-by-who-has-played", () => {
		const { camera, subscriber } = rig();
		const a = subscriber(1), b = subscriber(100);
		a.subscriber.play();
		camera.capture();
		a.subscriber.close();
		a.subscriber.close();
		b.subscriber.close();
		equal(a.sink.log.filter(item => item === "bye").length, 1);
		equal(b.sink.log.length, 0);
	});

	suite.test("receiver-report-counts-as-life-and-is-kept", () => {
		const { subscriber } = rig();
		const { subscriber: it, sink } = subscriber();
		const report = new Uint8Array(32);
		report.set([0x81, 201, 0, 7, 0, 0, 0, 9, it.ssrc >>> 24, it.ssrc >>> 16, it.ssrc >>> 8, it.ssrc, 64, 0, 0, 5]);
		report[23] = 30;
		it.receiveControl(report);
		equal(sink.log, ["alive"]);
		equal(it.reception, { reports: 1, byes: 0, fractionLost: 64, cumulativeLost: 5, jitter: 30,
			roundTrip: undefined });
		// interleaved, by way of its session
		it.receiveRTCP(report);
		equal([it.reception.reports, sink.log], [2, ["alive", "alive"]]);
		// a report on another stream
		report[11] = report[11]! ^ 1;
		report[12] = 1;
		it.receiveControl(report);
		it.receiveRTCP(report);
		equal([it.reception.reports, it.reception.fractionLost, sink.log], [2, 64, ["alive", "alive"]]);
		// garbage is no sign of life
		sink.log.length = 0;
		it.receiveControl(new Uint8Array(5));
		it.receiveRTCP(new Uint8Array(5));
		equal(sink.log, []);
	});

	suite.test("round-trip-comes-from-the-report-that-answers-the-last-sender-report", () => {
		const { camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber();
		it.play();
		camera.capture();
		const sent = sink.reports[0]!;
		// bytes 10 to 14 of the sender report are LSR; DLSR is half a second
		const report = new Uint8Array(32);
		report.set([0x81, 201, 0, 7, 0, 0, 0, 9, it.ssrc >>> 24, it.ssrc >>> 16, it.ssrc >>> 8, it.ssrc]);
		report.set(sent.subarray(10, 14), 24);
		report.set([0, 0, 0x80, 0], 28);
		camera.time += 530_000;
		it.receiveControl(report);
		assert(Math.abs(it.reception.roundTrip! - 30) < 0.1, `${it.reception.roundTrip} ms`);
		// a report that refers to another sender report gives no round trip
		report[24] = report[24]! ^ 1;
		camera.time += 1_000_000;
		it.receiveControl(report);
		equal(it.reception.reports, 2);
		assert(Math.abs(it.reception.roundTrip! - 30) < 0.1);
	});

	suite.test("bye-of-the-client-is-counted-and-ends-nothing", () => {
		const { camera, subscriber } = rig();
		const { subscriber: it, sink } = subscriber();
		it.play();
		camera.capture();
		const before = sink.packets.length;
		it.receiveControl(new Uint8Array([0x80, 201, 0, 1, 0, 0, 0, 9, 0x81, 203, 0, 1, 0, 0, 0, 9]));
		camera.capture();
		equal(it.reception.byes, 1);
		assert(sink.packets.length > before && it.playing);
	});
}
