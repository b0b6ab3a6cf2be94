// SPDX-License-Identifier: MIT
/** Opening the camera: options, and what the driver says. */

import { assert, equal } from "../../unit/harness";
import { thrown, type AsyncSuite } from "../harness";
import Camera, { type CameraError } from "esp32camera/camera";
import FakeDriver from "./fake/driver";
import { fresh, open, settled } from "./rig";

const onReadable = () => undefined;

export default function (suite: AsyncSuite): void {
	suite.test("wrong-options-are-told-what-would-be-right", async () => {
		await fresh();
		const cases: readonly [Record<string, unknown>, new (...args: never[]) => Error, string][] = [
			[{ size: "FOO" }, RangeError, "size must be one of QQVGA"],
			[{ maxSize: "FOO" }, RangeError, "size must be one of QQVGA"],
			[{ size: "SVGA", maxSize: "VGA" }, RangeError, "maxSize VGA is smaller than SVGA"],
			[{ width: 1, height: 2 }, RangeError, "width and height must be one of"],
			[{ quality: 64 }, RangeError, "quality must be an integer from 0 to 63"],
			[{ frameRate: 0 }, RangeError, "frameRate must be 0.1 to 1000"],
			[{ bufferCount: 1 }, RangeError, "bufferCount must be an integer from 2 to 8"],
			[{ xclk: 5 }, RangeError, "xclk must be an integer from 6 to 24"],
			[{ frames: "/tmp" }, RangeError, "no folders"],
			[{ size: "SXGA" }, RangeError, "no size of the driver"],
			[{ onReadable: undefined }, TypeError, "onReadable must be a function"],
			[{ onNotice: 1 }, TypeError, "onNotice must be a function"],
		];
		for (const [options, type, text] of cases) {
			const { message } = thrown(() => new Camera({ onReadable, ...options } as never), type);
			assert(message.includes(text), `"${message}" for ${JSON.stringify(options)}`);
		}
		equal([FakeDriver.get("inits"), FakeDriver.semaphores()], [0, 0]);
	});

	suite.test("driver-gets-the-board's-pins-and-the-options", async test => {
		await fresh();
		const notices: string[] = [];
		const camera = open(test, { size: "VGA", quality: 20, bufferCount: 4, xclk: 8,
			onNotice: message => notices.push(message) });
		equal(["pin", "xclk", "buffers", "size", "quality"].map(name => FakeDriver.get(name)), [35, 8_000_000, 4, 2,
			20]);
		equal([camera.width, camera.height, camera.size, camera.quality, camera.sensor, camera.bufferCount], [640, 480,
			"VGA", 20, "OV2640", 4]);
		equal(notices, ["camera: OV2640, VGA"]);
	});

	suite.test("board's-clock-is-the-default", async test => {
		await fresh();
		open(test);
		equal(FakeDriver.get("xclk"), 20_000_000);
	});

	suite.test("test-card's-options-are-a-notice", async test => {
		await fresh();
		const notices: string[] = [];
		open(test, { sampling: "4:2:0", onNotice: message => notices.push(message) });
		assert(notices.length === 2 && notices[1]!.includes("test card"), notices.join());
	});

	suite.test("errors-of-the-driver-say-what-to-do", async () => {
		const cases: readonly [code: number, text: string, missing: string | undefined][] = [
			[0x106, "no camera found: check its ribbon cable", "no camera"],
			[0x105, "no camera found: check its ribbon cable", "no camera"],
			[0x20001, "no camera found: check its ribbon cable", "no camera"],
			[0x20002, "rejects its settings", "no camera"],
			[0x20003, "rejects its settings", "no camera"],
			[0x20004, "the driver does not support the sensor", "no camera"],
			[0x107, "does not answer", "no camera"],
			[0x103, "is in use", "no camera"],
			[0x102, "rejects the pins", "no camera"],
			[0x101, "memory is short", undefined],
			[-1, "memory is short", undefined],
			[0x777, "UNKNOWN ERROR (0x777)", undefined],
		];
		for (const [code, text, missing] of cases) {
			await fresh({ init_error: code, init_errors: 2 });
			const error: CameraError = thrown(() => new Camera({ onReadable }), Error);
			assert(error.message.includes(text), `"${error.message}" for 0x${code.toString(16)}`);
			equal(error.code, missing, error.message);
			await settled0();
		}
	});

	suite.test("board-without-psram-is-told-so", async () => {
		await fresh({ psram: 0 });
		const error: CameraError = thrown(() => new Camera({ onReadable }), Error);
		assert(error.message.startsWith("no PSRAM: "));
		equal(error.code, "no PSRAM");
		equal(FakeDriver.get("inits"), 0);
	});

	suite.test("sensor-without-jpeg-is-told-by-name", async () => {
		await fresh({ sensor: 2 });
		assert(thrown(() => new Camera({ onReadable }), Error).message.startsWith("the GC0308 makes no JPEG"));
		await settled1();
	});

	suite.test("size-that-the-sensor-does-not-reach-is-refused", async () => {
		await fresh({ smaller: 1 });
		assert(
			thrown(() => new Camera({ size: "UXGA", onReadable }), RangeError).message.startsWith(
				"the OV2640 has no pictures of that size",
			),
		);
		await settled();
	});

	suite.test("camera-opens-after-failures", async test => {
		await fresh({ init_error: 0x107, init_errors: 1 });
		thrown(() => new Camera({ onReadable }), Error);
		FakeDriver.failSemaphore();
		thrown(() => new Camera({ onReadable }), RangeError);
		open(test).close();
		await settled1();
	});

	suite.test("second-camera-is-refused-while-one-is-open", async test => {
		await fresh();
		open(test);
		assert(thrown(() => new Camera({ onReadable }), Error).message.includes("in use"));
		equal([FakeDriver.get("inits"), FakeDriver.get("violations")], [1, 0]);
	});

	suite.test("larger-buffers-are-made-for-the-largest-size", async test => {
		await fresh();
		const camera = open(test, { size: "QVGA", maxSize: "SVGA" });
		equal([FakeDriver.get("size"), camera.width, camera.height], [1, 320, 240]);
		camera.size = "SVGA";
		equal([FakeDriver.get("size"), camera.width, camera.height], [3, 800, 600]);
	});

	suite.test("sensor-that-does-not-take-its-first-size-is-closed", async () => {
		await fresh({ refuse: 1 });
		assert(
			thrown(() => new Camera({ size: "QVGA", maxSize: "SVGA", onReadable }), Error).message.includes(
				"rejects its settings",
			),
		);
		await settled();
	});
}

/** After init failed: nothing was opened. */
async function settled0(): Promise<void> {
	FakeDriver.set("inits", 0);
	await settled();
}

/** One init failed. */
async function settled1(): Promise<void> {
	FakeDriver.set("inits", FakeDriver.get("inits") - 1);
	await settled();
}
