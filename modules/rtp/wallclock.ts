// SPDX-License-Identifier: MIT
/**
 * Wall-clock time with the resolution of the media clock: `Date.now` counts whole milliseconds, and a sender report
 * relates both clocks (RFC 3550 section 6.4.1).
 *
 * Each reading of the wall clock says that the difference of the clocks lies within the next millisecond. Readings at
 * different fractions narrow it down. A reading outside means that one of the clocks was set or slewed.
 */

/** Microseconds of a reading. */
const RESOLUTION = 1000;
/** Readings at the start, at most: a clock that stands still must not hold up the program. */
const READINGS = 10_000;
/** Readings before and after a new millisecond are this near, microseconds, or the program was interrupted. */
const NEAR = 100;
/** New milliseconds to wait for at the start until two readings are near. */
const MILLISECONDS = 10;

export class WallClock {
	readonly #unixTime: () => number;
	readonly #now: () => number;
	/** Wall clock minus media clock, microseconds. */
	#difference: number;

	/** Waits for the next millisecond to begin, so that the first time is exact, too.
	 *  @param unixTime whole milliseconds since 1970-01-01
	 *  @param now the media clock, microseconds */
	constructor(unixTime: () => number, now: () => number) {
		this.#unixTime = unixTime;
		this.#now = now;
		let before = now(), last = unixTime(), nearest = Infinity;
		this.#difference = last * 1000 - before;
		for (let i = 0, begun = 0; i < READINGS && begun < MILLISECONDS && nearest > NEAR; i++) {
			const next = now(), time = unixTime();
			if (time !== last) {
				// the millisecond began between the two readings
				const after = now();
				if (after - before < nearest) {
					nearest = after - before;
					this.#difference = time * 1000 - after;
				}
				begun++;
			}
			before = next;
			last = time;
		}
	}

	/** @param time the present instant on the media clock, microseconds
	 *  @returns milliseconds since 1970-01-01, with a fraction */
	at(time: number): number {
		const unixTime = this.#unixTime() * 1000;
		// the program may have been interrupted before, or after, it read the wall clock
		const least = unixTime - this.#now(), most = unixTime - time + RESOLUTION;
		if (this.#difference < least)
			this.#difference = least;
		else if (this.#difference > most)
			this.#difference = most;
		return (time + this.#difference) / 1000;
	}
}
