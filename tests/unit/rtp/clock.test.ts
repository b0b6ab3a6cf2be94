// SPDX-License-Identifier: MIT
import { equal, type Suite } from "../harness";
import { ntpFraction, ntpMiddle, ntpSeconds, roundTripTime, rtpTimestamp } from "rtp/clock";

const YEAR = 365.25 * 86400 * 1e6;

/** µs * 9 / 100 modulo 2^32, in integer arithmetic. */
function reference(captureTime: number): number {
	return Number(((BigInt(captureTime) * 9n) / 100n) % 4294967296n);
}

export default function (suite: Suite): void {
	suite.test("rtp-timestamp-counts-90-khz", () => {
		equal(rtpTimestamp(0, 0), 0);
		equal(rtpTimestamp(1_000_000, 0), 90000);
		equal(rtpTimestamp(33_333, 0), 2999, "33.333 ms is 2,999.97 ticks");
		equal(rtpTimestamp(33_334, 0), 3000);
		equal(rtpTimestamp(11, 0), 0);
		equal(rtpTimestamp(12, 0), 1);
	});

	suite.test("rtp-timestamp-adds-its-offset-and-wraps", () => {
		equal(rtpTimestamp(1_000_000, 0xffffffff), 89999);
		equal(rtpTimestamp(0, 0xdeadbeef), 0xdeadbeef);
		// 2^32 ticks are 47,721.858844... seconds
		equal(rtpTimestamp(47_721_858_844, 0), 4294967295);
		equal(rtpTimestamp(47_721_858_845, 0), 0);
	});

	suite.test("rtp-timestamp-is-exact-up-to-the-largest-safe-integer", () => {
		for (const time of [YEAR, 10 * YEAR + 1, 100 * YEAR + 99, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER,
			2 ** 53])
		{
			equal(rtpTimestamp(time, 0), reference(time), `${time}`);
			// just below a multiple of 100, where a division in floating point rounds up
			const edge = time - (time % 100) - 1;
			equal(rtpTimestamp(edge, 0), reference(edge), `${edge}`);
		}
	});

	suite.test("rtp-timestamp-is-exact-within-a-tick-cycle", () => {
		for (let time = 0; time < 100; time++)
			equal(rtpTimestamp(time, 0), reference(time), `${time}`);
	});

	suite.test("rtp-timestamp-never-goes-back-within-a-second", () => {
		let previous = -1;
		for (let time = 0; time < 1_000_000; time += 997) {
			const timestamp = rtpTimestamp(time, 0);
			if (timestamp <= previous)
				throw new Error(`${timestamp} after ${previous}`);
			previous = timestamp;
		}
	});

	suite.test("rtp-timestamp-ignores-fractions-of-a-microsecond", () => {
		equal(rtpTimestamp(11.999, 0), 0);
		equal(rtpTimestamp(12.5, 0), 1);
	});

	suite.test("ntp-seconds-begin-in-1900", () => {
		equal(ntpSeconds(0), 2208988800);
		equal(ntpSeconds(1_700_000_000_999), 3908988800);
		equal(ntpSeconds(2_085_978_495_999), 0xffffffff, "the last second of era 0");
		equal(ntpSeconds(2_085_978_496_000), 0, "7 February 2036");
	});

	suite.test("ntp-fraction-is-a-binary-fraction-of-a-second", () => {
		equal(ntpFraction(1_700_000_000_000), 0);
		equal(ntpFraction(1_700_000_000_500), 0x80000000);
		equal(ntpFraction(1_700_000_001_250), 0x40000000);
		equal(ntpFraction(999.9999), 4294966866);
		equal(ntpFraction(0.5), 2147483, "half a millisecond");
	});

	suite.test("ntp-middle-takes-16-bits-of-each-word", () => {
		equal(ntpMiddle(0x1234abcd, 0xfedc4321), 0xabcdfedc);
		equal(ntpMiddle(0xffff0000, 0x0000ffff), 0);
	});

	suite.test("round-trip-subtracts-the-receivers-delay", () => {
		// RFC 3550 figure 2: A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 0x0005:4000; 6.125 s
		equal(roundTripTime(0xb7108000, 0xb7052000, 0x00054000), 6125);
		equal(roundTripTime(0x00000010, 0xfffffff0, 0), 0.48828125, "across the wrap");
	});

	suite.test("round-trip-needs-a-sender-report", () => {
		equal(roundTripTime(0x12345678, 0, 0), undefined);
	});

	suite.test("round-trip-is-never-negative", () => {
		equal(roundTripTime(0xb7108000, 0xb7108000, 1), 0);
	});
}
