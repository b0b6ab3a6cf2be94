// SPDX-License-Identifier: MIT
import { WallClock } from "rtp/wallclock";
import { equal, type Suite } from "../harness";

/** A wall clock that shows whole milliseconds, and a media clock that began `DIFFERENCE` later, in microseconds. */
const DIFFERENCE = 1_600_000_000_000_777;

class Clocks {
	/** Media clock, microseconds. It advances with each reading, as time does. */
	time = 5_000_000;
	/** How far the wall clock was set, microseconds. */
	set = 0;

	readonly now = (): number => ++this.time;
	readonly unixTime = (): number => Math.floor((++this.time + DIFFERENCE + this.set) / 1000);

	/** Microseconds from the right time to the one shown. */
	error(clock: WallClock): number {
		const { time } = this;
		return Math.round(clock.at(time) * 1000 - (time + DIFFERENCE + this.set));
	}
}

export default function (suite: Suite): void {
	suite.test("wall-clock-has-the-fraction-of-a-millisecond-from-the-start", () => {
		for (const start of [5_000_000, 5_000_111, 5_000_999]) {
			const clocks = new Clocks();
			clocks.time = start;
			const clock = new WallClock(clocks.unixTime, clocks.now);
			for (let i = 0; i < 100; i++) {
				clocks.time += 123_457;
				equal(Math.abs(clocks.error(clock)) <= 5, true);
			}
		}
	});

	suite.test("wall-clock-is-exact-though-the-program-is-interrupted", () => {
		const clocks = new Clocks();
		let pause = 0;
		const clock = new WallClock(() => {
			clocks.time += pause;
			return clocks.unixTime();
		}, clocks.now);
		for (let i = 0; i < 100; i++) {
			clocks.time += 123_457;
			pause = i % 2 ? 40_000 : 0;
			equal(Math.abs(clocks.error(clock)) <= 5, true);
		}
	});

	suite.test("wall-clock-is-exact-though-the-program-is-interrupted-as-it-starts", () => {
		// an interruption of 0.7 ms after each of the first readings of either clock
		for (let interrupted = 0; interrupted < 40; interrupted++) {
			const clocks = new Clocks();
			// the millisecond begins with the 20th reading
			clocks.time = 5_000_203;
			let readings = 0;
			const interrupt = (time: number): number => {
				if (readings++ === interrupted)
					clocks.time += 700;
				return time;
			};
			const clock = new WallClock(() => interrupt(clocks.unixTime()), () => interrupt(clocks.now()));
			equal(Math.abs(clocks.error(clock)) <= 10, true);
		}
	});

	suite.test("wall-clock-that-is-set-is-followed-at-once-and-narrowed-down", () => {
		for (const set of [3_600_000_500, -86_400_000_321]) {
			const clocks = new Clocks(), clock = new WallClock(clocks.unixTime, clocks.now);
			clocks.set = set;
			equal(Math.abs(clocks.error(clock)) <= 1000, true);
			for (let i = 0; i < 100; i++) {
				clocks.time += 1_000_313;
				clocks.error(clock);
			}
			equal(Math.abs(clocks.error(clock)) <= 20, true);
		}
	});

	suite.test("wall-clock-that-is-slewed-is-followed", () => {
		const clocks = new Clocks(), clock = new WallClock(clocks.unixTime, clocks.now);
		for (let i = 0; i < 1000; i++) {
			clocks.time += 1_000_000;
			clocks.set -= 500;
			equal(Math.abs(clocks.error(clock)) <= 1001, true);
		}
	});

	suite.test("wall-clock-that-stands-still-holds-up-nobody", () => {
		const clock = new WallClock(() => 1_600_000_000_000, () => 5);
		equal(Math.floor(clock.at(5)), 1_600_000_000_000);
	});
}
