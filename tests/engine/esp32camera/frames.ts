// SPDX-License-Identifier: MIT
/** Frames: leases, latest wins, bounds, rate, and the sensor's settings. */

import { sensorControls } from "camera/sensorcontrols";
import type { Frame } from "camera/source";
import { assert, equal, throws } from "../../unit/harness";
import { Allocations, delay, until, type AsyncSuite } from "../harness";
import type Camera from "esp32camera/camera";
import FakeDriver from "./fake/driver";
import { counting, fresh, image, open, settled } from "./rig";

/** The next frame; the caller closes it. */
async function next(camera: Camera): Promise<Frame> {
	let frame: Frame | undefined;
	await until(() => (frame = camera.read()) !== undefined);
	return frame!;
}

export default function (suite: AsyncSuite): void {
	suite.test("frame-is-the-driver's-memory-with-its-capture-time", async test => {
		await fresh();
		const camera = open(test);
		const before = camera.now();
		camera.start();
		const frame = await next(camera), after = camera.now();
		equal(new Uint8Array(frame as unknown as ArrayBuffer).slice(), image);
		equal(frame.byteLength, image.byteLength);
		assert(frame.captureTime >= before && frame.captureTime <= after, `${before} ${frame.captureTime} ${after}`);
		// written in place, as packets are
		new Uint8Array(frame as unknown as ArrayBuffer)[5] = 77;
		equal(new Uint8Array(frame as unknown as ArrayBuffer)[5], 77);
		frame.close();
		frame.close();
		equal([frame.byteLength, frame.captureTime, FakeDriver.get("violations")], [0, 0, 0]);
	});

	suite.test("frames-come-one-after-another", async test => {
		await fresh();
		let last = 0, count = 0, wrong = 0;
		const camera: Camera = open(test, {
			onReadable: () => {
				const frame = camera.read();
				if (!frame)
					return;
				if (frame.captureTime <= last)
					wrong += 1;
				last = frame.captureTime;
				count += 1;
				frame.close();
			},
		});
		camera.start();
		await until(() => count >= 20);
		equal(wrong, 0);
	});

	suite.test("latest-frame-wins-and-one-message-is-under-way", async test => {
		// fewer than the frame rate allows: none is skipped
		await fresh({ interval: 10_000 });
		const { camera, calls } = counting(test);
		camera.start();
		// keep the machine busy for ten frames, until the sensor and the task are idle
		FakeDriver.busy(100);
		FakeDriver.set("interval", 0);
		FakeDriver.busy(100);
		const { captured, overwritten } = camera.statistics;
		assert(captured >= 2, `${captured}`);
		equal([overwritten, FakeDriver.posted(), FakeDriver.get("out")], [captured - 1, 1, 1]);
		const frame = camera.read()!;
		equal(frame.captureTime % 2 ** 31, FakeDriver.get("newest"));
		frame.close();
		equal(camera.read(), undefined);
		await delay(20);
		equal(calls(), 0);
	});

	suite.test("one-buffer-is-left-to-the-driver", async test => {
		await fresh();
		const camera = open(test, { bufferCount: 3 });
		camera.start();
		const held = [await next(camera), await next(camera)];
		equal(new Set(held).size, 2);
		await delay(50);
		equal(camera.read(), undefined);
		assert(FakeDriver.get("peak") <= 3);
		const bytes = new Uint8Array(held[0]! as unknown as ArrayBuffer);
		equal(bytes.slice(), image);
		held[0]!.close();
		const frame = await next(camera);
		assert(frame === held[0]);
		frame.close();
		held[1]!.close();
	});

	suite.test("reader-at-its-limit-is-told-of-each-frame-once", async test => {
		await fresh();
		const { camera, calls } = counting(test, { bufferCount: 2 });
		camera.start();
		const frame = await next(camera);
		await delay(20);
		const before = calls();
		// slot and lease occupy all buffers: no new frame is possible
		await delay(60);
		assert(calls() - before <= 1, `${calls() - before}`);
		frame.close();
	});

	suite.test("driver-without-a-frame-is-counted-and-asked-again", async test => {
		await fresh({ null_frames: 2 });
		const camera = open(test);
		camera.start();
		(await next(camera)).close();
		equal(camera.statistics.timeouts, 2);
	});

	suite.test("frames-that-are-no-jpeg-go-back", async test => {
		for (const kind of [1, 2]) {
			await fresh({ bad_frames: kind });
			const camera = open(test);
			camera.start();
			await until(() => camera.statistics.refused >= 2);
			equal([camera.read(), camera.statistics.captured], [undefined, 0]);
			FakeDriver.set("bad_frames", 0);
			(await next(camera)).close();
			camera.close();
			await settled();
		}
	});

	suite.test("stopped-camera-gives-everything-back-and-says-nothing", async test => {
		await fresh();
		const { camera, calls } = counting(test);
		camera.start();
		camera.start();
		await until(() => calls() > 0 && FakeDriver.get("out") > 0);
		camera.stop();
		camera.stop();
		equal(camera.read(), undefined);
		await until(() => FakeDriver.get("out") === 0);
		await delay(20);
		const before = calls();
		await delay(60);
		equal([calls(), camera.read(), FakeDriver.get("out")], [before, undefined, 0]);
		// the frame kept by the driver is stale, although not too early for this frame rate
		FakeDriver.set("interval", 0);
		camera.frameRate = 1;
		camera.start();
		await delay(50);
		equal([calls(), camera.read(), FakeDriver.get("out")], [before, undefined, 0]);
		FakeDriver.set("interval", 5000);
		(await next(camera)).close();
	});

	suite.test("frame-rate-is-kept-by-passing-frames-over", async test => {
		await fresh({ interval: 2000 });
		const camera = open(test, { frameRate: 50 });
		camera.start();
		await until(() => camera.statistics.captured >= 1);
		const rate = async (milliseconds: number): Promise<number> => {
			const { captured } = camera.statistics, begin = camera.now();
			await delay(milliseconds);
			return (camera.statistics.captured - captured) * 1_000_000 / (camera.now() - begin);
		};
		const slow = await rate(600);
		assert(slow > 15 && slow < 56, `${slow.toFixed(1)} frames/s`);
		assert(camera.statistics.skipped > 0);
		camera.frameRate = 10;
		const slower = await rate(600);
		assert(slower > 3 && slower < 15, `${slower.toFixed(1)} frames/s`);
		throws(() => camera.frameRate = 0, RangeError);
		equal(camera.frameRate, 10);
	});

	suite.test("size-and-quality-change-while-it-runs", async test => {
		await fresh();
		const camera = open(test, { size: "VGA" });
		camera.start();
		camera.size = "QVGA";
		camera.quality = 33;
		equal([FakeDriver.get("size"), FakeDriver.get("quality"), camera.width, camera.height], [1, 33, 320, 240]);
		throws(() => camera.size = "SVGA", RangeError, "larger than the buffers");
		throws(() => camera.size = "HUGE" as never, RangeError);
		throws(() => camera.quality = 64, RangeError);
		FakeDriver.set("refuse", 1);
		throws(() => camera.size = "VGA", Error, "refused by the sensor");
		throws(() => camera.quality = 5, Error, "refused by the sensor");
		equal([camera.size, camera.quality, camera.width], ["QVGA", 33, 320]);
		(await next(camera)).close();
	});

	suite.test("size-keeps-quality-and-controls", async test => {
		await fresh();
		const camera = open(test, { size: "VGA" });
		camera.quality = 33;
		camera.controls.set("mirror", 1);
		FakeDriver.set("quality", 0);
		camera.size = "QVGA";
		equal([FakeDriver.get("quality"), FakeDriver.lastFunction(), FakeDriver.get("value")], [33, "hmirror", 1]);
	});

	suite.test("every-control-reaches-its-function-within-its-range", async test => {
		const functions: Record<string, string> = {
			mirror: "hmirror",
			flip: "vflip",
			agc: "gain_ctrl",
			aec: "exposure_ctrl",
			awb: "whitebal",
			gain_ceiling: "gainceiling",
		};
		for (const sensor of [0, 1]) {
			await fresh({ sensor });
			const camera = open(test), { controls } = camera;
			for (const { name, ov2640, ov5640 } of sensorControls) {
				const range = sensor ? ov5640 : ov2640;
				// the same object as in the table, which stays in flash
				assert(controls.list.find(item => item.name === name) === range, name);
				if (!range) {
					throws(() => controls.set(name, 0), RangeError, name);
					equal(controls.get(name), undefined);
					continue;
				}
				for (const value of [range.minimum, range.maximum]) {
					controls.set(name, value);
					equal([FakeDriver.lastFunction(), FakeDriver.get("value"), controls.get(name)], [
						functions[name] ?? name,
						value,
						value,
					], name);
				}
				const calls = FakeDriver.get("sets");
				for (const value of [range.minimum - 1, range.maximum + 1, range.minimum + 0.5, NaN])
					throws(() => controls.set(name, value), RangeError, `${name}=${value}`);
				throws(() => controls.set(name, "0" as never), TypeError, name);
				equal(FakeDriver.get("sets"), calls, name);
			}
			throws(() => controls.set("nonsense", 0), RangeError);
			equal(controls.get("nonsense"), undefined);
			camera.close();
			throws(() => controls.set("mirror", 0), Error, "closed");
			equal(controls.get("mirror"), undefined);
			await settled();
		}
	});

	suite.test("control-that-the-sensor-does-not-take-keeps-its-value", async test => {
		await fresh();
		const { controls } = open(test);
		controls.set("contrast", 1);
		FakeDriver.set("refuse", 1);
		throws(() => controls.set("contrast", 2), Error);
		equal(controls.get("contrast"), 1);
	});

	suite.test("sensor-without-functions-has-no-controls", async test => {
		await fresh({ absent: 1 });
		const { controls } = open(test);
		equal(controls.list, []);
		throws(() => controls.set("mirror", 1), RangeError);
	});

	suite.test("full-queue-of-messages-delays-a-frame-and-loses-none", async test => {
		await fresh();
		FakeDriver.setQueueLength(0);
		const { camera, calls } = counting(test);
		camera.start();
		await until(() => FakeDriver.queueFull() > 3);
		equal(calls(), 0);
		FakeDriver.setQueueLength(10);
		await until(() => calls() > 0);
		camera.read()!.close();
	});

	suite.test("ten-thousand-frames-leave-nothing-behind-and-allocate-nothing", async test => {
		await fresh({ interval: 150 });
		const allocations = new Allocations();
		let reads = 0, done: () => void;
		const finished = new Promise<void>(resolve => done = resolve);
		const camera: Camera = open(test, {
			bufferCount: 8,
			onReadable: () => {
				const frame = camera.read();
				if (!frame || reads < 0)
					return;
				reads += 1;
				if (reads === 10)
					allocations.begin();
				void frame.byteLength;
				void frame.captureTime;
				frame.close();
				// only every hundredth time, so that the check costs nothing
				if (reads % 100 === 0 && FakeDriver.get("taken") >= 10_000) {
					allocations.end();
					reads = -reads;
					done();
				}
			},
		});
		camera.frameRate = 120;
		camera.start();
		await finished;
		camera.stop();
		await until(() => FakeDriver.get("out") === 0);
		assert(FakeDriver.get("taken") >= 10_000 && -reads >= 100, `${-reads} of ${FakeDriver.get("taken")}`);
		allocations.expectNone(`${-reads} frames`);
		camera.close();
		await settled();
	});
}
