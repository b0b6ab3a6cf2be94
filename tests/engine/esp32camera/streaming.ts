// SPDX-License-Identifier: MIT
/** The frame hub on the camera: subscribers get frames despite stalls, and the sensor keeps its settings. */

import { StreamParameters } from "stream/streamparameters";
import { Tuning } from "stream/tuning";
import { assert, equal } from "../../unit/harness";
import { delay, until, type AsyncSuite } from "../harness";
import FakeDriver from "./fake/driver";
import { fresh, settled } from "./rig";
import { Stream } from "./stream";

/** Limits that let clients set everything that the camera supports. */
const ANYTHING = { writable: true, minFrameRate: 0.1, maxFrameRate: 120, bestQuality: 0, worstQuality: 63,
	maxSize: "UXGA" } as const;

export default function (suite: AsyncSuite): void {
	suite.test("two-subscribers-get-frames-while-one-of-them-is-slow", async test => {
		await fresh();
		const stream = new Stream(test);
		const fast = stream.subscribe(), slow = stream.subscribe();
		slow.room = 2;
		await until(() => fast.stamps.length >= 20);
		slow.open();
		await until(() => slow.stamps.length >= 10);
		assert(FakeDriver.get("peak") <= 3);
		equal([stream.hub.statistics.refused, FakeDriver.get("violations"), stream.notices], [0, 0, []]);
		stream.hub.close();
		await settled();
	});

	suite.test("camera-that-stalls-is-opened-again-and-keeps-its-controls", async test => {
		await fresh();
		const stream = new Stream(test, { controls: { brightness: 1, sharpness: 2 } });
		const sinks = [stream.subscribe(), stream.subscribe()];
		const parameters = new StreamParameters({ tuning: new Tuning(stream.hub, ANYTHING), hub: stream.hub,
			statistics: () => ({}) as never });
		assert(stream.said("sharpness=2 is skipped: the sensor has no sharpness"), stream.notices.join());
		equal([parameters.read("sensor", undefined), parameters.read("brightness", undefined),
			parameters.read("sharpness", undefined)], ["OV2640", "1", undefined]);
		equal([parameters.isWritable("mirror"), parameters.isWritable("sharpness"), parameters.isWritable("sensor")], [
			true,
			false,
			false,
		]);
		equal([parameters.write("mirror", "1"), parameters.write("mirror", "2"), parameters.write("mirror", "x"),
			parameters.write("nonsense", "1")], [true, false, false, false]);
		await until(() => sinks.every(sink => sink.stamps.length >= 3));
		FakeDriver.set("interval", 0);
		await delay(30);
		stream.silence(11);
		assert(stream.said("it is reopened"), stream.notices.join());
		await until(() => FakeDriver.get("inits") === 2);
		equal([parameters.read("mirror", undefined), parameters.read("brightness", undefined)], ["1", "1"]);
		equal(stream.notices.filter(notice => notice.includes("sharpness")).length, 1);
		FakeDriver.set("interval", 5000);
		const before = sinks.map(sink => sink.stamps.length);
		await until(() => sinks.every((sink, i) => sink.stamps.length >= before[i]! + 3));
		stream.hub.close();
		await settled();
	});

	suite.test("camera-that-is-stuck-in-its-driver-comes-back-later", async test => {
		await fresh();
		const stream = new Stream(test);
		const sink = stream.subscribe();
		await until(() => sink.stamps.length >= 3);
		FakeDriver.set("timeout", 1200);
		FakeDriver.set("blocking", 1);
		await until(() => FakeDriver.get("inside") === 1);
		stream.silence(11);
		assert(stream.said("still waits for a frame"), stream.notices.join());
		FakeDriver.set("blocking", 0);
		await until(() => FakeDriver.semaphores() === 0);
		stream.silence(5);
		const before = sink.stamps.length;
		await until(() => sink.stamps.length >= before + 3);
		equal(FakeDriver.get("violations"), 0);
		stream.hub.close();
		await settled();
	});
}
