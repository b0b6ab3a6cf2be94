// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { NUMBERS, RestartLog, type RestartMemory } from "network/restartlog";
import type { Store } from "network/stored";

/** A chip: its RTC memory, its clock and why it started. Its flash counts what is written. */
class Chip implements RestartMemory, Store {
	readonly lines: string[] = [];
	log!: RestartLog;
	/** What a loss of power leaves behind. */
	kept = false;
	#reason = "power on";
	#uptime = 0;
	#numbers: number[] = [];
	#notice = "";
	stored: unknown;
	writes = 0;
	broken = false;

	reason(): string {
		return this.#reason;
	}
	uptime(): number {
		return this.#uptime;
	}
	isKept(): boolean {
		return this.kept;
	}
	clear(): void {
		this.#numbers = [];
		this.#notice = "";
		this.kept = true;
	}
	read(index: number): number {
		return this.#numbers[index] ?? 0;
	}
	write(index: number, value: number): void {
		this.#numbers[index] = value;
	}
	notice(): string {
		return this.#notice;
	}

	get(): unknown {
		if (this.broken)
			throw new Error("flash");
		return this.stored;
	}
	set(_name: string, value: string): void {
		if (this.broken)
			throw new Error("flash");
		this.writes += 1;
		this.stored = value;
	}
	delete(): void {}

	/** Starts, for this reason, and tells what is logged then. */
	start(reason: string, begin = true): string[] {
		this.#reason = reason;
		this.#uptime = 0;
		this.lines.length = 0;
		this.log = new RestartLog({ memory: this, store: this, onNotice: line => this.lines.push(line) });
		const lines = [...this.lines];
		if (begin)
			this.log.begin();
		return lines;
	}

	/** The power goes. */
	forget(): void {
		this.kept = false;
		this.#numbers = Array.from({ length: 12 }, () => 0xdeadbeef);
		this.#notice = "\x7f\x01";
	}

