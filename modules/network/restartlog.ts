// SPDX-License-Identifier: MIT
/**
 * Why the device restarted, how often it did, and how long it pauses so that it does not restart for ever at full
 * speed.
 *
 * What the program before has left is in memory that outlives a reset (`RestartMemory`). It is read once, at the start.
 * Flash keeps counts only: one write for each abnormal restart at most, and none in the first minute of a run.
 */

import type { Store } from "./stored";

/** Memory that outlives a reset, but not a loss of power. No call throws. */
export interface RestartMemory {
	/** Why the chip started, by name. */
	reason(): string;
	/** Seconds since it started. */
	uptime(): number;
	/** Whether what is in there was written by a program. Otherwise it is anything. */
	isKept(): boolean;
	/** Numbers are 0, the notice is empty. */
	clear(): void;
	/** Number at an index of `NUMBERS`: 32 bits without sign. */
	read(index: number): number;
	write(index: number, value: number): void;
	/** The last notice; its time is a number. */
	notice(): string;
}

/** Where each number is kept. The first two are written with every notice; restartmemory.c knows them. Seconds are of
 *  the chip's uptime. */
export const NUMBERS = Object.freeze({
	uptime: 0,
	noticeTime: 1,
	/** 1: a restart was asked for, 2: the program could not start. */
	announced: 2,
	/** Of the last restart: place in `KINDS` and 1 more, 0 for a normal one. */
	kind: 3,
	/** So many of this kind came one after another. */
	row: 4,
	/** Seconds of this run that were a pause. */
	pause: 5,
	/** 1: the program has begun. */
	begun: 6,
	/** Not in flash yet, by kind. */
	pending: 7,
});

export type RestartKind = "crash" | "power" | "failure";

const KINDS: readonly RestartKind[] = Object.freeze(["crash", "power", "failure"]);
const CRASHES: readonly string[] = Object.freeze(["software", "panic", "interrupt watchdog", "task watchdog",
	"watchdog", "CPU lockup"]);
const POWER: readonly string[] = Object.freeze(["brownout", "power glitch"]);
const ASKED = 1, FAILED = 2;

/** Name of the counts in flash, and until they are written: seconds. */
const STORED_NAME = "restarts";
const STORE_AFTER = 60;
/** A run that was this long was a good one: what ends it is the first of its kind. Seconds. */
const GOOD_RUN = 3600;
/** Where pauses stop growing, and where they begin when no least pause is set. Seconds. */
const LONGEST_PAUSE = 600;
const DEFAULT_PAUSE = 60;

export interface RestartLogOptions {
	readonly memory: RestartMemory;
	readonly store: Store;
	/** One line for the log. What the log says of itself is no notice to be kept. */
	readonly onNotice: (message: string) => void;
}

export class RestartLog {
	readonly #memory: RestartMemory;
	readonly #store: Store;
	readonly #onNotice: (message: string) => void;
	/** Whether the run before ended before its program began. */
	readonly #early: boolean;
	#isPending = false;

	/** Tells the log why the device started. */
	constructor({ memory, store, onNotice }: RestartLogOptions) {
		this.#memory = memory;
		this.#store = store;
		this.#onNotice = onNotice;
		const reason = memory.reason();
		const kept = memory.isKept() && reason !== "power on";
		if (!kept)
			memory.clear();
		const announced = memory.read(NUMBERS.announced), kind = kindOf(reason, announced);
		this.#early = kept && memory.read(NUMBERS.begun) === 0;
		onNotice(`start: ${causeOf(reason, announced)}${kept ? this.#describeEnd() : ""}`);
		this.#account(kind, kept);
		this.#tellCounts();
		if (kind === "power")
			onNotice("the power supply gave way: check it, and its cable");
	}

	/** Whether what ended the run before has to do with the network: its program had not begun. */
	get isEarly(): boolean {
		return this.#early;
	}

