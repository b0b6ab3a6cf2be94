// SPDX-License-Identifier: MIT
import { assert, equal, throws, type Suite } from "../harness";
import { RateControl } from "rtp/ratecontrol";
import { SimulatedLink } from "./simulatedlink";

const bounds = { bitrate: Infinity, quality: 12, worstQuality: 40, frameRate: 25, minFrameRate: 5 };
const { mean } = SimulatedLink;

/** @returns the number of direction changes in a series */
function turns(values: readonly number[]): number {
	let count = 0, direction = 0;
	for (let i = 1; i < values.length; i++) {
		const step = Math.sign(values[i]! - values[i - 1]!);
		if (step !== 0 && direction !== 0 && step !== direction)
			count += 1;
		if (step !== 0)
			direction = step;
	}
	return count;
}

export default function (suite: Suite): void {
	suite.test("rate-control-leaves-a-fast-link-alone", () => {
		for (const transport of ["tcp", "udp"] as const) {
			const link = new SimulatedLink({ transport });
			link.capacity = 20_000;
			link.run(60);
			equal([Math.min(...link.qualities), Math.max(...link.qualities)], [12, 12], transport);
			assert(mean(link.frameRates, 5) > 24.5, link.trace());
		}
	});

	suite.test("rate-control-settles-on-a-slow-link-and-recovers", () => {
		for (const transport of ["tcp", "udp"] as const) {
			const link = new SimulatedLink({ transport });
			link.capacity = 8000;
			link.run(20);
			link.capacity = 3000;
			link.run(120);
			link.capacity = 20_000;
			link.run(160);
			const trace = `${transport}\n${link.trace()}`;
			const settled = mean(link.offered, 40, 140) / 125;
			assert(settled > 2000 && settled <= 3000, `${settled} kbit/s: ${trace}`);
			const whole = mean(link.whole, 40, 140) / mean(link.frameRates, 40, 140);
			assert(whole > (transport === "tcp" ? 0.98 : 0.85), `${whole} whole: ${trace}`);
			// quality gives way before the frame rate
			assert(mean(link.frameRates, 40, 140) > 18, `frame rate: ${trace}`);
			const count = turns(link.qualities.slice(40, 140));
			assert(count <= 10, `${count} turns: ${trace}`);
			// then quality and frame rate recover in steps
			equal(link.qualities.slice(-10), new Array(10).fill(12), trace);
			assert(mean(link.frameRates, 290) > 24.5, trace);
			const up = link.qualities.slice(140).findIndex(quality => quality <= 14);
			assert(up >= 3 && up <= 140, `recovery takes ${up} s: ${trace}`);
		}
	});

	suite.test("rate-control-probes-at-growing-intervals", () => {
		for (const [transport, queue] of [["tcp", 65536], ["udp", 65536], ["tcp", 512 * 1024]] as const) {
			const link = new SimulatedLink({ transport, queue });
			link.capacity = 3000;
			link.run(600);
			// one decrease is enough for one step
			assert(link.decreases[1]! - link.decreases[0]! >= 10, `${transport}: ${link.decreases}`);
			const late = link.decreases.filter(second => second >= 200), distances = late.slice(1).map((second, i) =>
				second - late[i]!
			);
			assert(late.length >= 2 && distances.every(distance => distance > 100), `${transport}: ${link.decreases}`);
		}
	});

	suite.test("rate-control-lowers-the-frame-rate-when-quality-is-not-enough", () => {
		const link = new SimulatedLink({ transport: "tcp" });
		link.capacity = 1200;
		link.run(120);
		equal(link.control.quality, 40, link.trace());
		const rate = mean(link.frameRates, 60);
		assert(rate >= 5 && rate < 14, link.trace());
		assert(mean(link.offered, 60) / 125 > 840, link.trace());
		assert(mean(link.broken, 60) < 0.5, link.trace());
	});

	suite.test("rate-control-keeps-its-bounds", () => {
		const link = new SimulatedLink({ transport: "tcp", minFrameRate: 5 });
		link.capacity = 100;
		link.run(60);
		equal(link.control.quality, 40);
		assert(link.control.frameRate >= 5 && link.control.frameRate < 5.3, link.trace());
	});

	suite.test("rate-control-tests-once-whether-a-lower-rate-reduces-random-loss", () => {
		const link = new SimulatedLink({ transport: "udp" });
		link.capacity = 20_000;
		link.loss = 0.05;
		link.run(200);
		assert(Math.max(...link.qualities) <= 24, link.trace());
		equal(link.qualities.slice(100), new Array(100).fill(12), link.trace());
	});

	suite.test("rate-control-also-adapts-to-a-slow-link-with-random-loss", () => {
		const link = new SimulatedLink({ transport: "udp" });
		link.capacity = 3000;
		link.loss = 0.01;
		link.run(150);
		const settled = mean(link.offered, 90) / 125;
		assert(settled > 1700 && settled < 3100, link.trace());
	});

	suite.test("rate-control-settles-behind-a-deep-queue", () => {
		const link = new SimulatedLink({ transport: "tcp", queue: 512 * 1024 });
		link.capacity = 2000;
		link.run(200);
		const settled = mean(link.offered, 100) / 125;
		assert(settled > 1300 && settled < 2100, link.trace());
		assert(mean(link.broken, 100) < 0.5, link.trace());
	});

	suite.test("rate-control-keeps-a-configured-bit-rate-within-a-tenth", () => {
		for (const bitrate of [1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000]) {
			const link = new SimulatedLink({ transport: "tcp", bitrate });
			link.run(60);
			const kept = mean(link.offered, 10) / 125;
			assert(Math.abs(kept / bitrate - 1) < 0.1, `${kept} of ${bitrate}\n${link.trace()}`);
			assert(turns(link.qualities.slice(15)) <= 6, `${bitrate}: ${link.trace()}`);
		}
	});

	suite.test("rate-control-follows-a-changing-scene", () => {
		let detail = 1;
		const link = new SimulatedLink({ transport: "tcp", bitrate: 3000,
			sizeOf: quality => detail * 26000 * (15 / (quality + 3)) ** 0.6 });
		link.run(30);
		detail = 1.6;
		link.run(30);
		assert(Math.abs(mean(link.offered, 35, 60) / 125 / 3000 - 1) < 0.1, link.trace());
		detail = 0.7;
		link.run(40);
		assert(Math.abs(mean(link.offered, 70, 100) / 125 / 3000 - 1) < 0.1, link.trace());
	});

	suite.test("rate-control-fills-a-configured-bit-rate-with-a-slow-sensor", () => {
		const link = new SimulatedLink({ transport: "tcp", bitrate: 1500, sensorRate: 10 });
		link.run(60);
		assert(Math.abs(mean(link.offered, 20) / 125 / 1500 - 1) < 0.1, link.trace());
		assert(link.control.quality < 40, link.trace());
	});

	suite.test("rate-control-uses-best-quality-below-an-unreachable-bit-rate", () => {
		const link = new SimulatedLink({ transport: "tcp", bitrate: 20_000 });
		link.run(30);
		equal([link.control.quality, link.control.frameRate], [12, 25]);
	});

	suite.test("rate-control-stays-below-a-configured-bit-rate-on-a-slower-link", () => {
		const link = new SimulatedLink({ transport: "tcp", bitrate: 4000 });
		link.capacity = 2500;
		link.run(120);
		const settled = mean(link.offered, 60) / 125;
		assert(settled > 1700 && settled < 2600, link.trace());
	});

	suite.test("rate-control-starts-over-for-a-new-client", () => {
		const link = new SimulatedLink({ transport: "tcp" });
		link.capacity = 1500;
		link.run(60);
		assert(link.control.quality > 20);
		link.control.reset();
		equal([link.control.quality, link.control.frameRate], [12, 25]);
		const kept = new SimulatedLink({ transport: "tcp", bitrate: 3000 });
		kept.run(30);
		const { quality } = kept.control;
		kept.control.reset();
		assert(quality > 20);
		equal(kept.control.quality, quality);
	});

	suite.test("rate-control-decreases-once-per-full-queue", () => {
		const control = new RateControl(bounds);
		for (let i = 0; i < 4; i++)
			control.step(1, 25, 500_000, true, true, 400_000);
		equal([control.decreaseCount, Math.round(control.rate)], [1, 340_000]);
		control.step(1, 25, 300_000, true, true, 400_000);
		equal(control.decreaseCount, 2);
	});

	suite.test("rate-control-rises-only-on-new-information", () => {
		const control = new RateControl(bounds);
		control.step(1, 25, 500_000, true, true, 250_000);
		const { rate } = control;
		for (let i = 0; i < 60; i++)
			control.step(1, 25, 200_000, false, false, 0);
		equal(control.rate, rate);
		control.step(1, 25, 200_000, false, true, 0);
		assert(control.rate > rate && control.rate < rate + 80_000, `from ${rate} to ${control.rate}`);
	});

	suite.test("rate-control-does-not-oscillate-between-distant-qualities", () => {
		for (const bitrate of [1500, 2000, 2500, 3000, 3500, 4000]) {
			const link = new SimulatedLink({ transport: "tcp", bitrate, sizeOf: quality =>
				26000 * 0.8 ** ((quality - 12) >> 1) });
			link.run(60);
			assert(turns(link.qualities) <= 6, `${bitrate}: ${link.trace()}`);
		}
	});

	suite.test("rate-control-ignores-seconds-without-frames", () => {
		const control = new RateControl(bounds);
		assert(!control.step(1, 0, 0, true, true, 0));
		assert(!control.step(0, 25, 500_000, true, true, 0));
		equal([control.quality, control.frameRate], [12, 25]);
	});

	suite.test("rate-control-refuses-bounds-that-contradict-each-other", () => {
		for (const wrong of [{ bitrate: 0 }, { bitrate: NaN }, { worstQuality: 11 }, { quality: -1 }, {
			minFrameRate: 26,
		}, { minFrameRate: 0 }])
			throws(() => new RateControl({ ...bounds, ...wrong }), RangeError, JSON.stringify(wrong));
	});
}
