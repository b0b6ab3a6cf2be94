// SPDX-License-Identifier: MIT
/** Closing the camera while frames, messages and calls are pending. */

import Process from "process";
import type { Frame } from "camera/source";
import { assert, equal, throws } from "../../unit/harness";
import { delay, thrown, until, type AsyncSuite } from "../harness";
import Camera from "esp32camera/camera";
import FakeDriver from "./fake/driver";
import { counting, fresh, open, settled } from "./rig";

export default function (suite: AsyncSuite): void {
	suite.test("closed-camera-does-nothing", async test => {
		await fresh();
		const camera = open(test);
		camera.close();
		camera.close();
		equal([camera.width, camera.height, camera.read()], [0, 0, undefined]);
		camera.stop();
		for (const action of [() => camera.start(), () => camera.size = "QQVGA", () => camera.quality = 3,
			() => camera.frameRate = 3, () => camera.statistics])
			throws(action, Error, "after close");
		await settled();
	});

	suite.test("nothing-is-called-after-close-and-the-frame-under-way-goes-back", async test => {
		await fresh();
		const { camera, calls } = counting(test);
		camera.start();
		// a frame in the slot, with its message pending
		FakeDriver.busy(50);
		equal([FakeDriver.posted(), calls()], [1, 0]);
		camera.close();
		await settled();
		await delay(50);
		equal(calls(), 0);
	});

	suite.test("close-within-the-callback", async test => {
		await fresh();
		let calls = 0;
		const camera: Camera = open(test, {
			onReadable: () => {
				calls += 1;
				camera.close();
			},
		});
		camera.start();
		await until(() => calls > 0);
		await settled();
		await delay(30);
		equal(calls, 1);
	});

	suite.test("close-with-frames-out-empties-them", async test => {
		await fresh();
		const camera = open(test);
		camera.start();
		const held: Frame[] = [];
		await until(() => {
			const frame = camera.read();
			return frame !== undefined && held.push(frame) === 2;
		});
		camera.close();
		for (const frame of held) {
			equal([frame.byteLength, frame.captureTime], [0, 0]);
			frame.close();
		}
		await settled();
	});

	suite.test("running-camera-that-nobody-holds-goes-on", async () => {
		await fresh();
		let calls = 0, ended = false;
		const start = () => {
			const camera: Camera = new Camera({
				size: "QVGA",
				onReadable: () => {
					calls += 1;
					camera.read()?.close();
					if (ended)
						camera.close();
				},
			});
			camera.start();
		};
		start();
		await until(() => calls > 0);
		for (let i = 0; i < 5; i++)
			Process.collect();
		const before = calls;
		await until(() => calls >= before + 3);
		ended = true;
		await settled();
	});

	suite.test("silent-camera-is-closed-at-once", async test => {
		await fresh({ interval: 0 });
		const camera = open(test);
		camera.start();
		await delay(20);
		camera.close();
		const closed = camera.now();
		await settled();
		assert(camera.now() - closed < 1_000_000);
	});

	suite.test("close-does-not-wait-for-a-driver-that-does", async test => {
		await fresh({ blocking: 1, timeout: 800 });
		const { camera, calls } = counting(test);
		camera.start();
		await until(() => FakeDriver.get("inside") === 1);
		const before = camera.now();
		camera.close();
		assert(camera.now() - before < 300_000, `${camera.now() - before} us`);
		equal(FakeDriver.get("deinits"), 0);
		// another camera must wait for it, but not forever
		const { message } = thrown(() => new Camera({ onReadable: () => undefined }), Error);
		assert(message.includes("still waits for a frame"), message);
		assert(camera.now() - before < 1_400_000, `${camera.now() - before} us`);
		await settled();
		equal(calls(), 0);
		FakeDriver.set("blocking", 0);
		const next = counting(test);
		next.camera.start();
		await until(() => next.calls() > 0);
	});

	suite.test("next-camera-waits-for-the-one-before", async test => {
		await fresh({ blocking: 1, timeout: 150 });
		const camera = open(test);
		camera.start();
		await until(() => FakeDriver.get("inside") === 1);
		camera.close();
		FakeDriver.set("blocking", 0);
		const next = counting(test);
		equal([FakeDriver.get("inits"), FakeDriver.get("deinits"), FakeDriver.get("violations")], [2, 1, 0]);
		next.camera.start();
		await until(() => next.calls() > 0);
	});

	suite.test("camera-is-opened-again-and-again", async test => {
		await fresh({ interval: 1000 });
		for (let i = 0; i < 20; i++) {
			const { camera, calls } = counting(test);
			camera.start();
			if (i % 2)
				await until(() => calls() > 0);
			camera.read();
			camera.close();
		}
		equal(FakeDriver.get("inits"), 20);
		await settled();
	});
}
