/** Memory that lasts: the camera is opened again as often as it falls silent, whatever others do to the heap. */

import { assert, equal } from "../../unit/harness";
import { until, type AsyncSuite } from "../harness";
import FakeDriver from "./fake/driver";
import { fresh, open, settled } from "./rig";
import { Stream } from "./stream";

const TIMES = 1000;
/** Allocations of others while the driver opens, and after it was closed. */
const TRAFFIC = 40;
/** Octets: esp32-camera's DMA buffer. */
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
		// 204; fewer than this, and the traffic of the next test would show nothing
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
		// 15,920: what the driver would have found without it
		assert(least < DMA_BUFFER, `${least}`);
		equal(stream.notices.filter(notice => notice.includes("cannot be opened")), []);
		stream.hub.close();
		await settled();
	});
}
