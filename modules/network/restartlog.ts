// SPDX-License-Identifier: MIT
/**
 * Records why and how often the device restarts, and decides how long it pauses, so that it does not restart forever at
 * full speed.
 *
 * The previous run leaves its data in memory that survives a reset (`RestartMemory`). The data is read once, at the
 * start. Flash keeps only counts: at most one write per abnormal restart, and none in the first minute of a run.
 */

import type { Store } from "./stored";

/** Memory that survives a reset, but not a loss of power. No call throws. */
export interface RestartMemory {
	/** Name of the reason why the chip started. */
	reason(): string;
	/** Seconds since the chip started. */
	uptime(): number;
	/** Whether a program wrote the content. Otherwise the content is undefined. */
	isKept(): boolean;
	/** Sets all numbers to 0 and the notice to the empty text. */
	clear(): void;
	/** The number at an index of `NUMBERS`, unsigned 32-bit. */
	read(index: number): number;
	write(index: number, value: number): void;
	/** The last notice. Its time is `NUMBERS.noticeTime`. */
	notice(): string;
}

/** Index of each number. The first two are known to restartmemory.c, which writes them with every notice. Seconds count
 *  from the chip's start. */
export const NUMBERS = Object.freeze({
	uptime: 0,
	noticeTime: 1,
	/** 1: a restart was requested; 2: the program could not start. */
	announced: 2,
	/** Kind of the last restart: 1 + its index in `KINDS`; 0: normal. */
	kind: 3,
	/** Number of consecutive restarts of this kind. */
	row: 4,
	/** Seconds of this run that were pauses. */
	pause: 5,
	/** 1: the program has begun. */
	begun: 6,
	/** Counts not yet in flash, one per kind. */
	pending: 7,
});

export type RestartKind = "crash" | "power" | "failure";

const KINDS: readonly RestartKind[] = Object.freeze(["crash", "power", "failure"]);
const CRASHES: readonly string[] = Object.freeze(["software", "panic", "interrupt watchdog", "task watchdog",
	"watchdog", "CPU lockup"]);
const POWER: readonly string[] = Object.freeze(["brownout", "power glitch"]);
const ASKED = 1, FAILED = 2;

/** Name of the counts in flash, and the uptime at which they are written, seconds. */
const STORED_NAME = "restarts";
const STORE_AFTER = 60;
/** A run of at least this length was good: the restart that ends it is the first of its kind. Seconds. */
const GOOD_RUN = 3600;
/** Limit of growing pauses, and the first pause if no least pause is set, seconds. */
const LONGEST_PAUSE = 600;
const DEFAULT_PAUSE = 60;

export interface RestartLogOptions {
	readonly memory: RestartMemory;
	readonly store: Store;
	/** Writes a line to the log, without keeping it as a notice. */
	readonly onNotice: (message: string) => void;
}

export class RestartLog {
	readonly #memory: RestartMemory;
	readonly #store: Store;
	readonly #onNotice: (message: string) => void;
	/** Whether the previous run ended before its program began. */
	readonly #early: boolean;
	#isPending = false;

	/** Reports why the device started. */
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
			onNotice("the supply voltage dropped: check the power supply and its cable");
	}

	/** Whether the previous run ended before its program began, so that the network is the suspect. */
	get isEarly(): boolean {
		return this.#early;
	}

	/** Decides the pause before the part that crashed is started again. The first crash causes no pause. The second in
	 *  a row causes the least pause, and each further one of the same kind doubles it.
	 *  @param leastPause seconds; 0: 60
	 *  @returns seconds */
	pauseAtStart(leastPause: number): number {
		const row = this.#memory.read(NUMBERS.row), kind = KINDS[this.#memory.read(NUMBERS.kind) - 1];
		if (kind === undefined || kind === "failure" || row < 2)
			return 0;
		const pause = growing(leastPause || DEFAULT_PAUSE, row - 2);
		this.#rest(pause);
		this.#onNotice(
			`${row} restarts in a row (${kind}): starting ${this.#early ? "the network" : "the camera"} in ${pause} s`,
		);
		return pause;
	}

	/** Records that the program could not start. The device will restart.
	 *  @param leastPause seconds
	 *  @returns seconds until the restart */
	fail(leastPause: number): number {
		const memory = this.#memory;
		const again = KINDS[memory.read(NUMBERS.kind) - 1] === "failure";
		const pause = growing(leastPause, again ? memory.read(NUMBERS.row) : 0);
		memory.write(NUMBERS.announced, FAILED);
		this.#rest(pause);
		return pause;
	}

	/** Records that the coming restart is requested. */
	ask(): void {
		this.#memory.write(NUMBERS.announced, ASKED);
	}

	/** Records that the program begins. */
	begin(): void {
		this.#memory.write(NUMBERS.begun, 1);
	}

	/** To be called every second. */
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

	/** Describes the end of the previous run. */
	#describeEnd(): string {
		const memory = this.#memory;
		const uptime = memory.read(NUMBERS.uptime), notice = memory.notice();
		const before = Math.max(0, uptime - memory.read(NUMBERS.noticeTime));
		return " after "
			+ `${duration(uptime)}${notice === "" ? "" : `; last notice, ${duration(before)} before: ${notice}`}`;
	}

	/** Adds the previous run to the numbers and resets them for this run. */
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

	/** Reads the counts in flash. Those that cannot be read are 0. */
	#readStored(): number[] {
		let text: unknown;
		try {
			text = this.#store.get(STORED_NAME);
		}
		catch {
			// missing counts do not prevent the start
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
			this.#onNotice("the count of restarts cannot be stored");
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

/** @param times number of doublings */
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
