// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { LinkMeter } from "rtp/linkmeter";

/** Simulates one second in which `missed` of `offered` frames were not sent completely. */
function second(meter: LinkMeter, offered: number, missed: number, octetCount = 0): boolean {
	for (let i = 0; i < offered; i++)
		meter.offeredCount += 1;
	for (let i = 0; i < missed; i++)
		meter.missed();
	meter.step(1, octetCount);
	return meter.congested;
}

export default function (suite: Suite): void {
	suite.test("link-meter-one-missed-frame-is-no-congestion", () => {
		const meter = new LinkMeter(false);
		for (let i = 0; i < 10; i++)
			assert(!second(meter, 25, i % 3 === 0 ? 1 : 0));
		equal([meter.offeredCount, meter.missedCount], [250, 4]);
		assert(!second(meter, 25, 0));
		assert(!second(meter, 5, 1), "a fifth of the frames, but only one frame");
	});

	suite.test("link-meter-missed-frames-are-congestion-until-forgiven", () => {
		const meter = new LinkMeter(false);
		second(meter, 25, 12);
		assert(meter.congested);
		meter.forgive();
		assert(!second(meter, 25, 0));
		// unforgiven congestion fades
		second(meter, 25, 12);
		assert(second(meter, 25, 0));
		for (let i = 0; i < 3; i++)
			second(meter, 25, 0);
		assert(!meter.congested);
	});

	suite.test("link-meter-counts-octets-a-second-across-the-wrap", () => {
		const meter = new LinkMeter(false);
		meter.step(1, 0xffffff00);
		meter.step(2, 0x100);
		equal(meter.delivered, 0x100);
	});

	suite.test("link-meter-loss-is-congestion-until-the-next-report", () => {
		const meter = new LinkMeter(true);
		meter.reported(40, 100);
		assert(second(meter, 25, 0, 25_600));
		equal(meter.delivered, 25_600 * (1 - 40 / 256));
		assert(second(meter, 25, 0));
		meter.reported(0, 100);
		assert(!second(meter, 25, 0));
	});

	suite.test("link-meter-first-report-after-a-decrease-covers-the-time-before", () => {
		const meter = new LinkMeter(true);
		meter.reported(80, 100);
		second(meter, 25, 0);
		meter.forgive();
		meter.reported(40, 100);
		assert(!second(meter, 25, 0));
		assert(!meter.informed);
		meter.reported(40, 100);
		assert(second(meter, 25, 0));
	});

	suite.test("link-meter-loss-unaffected-by-a-decrease-is-the-link's-own", () => {
		const meter = new LinkMeter(true);
		const reports = (fractionLost: number) => {
			meter.reported(fractionLost, 100);
			return second(meter, 25, 0);
		};
		assert(reports(13));
		meter.forgive();
		equal([reports(13), reports(13), reports(12), reports(14)], [false, false, false, false]);
		assert(meter.informed);
		assert(reports(60), "more than usual");
		// the usual loss is forgotten when the link improves
		for (let i = 0; i < 12; i++)
			assert(!reports(0));
		assert(reports(13));
	});

	suite.test("link-meter-with-jitter-less-loss-is-congestion", () => {
		const meter = new LinkMeter(true);
		const reports = (fractionLost: number, jitter: number) => {
			meter.reported(fractionLost, jitter);
			return second(meter, 25, 0);
		};
		equal([reports(0, 300), reports(3, 320), reports(0, 3000)], [false, false, false]);
		assert(reports(4, 3000));
	});

	suite.test("link-meter-waits-for-reports-over-udp-but-not-forever", () => {
		const meter = new LinkMeter(true);
		const heard = () => {
			second(meter, 25, 0);
			const { informed } = meter;
			meter.heard();
			return informed;
		};
		assert(!heard());
		meter.reported(0, 100);
		equal([heard(), heard()], [true, false]);
		for (let i = 0; i < 14; i++)
			assert(!heard());
		assert(heard());
		const reliable = new LinkMeter(false);
		second(reliable, 25, 0);
		assert(reliable.informed);
	});
}
