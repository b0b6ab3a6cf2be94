// SPDX-License-Identifier: MIT
/** The ESP32's camera with its task and buffers, over a fake driver with threads. */

import { AsyncSuite, until } from "../harness";
import Camera from "esp32camera/camera";
import choice from "./choice";
import closing from "./closing";
import FakeDriver from "./fake/driver";
import frames from "./frames";
import memory from "./memory";
import opening from "./opening";
import { fresh } from "./rig";
import streaming from "./streaming";

FakeDriver.openQueue();
FakeDriver.checkAtExit();

const suite = new AsyncSuite();
opening(suite);
choice(suite);
frames(suite);
closing(suite);
streaming(suite);
memory(suite);

// the last test: its remains are checked when the machine has ended
suite.test("machine-that-ends-closes-its-camera", async () => {
	await fresh();
	const camera = new Camera({ size: "QVGA", onReadable: () => undefined });
	camera.start();
	await until(() => camera.read() !== undefined);
	await until(() => camera.statistics.captured > 2);
});

suite.run();
