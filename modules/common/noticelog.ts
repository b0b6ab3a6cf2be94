// SPDX-License-Identifier: MIT
/**
 * The last notices, each text once, with how often it came and when it came last. Its memory is bounded: when it is
 * full, the notice that has not come for the longest time gives way.
 */

import { removeAt } from "./list";

export interface Notice {
	/** When it came last, seconds on the log's clock. */
	readonly time: number;
	readonly text: string;
	/** How often it came. */
	readonly count: number;
}

/** The class Uptime, or a test's clock. */
export interface NoticeClock {
	/** Milliseconds, monotonic. */
	now(): number;
}

export interface NoticeLogOptions {
	readonly clock: NoticeClock;
	/** Most notices kept. Default: 24. */
	readonly limit?: number;
}

/** Most characters of a notice that are kept. */
const LONGEST = 200;

export class NoticeLog {
	readonly #clock: NoticeClock;
	readonly #limit: number;
	/** From the oldest to the newest. Arrays of values take less memory than an array of objects. */
	readonly #texts: string[] = [];
	readonly #times: number[] = [];
	readonly #counts: number[] = [];

	constructor({ clock, limit = 24 }: NoticeLogOptions) {
		this.#clock = clock;
		this.#limit = limit;
	}

	/** The present time of the log's clock, seconds. */
	get now(): number {
		return this.#clock.now() / 1000;
	}

	/** Never throws: without memory, the notice is left out. */
	add(message: string): void {
		try {
			const text = message.length > LONGEST ? `${message.slice(0, LONGEST - 1)}…` : message;
			const known = this.#texts.indexOf(text), count = known < 0 ? 1 : this.#counts[known]! + 1;
			if (known >= 0)
				this.#remove(known);
			else if (this.#texts.length >= this.#limit)
				this.#remove(0);
			this.#texts.push(text);
			this.#times.push(this.now);
			this.#counts.push(count);
		}
		catch {
			this.#mend();
		}
	}

	/** @returns the notices, newest first */
	list(): Notice[] {
		const notices: Notice[] = [];
		for (let i = this.#texts.length - 1; i >= 0; i--)
			notices.push({ time: this.#times[i]!, text: this.#texts[i]!, count: this.#counts[i]! });
		return notices;
	}

	#remove(index: number): void {
		removeAt(this.#texts, index);
		removeAt(this.#times, index);
		removeAt(this.#counts, index);
	}

	/** Memory ended between two of the lists: they get the same length again. */
	#mend(): void {
		const { length } = this.#counts;
		while (this.#texts.length > length)
			this.#texts.pop();
		while (this.#times.length > length)
			this.#times.pop();
	}
}
