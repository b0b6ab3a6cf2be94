// SPDX-License-Identifier: MIT
/** A limit on what is done for strangers. */

export interface TokenBucketOptions {
	/** Replies that may follow each other without a pause. */
	readonly size: number;
	/** Replies per second in the long run. */
	readonly rate: number;
}

export class TokenBucket {
	readonly #size: number;
	readonly #rate: number;
	#tokens: number;
	#time: number;

	/** @param now milliseconds, monotonic */
	constructor({ size, rate }: TokenBucketOptions, now: number) {
		this.#size = this.#tokens = size;
		this.#rate = rate;
		this.#time = now;
	}

	/** Takes tokens.
	 *  @param now milliseconds, monotonic
	 *  @returns false if there are not as many: the reply must not be sent */
	take(now: number, count = 1): boolean {
		this.#tokens = Math.min(this.#size, this.#tokens + Math.max(0, now - this.#time) * this.#rate / 1000);
		this.#time = now;
		if (this.#tokens < count)
			return false;
		this.#tokens -= count;
		return true;
	}
}
