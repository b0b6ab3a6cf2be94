// SPDX-License-Identifier: MIT
import { assert, equal, type Suite } from "../harness";
import { NUMBERS, RestartLog, type RestartMemory } from "network/restartlog";
import type { Store } from "network/stored";

/** A chip with its RTC memory, uptime and reset reason, and a flash that counts writes. */
class Chip implements RestartMemory, Store {
	readonly lines: string[] = [];
	log!: RestartLog;
	/** Whether RTC memory survived the last restart. */
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

	/** Starts the chip with this reset reason.
	 *  @returns the lines logged at the start */
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

	/** Simulates a loss of power: RTC memory holds garbage. */
	forget(): void {
		this.kept = false;
		this.#numbers = Array.from({ length: 12 }, () => 0xdeadbeef);
		this.#notice = "\x7f\x01";
	}

	/** Runs for a number of seconds, then optionally logs a notice. */
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

/** @returns the pauses in a series of restarts with these reasons, after a run of 5 seconds each */
function pauses(chip: Chip, reasons: readonly string[], leastPause = 60): number[] {
	return reasons.map(reason => {
		chip.run(5);
		chip.start(reason);
		return chip.log.pauseAtStart(leastPause);
	});
}

export default function (suite: Suite): void {
	suite.test("first-start-logs-only-its-reason", () => {
		const chip = new Chip();
		chip.forget();
		equal(chip.start("power on"), ["start: power on"]);
		equal([chip.log.pauseAtStart(60), chip.log.isEarly], [0, false]);
	});

	suite.test("restart-reports-reason-uptime-and-last-notice", () => {
		const chip = new Chip();
		chip.start("power on");
		chip.run(8000, "no frame from the camera for 12 s");
		chip.run(3);
		equal(chip.start("task watchdog"), [
			"start: task watchdog after 2 h 13 min; last notice, 3 s before: no frame from the camera for 12 s",
			"restarts so far: 1 by a crash, 0 by the power supply, 0 after a failed start",
		]);
		// the notice is reported once
		chip.run(300);
		equal(chip.start("panic")[0], "start: panic after 5 min");
	});

	suite.test("memory-after-a-loss-of-power-is-not-reported", () => {
		for (const reason of ["power on", "brownout"]) {
			const chip = new Chip();
			chip.start("power on");
			chip.run(100, "something");
			chip.forget();
			equal(chip.start(reason)[0], `start: ${reason}`);
		}
		// kept memory is not reported either if the reset reason excludes a previous run
		const chip = new Chip();
		chip.start("panic");
		chip.run(100, "something");
		equal(chip.start("power on")[0], "start: power on");
	});

	suite.test("restart-by-set-up-is-not-a-fault", () => {
		const chip = new Chip();
		chip.start("power on");
		chip.run(200);
		chip.log.ask();
		equal(chip.start("software"), ["start: set-up after 3 min"]);
		chip.run(200);
		equal(chip.writes, 0);
		// but an unannounced one is
		equal(chip.start("software")[0], "start: the program ended itself after 3 min");
		assert(chip.lines[1]!.startsWith("restarts so far: 1 by a crash"));
	});

	suite.test("announcement-covers-one-restart", () => {
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

	suite.test("pauses-begin-with-the-least-pause", () => {
		for (const [leastPause, expected] of [[1, [0, 1, 2, 4]], [0, [0, 60, 120, 240]], [3000, [0, 3000, 3000,
			3000]]] as const)
		{
			const chip = new Chip();
			chip.start("power on");
			equal(pauses(chip, ["panic", "panic", "panic", "panic"], leastPause), expected);
		}
	});

	suite.test("another-kind-and-a-requested-restart-begin-a-new-row", () => {
		const chip = new Chip();
		chip.start("power on");
		equal(pauses(chip, ["panic", "panic", "brownout", "brownout", "panic", "panic"]), [0, 60, 0, 60, 0, 60]);
		chip.log.ask();
		equal(pauses(chip, ["software", "panic", "panic"]), [0, 0, 60]);
		// so does a manual reset
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

	suite.test("crash-before-the-program-begins-is-distinguished-from-one-in-it", () => {
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
		// a delay set by the owner may exceed the bound
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

	suite.test("day-of-crashes-writes-flash-at-most-once-per-restart", () => {
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
		// then no further writes
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
		// the missed count is written when flash works again
		chip.broken = false;
		chip.start("panic");
		chip.run(60);
		equal(chip.stored, "2 0 0");
	});

	suite.test("invalid-counts-count-as-zero", () => {
		for (const [stored, crashes] of [["7 x -3", 8], ["", 1], [5, 1], ["1.5 2", 1], ["3", 4]] as const) {
			const chip = new Chip();
			chip.stored = stored;
			chip.start("power on");
			assert(chip.start("panic")[1]!.startsWith(`restarts so far: ${crashes} by a crash`),
				`${stored}: ${chip.lines[1]}`);
		}
	});
}
