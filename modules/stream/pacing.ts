// SPDX-License-Identifier: MIT
/** Begins a burst of packets at intervals while frames wait. */

import Timer from "timer";

export class Pacing {
	readonly #spacing: number;
	readonly #timer: Timer;
	#running = false;

	/** @param spacing milliseconds between bursts
	 *  @param refill begins a burst, and returns whether another one may be due later. It must not throw */
	constructor(spacing: number, refill: () => boolean) {
		this.#spacing = spacing;
		// one timer is rescheduled: a new one for every frame would be garbage
		this.#timer = Timer.repeat(() => {
			if (!refill()) {
				this.#running = false;
				Timer.schedule(this.#timer);
			}
		}, spacing);
		Timer.schedule(this.#timer);
	}

	start(): void {
		if (this.#running)
			return;
		this.#running = true;
		Timer.schedule(this.#timer, this.#spacing, this.#spacing);
	}

	close(): void {
		Timer.clear(this.#timer);
	}
}
