// SPDX-License-Identifier: MIT
/** Rates of one consumer, measured once a second, and its number. Allocates nothing after construction. */
export class ConsumerMeter {
	/** Number of the consumer, from 1; 0 until the hub knows it. Numbers are not reused. */
	id = 0;
	/** When the hub was given the consumer, microseconds on the hub's clock. */
	since = 0;
	/** Frames sent per second, in the last step. */
	frameRate = 0;
	/** The same, frames skipped per second and waits per second, smoothed over about 3 steps. */
	sentRate = 0;
	skippedRate = 0;
	waitRate = 0;
	#octets = 0;
	#counted = 0;
	#sent = 0;
	#skipped = 0;
	#waits = 0;
	#steps = 0;

	/** Payload octets sent since the start. Unlike the consumer's own count, it does not wrap.
	 *  @param octetCount the consumer's own count, modulo 2^32, read at least once each 2^32 octets */
	octets(octetCount: number): number {
		this.#octets += (octetCount - this.#counted) >>> 0;
		this.#counted = octetCount;
		return this.#octets;
	}

	/** @param seconds since the last step, above 0
	 *  @param sent frames, and `skipped` and `waits`: counts since the start */
	step(seconds: number, sent: number, skipped: number, waits: number): void {
		// the first step does not cover a whole second, and the second one is the first that can be smoothed
		const divisor = this.#steps < 2 ? 1 : 3;
		this.#steps += 1;
		this.frameRate = (sent - this.#sent) / seconds;
		this.sentRate += (this.frameRate - this.sentRate) / divisor;
		this.skippedRate += ((skipped - this.#skipped) / seconds - this.skippedRate) / divisor;
		this.waitRate += ((waits - this.#waits) / seconds - this.waitRate) / divisor;
		this.#sent = sent;
		this.#skipped = skipped;
		this.#waits = waits;
	}
}
