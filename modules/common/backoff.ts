// SPDX-License-Identifier: MIT
/**
 * Growing pauses between attempts that fail: each pause is twice the one before, up to a bound. The unit of time is the
 * caller's.
 */
/** @param pause the last one; 0 for none
 *  @returns the pause after another failure */
export function nextPause(pause: number, first: number, longest: number): number {
	return pause === 0 ? first : Math.min(pause * 2, longest);
}

export class Backoff {
	readonly #first: number;
	readonly #longest: number;
	#pause = 0;
	#until = -Infinity;

	/** @param first pause after the first failure
	 *  @param longest where pauses stop growing */
	constructor(first: number, longest: number) {
		this.#first = first;
		this.#longest = longest;
	}

	/** The current pause; 0 after a success. */
	get pause(): number {
		return this.#pause;
	}

	/** Whether an attempt may be made. */
	isReady(now: number): boolean {
		return now >= this.#until;
	}

	failed(now: number): void {
		this.#pause = nextPause(this.#pause, this.#first, this.#longest);
		this.#until = now + this.#pause;
	}

	succeeded(): void {
		this.#pause = 0;
		this.#until = -Infinity;
	}
}