	/** How long to wait before what crashed is started again. The first crash costs no pause; each further one of the
	 *  same kind in a row doubles it.
	 *  @param leastPause seconds; 0: 60
	 *  @returns seconds */
	pauseAtStart(leastPause: number): number {
		const row = this.#memory.read(NUMBERS.row), kind = KINDS[this.#memory.read(NUMBERS.kind) - 1];
		if (kind === undefined || kind === "failure" || row < 2)
			return 0;
		const pause = growing(leastPause || DEFAULT_PAUSE, row - 2);
		this.#rest(pause);
		this.#onNotice(
			`${row} times in a row (${kind}): ${this.#early ? "the network is" : "the camera is"} started in `
				+ `${pause} s`,
		);
		return pause;
	}

	/** The program could not start, and the device will restart.
	 *  @param leastPause seconds
	 *  @returns seconds until then */
	fail(leastPause: number): number {
		const memory = this.#memory;
		const again = KINDS[memory.read(NUMBERS.kind) - 1] === "failure";
		const pause = growing(leastPause, again ? memory.read(NUMBERS.row) : 0);
		memory.write(NUMBERS.announced, FAILED);
		this.#rest(pause);
		return pause;
	}

	/** The device will restart because somebody wants it to. */
	ask(): void {
		this.#memory.write(NUMBERS.announced, ASKED);
	}

	/** The program begins. */
	begin(): void {
		this.#memory.write(NUMBERS.begun, 1);
	}

	/** Once a second. */
	tick(): void {
		const uptime = this.#memory.uptime();
		this.#memory.write(NUMBERS.uptime, uptime);
		if (this.#isPending && uptime >= STORE_AFTER) {
			this.#isPending = false;
			this.#storeCounts();
		}
	}

	#rest(seconds: number): void {
		this.#memory.write(NUMBERS.pause, this.#memory.read(NUMBERS.pause) + seconds);
	}

	/** Of the run before. */
	#describeEnd(): string {
		const memory = this.#memory;
		const uptime = memory.read(NUMBERS.uptime), notice = memory.notice();
		const before = Math.max(0, uptime - memory.read(NUMBERS.noticeTime));
		return " after "
			+ `${duration(uptime)}${notice === "" ? "" : `; last notice, ${duration(before)} before: ${notice}`}`;
	}

	/** Takes the run before into the numbers, and makes them those of this run. */
	#account(kind: RestartKind | undefined, kept: boolean): void {
		const memory = this.#memory;
		const number = kind === undefined ? 0 : KINDS.indexOf(kind) + 1;
		const again = kept && memory.read(NUMBERS.kind) === number
			&& memory.read(NUMBERS.uptime) - memory.read(NUMBERS.pause) < GOOD_RUN;
		const row = number === 0 ? 0 : again ? memory.read(NUMBERS.row) + 1 : 1;
		const pending: number[] = [];
		for (let i = 0; i < KINDS.length; i++)
			pending.push(memory.read(NUMBERS.pending + i) + (i + 1 === number ? 1 : 0));
		memory.clear();
		memory.write(NUMBERS.kind, number);
		memory.write(NUMBERS.row, row);
		for (let i = 0; i < KINDS.length; i++) {
			memory.write(NUMBERS.pending + i, pending[i]!);
			this.#isPending ||= pending[i]! > 0;
		}
	}

	#counts(): number[] {
		const counts = this.#readStored();
		for (let i = 0; i < KINDS.length; i++)
			counts[i]! += this.#memory.read(NUMBERS.pending + i);
		return counts;
	}

	#tellCounts(): void {
		const [crash = 0, power = 0, failure = 0] = this.#counts();
		if (crash + power + failure > 0)
			this.#onNotice(
				`restarts so far: ${crash} by a crash, ${power} by the power supply, ${failure} after a failed `
					+ "start",
			);
	}

	/** What cannot be read counts as none. */
	#readStored(): number[] {
		let text: unknown;
		try {
			text = this.#store.get(STORED_NAME);
		}
		catch {
			// the counts are no reason not to start
		}
		const fields = typeof text === "string" ? text.split(" ") : [];
		return KINDS.map((_kind, i) => {
			const count = Number(fields[i] ?? 0);
			return Number.isInteger(count) && count >= 0 ? count : 0;
		});
	}

	#storeCounts(): void {
		try {
			this.#store.set(STORED_NAME, this.#counts().join(" "));
			for (let i = 0; i < KINDS.length; i++)
				this.#memory.write(NUMBERS.pending + i, 0);
		}
		catch {
			this.#onNotice("the count of restarts cannot be kept");
		}
	}
}

function kindOf(reason: string, announced: number): RestartKind | undefined {
	if (reason === "software" && announced !== 0)
		return announced === FAILED ? "failure" : undefined;
	return CRASHES.includes(reason) ? "crash" : POWER.includes(reason) ? "power" : undefined;
}

function causeOf(reason: string, announced: number): string {
	if (reason !== "software")
		return reason;
	return announced === FAILED ? "failed start" : announced === ASKED ? "set-up" : "the program ended itself";
}

/** @param times that it is doubled */
function growing(pause: number, times: number): number {
	const longest = Math.max(pause, LONGEST_PAUSE);
	for (let i = 0; i < times && pause < longest; i++)
		pause *= 2;
	return Math.min(pause, longest);
}

function duration(seconds: number): string {
	if (seconds < 120)
		return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
