// SPDX-License-Identifier: MIT
/** Reserved memory: the camera can be reopened any number of times, whatever other tasks allocate. */

import { assert, equal } from "../../unit/harness";
import { until, type AsyncSuite } from "../harness";
import FakeDriver from "./fake/driver";
import { fresh, open, settled } from "./rig";
import { Stream } from "./stream";

const TIMES = 1000;
/** Other tasks' allocations while the driver opens, and after it was closed. */
const TRAFFIC = 40;
/** Size of esp32-camera's DMA buffer, octets. */
const DMA_BUFFER = 32_768;

export default function (suite: AsyncSuite): void {
	suite.test("camera-without-memory-of-its-own-loses-it-to-others", async test => {
		await fresh({ traffic: TRAFFIC });
		open(test).close();
		await settled();
		FakeDriver.heap(1, true);
		FakeDriver.set("short_of_memory", 0);
		for (let i = 0; i < TIMES; i++) {
			try {
				open(test).close();
			}
			catch (error) {
				assert((error as Error).message.includes("memory is short"), String(error));
			}
			await until(() => FakeDriver.semaphores() === 0);
		}
		// measured: 204. With fewer failures the next test would prove nothing
		const failures = FakeDriver.get("short_of_memory");
		assert(failures >= TIMES / 10, `${failures} of ${TIMES}`);
	});

	suite.test("silent-camera-is-opened-again-a-thousand-times", async test => {
		await fresh({ interval: 1000 });
		const stream = new Stream(test);
		const sink = stream.subscribe();
		let least = Infinity;
		FakeDriver.set("traffic", TRAFFIC);
		for (let i = 1; i <= TIMES; i++) {
			const before = sink.stamps.length;
			await until(() => sink.stamps.length > before);
			FakeDriver.set("interval", 0);
			stream.silence(11);
			equal([FakeDriver.get("inits"), FakeDriver.get("short_of_memory")], [i + 1, 0]);
			least = Math.min(least, FakeDriver.largestBlock());
			FakeDriver.set("interval", 1000);
		}
		// measured: 15,920, the largest block without the reserve
		assert(least < DMA_BUFFER, `${least}`);
		equal(stream.notices.filter(notice => notice.includes("cannot be opened")), []);
		stream.hub.close();
		await settled();
	});
}
