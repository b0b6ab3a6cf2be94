// SPDX-License-Identifier: MIT
/**
 * Turns: connections whose clients have sent something are read one message at a time, in a ring, so that no client
 * holds up the others, and no crowd of them the frames.
 *
 * A turn lasts a few milliseconds. Then timers, frames and sockets have theirs. Clients that were granted something (a
 * password was right, or a session is theirs) take every second message; strangers have the rest, and rest for as long
 * as they have worked.
 */

import Timer from "timer";

/** A connection, as this sees it. Methods never throw. */
export interface Reader {
	/** Whether its client was granted something. */
	readonly granted: boolean;
	/** Reads one message, or the next piece of one.
	 *  @returns whether more waits */
	readNext(): boolean;
}

/** Milliseconds of a turn: less than a tenth of the distance of frames. The message that is begun is finished. */
const TURN = 4;
/** Milliseconds between turns while clients wait that were granted something. */
const SHORT_REST = 1;

export class Turns {
	readonly #now: () => number;
	readonly #timer: Timer;
	/** Those that wait, first come first. */
	readonly #granted: Reader[] = [];
	readonly #strangers: Reader[] = [];
	#scheduled = false;

	/** @param now milliseconds, monotonic */
	constructor(now: () => number) {
		this.#now = now;
		// one timer, rescheduled: a new one for every request would be garbage
		this.#timer = Timer.repeat(() => this.run(), TURN);
		Timer.schedule(this.#timer);
	}

	/** A turn for a reader; once, until it has had it. */
	add(reader: Reader): void {
		(reader.granted ? this.#granted : this.#strangers).push(reader);
		if (!this.#scheduled)
			this.schedule(0);
	}

	remove(reader: Reader): void {
		for (const readers of [this.#granted, this.#strangers]) {
			const index = readers.indexOf(reader);
			if (index >= 0)
				readers.splice(index, 1);
		}
	}

	close(): void {
		Timer.clear(this.#timer);
	}

	private run(): void {
		const begin = this.#now();
		let elapsed;
		do {
			this.take(this.#granted);
			this.take(this.#strangers);
			elapsed = this.#now() - begin;
		}
		while (elapsed < TURN && (this.#granted.length || this.#strangers.length));
		if (this.#granted.length)
			this.schedule(SHORT_REST);
		else if (this.#strangers.length)
			this.schedule(Math.max(elapsed, SHORT_REST));
		else {
			this.#scheduled = false;
			Timer.schedule(this.#timer);
		}
	}

	/** The first of them reads, and waits again at the end when it has more: among those it belongs to by then. */
	private take(readers: Reader[]): void {
		const reader = readers.shift();
		if (reader?.readNext())
			(reader.granted ? this.#granted : this.#strangers).push(reader);
	}

	private schedule(delay: number): void {
		this.#scheduled = true;
		Timer.schedule(this.#timer, delay, TURN);
	}
}
