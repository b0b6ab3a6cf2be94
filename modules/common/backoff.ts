// SPDX-License-Identifier: MIT
/**
 * Growing pauses between attempts that fail: each pause is twice the one before, up to a bound. The unit of time is the
 * caller's.
 */
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
		const pause = this.#pause === 0 ? this.#first : this.#pause * 2;
		this.#pause = pause < this.#longest ? pause : this.#longest;
		this.#until = now + this.#pause;
	}

	succeeded(): void {
		this.#pause = 0;
		this.#until = -Infinity;
	}
}