	/** Runs for so long, and says something at its end. */
	run(seconds: number, notice?: string): void {
		for (let i = 0; i < seconds; i++) {
			this.#uptime += 1;
			this.log.tick();
		}
		if (notice !== undefined) {
			this.#notice = notice;
			this.write(NUMBERS.noticeTime, this.#uptime);
		}
	}
}

/** Pauses of a loop of restarts for these reasons, one after another, each run of 5 seconds. */
function pauses(chip: Chip, reasons: readonly string[], leastPause = 60): number[] {
	return reasons.map(reason => {
		chip.run(5);
		chip.start(reason);
		return chip.log.pauseAtStart(leastPause);
	});
}

export default function (suite: Suite): void {
	suite.test("first-start-says-no-more-than-that", () => {
		const chip = new Chip();
		chip.forget();
		equal(chip.start("power on"), ["start: power on"]);
		equal([chip.log.pauseAtStart(60), chip.log.isEarly], [0, false]);
	});

	suite.test("restart-tells-reason-uptime-and-last-notice", () => {
		const chip = new Chip();
		chip.start("power on");
		chip.run(8000, "no frame from the camera for 12 s");
		chip.run(3);
		equal(chip.start("task watchdog"), [
			"start: task watchdog after 2 h 13 min; last notice, 3 s before: no frame from the camera for 12 s",
			"restarts so far: 1 by a crash, 0 by the power supply, 0 after a failed start",
		]);
		// it is told once
		chip.run(300);
		equal(chip.start("panic")[0], "start: panic after 5 min");
	});

	suite.test("what-memory-holds-after-a-loss-of-power-is-not-told", () => {
		for (const reason of ["power on", "brownout"]) {
			const chip = new Chip();
			chip.start("power on");
			chip.run(100, "something");
			chip.forget();
			equal(chip.start(reason)[0], `start: ${reason}`);
		}
		// nor what is kept over a start that has nothing to do with what was before
		const chip = new Chip();
		chip.start("panic");
		chip.run(100, "something");
		equal(chip.start("power on")[0], "start: power on");
	});

	suite.test("restart-by-set-up-is-no-fault", () => {
		const chip = new Chip();
		chip.start("power on");
		chip.run(200);
		chip.log.ask();
		equal(chip.start("software"), ["start: set-up after 3 min"]);
		chip.run(200);
		equal(chip.writes, 0);
		// but one that nobody has announced is
		equal(chip.start("software")[0], "start: the program ended itself after 3 min");
		assert(chip.lines[1]!.startsWith("restarts so far: 1 by a crash"));
	});

	suite.test("announcement-ends-with-the-start-that-it-was-about", () => {
		const chip = new Chip();
		chip.start("power on");
		chip.log.ask();
		chip.start("software");
		equal(chip.start("software")[0], "start: the program ended itself after 0 s");
	});

	suite.test("weak-power-supply-is-named", () => {
		const chip = new Chip();
		chip.start("power on");
		equal(chip.start("brownout").pop(), "the supply voltage dropped: check the power supply and its cable");
	});

	suite.test("first-crash-costs-no-pause-and-each-further-one-doubles-it-up-to-ten-minutes", () => {
		const chip = new Chip();
		chip.start("power on");
		equal(pauses(chip, ["panic", "panic", "task watchdog", "panic", "CPU lockup", "panic", "panic"]), [0, 60, 120,
			240, 480, 600, 600]);
		equal(chip.lines.pop(), "7 restarts in a row (crash): starting the camera in 600 s");
	});

	suite.test("least-pause-is-where-pauses-begin", () => {
		for (const [leastPause, expected] of [[1, [0, 1, 2, 4]], [0, [0, 60, 120, 240]], [3000, [0, 3000, 3000,
			3000]]] as const)
		{
			const chip = new Chip();
			chip.start("power on");
			equal(pauses(chip, ["panic", "panic", "panic", "panic"], leastPause), expected);
		}
	});

	suite.test("another-kind-and-a-restart-that-was-asked-for-begin-a-new-row", () => {
		const chip = new Chip();
		chip.start("power on");
		equal(pauses(chip, ["panic", "panic", "brownout", "brownout", "panic", "panic"]), [0, 60, 0, 60, 0, 60]);
		chip.log.ask();
		equal(pauses(chip, ["software", "panic", "panic"]), [0, 0, 60]);
		// so does a reset by hand
		equal(pauses(chip, ["reset pin", "panic"]), [0, 0]);
	});

	suite.test("good-hour-ends-a-row-and-the-pause-does-not-count-as-one", () => {
		const chip = new Chip();
		chip.start("power on");
		equal(pauses(chip, ["panic", "panic", "panic"]), [0, 60, 120]);
		chip.run(120 + 3599);
		chip.start("panic");
		equal(chip.log.pauseAtStart(60), 240);
		chip.run(240 + 3600);
		chip.start("panic");
		equal(chip.log.pauseAtStart(60), 0);
	});

	suite.test("crash-before-the-program-begins-is-told-from-one-in-it", () => {
		const chip = new Chip();
		chip.start("power on", false);
		chip.start("panic", false);
		equal(chip.log.isEarly, true);
		chip.start("panic", true);
		equal([chip.log.isEarly, chip.log.pauseAtStart(60)], [true, 60]);
		equal(chip.lines.pop(), "2 restarts in a row (crash): starting the network in 60 s");
		chip.start("panic", true);
		equal([chip.log.isEarly, chip.log.pauseAtStart(60)], [false, 120]);
	});

	suite.test("failed-starts-pause-before-the-restart-and-not-after-it", () => {
		const chip = new Chip();
		chip.start("power on");
		const before: number[] = [], after: number[] = [];
		for (let i = 0; i < 6; i++) {
			before.push(chip.log.fail(60));
			chip.run(before[i]!);
			equal(chip.start("software")[0]!.slice(0, 25), "start: failed start after");
			after.push(chip.log.pauseAtStart(60));
		}
		equal([before, after], [[60, 120, 240, 480, 600, 600], [0, 0, 0, 0, 0, 0]]);
		// longer than the bound is what the owner has set
		equal(chip.log.fail(86_400), 86_400);
	});

	suite.test("camera-that-starts-after-all-and-runs-for-an-hour-ends-a-row-of-failed-starts", () => {
		const chip = new Chip();
		chip.start("power on");
		for (let i = 0; i < 3; i++) {
			chip.run(chip.log.fail(60));
			chip.start("software");
		}
		chip.run(3600);
		chip.start("panic");
		equal(chip.log.fail(60), 60);
	});

	suite.test("crash-loop-of-a-day-writes-flash-as-often-as-it-restarts-at-most", () => {
		const chip = new Chip();
		chip.start("power on");
		let restarts = 0;
		for (let seconds = 0; seconds < 86_400; restarts++) {
			chip.start("panic");
			const run = chip.log.pauseAtStart(60) + 5;
			chip.run(run);
			seconds += run;
		}
		assert(restarts < 150 && chip.writes <= restarts, `${chip.writes} writes, ${restarts} restarts`);
		chip.run(60);
		equal(chip.stored, `${restarts} 0 0`);
		// and then no more
		const { writes } = chip;
		chip.run(10_000);
		equal(chip.writes, writes);
	});

	suite.test("runs-of-less-than-a-minute-write-nothing-and-are-counted-by-the-first-longer-one", () => {
		const chip = new Chip();
		chip.start("power on");
		for (let i = 0; i < 40; i++) {
			chip.run(59);
			chip.start(i < 30 ? "panic" : "brownout");
		}
		equal(chip.writes, 0);
		chip.run(60);
		equal([chip.writes, chip.stored], [1, "30 10 0"]);
		equal(chip.start("power glitch")[1],
			"restarts so far: 30 by a crash, 11 by the power supply, 0 after a failed start");
		chip.run(60);
		equal([chip.writes, chip.stored], [2, "30 11 0"]);
	});

	suite.test("good-starts-write-nothing", () => {
		const chip = new Chip();
		for (const reason of ["power on", "reset pin", "USB", "deep sleep", "unknown"]) {
			chip.start(reason);
			chip.run(200);
		}
		equal(chip.writes, 0);
	});

	suite.test("broken-flash-stops-nothing", () => {
		const chip = new Chip();
		chip.broken = true;
		chip.start("power on");
		equal(chip.start("panic")[1], "restarts so far: 1 by a crash, 0 by the power supply, 0 after a failed start");
		chip.run(100);
		equal(chip.lines.pop(), "the count of restarts cannot be stored");
		// what was not written is written when that works again
		chip.broken = false;
		chip.start("panic");
		chip.run(60);
		equal(chip.stored, "2 0 0");
	});

	suite.test("counts-that-are-none-count-as-none", () => {
		for (const [stored, crashes] of [["7 x -3", 8], ["", 1], [5, 1], ["1.5 2", 1], ["3", 4]] as const) {
			const chip = new Chip();
			chip.stored = stored;
			chip.start("power on");
			assert(chip.start("panic")[1]!.startsWith(`restarts so far: ${crashes} by a crash`),
				`${stored}: ${chip.lines[1]}`);
		}
	});
}
