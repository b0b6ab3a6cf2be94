// SPDX-License-Identifier: MIT
/** A board's choice of camera. */

import Choice from "esp32camera/choice";
import SimulatedCamera from "esp32camera/simulated";
import { assert, equal } from "../../unit/harness";
import { thrown, until, type AsyncSuite } from "../harness";
import FakeDriver from "./fake/driver";
import { fresh, settled } from "./rig";

const onReadable = () => undefined;

export default function (suite: AsyncSuite): void {
	suite.test("board-opens-its-sensor-unless-told-otherwise", async test => {
		for (const camera of ["", "sensor", undefined]) {
			await fresh();
			const chosen = test.close(
				new Choice({ size: "QVGA", onReadable, ...(camera === undefined ? {} : { camera }) }),
			);
			equal([chosen.sensor, FakeDriver.get("inits")], ["OV2640", 1], String(camera));
			chosen.close();
			await settled();
		}
	});

	suite.test("simulated-camera-leaves-the-sensor-alone-and-gives-frames", async test => {
		await fresh();
		const notices: string[] = [];
		let readable = 0;
		const camera = test.close(new Choice({
			camera: "simulated",
			size: "QVGA",
			frameRate: 50,
			maxSize: "VGA",
			xclk: 8,
			onReadable: () => readable += 1,
			onNotice: message => notices.push(message),
		}));
		equal([camera.sensor, camera.controls?.list.length, FakeDriver.get("inits"), notices], [undefined, 6, 0, [
			"camera: simulated, QVGA",
		]]);
		camera.start();
		await until(() => readable > 1);
		const frame = camera.read()!;
		const bytes = new Uint8Array(frame as unknown as ArrayBuffer);
		equal([camera.width, camera.height, bytes[0], bytes[1]], [320, 240, 0xff, 0xd8]);
		frame.close();
		camera.size = "VGA";
		equal([camera.size, FakeDriver.get("inits")], ["VGA", 0]);
	});

	suite.test("board-without-a-sensor-in-its-program-says-so", () => {
		const { message } = thrown(() => new SimulatedCamera({ camera: "sensor", onReadable }), RangeError);
		assert(message.includes("without a sensor"), message);
		for (const camera of ["", "simulated"])
			new SimulatedCamera({ camera, size: "QQVGA", onReadable }).close();
	});
}
