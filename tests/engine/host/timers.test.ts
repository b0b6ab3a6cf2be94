// SPDX-License-Identifier: MIT
/** The modules `timer` and `time`, and promise jobs. */

import Process from "process";
import Time from "time";
import Timer from "timer";
import { equal, throws } from "../../unit/harness";
import { delay, thrown, until, type AsyncSuite } from "../harness";

function now(): number {
	return Time.microseconds! / 1000;
}

/** Keeps the program busy. */
function work(milliseconds: number): void {
	const end = now() + milliseconds;
	while (now() < end);
}

export default function (suite: AsyncSuite): void {
	suite.test("timers-run-in-order-of-due-time", async () => {
		const order: number[] = [];
		// far apart: each counts from its own call, and a busy machine may pause between two
		for (const due of [400, 100, 300, 0, 200])
			Timer.set(() => order.push(due), due);
		await until(() => order.length === 5);
		equal(order, [0, 100, 200, 300, 400]);
	});

	suite.test("timers-due-at-once-run-in-order-of-creation", async () => {
		const order: number[] = [], expected: number[] = [];
		for (let i = 0; i < 200; i++) {
			expected.push(i);
			Timer.set(() => order.push(i), 3);
		}
		await until(() => order.length === 200);
		equal(order, expected);
	});

	suite.test("timer-is-not-early", async () => {
		for (const wanted of [1, 7, 25]) {
			const begin = now();
			await new Promise<void>(resolve => Timer.set(() => resolve(), wanted));
			equal(now() - begin >= wanted, true, `${wanted} ms`);
		}
	});

	suite.test("timer-repeats-at-its-rate-though-its-callback-takes-time", async () => {
		// 390 ms if the callback's time were added; repeated if the system stalls for a whole interval
		let elapsed = Infinity;
		for (let attempt = 0; attempt < 4 && elapsed >= 380; attempt++) {
			const begin = now();
			let count = 0;
			const timer = Timer.repeat(() => {
				count += 1;
				work(3);
			}, 10);
			await until(() => count >= 30);
			Timer.clear(timer);
			elapsed = now() - begin;
		}
		equal(elapsed >= 300 && elapsed < 380, true, `30 x 10 ms took ${elapsed.toFixed(1)} ms`);
	});

	suite.test("timer-repeat-keeps-to-its-grid", async () => {
		// a system is late by some 60 us each time, which must not accumulate;
		// repeated if it stalls for a whole interval
		let latest = Infinity;
		for (let attempt = 0; attempt < 4 && latest > 2; attempt++) {
			const begin = now(), lateness: number[] = [];
			const timer = Timer.repeat(() => lateness.push(now() - begin - 10 * (lateness.length + 1)), 10);
			await until(() => lateness.length >= 80);
			Timer.clear(timer);
			latest = Math.min(...lateness.slice(60));
		}
		equal(latest < 2, true, `${latest.toFixed(2)} ms late after 80 x 10 ms`);
	});

	suite.test("timer-does-not-make-up-for-what-it-missed", async () => {
		let count = 0;
		const timer = Timer.repeat(() => {
			count += 1;
		}, 5);
		await until(() => count === 1);
		work(60);
		const before = count;
		await delay(2);
		equal(count - before <= 2, true, `${count - before} calls at once`);
		Timer.clear(timer);
	});

	suite.test("timer-set-with-repeat-waits-then-repeats", async () => {
		const begin = now(), times: number[] = [];
		const timer = Timer.set(() => times.push(now() - begin), 30, 5);
		await until(() => times.length === 3);
		Timer.clear(timer);
		equal(times[0]! >= 30 && times[2]! >= 40 && times[2]! < 80, true, times.join(", "));
	});

	suite.test("timer-callback-gets-its-timer", async () => {
		let got: unknown;
		const timer = Timer.set(id => {
			got = id;
		}, 1);
		await until(() => got !== undefined);
		equal(got === timer, true);
	});

	suite.test("timer-rescheduled-inside-its-callback-runs-again", async () => {
		let count = 0;
		Timer.set(id => {
			count += 1;
			if (count < 4)
				Timer.schedule(id, 1);
		}, 1);
		await until(() => count === 4);
		await delay(10);
		equal(count, 4);
	});

	suite.test("timer-repeat-changed-inside-its-callback", async () => {
		let count = 0;
		const begin = now();
		const timer = Timer.repeat(id => {
			count += 1;
			if (count === 1)
				Timer.schedule(id, 2, 2);
		}, 50);
		await until(() => count >= 6);
		Timer.clear(timer);
		const elapsed = now() - begin;
		equal(elapsed >= 60 && elapsed < 150, true, `${elapsed.toFixed(1)} ms`);
	});

	suite.test("timer-scheduled-without-delay-waits-until-it-is-scheduled-again", async () => {
		let count = 0;
		const timer = Timer.repeat(() => {
			count += 1;
		}, 1);
		Timer.schedule(timer);
		await delay(15);
		equal(count, 0);
		Timer.schedule(timer, 1, 1);
		await until(() => count === 3);
		Timer.clear(timer);
	});

	suite.test("timer-cleared-inside-its-callback-stops", async () => {
		let count = 0;
		Timer.repeat(id => {
			count += 1;
			if (count === 3)
				Timer.clear(id);
		}, 1);
		await until(() => count === 3);
		await delay(15);
		equal(count, 3);
	});

	suite.test("timer-cleared-by-one-due-at-the-same-time-does-not-run", async () => {
		let count = 0;
		const timers: Timer[] = [];
		for (let i = 0; i < 10; i++) {
			timers.push(Timer.set(() => {
				count += 1;
				timers.forEach(timer => Timer.clear(timer));
			}, 5));
		}
		work(10);
		await delay(20);
		equal(count, 1);
	});

	suite.test("timer-cleared-twice-or-never-set-is-harmless", () => {
		const timer = Timer.set(() => {}, 1000);
		Timer.clear(timer);
		Timer.clear(timer);
		Timer.clear(undefined);
	});

	suite.test("timer-cleared-while-its-delay-is-read-is-cleared", async () => {
		for (const use of [
			(timer: Timer, value: never) => Timer.schedule(timer, value),
			(timer: Timer, value: never) => Timer.schedule(timer, 1, value),
		]) {
			let runs = 0;
			const timer = Timer.set(() => {
				runs += 1;
			}, 5);
			throws(() =>
				use(timer, {
					valueOf() {
						Timer.clear(timer);
						return 1;
					},
				} as never), Error);
			await delay(10);
			equal(runs, 0);
		}
	});

	suite.test("timer-one-shot-is-over-after-its-callback", async () => {
		let count = 0;
		const timer = Timer.set(() => {
			count += 1;
		}, 1);
		await until(() => count === 1);
		await delay(1);
		equal(thrown(() => Timer.schedule(timer, 1), Error).message.includes("cleared"), true);
		Timer.clear(timer);
	});

	suite.test("timer-not-referenced-is-not-collected-before-it-is-due", async () => {
		let count = 0;
		for (let i = 0; i < 20; i++)
			Timer.set(() => {
				count += 1;
			}, 5);
		Process.collect();
		Process.collect();
		await until(() => count === 20);
	});

	suite.test("timers-that-ran-are-collected", async () => {
		let count = 0;
		const round = async () => {
			count = 0;
			for (let i = 0; i < 100; i++)
				Timer.set(() => {
					count += 1;
				}, 1);
			await until(() => count === 100);
			await delay(1);
			Process.collect();
			return Process.memory(0);
		};
		await round();
		const before = await round();
		for (let i = 0; i < 4; i++)
			await round();
		const after = await round();
		// a leaked timer would hold its object and closure: 1,000 slots or more per round
		equal(Math.abs(after - before) < 100, true, `${after - before} slots more after 5 rounds of 100 timers`);
	});

	suite.test("timer-refuses-what-is-no-function-and-what-is-no-timer", () => {
		for (const callback of [undefined, null, 5, {}, "f"])
			throws(() => Timer.set(callback as never, 1), TypeError);
		throws(() => Timer.repeat(undefined as never, 1), TypeError);
		for (const timer of [{}, () => {}, new Map()]) {
			throws(() => Timer.clear(timer as never), Error);
			throws(() => Timer.schedule(timer as never, 1), Error);
		}
	});

	suite.test("timer-delay-that-is-no-time-means-at-once", async () => {
		let count = 0;
		for (const wait of [0, -5, NaN, undefined, -Infinity])
			Timer.set(() => {
				count += 1;
			}, wait as never);
		await until(() => count === 5);
	});

	suite.test("timer-far-away-does-not-run", async () => {
		const timers = [1e12, Infinity, 2 ** 31].map(wait =>
			Timer.set(() => {
				throw new Error("ran");
			}, wait)
		);
		await delay(10);
		timers.forEach(timer => Timer.clear(timer));
	});

	suite.test("time-ticks-are-milliseconds", async () => {
		const begin = Time.ticks, exact = now();
		await delay(50);
		const ticks = Time.delta(begin), elapsed = now() - exact;
		equal(Math.abs(ticks - elapsed) <= 2, true, `${ticks} ticks in ${elapsed} ms`);
		equal(Number.isInteger(begin) && begin >= -(2 ** 31) && begin < 2 ** 31, true);
	});

	suite.test("time-delta-goes-right-across-the-wrap", () => {
		equal(Time.delta(0x7fffffff, -0x80000000), 1);
		equal(Time.delta(-1, 0), 1);
		equal(Time.delta(-5, 5), 10);
		equal(Time.delta(5, -5), -10);
		equal(Time.delta(0x7ffffff0, -0x7ffffff0), 32);
		equal(Time.delta(100, 100), 0);
	});

	suite.test("promise-jobs-run-between-callbacks", async () => {
		const order: string[] = [];
		const first = () => {
			order.push("timer");
			void Promise.resolve().then(() => order.push("job")).then(() => order.push("job of job"));
		};
		Timer.set(first, 1);
		Timer.set(first, 1);
		work(5);
		await until(() => order.length === 6);
		equal(order, ["timer", "job", "job of job", "timer", "job", "job of job"]);
	});

	suite.test("promise-rejection-handled-later-is-harmless", async () => {
		const promise = Promise.reject(new Error("handled"));
		await delay(5);
		let message = "";
		await promise.catch((error: Error) => {
			message = error.message;
		});
		equal(message, "handled");
	});
}
